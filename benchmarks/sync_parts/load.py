"""Workstations at work: processes of their own that speak to the service with the client's real transport.

A backlog is pushed in batches, or each desk does an operation now and then while all of them hold a feed open.
Times are of the machine's monotonic clock, which all processes share.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from benchmarks.sync_parts.hall import Seat, memory_mib
from carecenter.core.errors import UserError
from carecenter.core.ids import new_id
from carecenter.core.terms import TicketKind
from carecenter.operations import Operation, encode
from carecenter.operations.tickets import AddNote, OpenTicket
from carecenter.sync.http import HttpTransport
from carecenter.wire import OPERATIONS_PER_PUSH, Envelope, FeedRequest, Outcome, Push

_HOLD = 25.0
_SETTLE = 3.0
_TEXT = "The card did not arrive; the caller was told ten working days. "
_ALL_READY = 300.0


@dataclass
class Seen:
    """What a process of workstations saw. ``sent``: row → when its push began; ``heard``: row → when it first
    arrived at each desk but its author's."""

    operations: int = 0
    acknowledged: list[float] = field(default_factory=list)
    sent: dict[str, float] = field(default_factory=dict)
    heard: list[tuple[str, float]] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    cpu_seconds: float = 0.0
    memory_mib: float = 0.0
    began: float = 0.0
    ended: float = 0.0


class Work(Protocol):
    """What the workstations of one process do; ``wait`` returns when all processes are ready."""

    def __call__(self, url: str, seats: Sequence[Seat], amount: float, wait: Callable[[], None]) -> Seen: ...


def run(
    work: Work, url: str, seats: Sequence[Seat], amount: float, *, processes: int, begun: Callable[[], None]
) -> list[Seen]:
    """Split the workstations over processes and let them begin together; ``begun`` is called then."""
    context = multiprocessing.get_context("spawn")
    shares = [share for number in range(processes) if (share := seats[number::processes])]
    barrier = context.Barrier(len(shares) + 1)
    lines = []
    for share in shares:
        mine, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_process, args=(theirs, barrier, work, (url, share, amount)))
        process.start()
        theirs.close()
        lines.append((mine, process))
    barrier.wait(_ALL_READY)
    begun()
    seen = [mine.recv() for mine, _ in lines]
    for _, process in lines:
        process.join()
    return seen


def _process(line: Any, barrier: Any, work: Work, given: tuple[str, Sequence[Seat], float]) -> None:
    seen = work(*given, lambda: barrier.wait(_ALL_READY))
    seen.memory_mib = memory_mib(os.getpid())
    line.send(seen)


class Desk:
    """One workstation: its envelopes are numbered as the outbox numbers them."""

    def __init__(self, url: str, seat: Seat) -> None:
        self.seat = seat
        self.transport = HttpTransport(url)
        self.tickets: list[str] = []
        self._sent = int(time.time() * 1000)  # a later run of the same device goes on above

    def next_operation(self) -> tuple[Operation, str]:
        """A ticket, a note on it, a ticket …; and the row that others see of it."""
        if len(self.tickets) % 2 == 0 or not self.tickets:
            reference = f"{random.randrange(10**10):010}"
            ticket_id = new_id()
            self.tickets.append(ticket_id)
            kind, text = TicketKind.COMPLAINT, _TEXT * 2
            queue_id = self.seat.queue_id
            opened = OpenTicket(
                ticket_id=ticket_id, entry_id=new_id(), reference=reference, kind=kind, queue_id=queue_id, text=text
            )
            return opened, ticket_id
        note = AddNote(ticket_id=self.tickets.pop(), entry_id=new_id(), text=_TEXT)
        return note, note.entry_id

    def envelope(self, operation: Operation) -> Envelope:
        """As the outbox keeps it."""
        self._sent += 1
        return Envelope(
            op_id=new_id(),
            device_id=self.seat.device_id,
            device_seq=self._sent,
            account_id=self.seat.account_id,
            tag=operation.tag(),
            payload=msgspec.Raw(encode(operation)),
            desk_at=dt.datetime.now(dt.UTC),
        )

    def push(self, envelopes: Sequence[Envelope], seen: Seen) -> None:
        """Send and count what was accepted."""
        began = time.monotonic()
        try:
            results = self.transport.push(self.seat.token, Push(operations=tuple(envelopes))).results
        except UserError as error:
            seen.failures[f"push {type(error).__name__} {error.params.get('reason', '')}"] += 1
            return
        seen.acknowledged.append(time.monotonic() - began)
        seen.operations += sum(result.outcome is Outcome.ACCEPTED for result in results)
        seen.failures.update(result.outcome for result in results if result.outcome is not Outcome.ACCEPTED)


def drain(url: str, seats: Sequence[Seat], amount: float, wait: Callable[[], None]) -> Seen:
    """Every workstation pushes a backlog of so many operations, in batches as large as the client's."""
    seen = Seen()
    desks = [Desk(url, seat) for seat in seats]
    waiting = [(desk, [desk.envelope(desk.next_operation()[0]) for _ in range(int(amount))]) for desk in desks]

    def pushing(desk: Desk, envelopes: list[Envelope]) -> None:
        for start in range(0, len(envelopes), OPERATIONS_PER_PUSH):
            desk.push(envelopes[start : start + OPERATIONS_PER_PUSH], seen)

    wait()
    with _measured(seen):
        _all([threading.Thread(target=pushing, args=one) for one in waiting])
    return seen


def live(url: str, seats: Sequence[Seat], amount: float, wait: Callable[[], None]) -> Seen:
    """For so many seconds every workstation does an operation every three seconds and hears of the others'."""
    seen = Seen()
    stop, ready = threading.Event(), threading.Barrier(len(seats) + 1)
    desks = [Desk(url, seat) for seat in seats]
    mine: dict[str, Desk] = {}
    hearing = [threading.Thread(target=_hear, args=(desk, seen, mine, stop, ready)) for desk in desks]
    for thread in hearing:
        thread.start()
    ready.wait(_ALL_READY)
    wait()
    with _measured(seen):
        until = time.monotonic() + amount
        _all([threading.Thread(target=_act, args=(desk, seen, mine, until)) for desk in desks])
        seen.ended = time.monotonic()
    time.sleep(_SETTLE)
    stop.set()
    for desk in desks:
        desk.transport.close()
    for thread in hearing:
        thread.join()
    return seen


def _act(desk: Desk, seen: Seen, mine: dict[str, Desk], until: float) -> None:
    at = time.monotonic() + random.uniform(0, EVERY)
    while at < until:
        time.sleep(max(at - time.monotonic(), 0))
        operation, row = desk.next_operation()
        envelope = desk.envelope(operation)
        mine[row] = desk
        seen.sent[row] = time.monotonic()
        desk.push([envelope], seen)
        at += EVERY


EVERY = 3.0
"""Seconds between two operations of a desk."""


def _hear(desk: Desk, seen: Seen, mine: dict[str, Desk], stop: threading.Event, ready: threading.Barrier) -> None:
    cursors, held = dict.fromkeys(desk.seat.scopes, 0), False
    known: set[str] = set()  # a row that changes comes again
    while not stop.is_set():
        try:
            asked = FeedRequest(after=cursors, hold=_HOLD if held else 0.0)
            page = desk.transport.feed(desk.seat.token, asked)
        except UserError as error:
            if not stop.is_set():
                seen.failures[f"feed {type(error).__name__} {error.params.get('reason', '')}"] += 1
                time.sleep(1)
            continue
        at = time.monotonic()
        cursors.update(page.upto)
        if held:
            fresh = {row.id for row in page.rows} - known
            known |= fresh
            seen.heard += [(row, at) for row in fresh if mine.get(row) is not desk]
        elif not page.more:
            held = True
            ready.wait(_ALL_READY)


class _measured:  # noqa: N801  # reads as a statement
    """Notes when the work began and ended and what it cost this process."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    def __enter__(self) -> None:
        self._seen.began, self._cpu = time.monotonic(), time.process_time()

    def __exit__(self, *_error: object) -> None:
        self._seen.ended, self._seen.cpu_seconds = time.monotonic(), time.process_time() - self._cpu


def _all(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def delays(seen: Sequence[Seen]) -> Iterator[float]:
    """How long each row took from its author's push to each other desk."""
    sent = {row: at for one in seen for row, at in one.sent.items()}
    for one in seen:
        for row, at in one.heard:
            if row in sent:
                yield at - sent[row]
