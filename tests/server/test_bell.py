"""Who waits for a scope hears of a commit, in this process and in another one, and of nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from carecenter.migrations import bring_up_to_date
from carecenter.models.base import Side
from carecenter.models.centre import FeedHead
from carecenter.models.engine import postgres_engine
from carecenter.server import bell
from carecenter.server.bell import Bell, ring, session_of
from tests.houses import House

SECONDS = 20
"""How long a ring may take on a busy machine before the test gives up."""


class Ear:
    """Waits for scopes, as a held feed does."""

    def __init__(self, at: Bell, *scopes: str) -> None:
        self._heard = threading.Event()
        self.leave = at.listen(scopes, self._heard.set)

    def hears(self) -> bool:
        heard = self._heard.wait(SECONDS)
        self._heard.clear()
        return heard

    @property
    def has_heard(self) -> bool:
        return self._heard.is_set()

    def forget(self) -> None:
        self._heard.clear()


@pytest.fixture
def engine(house: House) -> Engine:
    return house.centre._engine


@pytest.fixture
def listening(engine: Engine) -> Iterator[Bell]:
    made = Bell(engine)
    yield made
    made.close()


def rung(engine: Engine, *scopes: str) -> None:
    with Session(engine) as session, session.begin():
        ring(session, dict.fromkeys(scopes, 1))


def ready(engine: Engine, at: Bell) -> None:
    """The bell is heard; its first sounding at the start of listening is over."""
    ear = Ear(at, "start")
    rung(engine, "start")
    assert ear.hears()
    sounding = Ear(at, "again")
    rung(engine, "again")
    assert sounding.hears()
    ear.leave()
    sounding.leave()


def test_a_commit_is_heard_by_who_waits_for_its_scopes_and_by_nobody_else(engine: Engine, listening: Bell) -> None:
    ready(engine, listening)
    queue, both, other = Ear(listening, "queue:a"), Ear(listening, "x", "queue:b"), Ear(listening, "queue:c")
    rung(engine, "queue:a", "queue:b")
    assert queue.hears()
    assert both.hears()
    rung(engine, "queue:a")
    assert queue.hears()  # what was rung before has arrived everywhere by now
    assert not other.has_heard
    assert not both.has_heard


def test_what_is_rolled_back_is_not_heard(engine: Engine, listening: Bell) -> None:
    ready(engine, listening)
    ear, later = Ear(listening, "queue:a"), Ear(listening, "queue:b")
    with Session(engine) as session, session.begin() as transaction:
        ring(session, {"queue:a": 1})
        transaction.rollback()
    rung(engine, "queue:b")
    assert later.hears()
    assert not ear.has_heard


def test_nothing_is_heard_before_the_commit(engine: Engine, listening: Bell) -> None:
    ready(engine, listening)
    ear, other = Ear(listening, "queue:a"), Ear(listening, "queue:b")
    with Session(engine) as session, session.begin():
        ring(session, {"queue:a": 1})
        if engine.dialect.name == "postgresql":  # SQLite has one writer
            rung(engine, "queue:b")
            assert other.hears()
        assert not ear.has_heard
    assert ear.hears()


def test_who_left_hears_nothing(engine: Engine, listening: Bell) -> None:
    ready(engine, listening)
    gone, here = Ear(listening, "queue:a"), Ear(listening, "queue:a")
    gone.leave()
    gone.leave()
    rung(engine, "queue:a")
    assert here.hears()
    assert not gone.has_heard


def test_a_great_many_scopes_are_all_heard(engine: Engine, listening: Bell) -> None:
    """More than one notification holds, which is less than 8,000 bytes."""
    ready(engine, listening)
    scopes = [f"account:{number:060}" for number in range(400)]
    ears = [Ear(listening, scope) for scope in scopes]
    rung(engine, *scopes)
    assert all(ear.hears() for ear in ears)


@pytest.fixture
def migrated(postgres_url: str) -> Iterator[Engine]:
    engine = postgres_engine(postgres_url)
    bring_up_to_date(engine, Side.CENTRE)
    yield engine
    engine.dispose()


def test_another_process_is_heard(migrated: Engine, postgres_url: str) -> None:
    """Another engine stands for it: nothing is shared but the database."""
    here, there = migrated, postgres_engine(postgres_url)
    listening = Bell(here)
    ready(there, listening)
    ear = Ear(listening, "queue:a")
    rung(there, "queue:a")
    assert ear.hears()
    listening.close()
    there.dispose()


def test_who_listens_knows_how_far_each_scope_reaches(migrated: Engine) -> None:
    advance(migrated, "queue:a", 7)
    listening = Bell(migrated)
    assert listening.heads(["queue:a"]) is None, "nobody listens yet"
    ready(migrated, listening)
    ear = Ear(listening, "queue:a")
    with Session(migrated) as session, session.begin():
        ring(session, {"queue:a": 9, "queue:b": 2})
    assert ear.hears()
    assert listening.heads(["queue:a", "queue:b", "queue:c"]) == {"queue:a": 9, "queue:b": 2, "queue:c": 0}
    listening.close()
    assert listening.heads(["queue:a"]) is None, "nobody listens any more"


def test_a_session_that_ends_is_heard_however_it_ends(migrated: Engine) -> None:
    listening = Bell(migrated)
    ready(migrated, listening)
    name = session_of("somebody")
    ear, before = Ear(listening, name), listening.heads([name])
    with migrated.begin() as connection:
        for statement in (
            "INSERT INTO account (id, version, name, display_name_ar, display_name_en, role, language, active)"
            " VALUES ('somebody', 1, 'x', '', '', 'agent', 'ar', true)",
            "INSERT INTO device (id, name, first_seen, revoked) VALUES ('d', '', now(), false)",
            "INSERT INTO token (token_hash, account_id, device_id, issued_at) VALUES ('t', 'somebody', 'd', now())",
        ):
            connection.exec_driver_sql(statement)
    with migrated.begin() as connection:
        connection.exec_driver_sql("DELETE FROM token")
    assert ear.hears()
    assert listening.heads([name]) != before
    listening.close()


def advance(engine: Engine, scope: str, seq: int) -> None:
    with Session(engine) as session, session.begin():
        session.merge(FeedHead(scope=scope, seq=seq))


def test_where_notifications_do_not_arrive_the_heads_are_compared(
    migrated: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bell, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(Bell, "_proven", lambda *_args: False)
    listening = Bell(migrated)
    ear, other = Ear(listening, "queue:a"), Ear(listening, "queue:b")
    assert ear.hears()  # all are woken once when the watch begins
    assert other.hears()
    advance(migrated, "queue:a", 1)
    assert ear.hears()
    advance(migrated, "queue:a", 2)
    assert ear.hears()
    assert not other.has_heard
    listening.close()


def test_a_broken_connection_is_made_anew_and_what_was_missed_is_looked_at(
    migrated: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bell, "POLL_SECONDS", 0.05)
    listening = Bell(migrated)
    ready(migrated, listening)
    ear = Ear(listening, "queue:a")
    with psycopg.connect(migrated.url.set(drivername="postgresql").render_as_string()) as administrator:
        ended = administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
        ).fetchall()
    assert ended == [(True,)]
    assert ear.hears()  # nobody knows what was said meanwhile, so everybody looks
    rung(migrated, "queue:a")
    assert ear.hears()
    listening.close()


def test_closing_waits_for_nobody_and_can_be_done_twice(engine: Engine) -> None:
    unused, used = Bell(engine), Bell(engine)
    Ear(used, "queue:a")
    for made in (unused, used, used):
        made.close()
