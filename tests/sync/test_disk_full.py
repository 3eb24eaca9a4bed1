"""A disk that is full at every write: what was said to be saved is there, and nothing is there by halves.

A store that says "saved" before COMMIT must fail the same proof.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from carecenter.models.ticket import Ticket, TicketEntry
from tests.houses import Clock, open_centre
from tests.sync import cramped, mortal
from tests.sync.cramped import Life
from tests.sync.halls import long, told


def _at_centre(directory: Path) -> set[str]:
    """What the centre has once the disk has room again and everything was sent."""
    seat = mortal.sit_down(directory)
    seat.synchronise()
    queue = seat.workstation.queue()
    assert (queue.waiting, queue.attention) == (0, 0)
    seat.transport.close()
    seat.workstation.close()
    centre = open_centre(directory / "centre.db", Clock())
    with centre.transaction() as unit:
        found = {*unit.session.scalars(select(Ticket.id)), *unit.session.scalars(select(TicketEntry.id))}
    centre.close()
    return found


def test_whichever_write_finds_the_disk_full_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    rounds = long(1, 40)
    mortal.prepare(tmp_path / "desk")
    story = cramped.story_of(Life(tmp_path / "desk", rounds=rounds))
    assert story.by_halves == []
    assert story.lost == set()
    assert len(story.said) == 2 * rounds
    assert story.said <= _at_centre(tmp_path / "desk")
    wanted = {"draft", "ticket", "note", "centre", "results", "feed", "putting away"}
    assert set(story.failures) == wanted
    assert min(story.failures.values()) > 5
    told(f"disk full: {sum(story.failures.values())} writes found no room {story.failures}")


def test_saying_it_before_the_commit_would_lose_what_found_no_room(tmp_path: Path) -> None:
    mortal.prepare(tmp_path / "desk")
    story = cramped.story_of(Life(tmp_path / "desk", hasty=True))
    assert len(story.lost) == 2
