"""Statements that one database of a test has compiled serve those of all others.

SQLAlchemy keeps what it compiled with an engine, and a program has one or two; a session of tests makes thousands,
and spent a fifth of its time on compiling the same statements again.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

_compiled: Final[MutableMapping[Any, Any]] = {}


def share() -> None:
    """From now on, until the process ends. The dialects of two engines count as one where their drivers are one."""
    for dialect in (PGDialect_psycopg, SQLiteDialect_pysqlite):
        dialect.__eq__ = _is_like  # type: ignore[method-assign,assignment]  # SQLAlchemy looks by them
        dialect.__hash__ = _hash  # type: ignore[method-assign,assignment]  # likewise
    event.listen(Engine, "engine_connect", _use_shared)


def _is_like(self: Dialect, other: object) -> bool:
    return type(self) is type(other) and self.dbapi is getattr(other, "dbapi", None)


def _hash(self: Dialect) -> int:
    return hash((type(self), id(self.dbapi)))


def _use_shared(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_compiled)
