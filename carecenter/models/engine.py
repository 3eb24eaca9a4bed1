"""Opening a database: an encrypted SQLite file (the workstation's store, the embedded centre) or PostgreSQL.

Transactions begin IMMEDIATE unless the connection says ``read_only``: a writer that has to wait waits at the
start, where nothing is lost, and never fails in the middle. No error tells the values of a statement: they are
what callers said, and errors end in the log.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool, StaticPool

from carecenter.core.errors import StoreDamaged, StoreFull, UserError
from carecenter.core.i18n import N_

BUSY_MS = 5_000
CACHE_KIB = 65_536
CONNECT_SECONDS = 5

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    f"PRAGMA cache_size = -{CACHE_KIB}",
    f"PRAGMA busy_timeout = {BUSY_MS}",
)


def connect(path: Path, key: bytes) -> Any:
    """A raw SQLCipher connection with the 32-byte key; the caller closes it.

    Raises the driver's ``DatabaseError`` at once when the file is not what this key encrypted.
    """
    connection = sqlcipher.connect(str(path), isolation_level=None, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        # SQLCipher writes to the error stream by itself; what goes wrong comes as exceptions too.
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        for pragma in _PRAGMAS:
            connection.execute(pragma)
    except BaseException:
        connection.close()
        raise
    return connection


def sqlcipher_engine(path: Path, key: bytes, *, foreign_keys: bool) -> Engine:
    """An engine on an encrypted file. ``foreign_keys``: enforced at the centre, not on a workstation."""

    def creator() -> Any:
        connection = connect(path, key)
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        return connection

    engine = create_engine(
        "sqlite://", creator=creator, module=sqlcipher, poolclass=QueuePool, pool_size=4, hide_parameters=True
    )
    event.listen(engine, "begin", _begin)
    return engine


def memory_engine(*, foreign_keys: bool = False) -> Engine:
    """An unencrypted database in memory, for models in tests and for measuring."""

    def creator() -> Any:
        connection = sqlcipher.connect(":memory:", isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        return connection

    engine = create_engine(
        "sqlite://", creator=creator, module=sqlcipher, poolclass=StaticPool, hide_parameters=True
    )
    event.listen(engine, "begin", _begin)
    return engine


def postgres_engine(url: str, connections: int = 15) -> Engine:
    """An engine on the central PostgreSQL (``postgresql+psycopg://…``) with at most so many connections."""
    return create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=CONNECT_SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"connect_timeout": CONNECT_SECONDS},
    )


def empty_log(engine: Engine) -> bool:
    """Bring what the write-ahead log of an encrypted file holds into the file, and leave nothing in the log.

    False when that has to wait, for somebody who reads or for room on the disk.
    """
    with closing(engine.raw_connection()) as connection:
        try:
            (busy, *_) = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlcipher.OperationalError:
            return False
    return not busy


def _begin(connection: Any) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def explain(error: Exception) -> UserError | None:
    """What a database error means to a person, or None when it is a defect."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    text = str(cause).lower()
    if "disk is full" in text or "disk i/o error" in text:
        return StoreFull(
            N_(
                "The disk is full: nothing was saved. Your text is still on the screen."
                " Free some space, then try again."
            )
        )
    if any(sign in text for sign in ("malformed", "not a database", "file is encrypted", "hmac check failed")):
        return StoreDamaged(
            N_("The local store is damaged. Close the program and start it again: it will be repaired.")
        )
    return None
