"""The index of search when it is damaged: noticed, made anew and owed every row. What people typed is never in it
alone, so nothing is lost by that; and nothing is refused because of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import func, literal, not_, or_, select
from sqlalchemy import text as sql
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from carecenter.models.base import Base
from carecenter.models.search import SearchOwed, SearchRow, SearchUse, SearchWord
from carecenter.queries.search_index import CALLER, INDEXED, start_over

_BESIDE: Final = (SearchRow, SearchWord, SearchOwed, SearchUse)
_PARTS: Final = ("data", "idx", "content", "docsize", "config")  # FTS5's own tables under a full-text table


def is_sound(session: Session) -> bool:
    """Whether every table of the index is there and whole. Reads all of it: ask after an error, not before."""
    try:
        for model in _BESIDE:
            session.execute(select(literal(1)).select_from(model).limit(1))
        for entity in INDEXED:
            whole = f"INSERT INTO search_{entity}(search_{entity}) VALUES ('integrity-check')"  # noqa: S608 - our own names
            session.execute(sql(whole))
            for part in _PARTS:  # not all of them are looked at by the check
                session.execute(sql(f"SELECT 1 FROM search_{entity}_{part} LIMIT 1"))  # noqa: S608 - our own names
            session.execute(sql(f"SELECT term FROM search_{entity}_terms LIMIT 1"))  # noqa: S608 - our own names
    except (DBAPIError, MemoryError):
        return False
    return True


def make_anew(session: Session) -> None:
    """Replace the tables of the index by empty ones, and owe them every row. In a transaction of its own."""
    connection = session.connection()
    for entity in INDEXED:
        for statement in _afresh(entity):
            connection.exec_driver_sql(statement)
    Base.metadata.create_all(connection, [Base.metadata.tables[model.__tablename__] for model in _BESIDE])
    start_over(session)


def owe_missing(session: Session) -> None:
    """Owe what is in no table of the index, and everything where its tables do not agree with each other."""
    for entity, model in INDEXED.items():
        known = select(func.count()).select_from(SearchRow).where(SearchRow.entity == entity)
        held = session.scalar(sql(f"SELECT count(*) FROM search_{entity}_docsize"))  # noqa: S608 - our own names
        indexed = session.scalar(known) or 0
        if held != indexed:
            start_over(session)
            return
        owed = session.scalar(select(func.count()).select_from(SearchOwed).where(SearchOwed.entity == entity)) or 0
        if indexed + owed < (session.scalar(select(func.count()).select_from(model)) or 0):
            here = [
                select(literal(1)).where(table.entity == entity, table.entity_id == model.id).exists()
                for table in (SearchRow, SearchOwed)
            ]
            missing = select(literal(entity), model.id).where(not_(or_(*here)))
            session.execute(insert(SearchOwed).from_select(["entity", "entity_id"], missing))


def _afresh(entity: str) -> Iterator[str]:
    table = f"search_{entity}"
    # A full-text table whose settings cannot be read cannot be dropped either.
    yield f"CREATE TABLE IF NOT EXISTS {table}_config (k PRIMARY KEY, v) WITHOUT ROWID"
    yield f"INSERT OR REPLACE INTO {table}_config VALUES ('version', 4)"  # noqa: S608 - our own names
    yield f"DROP TABLE IF EXISTS {table}_terms"
    yield f"DROP TABLE IF EXISTS {table}"
    for part in _PARTS:
        yield f"DROP TABLE IF EXISTS {table}_{part}"
    prefix = ", prefix = '2 3'" if entity == CALLER else ""
    yield (
        f"CREATE VIRTUAL TABLE {table} USING fts5(title, asked, body, plain UNINDEXED,"
        f" tokenize = 'unicode61 remove_diacritics 0'{prefix})"
    )
    yield f"INSERT INTO {table}({table}, rank) VALUES ('secure-delete', 1)"  # noqa: S608 - our own names
    yield f"CREATE VIRTUAL TABLE {table}_terms USING fts5vocab({table}, row)"
