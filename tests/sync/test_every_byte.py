"""A line that breaks at each byte of an exchange: nothing is done by halves, and what was done is done once.

Desks that count as sent what they sent, and those that note how far they heard before they have, must fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from carecenter.core.errors import Unreachable
from carecenter.sync.http import HttpTransport
from carecenter.wire import Outcome, Push, Result
from tests.houses import Seat, add_note, open_ticket
from tests.sync.faults import Fault, FaultyNetwork, faulty_network
from tests.sync.halls import Hall, hall, long, told


@pytest.fixture
def built(tmp_path: Path, postgres_url: str) -> Iterator[Hall]:
    with hall(tmp_path, postgres_url) as opened:
        opened.account("sara")
        opened.account("ali")
        yield opened


class Exchange:
    """A desk that sends and hears through a line which breaks where it is told to."""

    def __init__(self, built: Hall, network: FaultyNetwork, kind: type[Seat] = Seat) -> None:
        self.built, self._network = built, network
        self.seat = built.seat("sara")
        self.seat.__class__ = kind
        self.seat.transport.close()
        self.seat.transport = HttpTransport(f"http://127.0.0.1:{network.port}")
        self.ticket = self.seat.perform(open_ticket())
        self.seat.synchronise()
        self.broken = 0

    def note(self) -> None:
        """Something to send, as long each time."""
        self.seat.perform(add_note(self.ticket.ticket_id, f"a note {self.broken:06}"))

    def lengths(self, ask: Callable[[], object]) -> tuple[int, int]:
        """Bytes of the request and of the answer, had nothing befallen them."""
        ask()
        return self._network.lengths

    def breaks(self, fault: Fault, offset: int, ask: Callable[[], object]) -> bool:
        """Whether the desk noticed that the line broke there."""
        self._network.cut_at = offset
        self._network.next(fault)
        self.broken += 1
        try:
            ask()
        except Unreachable:
            return True
        finally:
            self._network.heal()
        return False

    def effects(self) -> int:
        return self.built.count("ticket_entry")


def _wrong_when_sending(exchange: Exchange, step: int) -> list[str]:
    """What is not as it should be, breaking the line first in the request and then in the answer."""
    seat = exchange.seat
    exchange.note()
    request, _ = exchange.lengths(seat.push)
    before = exchange.effects()
    exchange.note()
    wrong: list[str] = []
    for offset in range(1, request, step):
        noticed = exchange.breaks(Fault.CUT_REQUEST, offset, seat.push)
        if not noticed or exchange.effects() != before or seat.workstation.queue().waiting != 1:
            wrong.append(f"request cut at {offset}")
            break
    exchange.breaks(Fault.CUT_ANSWER, 0, seat.push)
    exchange.breaks(Fault.CUT_ANSWER, 0, seat.push)
    _, answer = exchange.lengths(
        lambda: None
    )  # another length than the first time: it says that it is a repetition
    for offset in range(1, answer, step):
        noticed = exchange.breaks(Fault.CUT_ANSWER, offset, seat.push)
        if not noticed or exchange.effects() != before + 1 or seat.workstation.queue().waiting != 1:
            wrong.append(f"answer cut at {offset}")
            break
    seat.synchronise()
    if exchange.effects() != before + 1 or seat.workstation.queue().waiting:
        wrong.append("in the end")
    return wrong


def _wrong_when_hearing(exchange: Exchange, step: int) -> list[str]:
    """The same for a page of the feed, which somebody else has caused."""
    ali, seat = exchange.built.seat("ali"), exchange.seat
    ali.perform(add_note(exchange.ticket.ticket_id, "news"))
    ali.push()
    request, answer = exchange.lengths(seat.fetch)
    before = _heard(seat)
    wrong: list[str] = []
    for fault, length in ((Fault.CUT_REQUEST, request), (Fault.CUT_ANSWER, answer)):
        for offset in range(1, length, step):
            if not exchange.breaks(fault, offset, seat.pull) or _heard(seat) != before:
                wrong.append(f"{fault}, at {offset}")
                break
    seat.pull()
    ali.pull()
    if _heard(seat) != _heard(ali):
        wrong.append("in the end")
    return wrong


def _heard(seat: Seat) -> tuple[str, ...]:
    with seat.workstation.transaction() as session:
        return tuple(session.connection().exec_driver_sql("SELECT id FROM ticket_entry ORDER BY id").scalars())


def test_a_line_that_breaks_at_each_byte_does_nothing_by_halves(built: Hall) -> None:
    with faulty_network(("127.0.0.1", built.running.port), 0, rate=0.0) as network:
        exchange = Exchange(built, network)
        with closing(exchange.seat.transport):
            assert _wrong_when_sending(exchange, 1) == []
            assert _wrong_when_hearing(exchange, long(7, 1)) == []
    told(f"every byte: the line broke at {exchange.broken} places")


class _SentIsSent(Seat):
    """Takes for accepted what it could not be told of."""

    def send(self, push: Push | None = None) -> tuple[Result, ...]:
        waiting = self.workstation.next_push()
        try:
            return super().send(waiting)
        except Unreachable:
            return tuple(Result(op_id=one.op_id, outcome=Outcome.ACCEPTED) for one in waiting.operations)


class _HeardIsHeard(Seat):
    """Goes on from where a page would have ended, whether it came or not."""

    def pull(self, limit: int = 2_000) -> None:
        try:
            super().pull(limit)
        except Unreachable:
            with self.workstation.transaction() as session:
                session.connection().exec_driver_sql("UPDATE scope_cursor SET seq = seq + 1")
            raise


@pytest.mark.parametrize(
    ("kind", "proof"),
    [
        (_SentIsSent, _wrong_when_sending),
        (_HeardIsHeard, _wrong_when_hearing),
    ],
)
def test_a_hasty_desk_would_lose_something(
    built: Hall, kind: type[Seat], proof: Callable[[Exchange, int], list[str]]
) -> None:
    with faulty_network(("127.0.0.1", built.running.port), 0, rate=0.0) as network:
        exchange = Exchange(built, network, kind)
        with closing(exchange.seat.transport):
            assert "in the end" in proof(exchange, 211)
