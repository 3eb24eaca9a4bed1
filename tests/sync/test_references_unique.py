"""A number given to a caller is nobody else's; where it was given twice, that is noticed and leads to both tickets.

Twice it is given only after a disk was copied, a desk with a centre of its own joined, or a centre was put back.
Centres that draw numbers by chance or without a lock, and one that keeps no second number, must fail.
"""

from __future__ import annotations

import itertools
import random
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.core import reference
from carecenter.models.centre import CentreFact, Review
from carecenter.models.ticket import Ticket
from carecenter.models.viewer import viewer_of
from carecenter.queries import tickets
from carecenter.server import facts, references, restored
from carecenter.server.centre import Centre
from carecenter.sync.in_process import InProcess
from carecenter.wire import BlockRequest, Outcome
from tests.houses import KEY, House, Seat, house, lend_queries, open_ticket
from tests.server.devices import Device
from tests.sync.halls import Hall, hall, long, told

DESKS = 200


@pytest.fixture
def built(tmp_path: Path, postgres_url: str) -> Iterator[Hall]:
    with hall(tmp_path, postgres_url) as opened:
        yield opened


@pytest.fixture
def small(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as opened:
        opened.account("sara")
        opened.account("ali")
        yield opened


def _drawn(centre: Centre, desks: int, blocks: int, count: int) -> list[str]:
    """What so many desks are given that ask at the same time, so many blocks each."""
    devices = [Device(centre, "leader") for _ in range(desks)]
    asked = [device for _ in range(blocks) for device in devices]
    with ThreadPoolExecutor(8) as pool:
        given = pool.map(
            lambda device: centre.references(device.token, BlockRequest(count=count)).references, asked
        )
        return list(itertools.chain.from_iterable(given))


def test_two_hundred_desks_with_thousands_of_numbers_each_share_none(built: Hall) -> None:
    blocks, count = long(1, 10), long(1_000, 500)
    drawn = _drawn(built.centre, DESKS, blocks, count)
    assert len(set(drawn)) == len(drawn) == DESKS * blocks * count
    assert all(reference.parse(one).is_valid for one in drawn[::1_000])
    told(f"references: {len(drawn)} given to {DESKS} desks, no number twice")


def _by_chance(_key: bytes, payloads: range) -> tuple[str, ...]:
    chance = random.Random(payloads.start)
    return tuple(reference.from_payload(chance.randrange(reference.PAYLOADS)) for _ in payloads)


def _without_a_lock(session: Session, count: int) -> range:
    first = int(facts.get(session, "next_payload") or "0")
    time.sleep(0.02)
    session.merge(CentreFact(name="next_payload", value=str(first + count)))
    return range(first, first + count)


@pytest.mark.parametrize(("name", "naive"), [("scattered", _by_chance), ("reserve", _without_a_lock)])
def test_drawn_by_chance_or_without_a_lock_they_would_be_shared(
    built: Hall, monkeypatch: pytest.MonkeyPatch, name: str, naive: Callable[..., object]
) -> None:
    built.centre.references(Device(built.centre, "leader").token, BlockRequest(count=1))  # the fact is there
    monkeypatch.setattr(references, name, naive)
    drawn = _drawn(built.centre, 16, 1, 5_000)
    assert len(set(drawn)) < len(drawn)


# Given twice


def _copied_disk(built: House) -> tuple[Seat, Seat]:
    """Sara's disk was copied while nothing waited; both copies have the same numbers left."""
    original = built.seat("sara")
    original.workstation.close()
    shutil.copy(built.directory / "sara.db", built.directory / "copy.db")
    copy = built.seat("sara", at=built.open_store("copy"))
    return original, copy


def _two_numbers(first: Seat, second: Seat, count: int) -> dict[str, set[str]]:
    """Both work off the network and go on to give numbers; number → the tickets whose callers were told it."""
    given: dict[str, set[str]] = {}
    for turn in range(count):
        for seat in (first, second):
            opened = seat.perform(open_ticket(f"{seat.name} {turn}"))
            given.setdefault(opened.reference, set()).add(opened.ticket_id)
    return given


def _pushed(seat: Seat) -> None:
    """Everything up; a copy that was recognised signs in once more, as another device."""
    results = seat.send()
    seat.workstation.settle(results)
    if any(result.outcome is Outcome.CLONED for result in results):
        seat = Seat(seat.workstation, seat.transport, seat.name)
    for _ in range(2):  # of a centre that was put back, the first round only hears that it was
        seat.synchronise()
    assert seat.workstation.queue().waiting == 0
    assert seat.workstation.attention() == ()


def _unnoticed(built: House, given: dict[str, set[str]]) -> set[str]:
    """The numbers given twice that nobody is told of, or under which not both tickets are found."""
    leader = built.seat("leader", at=built.open_store("leader"))
    wrong: set[str] = set()
    with built.centre.transaction() as unit:
        session = unit.session
        flagged = session.scalars(select(Review.reason).where(Review.tag == "OpenTicket")).all()
        viewer = viewer_of(session, built.leader_id)
        lend_queries(session)
        for number, wanted in given.items():
            at_centre = {row.id for row in tickets.by_reference(session, viewer, number)}
            at_desk = {row.id for row in leader.ask(tickets.by_reference, number)}
            main = list(session.scalars(select(Ticket.id).where(Ticket.reference == number)))
            if at_centre != wanted or at_desk != wanted or len(main) != 1:
                wrong.add(number)
    twice = sum(len(wanted) - 1 for wanted in given.values())
    return wrong if len(flagged) == twice else wrong | set(given)


def test_after_a_disk_was_copied_the_old_number_leads_to_both(small: House) -> None:
    first, second = _copied_disk(small)
    given = _two_numbers(first, second, long(20, 200))
    assert {len(wanted) for wanted in given.values()} == {2}
    _pushed(first)
    _pushed(second)
    assert _unnoticed(small, given) == set()
    told(f"references: {len(given)} numbers given twice by a copied disk, both tickets found under each")


def test_when_a_desk_of_its_own_joins_the_old_number_leads_to_both(small: House) -> None:
    """A desk of its own has a centre of its own, which scatters by another key: numbers may meet."""
    sara, ali = small.seat("sara"), small.seat("ali")
    given: dict[str, set[str]] = {}
    for turn in range(long(20, 200)):
        here = sara.perform(open_ticket(f"of the hall {turn}"))
        there = ali.perform(open_ticket(f"brought along {turn}", reference=here.reference))
        given[here.reference] = {here.ticket_id, there.ticket_id}
    for seat in (ali, sara):
        _pushed(seat)
    assert _unnoticed(small, given) == set()


@pytest.mark.parametrize("forgetful", ["holders", "keep_alias"])
def test_who_does_not_look_or_keeps_one_number_would_lose_a_caller(
    small: House, monkeypatch: pytest.MonkeyPatch, forgetful: str
) -> None:
    monkeypatch.setattr(references, forgetful, lambda *_: {})
    first, second = _copied_disk(small)
    given = _two_numbers(first, second, 3)
    _pushed(first)
    _pushed(second)
    assert _unnoticed(small, given) == set(given)


class Restored:
    """Sara drew and gave numbers in the hour that a backup does not know; then the backup was put back."""

    def __init__(self, built: House, tmp_path: Path) -> None:
        self.built = built
        sara, ali = built.seat("sara"), built.seat("ali")
        built.centre.close()
        backup = tmp_path / "backup.db"
        shutil.copy(built.directory / "centre.db", backup)
        self.sara = _at(built.open_centre(), sara)
        self._use_up(self.sara)
        self.sara.refill()
        built.centre.close()
        for suffix in ("", "-wal", "-shm"):
            (built.directory / f"centre.db{suffix}").unlink(missing_ok=True)
        shutil.copy(backup, built.directory / "centre.db")
        restored.renew(built.directory / "centre.db", KEY, is_centre=True, now=built.clock())
        built.centre = built.open_centre()
        self.sara, self.ali = _at(built.centre, sara), _at(built.centre, ali)
        self._use_up(self.ali)
        self.ali.refill()

    def _use_up(self, seat: Seat) -> None:
        """The block from before the backup is somebody else's matter."""
        with seat.workstation.transaction() as session:
            session.connection().exec_driver_sql("DELETE FROM free_reference")

    def work(self, count: int) -> dict[str, set[str]]:
        given = _two_numbers(self.sara, self.ali, count)
        for seat in (self.sara, self.ali):
            _pushed(seat)
        return given


def _at(centre: Centre, seat: Seat) -> Seat:
    again = Seat(seat.workstation, InProcess(centre), seat.name)
    again.viewer = seat.viewer
    return again


def test_a_centre_put_back_gives_no_number_of_the_lost_hour(small: House, tmp_path: Path) -> None:
    given = Restored(small, tmp_path).work(20)
    assert {len(wanted) for wanted in given.values()} == {1}
    assert len(given) == 40
    assert _unnoticed(small, given) == set()


def test_without_the_jump_it_would_and_both_callers_are_found_all_the_same(
    small: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restored, "SKIPPED_REFERENCES", 0)
    given = Restored(small, tmp_path).work(20)
    assert {len(wanted) for wanted in given.values()} == {2}
    assert _unnoticed(small, given) == set()
