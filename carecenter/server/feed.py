"""The feed: what changed in the scopes an account follows, as the rows are now."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.models.base import Base, image_of
from carecenter.models.centre import FeedHead, FeedKind, FeedPointer
from carecenter.wire import FeedRow

_CHUNK = 500


def read(session: Session, after: dict[str, int], limit: int) -> tuple[tuple[FeedRow, ...], dict[str, int], int]:
    """Rows after the cursors, where each scope's page ends, and how many are still to come."""
    statement = select(FeedHead.scope, FeedHead.seq).where(FeedHead.scope.in_(after))
    heads = dict(session.execute(statement).all())
    rows: list[FeedRow] = []
    upto = dict(after)
    for scope, cursor in after.items():
        if heads.get(scope, 0) <= cursor:
            continue
        left = limit - len(rows)
        if left <= 0:
            break
        pointers = _pointers(session, scope, cursor, left)
        rows.extend(_rows(session, pointers))
        # Others commit between the two reads, so the pointers may already reach beyond the head.
        last = pointers[-1].seq if pointers else cursor
        upto[scope] = last if len(pointers) == left else max(last, heads[scope])
    behind = sum(max(heads.get(scope, 0) - seq, 0) for scope, seq in upto.items())
    return tuple(rows), upto, behind


def _pointers(session: Session, scope: str, after: int, limit: int) -> list[FeedPointer]:
    statement = (
        select(FeedPointer)
        .where(FeedPointer.scope == scope, FeedPointer.seq > after)
        .order_by(FeedPointer.seq)
        .limit(limit)
    )
    return list(session.scalars(statement))


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
