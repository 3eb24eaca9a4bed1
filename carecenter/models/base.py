"""What every table shares: column types that behave alike on SQLite and PostgreSQL, the side a table
lives on (workstation, centre, both), and the JSON image of a row that travels between the two."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import cache
from operator import itemgetter
from typing import Any, ClassVar, TypeVar

from sqlalchemy import JSON, BigInteger, Date, DateTime, Dialect, MetaData, String, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault
from sqlalchemy.types import TypeDecorator

Image = dict[str, Any]
"""A row as JSON: dates and times in ISO 8601, terms by value."""

_E = TypeVar("_E", bound=StrEnum)
_WITHOUT_ZONE = len("2026-01-31 23:59:59.000000")
_AS_SENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}\+00:00").fullmatch
"""As most moments travel: half a million of them come in a first sync."""


class Side(StrEnum):
    """Where a table exists: in the workstation's store, in the centre's database, or in both."""

    BOTH = "both"
    DESK = "desk"
    CENTRE = "centre"


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware moment; stored in UTC. SQLite keeps no zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if dialect.name == "sqlite" else value.astimezone(dt.UTC)


class TermType(TypeDecorator[_E]):
    """A term of ``core.terms``, stored by its value."""

    impl = String(32)
    cache_ok = True

    def __init__(self, term: type[_E]) -> None:
        super().__init__()
        self.term = term

    def process_bind_param(self, value: _E | None, dialect: Dialect) -> str | None:
        return None if value is None else self.term(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> _E | None:
        return None if value is None else self.term(value)


Json = JSON().with_variant(JSONB(), "postgresql")
NullableJson = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Base(DeclarativeBase):
    """The declarative base; names of constraints are fixed so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    side: ClassVar[Side] = Side.BOTH


class Synced:
    """A noun that the centre orders and the feed carries to the workstations.

    ``version`` grows by one with each change the centre accepts; a workstation never changes it. Foreign
    keys are declared for the centre; a workstation does not enforce them, because a page of the feed may
    bring a child before its parent.
    """

    __tablename__: str

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, default=0)


def tables_of(side: Side) -> list[Table]:
    """The tables that exist on one side, parents before children."""
    wanted = {
        mapper.class_.__tablename__ for mapper in Base.registry.mappers if mapper.class_.side in (side, Side.BOTH)
    }
    return [table for table in Base.metadata.sorted_tables if table.name in wanted]


@cache
def synced_models() -> dict[str, type[Any]]:
    """The synced classes by table name; the table name is the entity's name in the feed."""
    return {
        mapper.class_.__tablename__: mapper.class_
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Synced)
    }


def entity_of(row: Synced) -> str:
    """The feed's name of a synced row's noun."""
    return row.__tablename__


def _iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _storer(column_type: object) -> Callable[[Any], Any] | None:
    if isinstance(column_type, UtcDateTime):
        return _stored_moment
    if isinstance(column_type, Date):
        return lambda value: dt.date.fromisoformat(value).isoformat()
    if isinstance(column_type, TermType):
        return {term.value: term.value for term in column_type.term}.__getitem__
    if isinstance(column_type, JSON):
        return json.dumps
    return None


def _stored_moment(value: str) -> str:
    moment = dt.datetime.fromisoformat(value)
    if _AS_SENT(value):
        return f"{value[:10]} {value[11:_WITHOUT_ZONE]}"
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(dt.UTC).isoformat(" ", "microseconds")[:_WITHOUT_ZONE]


@cache
def _names(entity: str) -> tuple[str, ...]:
    return tuple(column.name for column in Base.metadata.tables[entity].columns)


def image_of(entity: str, row: Mapping[str, Any]) -> Image:
    """The JSON image of a row given as column → value."""
    return {name: _iso(row[name]) for name in _names(entity)}


def stored_of(entity: str, image: Image) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """Columns of an image and what SQLite keeps in them: for many rows at once, past SQLAlchemy's types.

    Columns this version does not know are left out, as are those the sender did not know: ``defaults_of`` has what
    a new row gets there. Raises ``ValueError``, ``TypeError`` or ``LookupError`` for what cannot be read here.
    """
    columns = _names(entity)
    try:
        values = [*_values(entity)(image)]
    except KeyError:
        columns = tuple(name for name in columns if name in image)
        values = [image[name] for name in columns]
    for place, store in _storers(entity, columns):
        if values[place] is not None:
            values[place] = store(values[place])
    return columns, tuple(values)


@cache
def _values(entity: str) -> Callable[[Image], tuple[Any, ...]]:
    """All columns of an image at once."""
    return itemgetter(*_names(entity))


@cache
def _storers(entity: str, columns: tuple[str, ...]) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
    """The places of what is stored otherwise than it travels."""
    types = Base.metadata.tables[entity].columns
    storers = ((place, _storer(types[name].type)) for place, name in enumerate(columns))
    return tuple((place, store) for place, store in storers if store is not None)


@cache
def defaults_of(entity: str) -> dict[str, Any]:
    """Column → what a new row has there that does not say otherwise, as SQLite keeps it."""
    found: dict[str, Any] = {}
    for column in Base.metadata.tables[entity].columns:
        default = column.default
        if isinstance(default, CallableColumnDefault):
            value = default.arg(None)  # type: ignore[arg-type]  # none of ours looks at its context
        elif isinstance(default, ScalarElementColumnDefault):
            value = default.arg
        else:
            continue
        store = _storer(column.type)
        found[column.name] = value if store is None or value is None else store(value)
    return found


def images_of(entity: str, rows: Iterable[Mapping[str, Any]]) -> list[Image]:
    """``image_of`` for many rows."""
    return [image_of(entity, row) for row in rows]
