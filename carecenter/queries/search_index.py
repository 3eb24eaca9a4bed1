"""The index of search: what of a row goes into it, and how it is kept in step with the rows.

Articles and tickets are indexed by the stems of their words (``core.analysis``), callers as `people` says. Beside
the stems stands the folded text, which ranking looks at; ``search_word`` counts the words there are. How a line is
answered from all this is `search_ranking`'s and `people`'s matter.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, literal, select
from sqlalchemy import text as sql
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from carecenter.core import analysis
from carecenter.core.text import tokens
from carecenter.models.article import Article
from carecenter.models.caller import Caller, CallerPhone
from carecenter.models.search import SearchOwed, SearchRow, SearchUse, SearchWord
from carecenter.models.ticket import Ticket
from carecenter.queries import people

ARTICLE: Final = "article"
TICKET: Final = "ticket"
CALLER: Final = "caller"

ALL_ROWS: Final = ""
"""The word that stands for every row of an entity: its ``held`` is how many there are."""

INDEXED: Final[dict[str, type[Article | Caller | Ticket]]] = {ARTICLE: Article, CALLER: Caller, TICKET: Ticket}
_CHUNK: Final = 500
_IS_INDEXED: Final = (
    "SELECT entity_id FROM search_row WHERE entity = ? AND entity_id IN (SELECT value FROM json_each(?))"
)
_OWE: Final = "INSERT OR IGNORE INTO search_owed (entity, entity_id) SELECT ?, value FROM json_each(?)"
_LONGEST: Final = 64
_ALL_USES: Final = (
    "INSERT OR IGNORE INTO search_use SELECT call.id, used.value, started_at FROM call, json_each(articles) AS used"
)
_USES: Final = sql(f"{_ALL_USES} WHERE call.id IN (SELECT value FROM json_each(:ids))")  # noqa: S608 - our own names


class Parts(NamedTuple):
    """What a row is found by, the weightiest first: its title, what callers say for it, everything else."""

    title: str
    asked: str
    body: str


def index(session: Session, keys: Iterable[tuple[str, str]]) -> None:
    """Bring the index up to date with rows that changed or went, in the transaction that changed them."""
    keys = list(keys)
    _note_uses(session, [entity_id for entity, entity_id in keys if entity == "call"])
    for entity, ids in _wanted(session, keys).items():
        for chunk in _chunks(sorted(ids)):
            _forget(session, entity, chunk)
            _take(session, entity, chunk)


def owe(session: Session, keys: Iterable[tuple[str, str]]) -> None:
    """Like ``index`` for rows that are indexed already; the others are noted for ``index_owed``.

    For a first sync, which brings more than can be indexed in passing. What goes leaves the index at once.
    """
    keys = list(keys)
    known = {key for key in keys if key[0] == "call"}
    connection = session.connection()
    for entity, ids in _wanted(session, keys).items():
        indexed = {one for (one,) in connection.exec_driver_sql(_IS_INDEXED, (entity, json.dumps(sorted(ids))))}
        known |= {(entity, one) for one in indexed}
        if owed := sorted(ids - indexed):
            connection.exec_driver_sql(_OWE, (entity, json.dumps(owed)))
    index(session, known)


def index_owed(session: Session, most: int = _CHUNK) -> int:
    """Index up to ``most`` of the rows that are owed; returns how many are left after that."""
    keys = [(row.entity, row.entity_id) for row in session.scalars(select(SearchOwed).limit(most))]
    index(session, keys)
    for entity in INDEXED:
        ids = [entity_id for one, entity_id in keys if one == entity]
        session.execute(delete(SearchOwed).where(SearchOwed.entity == entity, SearchOwed.entity_id.in_(ids)))
    return session.scalar(select(func.count()).select_from(SearchOwed)) or 0


def start_over(session: Session) -> None:
    """Forget the index and owe it every row: it is damaged, or was made by another chain."""
    connection = session.connection()
    for entity, model in INDEXED.items():
        connection.execute(sql(f"DELETE FROM search_{entity}"))  # noqa: S608 - our own names
        everything = select(literal(entity), model.id)
        owed = insert(SearchOwed).prefix_with("OR IGNORE").from_select(["entity", "entity_id"], everything)
        connection.execute(owed)
    connection.execute(delete(SearchRow))
    connection.execute(delete(SearchWord))
    connection.execute(delete(SearchUse))
    connection.exec_driver_sql(_ALL_USES)


def parts_of(row: Article | Ticket) -> Parts:
    """What a row is found by."""
    if isinstance(row, Ticket):
        return Parts(row.reference, "", f"{row.text} {row.remedy}")
    fields: dict[str, list[str]] = {"title": [], "asked": [], "body": [row.body_code or ""]}
    for content in row.content.values():
        for name, value in content.items():
            part = {"title": "title", "keywords": "asked", "questions": "asked"}.get(name, "body")
            fields[part].append(" ".join(value) if isinstance(value, list) else str(value))
    return Parts(*(" ".join(fields[part]) for part in Parts._fields))


def _note_uses(session: Session, call_ids: list[str]) -> None:
    """Which articles these calls were answered with, as they stand now."""
    for chunk in _chunks(call_ids):
        ids = {"ids": json.dumps(chunk)}
        session.execute(sql("DELETE FROM search_use WHERE call_id IN (SELECT value FROM json_each(:ids))"), ids)
        session.execute(_USES, ids)


def _wanted(session: Session, keys: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    wanted: dict[str, set[str]] = {entity: set() for entity in INDEXED}
    phones: list[str] = []
    for entity, entity_id in keys:
        if entity in wanted:
            wanted[entity].add(entity_id)
        elif entity == "caller_phone":
            phones.append(entity_id)
    for chunk in _chunks(phones):
        wanted[CALLER].update(session.scalars(select(CallerPhone.caller_id).where(CallerPhone.id.in_(chunk))))
    return wanted


def _forget(session: Session, entity: str, ids: list[str]) -> None:
    known = select(SearchRow.number).where(SearchRow.entity == entity, SearchRow.entity_id.in_(ids))
    numbers = list(session.scalars(known))
    if not numbers:
        return
    connection = session.connection()
    if entity != CALLER:
        texts = sql(f"SELECT plain FROM search_{entity} WHERE rowid IN :numbers")  # noqa: S608 - our own names
        old = connection.execute(texts.bindparams(bindparam("numbers", expanding=True)), {"numbers": numbers})
        _count(connection, entity, (plain.split() for (plain,) in old), -1)
    gone = sql(f"DELETE FROM search_{entity} WHERE rowid = :number")  # noqa: S608 - our own names
    connection.execute(gone, [{"number": number} for number in numbers])
    connection.execute(delete(SearchRow).where(SearchRow.number.in_(numbers)))


def _take(session: Session, entity: str, ids: list[str]) -> None:
    model = INDEXED[entity]
    rows: Iterable[Article | Caller | Ticket] = session.scalars(select(model).where(model.id.in_(ids)))
    found = {
        row.id: people.entry(row.name_ar, row.name_en) if isinstance(row, Caller) else _entry(parts_of(row))
        for row in rows
    }
    if not found:
        return
    connection = session.connection()
    names = [{"entity": entity, "entity_id": one} for one in found]
    connection.execute(insert(SearchRow), names)
    known = select(SearchRow.entity_id, SearchRow.number).where(
        SearchRow.entity == entity, SearchRow.entity_id.in_(found)
    )
    numbers = dict(session.execute(known).all())
    entries = [{"number": numbers[one], **entry} for one, entry in found.items()]
    statement = sql(
        f"INSERT INTO search_{entity}(rowid, title, asked, body, plain)"  # noqa: S608 - our own names
        " VALUES (:number, :title, :asked, :body, :plain)"
    )
    connection.execute(statement, entries)
    if entity != CALLER:
        _count(connection, entity, (entry["plain"].split() for entry in entries), 1)


def _entry(parts: Parts) -> dict[str, Any]:
    """The columns of a row: terms, and under ``plain`` the folded words, a line a part, each framed."""
    words = [tokens(part) for part in parts]
    terms = [[analysis.stem(word) for word in part] for part in words]
    plain = "\n".join(map(_framed, words))
    return {**dict(zip(Parts._fields, map(_framed, terms), strict=True)), "plain": plain}


def _framed(words: list[str]) -> str:
    """Each word with a space on either side of its own, so that a word is found by `str.count`."""
    return "".join(f" {word} " for word in words)


def _count(connection: Connection, entity: str, rows: Iterable[list[str]], by: int) -> None:
    counted: Counter[str] = Counter()
    for words in rows:
        counted.update({word[:_LONGEST] for word in words})
        counted[ALL_ROWS] += 1
    entries = [{"entity": entity, "word": word, "held": by * number} for word, number in counted.items()]
    added = insert(SearchWord)
    connection.execute(added.on_conflict_do_update(set_={"held": SearchWord.held + added.excluded.held}), entries)
    if by < 0:
        connection.execute(delete(SearchWord).where(SearchWord.entity == entity, SearchWord.held <= 0))


def _chunks(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
