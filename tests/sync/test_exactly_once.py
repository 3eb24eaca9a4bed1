"""Exactly once: whatever the network does to requests and answers, each operation has one effect.

A workstation that gives an operation a new id when it tries again must fail the same proof.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from carecenter.core.ids import new_id
from carecenter.core.terms import TicketStatus
from carecenter.models.centre import Audit, OpLog
from carecenter.models.ticket import TicketEntry
from carecenter.operations import Operation, calls, tickets
from carecenter.sync.http import HttpTransport
from carecenter.wire import Push, Result
from tests.houses import Seat, add_note, open_call, open_ticket
from tests.sync.faults import TROUBLES, Fault, FaultyNetwork, faulty_network
from tests.sync.halls import Hall, hall, long, persist, seeds, told

_TRIES = 60


@pytest.fixture
def built(tmp_path: Path, postgres_url: str) -> Iterator[Hall]:
    with hall(tmp_path, postgres_url) as opened:
        yield opened


def _seat(built: Hall, name: str) -> Seat:
    built.account(name)
    seat = built.seat(name)
    seat.transport.close()
    return seat


def _work(rng: random.Random) -> list[Operation]:
    """Part of a call; the same seed does the same."""
    opening, call = open_ticket(f"text {rng.random()}"), open_call()
    move = tickets.MoveTicket(
        ticket_id=opening.ticket_id, entry_id=new_id(), was=TicketStatus.RECEIVED, now=TicketStatus.IN_WORK
    )
    rest: list[Operation] = [
        add_note(opening.ticket_id, f"note {rng.random()}"),
        calls.WriteNotes(call_id=call.call_id, notes=f"notes {rng.random()}"),
        move,
    ]
    return [call, opening, *rng.sample(rest, rng.randrange(len(rest) + 1))]


def _through(seat: Seat, network: FaultyNetwork, operations: list[Operation], rng: random.Random) -> int:
    """Save, and synchronise through the faults while it goes on; how many tries failed."""
    failures = 0
    with closing(HttpTransport(f"http://127.0.0.1:{network.port}")) as transport:
        seat.transport = transport
        for operation in operations:
            seat.perform(operation)
            if rng.random() < 0.5:
                failures += persist(seat.push, _TRIES)
        failures += persist(seat.synchronise, _TRIES)
        network.heal()
        seat.synchronise()
    return failures


def test_each_operation_has_one_effect_whatever_befalls_it(built: Hall) -> None:
    seats = [_seat(built, "sara"), _seat(built, "ali")]
    met: Counter[Fault] = Counter()
    failures = saved = 0
    for seed in seeds(200, 10_000):
        rng = random.Random(seed)
        operations = _work(rng)
        seat = seats[seed % len(seats)]
        if seat.workstation.references_wanted():
            seat.transport.close()
            with closing(HttpTransport(built.running.url)) as transport:
                seat.transport = transport
                seat.refill()
        with faulty_network(("127.0.0.1", built.running.port), seed) as network:
            failures += _through(seat, network, operations, rng)
            met += network.met
        saved += len(operations)
        queue = seat.workstation.queue()
        assert (queue.waiting, queue.attention) == (0, 0), f"seed {seed}"
        assert built.count("op_log") == saved, f"seed {seed}"
    told(f"exactly once: {saved} operations, {failures} tries failed {dict(met)}")

    assert set(met) == set(TROUBLES) | {Fault.NONE}
    assert set(built.heard().values()) == {1}
    _no_line_twice(built)


def _no_line_twice(built: Hall) -> None:
    with built.engine.begin() as connection:
        ids = connection.execute(select(OpLog.op_id)).scalars().all()
        actions = Counter(connection.execute(select(Audit.action)).scalars())
        lines = connection.execute(select(TicketEntry.ticket_id, TicketEntry.kind, TicketEntry.text)).all()
    told = sum(actions[tag] for tag in ("OpenCall", "OpenTicket", "AddNote", "WriteNotes", "MoveTicket"))
    assert told == len(ids), "one line of the audit an operation"
    assert len(lines) == len({tuple(line) for line in lines}) > 0


class Naive(Seat):
    """Gives what it sends a new id at each try."""

    def send(self, push: Push | None = None) -> tuple[Result, ...]:
        asked = push or self.workstation.next_push()
        renamed = {new_id(): one for one in asked.operations}
        # A new number too: under the old one the centre would see a copied disk.
        self._sent = getattr(self, "_sent", 10**6) + 1_000
        operations = tuple(
            msgspec.structs.replace(one, op_id=op_id, device_seq=one.device_seq + self._sent)
            for op_id, one in renamed.items()
        )
        results = super().send(Push(operations=operations))
        return tuple(msgspec.structs.replace(result, op_id=renamed[result.op_id].op_id) for result in results)


def test_a_new_id_at_each_try_would_take_effect_twice(built: Hall) -> None:
    seat = _seat(built, "sara")
    seat.__class__ = Naive
    for seed in range(long(8, 50)):
        with faulty_network(("127.0.0.1", built.running.port), seed) as network:
            network.next(Fault.LOST_ANSWER)
            rng = random.Random(seed)
            _through(seat, network, _work(rng), rng)
    assert max(built.heard().values()) > 1
