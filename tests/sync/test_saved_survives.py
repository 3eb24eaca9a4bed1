"""What was saved survives ``kill -9``: at each moment of saving, sending and hearing, and at random ones.

A store that says "saved" before COMMIT must fail the same proof.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from carecenter.models.centre import OpLog
from carecenter.models.ticket import Ticket, TicketEntry
from carecenter.server.centre import Centre
from tests.houses import Clock, Seat, open_centre
from tests.sync import mortal
from tests.sync.halls import seeds, told
from tests.sync.mortal import Life, heard_from, sit_down

_ENDLESS = 100_000
_LONGEST_DELAY = 0.03
_PARTS = 4  # of the moments, for as many processes


@pytest.fixture
def template(tmp_path: Path) -> Path:
    mortal.prepare(tmp_path / "template")
    return tmp_path / "template"


@contextmanager
def _copy(template: Path) -> Iterator[Path]:
    directory = template.with_name("run")
    shutil.copytree(template, directory)
    yield directory
    shutil.rmtree(directory)


def _lost(directory: Path, heard: list[tuple[str, Any]]) -> set[str]:
    """What was acknowledged and is not at the desk, or not at the centre after the next synchronisation.

    It also looks that nothing is there by halves or twice.
    """
    said = {id_ for what, id_ in heard if what in ("ticket", "note")}
    drafts = [turn for what, turn in heard if what == "draft"]
    seat = sit_down(directory)
    centre = open_centre(directory / "centre.db", Clock())
    try:
        if drafts:
            assert seat.workstation.drafts(seat.viewer)["call:1:notes"]["text"] in (drafts[-1], drafts[-1] + 1)
        at_desk = _ids(seat)
        seat.synchronise()
        queue = seat.workstation.queue()
        assert (queue.waiting, queue.attention) == (0, 0)
        assert _ids(seat) == at_desk
        return said - at_desk | said - _at_centre(centre)
    finally:
        seat.transport.close()
        seat.workstation.close()
        centre.close()


def _ids(seat: Seat) -> set[str]:
    with seat.workstation.transaction() as session:
        return {*session.scalars(select(Ticket.id)), *session.scalars(select(TicketEntry.id))}


def _at_centre(centre: Centre) -> set[str]:
    with centre.transaction() as unit:
        session = unit.session
        often = select(func.count()).select_from(OpLog).group_by(OpLog.payload_hash)
        assert set(session.scalars(often)) <= {1}
        references = session.scalars(select(Ticket.reference)).all()
        assert len(references) == len(set(references))
        return {*session.scalars(select(Ticket.id)), *session.scalars(select(TicketEntry.id))}


def _moments(template: Path) -> list[str]:
    with _copy(template) as directory:
        heard = heard_from(Life(directory))
        assert _lost(directory, heard) == set()
        what, moments = heard[-1]
        assert what == "moments"
        return list(moments)


@pytest.mark.parametrize("part", range(_PARTS))
def test_whatever_moment_it_dies_at_nothing_acknowledged_is_lost(template: Path, part: int) -> None:
    moments = _moments(template)
    assert moments.count(mortal.SAVING) >= 1
    for number in range(part, len(moments), _PARTS):
        with _copy(template) as directory:
            assert _lost(directory, heard_from(Life(directory, moment=number))) == set(), moments[number]
    told(f"saved survives: killed at each of {len(moments)} moments, part {part + 1} of {_PARTS}")


def test_saying_it_before_the_commit_would_lose_a_ticket(template: Path) -> None:
    number = _moments(template).index(mortal.SAVING)
    with _copy(template) as directory:
        assert len(_lost(directory, heard_from(Life(directory, moment=number, hasty=True)))) == 1


def test_killed_at_random_again_and_again_nothing_acknowledged_is_lost(template: Path) -> None:
    acknowledged: list[tuple[str, Any]] = []
    for seed in seeds(50, 2_000):
        life = Life(template, rounds=_ENDLESS)
        rng = random.Random(seed)
        heard = heard_from(life, words=rng.randint(1, 12), delay=rng.uniform(0.0, _LONGEST_DELAY))
        saved = [one for one in heard if one[0] in ("ticket", "note")]
        acknowledged += saved
        assert _lost(template, [*acknowledged, *(one for one in heard if one[0] == "draft")]) == set(), (
            f"seed {seed}"
        )
    told(f"saved survives: {len(acknowledged)} acknowledged operations")
    assert acknowledged
