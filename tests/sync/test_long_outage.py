"""Days off the network: every desk goes on alone, and then all come back at once and drain, in order.

Desks that send the newest first must fail the same proof.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from carecenter.core.errors import Unreachable
from carecenter.core.ids import new_id
from carecenter.core.terms import EntryKind, TicketStatus
from carecenter.operations import Operation
from carecenter.operations.tickets import MoveTicket
from carecenter.queries.tickets import detail
from carecenter.sync.http import HttpTransport
from carecenter.wire import Push
from tests.houses import Clock, Seat, add_note, open_ticket
from tests.sync.faults import FaultyNetwork, faulty_network
from tests.sync.halls import Hall, hall, long, seeds, told

_STATES = (TicketStatus.RECEIVED, TicketStatus.IN_WORK, TicketStatus.ANSWERED)
_AT_ONCE = 8


@pytest.fixture
def built(tmp_path: Path, postgres_url: str) -> Iterator[Hall]:
    with hall(tmp_path, postgres_url) as opened:
        yield opened


class _Ticking:
    """The centre's clock: it goes on a little with every look."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()

    def __call__(self) -> dt.datetime:
        with self._lock:
            self._clock.advance(milliseconds=5)
            return self._clock()


@dataclass
class _Desk:
    """A desk in the outage, and what its tickets' timelines must say: ticket → kind and text of each line."""

    seat: Seat
    chance: random.Random
    lines: dict[str, list[tuple[EntryKind, str]]] = field(default_factory=dict)
    states: dict[str, TicketStatus] = field(default_factory=dict)
    shared: list[str] = field(default_factory=list)
    saved: int = 0

    def work(self, count: int, everybodys: str) -> None:
        """So many operations; some are lines for a ticket that everybody writes to."""
        for number in range(count):
            operation = self._next(number, everybodys)
            self.seat.perform(operation)
            self.saved += 1
            if number == 0:
                with pytest.raises(Unreachable):
                    self.seat.push()

    def _next(self, number: int, everybodys: str) -> Operation:
        text = f"{self.seat.name} {number:05}"
        what = self.chance.random()
        if not self.lines or what < 0.1:
            opening = open_ticket(text)
            self.lines[opening.ticket_id] = [(EntryKind.OPENED, "")]
            self.states[opening.ticket_id] = TicketStatus.RECEIVED
            return opening
        if what < 0.2:
            self.shared.append(text)
            return add_note(everybodys, text)
        ticket_id = self.chance.choice(list(self.lines))
        if what < 0.7:
            self.lines[ticket_id].append((EntryKind.NOTE, text))
            return add_note(ticket_id, text)
        was = self.states[ticket_id]
        now = self.chance.choice([state for state in _STATES if state is not was])
        self.states[ticket_id] = now
        self.lines[ticket_id].append((EntryKind.STATUS, text))
        return MoveTicket(ticket_id=ticket_id, entry_id=new_id(), was=was, now=now, text=text)


class Outage:
    """So many desks, so many operations each, while nothing reaches the centre."""

    def __init__(self, built: Hall, network: FaultyNetwork, desks: int, operations: int, seed: int) -> None:
        self.built, self.network = built, network
        built.centre.clock = _Ticking(built.clock)
        leader = built.seat("leader")
        self.everybodys = leader.perform(open_ticket("everybody's")).ticket_id
        leader.synchronise()
        self.leader = leader
        self.desks: list[_Desk] = []
        network.down = True
        for number in range(desks):
            built.account(f"desk {number}")
            seat = built.seat(f"desk {number}")
            seat.transport.close()
            seat.transport = HttpTransport(f"http://127.0.0.1:{network.port}")
            self.desks.append(_Desk(seat, random.Random(seed + number)))
        for desk in self.desks:
            desk.work(operations, self.everybodys)

    def end(self) -> list[str]:
        """Everybody is back at the same moment; what is wrong once all has drained."""
        self.network.down = False
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(self._drain, self.desks))
        for desk in self.desks:
            desk.seat.transport.close()
        self.leader.pull()
        return [wrong for desk in self.desks for wrong in self._wrong(desk)]

    def _drain(self, desk: _Desk) -> None:
        desk.seat.push()
        desk.seat.pull()

    def _wrong(self, desk: _Desk) -> Iterator[str]:
        queue = desk.seat.workstation.queue()
        if (queue.waiting, queue.attention) != (0, 0):
            yield f"{desk.seat.name} still has {queue}"
        for seat in (desk.seat, self.leader):
            for ticket_id, lines in desk.lines.items():
                found = seat.ask(detail, ticket_id)
                if [(line.kind, line.text) for line in found.timeline] != lines:
                    yield f"{desk.seat.name}: a timeline at {seat.name}'s desk"
                if found.row.status is not desk.states[ticket_id]:
                    yield f"{desk.seat.name}: a state at {seat.name}'s desk"
            everybodys = [line.text for line in seat.ask(detail, self.everybodys).timeline]
            if [text for text in everybodys if text.startswith(f"{desk.seat.name} ")] != desk.shared:
                yield f"{desk.seat.name}: everybody's timeline at {seat.name}'s desk"


def test_days_of_work_drain_in_order(built: Hall) -> None:
    desks, operations = long(20, 200), long(50, 500)
    with faulty_network(("127.0.0.1", built.running.port), 0, rate=0.0) as network:
        outage = Outage(built, network, desks, operations, seeds(1, 1).start)
        assert built.count("op_log") == 1
        assert outage.end() == []
    assert built.count("op_log") == desks * operations + 1
    assert set(built.heard().values()) == {1}
    told(f"long outage: {desks} desks drained {operations} operations each, every timeline in order")


class _NewestFirst(Seat):
    """Sends what was done last before what was done first."""

    def push(self) -> tuple[Any, ...]:
        waiting = self.workstation.next_push(10_000).operations
        for one in reversed(waiting):
            self.workstation.settle(self.send(Push(operations=(one,))))
        return ()


def test_the_newest_first_would_mix_up_the_timelines(built: Hall) -> None:
    with faulty_network(("127.0.0.1", built.running.port), 0, rate=0.0) as network:
        outage = Outage(built, network, 1, 20, 0)
        outage.desks[0].seat.__class__ = _NewestFirst
        assert any("timeline" in wrong for wrong in outage.end())
