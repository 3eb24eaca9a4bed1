"""A centre put back to an hour ago: workstations offer again what it has forgotten, and nothing of theirs is lost.

Desks that only hear the restored centre, and offer nothing, must lose the hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from carecenter.migrations import bring_up_to_date
from carecenter.models.base import Side
from carecenter.models.centre import OpLog
from carecenter.models.engine import postgres_engine
from carecenter.models.ticket import Ticket
from carecenter.server import restored
from carecenter.server.centre import Centre
from carecenter.sync.in_process import InProcess
from carecenter.wire import Hello
from tests.houses import Clock, Seat, add_note, open_centre, open_ticket
from tests.sync.halls import Hall, hall, told

_NAMES = ("sara", "ali", "noura")


def _copied(url: str) -> str:
    """A copy of the database as it stands; nobody may be connected to it."""
    name = make_url(url).database
    with psycopg.connect(_plain(url, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}_backup TEMPLATE {name}".encode())
    return str(make_url(url).set(database=f"{name}_backup").render_as_string(hide_password=False))


def _plain(url: str, database: str) -> str:
    whole = make_url(url)
    return f"host={whole.query['host']} user={whole.username} dbname={database}"


def _greet(seat: Seat) -> None:
    version = Hello(version="1", generation=seat.workstation.generation())
    greeting = seat.transport.hello(seat.signed_in.token, version)
    seat.workstation.greeted(greeting, seat.account_id, 0.0)


def _offer_again(seat: Seat) -> int:
    """How many sealed operations were offered."""
    offered = 0
    while (offer := seat.workstation.next_offer()) is not None:
        results = seat.transport.push(seat.signed_in.token, offer.push).results
        seat.workstation.offered(offer, results)
        offered += len(offer.numbers)
    return offered


@contextmanager
def _put_back(url: str, clock: Clock) -> Iterator[Centre]:
    engine = postgres_engine(url)
    bring_up_to_date(engine, Side.CENTRE)
    restored.renew_centre(engine, clock())
    centre = open_centre(Path("unused"), clock, engine=engine)
    yield centre
    centre.close()
    with psycopg.connect(_plain(url, "postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)".encode())


class Hour:
    """Three desks, a backup, an hour of work that the backup does not know, and then the loss."""

    def __init__(self, built: Hall, url: str) -> None:
        self.clock = built.clock
        for name in _NAMES:
            built.account(name)
        self.seats = [built.seat(name) for name in _NAMES]
        self.texts: set[str] = set()
        for seat in self.seats:
            _greet(seat)
            self._work(seat, "before")
            seat.synchronise()
        for seat in self.seats:
            seat.synchronise()
        built.centre.close()  # the copy wants to be alone
        self.backup = _copied(url)
        self.clock.advance(hours=1)
        self._an_hour()
        built.centre.close()

    def _an_hour(self) -> None:
        for turn in range(5):
            for seat in self.seats:
                self._work(seat, f"turn {turn}")
                seat.synchronise()
        for seat in self.seats:
            seat.synchronise()
        heard, passed, unsent = self.seats
        self._work(heard, "accepted and not heard back")
        heard.push()
        self._work(passed, "sent, and the answer lost")
        passed.send()
        self._work(unsent, "not sent yet")

    def _work(self, seat: Seat, text: str) -> None:
        opening = seat.perform(open_ticket(f"{seat.name}: {text}"))
        seat.perform(add_note(opening.ticket_id, f"a note of {text}"))
        self.texts.add(opening.text)

    def after(self, centre: Centre, *, offering: bool) -> set[str]:
        """Everybody signs in again and synchronises; what stands at the centre then."""
        again = [Seat(seat.workstation, InProcess(centre), seat.name) for seat in self.seats]
        for _ in range(2):
            for seat in again:
                _greet(seat)
                if offering:
                    _offer_again(seat)
                    seat.push()
                seat.pull()
        with centre.transaction() as unit:
            often = select(func.count()).select_from(OpLog).group_by(OpLog.payload_hash)
            assert set(unit.session.scalars(often)) == {1}
            return set(unit.session.scalars(select(Ticket.text)))


@pytest.fixture
def hour(tmp_path: Path, postgres_url: str) -> Iterator[Hour]:
    with hall(tmp_path, postgres_url) as built:
        yield Hour(built, postgres_url)


def test_what_the_restored_centre_forgot_is_offered_again(hour: Hour) -> None:
    with _put_back(hour.backup, hour.clock) as centre:
        assert hour.after(centre, offering=True) == hour.texts
        for seat in hour.seats:
            queue = seat.workstation.queue()
            assert (queue.waiting, queue.attention) == (0, 0)
    told(f"restore: {len(hour.texts)} tickets of {len(hour.seats)} desks, none lost")


def test_without_offering_again_the_hour_would_be_lost(hour: Hour) -> None:
    with _put_back(hour.backup, hour.clock) as centre:
        missing = hour.texts - hour.after(centre, offering=False)
    assert {text.partition(": ")[2] for text in missing} >= {f"turn {turn}" for turn in range(5)}
