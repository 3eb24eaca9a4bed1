"""Opening databases: the key opens, another does not, nothing lies readable, errors mean something to a person."""

from contextlib import closing
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from carecenter.core.errors import StoreDamaged, StoreFull
from carecenter.models.engine import (
    connect,
    empty_log,
    explain,
    memory_engine,
    postgres_engine,
    sqlcipher_engine,
)

KEY, OTHER = b"k" * 32, b"o" * 32


def test_only_the_key_opens_the_file_and_nothing_in_it_is_readable(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    engine = sqlcipher_engine(path, KEY, foreign_keys=False)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x TEXT)"))
        connection.execute(text("INSERT INTO t VALUES ('canary of the caller')"))
        written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    engine.dispose()
    assert b"canary" not in written + path.read_bytes()
    with pytest.raises(sqlcipher.DatabaseError):
        connect(path, OTHER)
    reopened = connect(path, KEY)
    assert reopened.execute("SELECT x FROM t").fetchall() == [("canary of the caller",)]
    reopened.close()


def test_the_centre_enforces_parents_and_the_desk_does_not(tmp_path: Path) -> None:
    for enforced in (True, False):
        engine = sqlcipher_engine(tmp_path / f"{enforced}.db", KEY, foreign_keys=enforced)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE parent (id TEXT PRIMARY KEY)"))
            connection.execute(text("CREATE TABLE child (parent_id TEXT REFERENCES parent (id))"))
        with engine.connect() as connection:
            insert = text("INSERT INTO child VALUES ('nobody')")
            if enforced:
                with pytest.raises(IntegrityError):
                    connection.execute(insert)
            else:
                connection.execute(insert)
        engine.dispose()


def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    engine = sqlcipher_engine(tmp_path / "store.db", KEY, foreign_keys=False)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x)"))
    with engine.begin() as writer:
        writer.execute(text("INSERT INTO t VALUES (1)"))
        with engine.connect().execution_options(read_only=True) as reader:
            assert reader.execute(text("SELECT count(*) FROM t")).scalar() == 0
    engine.dispose()


def test_a_full_disk_is_told_with_what_to_do() -> None:
    engine = memory_engine()
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
        connection.exec_driver_sql("PRAGMA max_page_count = 3")
        with pytest.raises(DBAPIError) as failed:
            connection.exec_driver_sql("INSERT INTO t VALUES (randomblob(100000))")
    told = explain(failed.value)
    assert isinstance(told, StoreFull)
    assert "text is still on the screen" in str(told)
    engine.dispose()


def test_the_log_of_an_encrypted_file_is_emptied_unless_somebody_reads(tmp_path: Path) -> None:
    engine = sqlcipher_engine(tmp_path / "store.db", KEY, foreign_keys=False)
    log = tmp_path / "store.db-wal"
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
    with engine.execution_options(read_only=True).connect() as reader:
        reader.exec_driver_sql("SELECT * FROM t").all()
        with engine.connect() as connection:
            connection.exec_driver_sql("INSERT INTO t VALUES (1)")
            connection.commit()
        with closing(engine.raw_connection()) as raw:
            raw.cursor().execute("PRAGMA busy_timeout = 1")
        assert not empty_log(engine)
    assert log.stat().st_size > 0
    assert empty_log(engine)
    assert log.stat().st_size == 0
    engine.dispose()


def test_a_damaged_file_is_told_and_a_defect_is_not(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"no database at all" * 1000)
    with pytest.raises(sqlcipher.DatabaseError) as failed:
        connect(path, KEY)
    assert isinstance(explain(failed.value), StoreDamaged)
    assert explain(ValueError("anything else")) is None


def _told_of_a_failure(engine: Engine) -> str:
    """All that an error says when a row holding somebody's words is refused."""
    with engine.connect() as connection, pytest.raises(DBAPIError) as failed:
        connection.execute(text("INSERT INTO no_such_table VALUES (:said)"), {"said": "canary of the caller"})
    engine.dispose()
    return f"{failed.value} {failed.value!r}"


@pytest.mark.parametrize("side", ["memory", "desk", "centre"])
def test_what_was_typed_is_in_no_error(tmp_path: Path, side: str) -> None:
    engine = memory_engine()
    if side != "memory":
        engine = sqlcipher_engine(tmp_path / "database.db", KEY, foreign_keys=side == "centre")

    told = _told_of_a_failure(engine)

    assert "no_such_table" in told
    assert "canary" not in told


def test_what_was_typed_is_in_no_error_of_the_central_database(postgres_url: str) -> None:
    told = _told_of_a_failure(postgres_engine(postgres_url))

    assert "no_such_table" in told
    assert "canary" not in told
