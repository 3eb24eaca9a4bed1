"""No change is missed: 32 workstations push at once, commits take their time, and readers follow their cursors.

In the same transactions the writers fill a table numbered by a sequence, which a naive reader follows with
``id > cursor``. The naive reader must miss something: otherwise the test would prove nothing.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from carecenter.core.ids import new_id
from carecenter.core.terms import Role
from carecenter.migrations import bring_up_to_date
from carecenter.models.base import Side
from carecenter.server import intake
from carecenter.server.centre import Centre
from carecenter.wire import NewAccount, Outcome
from tests import houses
from tests.houses import GENERAL, PASSWORD, Clock, add_note, open_ticket
from tests.server.devices import Device

WRITERS, ROUNDS = 32, 6
_LONGEST_DELAY = 0.02  # seconds, before and after a transaction takes its place in the feed


class Hall:
    """A centre on PostgreSQL with a workstation a writer, and a table as others would have made it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.clock = Clock()
        self.centre: Centre = houses.open_centre(Path("unused"), self.clock, engine=engine)
        leader = NewAccount(name="leader", password=PASSWORD, role=Role.ADMINISTRATOR, queue_ids=(GENERAL,))
        self.centre.create_account(leader)
        self.devices = [Device(self.centre, "leader") for _ in range(WRITERS)]
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE naive (id bigserial PRIMARY KEY, body text)"))

    def push(self, device: Device, rng: random.Random) -> tuple[set[str], str]:
        """One push with everything the centre does, only slower; the rows it made, and the naive one."""
        opening, mark = open_ticket(reference=f"{rng.randrange(10**10):010}"), new_id()
        note = add_note(opening.ticket_id, "note")
        with self.centre.transaction() as unit:
            unit.session.execute(text("INSERT INTO naive (body) VALUES (:body)"), {"body": mark})
            time.sleep(rng.uniform(0, _LONGEST_DELAY))
            envelopes = [device.envelope(opening), device.envelope(note)]
            results = intake.accept(unit, envelopes, self.clock())
            time.sleep(rng.uniform(0, _LONGEST_DELAY / 10))
        assert {result.outcome for result in results} == {Outcome.ACCEPTED}
        return {opening.ticket_id, opening.entry_id, note.entry_id}, mark


class Follower:
    """Reads the feed and the naive table again and again, until told that everything is written."""

    def __init__(self, hall: Hall) -> None:
        self.heard: list[str] = []
        self.naive: list[str] = []
        self.done = threading.Event()
        self._hall = hall
        self._device = Device(hall.centre, "leader")
        self._cursor = 0

    def follow(self) -> None:
        last = False
        while not last:
            last = self.done.is_set()
            rows = self._device.hear(limit=50)
            self.heard += [row.id for row in rows if row.scope == f"queue:{GENERAL}"]
            self._poll()

    def _poll(self) -> None:
        with self._hall.engine.begin() as connection:
            statement = text("SELECT id, body FROM naive WHERE id > :cursor ORDER BY id")
            rows = connection.execute(statement, {"cursor": self._cursor}).all()
        self.naive += [row.body for row in rows]
        self._cursor = max((row.id for row in rows), default=self._cursor)


@pytest.fixture
def hall(postgres_url: str) -> Iterator[Hall]:
    engine = create_engine(postgres_url, pool_size=WRITERS + 6, max_overflow=0, hide_parameters=True)
    bring_up_to_date(engine, Side.CENTRE)
    built = Hall(engine)
    yield built
    built.centre.close()


def test_thirty_two_writers_and_nothing_is_missed(hall: Hall) -> None:
    followers = [Follower(hall) for _ in range(2)]

    def write(number: int) -> list[tuple[set[str], str]]:
        rng = random.Random(number)
        return [hall.push(hall.devices[number], rng) for _ in range(ROUNDS)]

    with ThreadPoolExecutor(WRITERS + len(followers)) as pool:
        following = [pool.submit(follower.follow) for follower in followers]
        try:
            pushed = [one for written in pool.map(write, range(WRITERS)) for one in written]
        finally:
            for follower in followers:
                follower.done.set()
        for future in following:
            future.result()

    written = set().union(*(rows for rows, _ in pushed))
    marks = {mark for _, mark in pushed}
    assert len(written) == 3 * WRITERS * ROUNDS
    for follower in followers:
        assert written - set(follower.heard) == set(), "the feed"
    assert any(marks - set(follower.naive) for follower in followers), "the naive reader has to miss some"
