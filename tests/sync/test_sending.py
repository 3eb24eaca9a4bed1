"""What waits goes up: in halves where it is too large, once, and under a name of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete

from carecenter.core.ids import new_id
from carecenter.models.desk import FreeReference, Outbox
from tests.houses import open_ticket
from tests.sync.office import OFFLINE, office

pytestmark = pytest.mark.asyncio


async def test_a_reply_lost_after_the_commit_is_no_second_ticket(tmp_path: Path) -> None:
    async with office(tmp_path) as sara:
        await sara.settled()
        sara.line.after_commit = OFFLINE
        ticket = await sara.desk.perform(open_ticket())
        await sara.rests.begun()
        assert sara.desk.status.waiting == 1

        sara.line.after_commit = None
        sara.rests.end()
        await sara.settled()

        assert sara.line.pushes == 2
        assert sara.house.rows("ticket", "ticket_entry").keys() == {
            ("ticket", ticket.ticket_id),
            ("ticket_entry", ticket.entry_id),
        }


async def test_references_are_refilled_before_they_run_out(tmp_path: Path) -> None:
    async with office(tmp_path) as sara:
        await sara.settled()
        with sara.desk.workstation.transaction() as session:
            session.execute(delete(FreeReference).where(FreeReference.position > 150))

        await sara.engine.synchronise()

        with sara.desk.workstation.transaction() as session:
            assert session.query(FreeReference).count() == 650


async def test_what_is_too_large_together_goes_in_halves(tmp_path: Path) -> None:
    async with office(tmp_path, OFFLINE) as sara:
        await sara.rests.begun()
        for number in range(9):
            await sara.desk.perform(open_ticket(f"ticket {number}"))
        sara.line.most = 2

        sara.line.fault = None
        sara.rests.end()
        await sara.settled()

        assert len(sara.house.rows("ticket")) == 9
        assert sara.desk.status.attention == 0


async def test_an_operation_too_large_by_itself_needs_attention_and_holds_nothing_up(tmp_path: Path) -> None:
    """Naive: it is sent again for ever, and everything behind it waits."""
    async with office(tmp_path, OFFLINE) as sara:
        await sara.rests.begun()
        for text in ("before", "enormous", "after"):
            await sara.desk.perform(open_ticket(text))

        sara.line.fault = None
        sara.rests.end()
        await sara.settled()

        assert {row["text"] for row in sara.house.rows("ticket").values()} == {"before", "after"}
        (attention,) = await sara.desk.attention()
        assert attention.content["text"] == "enormous"
        assert "large" in attention.reason


async def test_a_copied_disk_has_to_sign_in_again_and_can_still_give_references(tmp_path: Path) -> None:
    async with office(tmp_path, OFFLINE) as sara:
        await sara.rests.begun()
        other = sara.house.seat("sara", at=sara.desk.workstation)
        taken = await sara.desk.perform(open_ticket("theirs"))
        other.send()  # the other copy was first with this number
        with sara.desk.workstation.transaction() as session:
            (waiting,) = session.query(Outbox).all()
            waiting.op_id = new_id()
        before = sara.desk.workstation.device_id()

        sara.line.fault = None
        sara.rests.end()
        status = await sara.until(lambda status: status.signed_out)

        assert sara.desk.workstation.device_id() != before
        assert status.waiting == 1
        assert (await sara.desk.perform(open_ticket("the next caller"))).reference != taken.reference
