"""However a day went: once the network is whole, every desk holds what the centre says, and nothing waits.

Desks that ignore what leaves a scope, or think of an operation as sent when they send it, must fail.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import delete
from sqlalchemy.orm import Session

from carecenter.core.errors import Unreachable
from carecenter.models.desk import Outbox
from carecenter.store import feed, outbox
from carecenter.sync.http import HttpTransport
from carecenter.wire import OPERATIONS_PER_PUSH, FeedRow, Push
from tests.houses import Seat, add_note, open_ticket
from tests.sync import machine
from tests.sync.faults import Fault, FaultyNetwork, faulty_network
from tests.sync.halls import Hall, hall, long, seeds, told
from tests.sync.machine import ROUNDS, WorkDay, differing


@pytest.fixture
def day(tmp_path: Path) -> type[WorkDay]:
    """A machine of this test's own."""
    machine.prepare(tmp_path / "template")

    class Day(WorkDay):
        template = tmp_path / "template"

    return Day


def _run(day: type[WorkDay], seed: int, days: int) -> None:
    """``days`` random ones. One that fails is told by its rules; making it shorter would take minutes."""
    settings = hypothesis.settings(
        max_examples=days,
        stateful_step_count=long(40, 80),
        deadline=None,
        database=None,
        derandomize=False,
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(hypothesis.seed(seed)(day), settings=settings)


def test_whatever_happens_in_a_day_all_agree_in_the_end(day: type[WorkDay]) -> None:
    for seed in seeds(1, 20):
        _run(day, seed, long(10, 300))


def _ignore(_session: Session, _row: FeedRow) -> None:
    """What leaves a scope stays here."""


def _sent_is_sent(session: Session, most: int = OPERATIONS_PER_PUSH) -> Push:
    push = _honest(session, most)
    numbers = [one.device_seq for one in push.operations]
    session.execute(delete(Outbox).where(Outbox.number.in_(numbers)))
    return push


_honest = outbox.next_push


@pytest.mark.parametrize(
    ("place", "name", "naive"), [(feed, "_remove", _ignore), (outbox, "next_push", _sent_is_sent)]
)
def test_a_naive_desk_would_hold_something_else(
    day: type[WorkDay], monkeypatch: pytest.MonkeyPatch, place: object, name: str, naive: Callable[..., object]
) -> None:
    monkeypatch.setattr(place, name, naive)
    with pytest.raises(AssertionError):
        _run(day, 0, 30)


# A whole hall, over the network


@pytest.fixture
def built(tmp_path: Path, postgres_url: str) -> Iterator[Hall]:
    with hall(tmp_path, postgres_url) as opened:
        yield opened


class _Shift:
    """Somebody who works through the faults and writes to the tickets that they see."""

    def __init__(self, built: Hall, network: FaultyNetwork, number: int, seed: int) -> None:
        self._chance = random.Random(seed * 1_000 + number)
        built.account(f"desk {number}")
        self.seat = built.seat(f"desk {number}")
        self.seat.transport.close()
        self.seat.transport = HttpTransport(f"http://127.0.0.1:{network.port}")
        self.saved = 0
        self.failed = 0

    def work(self, operations: int) -> None:
        for _ in range(operations):
            seen = [entity_id for entity, entity_id in machine.shown_at(self.seat) if entity == "ticket"]
            if seen and self._chance.random() < 0.7:
                self.seat.perform(add_note(self._chance.choice(seen), f"line {self._chance.random()}"))
            else:
                self.seat.perform(open_ticket(f"text {self._chance.random()}"))
            self.saved += 1
            step = self._chance.choice((self.seat.push, self.seat.pull, self.seat.synchronise))
            try:
                step()
            except Unreachable:
                self.failed += 1


def test_a_whole_hall_agrees_once_the_network_is_whole(built: Hall) -> None:
    (seed, *_) = seeds(1, 1)
    desks, operations = long(10, 200), long(6, 60)
    met: Counter[Fault] = Counter()
    with faulty_network(("127.0.0.1", built.running.port), seed) as network:
        shifts = [_Shift(built, network, number, seed) for number in range(desks)]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda shift: shift.work(operations), shifts))
            met += network.met
            network.heal()
            for _ in range(ROUNDS):
                list(pool.map(lambda shift: shift.seat.synchronise(), shifts))
        wrong = [what for shift in shifts for what in _unsettled(shift.seat)]
        for shift in shifts:
            shift.seat.transport.close()
    saved = sum(shift.saved for shift in shifts)
    told(
        f"convergence: {desks} desks, {saved} operations, {sum(s.failed for s in shifts)} tries failed, {dict(met)}"
    )
    assert wrong == []
    assert built.count("op_log") == saved
    assert set(built.heard().values()) == {1}
    assert len({tuple(sorted(machine.shown_at(shift.seat))) for shift in shifts}) == 1
    assert sum(shift.failed for shift in shifts) > 0


def _unsettled(seat: Seat) -> tuple[str, ...]:
    queue = seat.workstation.queue()
    left = () if (queue.waiting, queue.attention) == (0, 0) else (f"{seat.name} has {queue}",)
    return (*left, *differing(seat))
