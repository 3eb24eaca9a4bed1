"""Many rows in one statement. PostgreSQL takes them as one JSON text, which costs a fraction of a statement a row;
SQLite has no network to save, and takes the rows one after the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Table,
    Text,
    any_,
    literal,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import get_history, instance_state

from carecenter.models.base import Base, Synced, UtcDateTime

Values = dict[str, Any]

# Text goes as ``text``: a cast to a shorter ``varchar`` would cut silently what the column refuses.
_TYPES: tuple[tuple[type[Any], str], ...] = (
    (JSON, "jsonb"),
    (BigInteger, "bigint"),
    (Integer, "integer"),
    (Boolean, "boolean"),
    (DateTime, "timestamptz"),
    (Date, "date"),
)


def insert(
    session: Session, model: type[Base | Synced], rows: Sequence[Values], *, replace: Sequence[str] = ()
) -> None:
    """Insert rows that all have the same columns; ``replace``: columns that overwrite a row already there."""
    if not rows:
        return
    table = Base.metadata.tables[model.__tablename__]
    if is_postgres(session):
        names = tuple(rows[0])
        run(session, _insertion(table, names, tuple(replace)), [_text(table, names, rows)])
        return
    statement = sqlite.insert(table)
    if replace:
        changed = {name: statement.excluded[name] for name in replace}
        statement = statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=changed)
    session.connection().execute(statement, list(rows))


def insert_together(session: Session, *parts: tuple[type[Base | Synced], Sequence[Values], Sequence[str]]) -> None:
    """``insert`` into several tables, no part empty, in one statement where the database can."""
    if not is_postgres(session):
        for model, rows, replace in parts:
            insert(session, model, rows, replace=replace)
        return
    given = [(Base.metadata.tables[model.__tablename__], tuple(rows[0]), rows) for model, rows, _ in parts]
    made = [_insertion(table, names, tuple(part[2])) for (table, names, _), part in zip(given, parts, strict=True)]
    before = ", ".join(f"part_{number} AS ({statement})" for number, statement in enumerate(made[:-1]))
    run(session, f"WITH {before} {made[-1]}", [_text(*one) for one in given])


def write(session: Session, new: Sequence[Synced], changed: Sequence[Synced]) -> None:
    """Write rows of the session, parents first; the session lets go of everything.

    The order of the session's own flush knows only relationships, not foreign keys.
    """
    by_table: dict[str, list[Synced]] = {}
    for row in new:
        by_table.setdefault(row.__tablename__, []).append(row)
    for table in Base.metadata.sorted_tables:
        rows = by_table.get(table.name)
        if rows:
            insert(session, type(rows[0]), [{c.name: _value(row, c) for c in table.columns} for row in rows])
    if is_postgres(session):
        _write_changed(session, changed)
    else:
        for row in new:
            session.expunge(row)
        session.flush()
    session.expunge_all()


def changes(row: Synced) -> tuple[str, ...]:
    """The columns of a row whose values are others than in the database."""
    set_meanwhile = instance_state(row).manager.keys() - instance_state(row).unmodified
    return tuple(name for name in sorted(set_meanwhile) if get_history(row, name).has_changes())


def among(session: Session, column: Any, values: Collection[Any], kind: Any = None) -> ColumnElement[bool]:
    """``column IN values`` as one parameter where the database can."""
    if is_postgres(session):
        given: ColumnElement[bool] = column == any_(literal(list(values), ARRAY(kind or Text)))
        return given
    found: ColumnElement[bool] = column.in_(values)
    return found


def is_postgres(session: Session) -> bool:
    """Whether this is the PostgreSQL of a hall."""
    return session.get_bind().dialect.name == "postgresql"


def run(session: Session, statement: str, parameters: Sequence[Any]) -> Any:
    """A statement as the driver takes it (``%s``), past what SQLAlchemy would make of it."""
    return session.connection().exec_driver_sql(statement, tuple(parameters))


def _value(row: Synced, column: Column[Any]) -> Any:
    found = row.__dict__.get(column.name)
    if found is not None or column.nullable or column.default is None:
        return found
    made = getattr(column.default, "arg", None)
    return made(None) if callable(made) else made


def _write_changed(session: Session, rows: Iterable[Synced]) -> None:
    alike: dict[tuple[str, tuple[str, ...]], list[Values]] = {}
    for row in rows:
        names = changes(row)
        values = {name: getattr(row, name) for name in ("id", *names)}
        alike.setdefault((row.__tablename__, names), []).append(values)
    for (entity, names), changed in alike.items():
        _update(session, Base.metadata.tables[entity], names, changed)


def _update(session: Session, table: Table, names: tuple[str, ...], rows: Sequence[Values]) -> None:
    given = ("id", *names)
    changed = ", ".join(f'"{name}" = {_given(table.c[name])}' for name in names)
    source = _recordset(table, given)
    statement = f'UPDATE "{table.name}" AS held SET {changed} FROM {source} WHERE held.id = given.id'  # noqa: S608  # names of our own tables
    run(session, statement, [_text(table, given, rows)])


@cache
def _insertion(table: Table, names: tuple[str, ...], replace: tuple[str, ...]) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(_given(table.c[name]) for name in names)
    statement = f'INSERT INTO "{table.name}" ({columns}) SELECT {values} FROM {_recordset(table, names)}'  # noqa: S608  # as above
    if replace:
        keys = ", ".join(column.name for column in table.primary_key)
        changed = ", ".join(f'"{name}" = excluded."{name}"' for name in replace)
        statement += f" ON CONFLICT ({keys}) DO UPDATE SET {changed}"
    return statement


def _recordset(table: Table, names: tuple[str, ...]) -> str:
    columns = ", ".join(f'"{name}" {_type(table.c[name])}' for name in names)
    return f"json_to_recordset(%s::json) AS given({columns})"


def _type(column: Column[Any]) -> str:
    kind = getattr(column.type, "impl", column.type)
    return next((name for known, name in _TYPES if isinstance(kind, known)), "text")


def _given(column: Column[Any]) -> str:
    """A value of the record; bytes travel as base64."""
    name = f'given."{column.name}"'
    return f"decode({name}, 'base64')" if isinstance(column.type, LargeBinary) else name


def _text(table: Table, names: tuple[str, ...], rows: Sequence[Values]) -> str:
    """The rows as JSON. Raises ``ValueError`` or ``OverflowError`` for a moment that is none in UTC: PostgreSQL
    would take it, and nobody could read it again."""
    for name in names:
        if isinstance(table.c[name].type, UtcDateTime):
            for row in rows:
                _check(row[name])
    return msgspec.json.encode(rows).decode()


def _check(moment: dt.datetime | None) -> None:
    if moment is not None and moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    if moment is not None:
        moment.astimezone(dt.UTC)
