"""The second wall, on a real PostgreSQL: the reader sees the scopes of its transaction and nothing else."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from carecenter.core.errors import UserError
from carecenter.models.base import synced_models
from carecenter.models.engine import postgres_engine
from carecenter.server import reading
from carecenter.server.centre import Centre
from carecenter.server.reading import READER, WRITER, behind_the_wall
from tests.houses import GENERAL, TECHNICAL, House, open_ticket
from tests.server.devices import Device
from tests.server.halls import hall

ROLES = Path(__file__).parents[2] / "deploy" / "postgresql" / "roles.sql"
QUEUE = f"queue:{GENERAL}"


@pytest.fixture
def walled(postgres_house: House, postgres_url: str) -> House:
    """A hall with two tickets in two queues and the wall raised."""
    url = make_url(postgres_url)
    with psycopg.connect(host=str(url.query["host"]), user="test", dbname=url.database) as connection:
        connection.execute(ROLES.read_bytes())
    hall(postgres_house)
    owner = _as(postgres_url, "test")
    reading.prepare(owner)
    owner.dispose()
    postgres_house.account("agent")
    device = Device(postgres_house.centre, "agent")
    for number, queue_id in enumerate((GENERAL, TECHNICAL)):
        device.send(open_ticket(queue_id=queue_id, reference=f"{number:010}"))
    return postgres_house


@pytest.fixture
def reader(walled: House, postgres_url: str) -> Iterator[Engine]:
    """One connection, so that every transaction comes after another one on it."""
    engine = _as(postgres_url, READER)
    yield engine
    engine.dispose()


def _as(url: str, role: str) -> Engine:
    return postgres_engine(make_url(url).set(username=role).render_as_string(), connections=1)


def _queues(engine: Engine, *scopes: str) -> list[str]:
    with behind_the_wall(engine, scopes) as session:
        return sorted(session.scalars(text("SELECT queue_id FROM ticket")))


def _left(engine: Engine) -> int:
    """How many tickets somebody sees who sets no scopes."""
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM ticket")).scalar_one())


def test_the_reader_sees_the_rows_of_its_scopes_alone(reader: Engine) -> None:
    assert _left(reader) == 0
    assert _queues(reader) == []
    assert _queues(reader, QUEUE) == [GENERAL]
    assert _queues(reader, QUEUE, f"queue:{TECHNICAL}") == [GENERAL, TECHNICAL]
    assert _queues(reader, "queue:no such", 'queue:{"general"}', f"{QUEUE},x") == []


def test_every_table_of_the_feed_is_behind_the_wall(reader: Engine) -> None:
    with reader.connect() as connection:
        for name in (*synced_models(), "feed", "feed_head"):
            found = connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()  # our own
            assert found == 0, name


def test_without_the_policy_the_same_query_sees_everything(
    walled: House, reader: Engine, postgres_url: str
) -> None:
    owner = _as(postgres_url, "test")
    with owner.begin() as connection:
        connection.execute(text("ALTER TABLE ticket DISABLE ROW LEVEL SECURITY"))
    assert _left(reader) == 2
    reading.prepare(owner)
    owner.dispose()
    assert _left(reader) == 0


def test_nothing_is_left_on_a_connection_that_goes_back_to_the_pool(reader: Engine) -> None:
    assert _queues(reader, QUEUE) == [GENERAL]
    assert _left(reader) == 0, "after a commit"
    with suppress(ZeroDivisionError), behind_the_wall(reader, [QUEUE]) as session:
        assert session.scalar(text("SELECT count(*) FROM ticket")) == 1
        raise ZeroDivisionError
    assert _left(reader) == 0, "after a rollback"
    assert _queues(reader, f"queue:{TECHNICAL}") == [TECHNICAL]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ticket SET text = ''",
        "DELETE FROM feed",
        "INSERT INTO feed_head (scope, seq) VALUES ('x', 1)",
        "ALTER TABLE ticket DISABLE ROW LEVEL SECURITY",
        "DROP POLICY followed ON ticket",
        "CREATE TABLE mine (id text)",
        "SELECT * FROM credential",
        "SELECT * FROM token",
        "SELECT * FROM op_log",
        "SELECT * FROM audit",
        "SELECT * FROM quarantine",
        "SELECT * FROM centre_fact",
        f"SET ROLE {WRITER}",
    ],
)
def test_the_reader_neither_writes_nor_alters_nor_reads_what_is_secret(reader: Engine, statement: str) -> None:
    with reader.connect() as connection:
        connection.execute(text("SET TRANSACTION READ WRITE"))
        with pytest.raises(DBAPIError) as caught:
            connection.execute(text(statement))
    assert getattr(caught.value.orig, "sqlstate", None) == "42501", "insufficient privilege"


@pytest.mark.parametrize("statement", ["DELETE FROM audit", "UPDATE audit SET action = ''", "DELETE FROM op_log"])
def test_the_writer_only_adds_to_the_audit_trail_and_the_log(
    walled: House, postgres_url: str, statement: str
) -> None:
    writer = _as(postgres_url, WRITER)
    with writer.connect() as connection, pytest.raises(DBAPIError) as caught:
        connection.execute(text(statement))
    writer.dispose()
    assert getattr(caught.value.orig, "sqlstate", None) == "42501"


def test_a_centre_with_both_roles_does_a_days_work(walled: House, postgres_url: str) -> None:
    url = make_url(postgres_url)
    writer = postgres_engine(url.set(username=WRITER).render_as_string(), connections=3)
    centre = Centre(writer, walled.clock, reading=_as(postgres_url, READER))
    try:
        agent = Device(centre, "agent")
        opening = open_ticket(reference="0000000199")
        assert agent.send(opening).outcome == "accepted"
        heard = {row.id for row in agent.hear() if row.image is not None}
        assert opening.ticket_id in heard
    finally:
        centre.close()


def test_a_database_without_the_roles_says_what_to_run(
    postgres_house: House, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "READER", "carecenter_nobody")
    engine = _as(postgres_url, "test")
    with pytest.raises(UserError, match=r"roles\.sql"):
        reading.prepare(engine)
    engine.dispose()


def test_the_service_reads_as_the_reader_also_on_a_connection_that_was_used_before(
    walled: House, postgres_url: str
) -> None:
    writer = make_url(postgres_url).set(username=WRITER).render_as_string()
    engine = reading.reader_of(writer, 1)
    assert engine is not None
    with suppress(ZeroDivisionError), engine.begin():
        raise ZeroDivisionError
    with engine.begin() as connection:
        assert connection.execute(text("SELECT current_user, session_user")).one() == (READER, WRITER)
        assert connection.execute(text("SELECT count(*) FROM ticket")).scalar() == 0
    assert _queues(engine, QUEUE) == [GENERAL]
    engine.dispose()


def test_a_wall_that_nobody_can_go_behind_is_told_and_nobody_reads_around_it(
    walled: House, postgres_url: str
) -> None:
    owner = _as(postgres_url, "test")
    with owner.begin() as connection:
        connection.execute(text(f"REVOKE {READER} FROM {WRITER}"))
    owner.dispose()
    with pytest.raises(UserError, match=READER):
        reading.reader_of(make_url(postgres_url).set(username=WRITER).render_as_string(), 1)


def test_without_a_wall_the_service_says_so_and_goes_on(
    postgres_house: House, postgres_url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "READER", "carecenter_nobody")
    assert reading.reader_of(postgres_url, 1) is None
    assert "without the second wall: nobody here is carecenter_nobody" in caplog.text


def test_the_reader_reads_no_keys_of_names(reader: Engine) -> None:
    with reader.connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
        connection.execute(text("SELECT * FROM caller_name"))
