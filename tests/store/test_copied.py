"""A copied disk: the second copy becomes a device of its own, and nothing is lost or there twice."""

from __future__ import annotations

import shutil
from pathlib import Path

from carecenter.queries import tickets
from carecenter.wire import Outcome
from tests.houses import House, open_ticket


def test_a_copied_disk_offers_what_it_made_under_its_own_name(built: House, tmp_path: Path) -> None:
    """Naive: both copies go by one device; the second one's ticket lies in quarantine."""
    sara = built.seat("sara")
    before = sara.perform(open_ticket("before the copy"))
    sara.synchronise()
    waiting = sara.perform(open_ticket("waiting when it was copied"))
    sara.workstation.close()
    for suffix in ("", "-wal", "-shm"):
        source = tmp_path / f"sara.db{suffix}"
        if source.exists():
            shutil.copy(source, tmp_path / f"copy.db{suffix}")
    copy = built.seat("sara", at=built.open_store("copy"))
    assert copy.workstation.device_id() == sara.workstation.device_id()

    mine = sara.perform(open_ticket("at the original"))
    sara.synchronise()
    theirs = copy.perform(open_ticket("at the copy"))
    results = copy.send()
    copy.workstation.settle(results)
    assert [result.outcome for result in results] == [Outcome.ACCEPTED, Outcome.CLONED]
    assert copy.workstation.device_id() != sara.workstation.device_id()
    assert copy.workstation.references_wanted() == 500
    assert copy.ask(tickets.detail, theirs.ticket_id).text == "at the copy"

    again = built.seat("sara", at=copy.workstation)
    (first, second) = copy.workstation.next_push().operations
    assert (first.device_seq, second.device_seq) == (1, 2)
    again.synchronise()

    assert copy.workstation.queue().waiting == 0
    assert copy.workstation.attention() == ()
    texts = sorted(row["text"] for row in built.rows("ticket").values())
    assert texts == sorted(ticket.text for ticket in (before, waiting, mine, theirs))
    again.perform(open_ticket("and it goes on"))
    again.synchronise()
    assert len(built.rows("ticket")) == 5
