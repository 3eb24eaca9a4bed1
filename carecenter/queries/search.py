"""Search on the workstation: what the index holds of a row, how it is kept, and how it is asked.

One module to replace: nothing else knows that the index is an FTS5 table of folded words. Better ranking and
names across scripts belong here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from carecenter.core.kuwait import KUWAIT
from carecenter.core.reading import Meaning, Reading, read
from carecenter.core.text import tokens
from carecenter.models.article import Article
from carecenter.models.caller import Caller, CallerPhone
from carecenter.models.ticket import Ticket
from carecenter.queries import articles, callers, tickets
from carecenter.queries.base import Row, Viewer

PER_GROUP = 8
_SHORTEST_PREFIX = 2

_INDEXED: dict[str, type[Article | Caller | Ticket]] = {
    "article": Article,
    "caller": Caller,
    "ticket": Ticket,
}


class SearchResults(Row, frozen=True, kw_only=True):
    """What a line found, in groups; ``readings`` say what the line was taken for and what is wrong with it."""

    line: str
    readings: tuple[Reading, ...]
    tickets: tuple[tickets.TicketRow, ...]
    callers: tuple[callers.CallerRow, ...]
    articles: tuple[articles.ArticleRow, ...]


def search(session: Session, viewer: Viewer, line: str) -> SearchResults:
    """Everything a line of the search box may mean, grouped."""
    readings = read(line, dt.datetime.now(KUWAIT).date())
    found_tickets: list[tickets.TicketRow] = []
    found_callers: list[callers.CallerRow] = []
    found_articles: tuple[articles.ArticleRow, ...] = ()
    for reading in readings:
        if reading.meaning is Meaning.REFERENCE and reading.valid:
            found_tickets.extend(tickets.by_reference(session, viewer, reading.value))
        elif reading.meaning is Meaning.PHONE:
            people = callers.by_phone(session, viewer, reading.value)
            found_callers.extend(people)
            for person in people:
                found_tickets.extend(tickets.of_caller(session, viewer, person.id, PER_GROUP))
        elif reading.meaning is Meaning.CIVIL_ID and reading.valid:
            found_callers.extend(callers.by_civil_id(session, viewer, reading.value))
        elif reading.meaning is Meaning.WORDS:
            found_tickets.extend(tickets.by_ids(session, viewer, _ids(session, "ticket", reading.value)))
            found_callers.extend(callers.by_ids(session, viewer, _ids(session, "caller", reading.value)))
            for person in found_callers[:3]:
                found_tickets.extend(tickets.of_caller(session, viewer, person.id, 3))
            found_articles = knowledge(session, viewer, reading.value)
    return SearchResults(
        line=line,
        readings=readings,
        tickets=_distinct(found_tickets),
        callers=_distinct(found_callers),
        articles=found_articles,
    )


def knowledge(
    session: Session, viewer: Viewer, question: str, limit: int = PER_GROUP
) -> tuple[articles.ArticleRow, ...]:
    """The articles nearest to a question, best first.

    Those whose title and keywords hold every word come before those that hold any of them anywhere: a word
    in the body alone (a Civil ID among the documents) does not make an article the answer.
    """
    named = _ids(session, "article", question, limit, column="title")
    anywhere = _ids(session, "article", question, limit, any_word=True) if len(named) < limit else ()
    best = tuple(dict.fromkeys((*named, *anywhere)))
    return articles.by_ids(session, viewer, best[:limit])


def _distinct(rows: list[Any]) -> tuple[Any, ...]:
    return tuple({row.id: row for row in rows}.values())[:PER_GROUP]


def _ids(
    session: Session,
    entity: str,
    line: str,
    limit: int = PER_GROUP,
    *,
    any_word: bool = False,
    column: str = "",
) -> tuple[str, ...]:
    words = [word for word in tokens(line) if len(word) >= _SHORTEST_PREFIX]
    if not words:
        return ()
    match = (" OR " if any_word else " AND ").join(f'"{word}"*' for word in words)
    statement = sql(
        "SELECT entity_id FROM search_index WHERE search_index MATCH :match AND entity = :entity"
        " ORDER BY bm25(search_index, 0, 0, 8.0, 1.0) LIMIT :limit"
    )
    asked = f"{column} : ({match})" if column else match
    return tuple(session.scalars(statement, {"match": asked, "entity": entity, "limit": limit}))


def index(session: Session, keys: Iterable[tuple[str, str]]) -> None:
    """Bring the index up to date with rows that changed or went, in the transaction that changed them."""
    wanted: dict[str, set[str]] = {entity: set() for entity in _INDEXED}
    for entity, entity_id in keys:
        if entity in wanted:
            wanted[entity].add(entity_id)
        elif entity == "caller_phone":
            owner = session.scalar(select(CallerPhone.caller_id).where(CallerPhone.id == entity_id))
            if owner is not None:
                wanted["caller"].add(owner)
    connection = session.connection()
    for entity, ids in wanted.items():
        _forget(connection, entity, ids)
        entries = [entry for chunk in _chunks(sorted(ids)) for entry in _entries(session, entity, chunk)]
        if entries:
            connection.execute(
                sql(
                    "INSERT INTO search_index(entity, entity_id, title, body)"
                    " VALUES (:entity, :entity_id, :title, :body)"
                ),
                entries,
            )


def _forget(connection: Connection, entity: str, ids: set[str]) -> None:
    statement = sql("DELETE FROM search_index WHERE entity = :entity AND entity_id IN :ids")
    for chunk in _chunks(sorted(ids)):
        connection.execute(statement.bindparams(bindparam("ids", expanding=True)), {"entity": entity, "ids": chunk})


def _chunks(ids: list[str], size: int = 500) -> Iterable[list[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def _entries(session: Session, entity: str, ids: list[str]) -> Iterable[dict[str, str]]:
    model = _INDEXED[entity]
    rows: Iterable[Article | Caller | Ticket] = session.scalars(select(model).where(model.id.in_(ids)))
    for row in rows:
        title, body = _words(row)
        yield {
            "entity": entity,
            "entity_id": row.id,
            "title": " ".join(tokens(title)),
            "body": " ".join(tokens(body)),
        }


def _words(row: Article | Caller | Ticket) -> tuple[str, str]:
    """What a row is found by, the weightier part first."""
    if isinstance(row, Caller):
        return f"{row.name_ar} {row.name_en}", ""
    if isinstance(row, Ticket):
        return row.reference, f"{row.text} {row.remedy}"
    keywords: list[str] = []
    rest: list[str] = [row.body_code or ""]
    for content in row.content.values():
        for name, value in content.items():
            words = " ".join(value) if isinstance(value, list) else str(value)
            (keywords if name in ("title", "keywords") else rest).append(words)
    return " ".join(keywords), " ".join(rest)
