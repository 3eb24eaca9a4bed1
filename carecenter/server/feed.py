"""The feed: what changed in the scopes an account follows, as the rows are now, written as the JSON that travels.

PostgreSQL writes the rows itself: Python would touch each of them three times.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import cache
from typing import Any, Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.core.decoding import decoded
from carecenter.models.base import Base, image_of, synced_models
from carecenter.models.centre import FeedHead, FeedKind, FeedPointer
from carecenter.server import bulk
from carecenter.wire import FeedPage, FeedRequest, FeedRow, Message

_CHUNK = 500
# Moments are written as of UTC. Rows are found one by one by their ids, whatever the tables held when the plan was
# made: so it is made once for a connection and kept. To make it takes ten times as long as to read a few rows.
_HEADS = (
    "SELECT scope, seq, set_config('TimeZone', 'UTC', true), set_config('enable_seqscan', 'off', true),"
    " set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),"
    " set_config('plan_cache_mode', 'force_generic_plan', true)"
    " FROM feed_head WHERE scope = ANY(%s::text[])"
)
_EXTENT = (
    "SELECT count(*), max(seq), array_agg(DISTINCT entity)"
    " FROM (SELECT entity, seq FROM feed WHERE scope = %s AND seq > %s ORDER BY seq LIMIT %s) AS page"
)


class Rows(msgspec.Struct, frozen=True):
    """A piece of the feed: rows as JSON, where each scope's piece ends, and how many rows are still to come."""

    json: bytes
    count: int
    upto: dict[str, int]
    behind: int


NOTHING: Final = Rows(b"[]", 0, {}, 0)


class Page(Message, frozen=True, kw_only=True):
    """A ``wire.FeedPage`` on its way out: its rows are written already, once for everybody they are for."""

    generation: str
    after: dict[str, int]
    upto: dict[str, int]
    rows: msgspec.Raw
    scopes: tuple[str, ...]
    more: bool
    behind: int
    at: dt.datetime

    def is_news(self, request: FeedRequest) -> bool:
        """Whether there is anything in it for who asked."""
        return self.upto != request.after or set(self.scopes) != set(request.after)

    def opened(self) -> FeedPage:
        """As a workstation reads it."""
        return decoded(msgspec.json.encode(self), FeedPage)


def read(session: Session, after: dict[str, int], limit: int) -> Rows:
    """What follows the cursors, one scope after the other in their order."""
    heads = _heads(session, list(after))
    count, pieces, upto = 0, [], dict(after)
    written = _by_postgres if bulk.is_postgres(session) else _by_python
    for scope, cursor in after.items():
        if heads.get(scope, 0) <= cursor:
            continue
        left = limit - count
        if left <= 0:
            break
        found, last, rows = written(session, scope, cursor, left)
        count += found
        pieces += [rows] if rows else []
        # Others may commit between two statements, so the pointers may already reach beyond the head.
        upto[scope] = last if found == left else max(last, heads[scope])
    behind = sum(max(heads.get(scope, 0) - seq, 0) for scope, seq in upto.items())
    return Rows(b"[" + b",".join(pieces) + b"]", count, upto, behind)


def _heads(session: Session, scopes: list[str]) -> dict[str, int]:
    if bulk.is_postgres(session):
        return {scope: seq for scope, seq, *_ in bulk.run(session, _HEADS, [scopes])}
    return dict(session.execute(select(FeedHead.scope, FeedHead.seq).where(FeedHead.scope.in_(scopes))).all())


def _by_postgres(session: Session, scope: str, after: int, limit: int) -> tuple[int, int, bytes]:
    """How many, the last seq, the rows."""
    count, last, entities = bulk.run(session, _EXTENT, [scope, after, limit]).one()
    known = tuple(sorted(synced_models().keys() & set(entities or ())))
    if not known:
        return count, last or after, b""
    return count, last, bulk.run(session, _statement(known), [scope, after, last, scope]).scalar().encode()


@cache
def _statement(entities: tuple[str, ...]) -> str:
    """Pointers to these nouns with their rows; one whose row is not there takes it away.

    Only nouns that occur are asked for: to plan for all of them takes longer than to read a few rows.
    """
    rows = " UNION ALL ".join(map(_rows_of, entities))
    return (
        "WITH page AS MATERIALIZED (SELECT entity, entity_id, seq, kind FROM feed"  # noqa: S608  # names of our own tables
        " WHERE scope = %s AND seq > %s AND seq <= %s)"
        " SELECT coalesce(string_agg('{\"scope\":' || to_json(%s::text) || ',' || written, ',' ORDER BY seq), '')"
        f" FROM ({rows}) AS rows"
    )


def _rows_of(entity: str) -> str:
    columns = ", ".join(f'"{column.name}"' for column in Base.metadata.tables[entity].columns)
    return (
        "SELECT page.seq, concat('\"seq\":', page.seq, ',\"entity\":', to_json(page.entity), ',\"id\":',"  # noqa: S608  # as above
        " to_json(page.entity_id), ',\"version\":', coalesce(held.version, 0), ',\"image\":',"
        " CASE WHEN held.id IS NULL THEN 'null' ELSE row_to_json(held)::text END, '}') AS written"
        f' FROM page LEFT JOIN (SELECT {columns} FROM "{entity}") AS held'
        f" ON held.id = page.entity_id AND page.kind = '{FeedKind.PUT.value}' WHERE page.entity = '{entity}'"
    )


def _by_python(session: Session, scope: str, after: int, limit: int) -> tuple[int, int, bytes]:
    statement = (
        select(FeedPointer)
        .where(FeedPointer.scope == scope, FeedPointer.seq > after)
        .order_by(FeedPointer.seq)
        .limit(limit)
    )
    pointers = list(session.scalars(statement))
    rows = msgspec.json.encode(_rows(session, pointers))
    return len(pointers), pointers[-1].seq if pointers else after, rows[1:-1]


def _rows(session: Session, pointers: list[FeedPointer]) -> list[FeedRow]:
    wanted: dict[str, list[str]] = defaultdict(list)
    for pointer in pointers:
        if pointer.kind is FeedKind.PUT:
            wanted[pointer.entity].append(pointer.entity_id)
    images: dict[tuple[str, str], dict[str, Any]] = {}
    for entity, ids in wanted.items():
        table = Base.metadata.tables[entity]
        for start in range(0, len(ids), _CHUNK):
            statement = select(table).where(table.c.id.in_(ids[start : start + _CHUNK]))
            for row in session.execute(statement).mappings():
                images[entity, row["id"]] = image_of(entity, dict(row))
    return [_row(pointer, images.get((pointer.entity, pointer.entity_id))) for pointer in pointers]


def _row(pointer: FeedPointer, image: dict[str, Any] | None) -> FeedRow:
    return FeedRow(
        scope=pointer.scope,
        seq=pointer.seq,
        entity=pointer.entity,
        id=pointer.entity_id,
        version=0 if image is None else image["version"],
        image=image,
    )
