"""Rows coming down: a page of the feed and the new cursors are applied in one transaction.

A row goes from the desk only when no scope holds it and nothing pending touches it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session, aliased

from carecenter.models.base import Base, synced_models
from carecenter.models.desk import BaseImage, HeldRow, ScopeCursor
from carecenter.store import checks, facts, outbox, overlay, scopes, sealed
from carecenter.wire import FeedPage, FeedRow

GONE: Final = "rows went from this workstation"
"""In ``Session.info``: the pages of the write-ahead log still hold what a transaction has deleted."""
_CHUNK = 500
_HOLD = "INSERT INTO held_row (scope, entity, entity_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"


class FeedGap(Exception):
    """A page begins after the desk's cursor: something between was never delivered."""


def request(session: Session, followed: Iterable[str]) -> dict[str, int]:
    """Scope → cursor for the scopes an account may follow; a new scope begins at nothing."""
    known = dict(session.execute(select(ScopeCursor.scope, ScopeCursor.seq)).all())
    for scope in followed:
        if scope not in known:
            session.add(ScopeCursor(scope=scope, seq=0))
    return {scope: known.get(scope, 0) for scope in followed}


def apply(session: Session, page: FeedPage) -> set[overlay.Key]:
    """Apply a page; returns the rows that may have changed. A page heard before changes nothing.

    Raises ``FeedGap`` when the page does not follow the cursor.
    """
    cursors = {row.scope: row for row in session.scalars(select(ScopeCursor))}
    for scope, after in page.after.items():
        if scope in cursors and after > cursors[scope].seq:
            raise FeedGap(scope)
    fresh = [row for row in page.rows if row.scope in cursors and row.seq > cursors[row.scope].seq]
    passed = {scope: seq for scope, seq in page.upto.items() if scope in cursors}
    with overlay.underneath(session) as touched:
        touched.update(_take(session, fresh))
        for cursor in session.scalars(select(ScopeCursor).where(ScopeCursor.scope.in_(passed))):
            cursor.seq = max(cursor.seq, passed[cursor.scope])
        session.flush()
        scopes.follow(session, page.scopes)
        checks.let_go_of_unconfirmed(session)
        outbox.retire(session, page.at)
    return touched | let_go(session)


def start_over(session: Session, generation: str) -> None:
    """The centre has another history now: hear every scope again from the start, keep what is pending.

    First it is offered again what it may have forgotten.
    """
    with overlay.underneath(session):
        for entity in synced_models():  # the versions of the old history must not outrank those of the new one
            session.execute(update(Base.metadata.tables[entity]).values(version=0))
    session.execute(delete(ScopeCursor))
    facts.put(session, "generation", generation)
    outbox.offer_again(session)
    sealed.offer_all(session)
    checks.doubt(session)  # what the centre has lost altogether no page takes away


def _take(session: Session, rows: list[FeedRow]) -> set[overlay.Key]:
    known = synced_models()
    put: dict[str, list[FeedRow]] = defaultdict(list)
    for row in rows:
        if row.entity not in known:
            continue  # a noun of a newer centre
        if row.image is None:
            _remove(session, row)
        else:
            put[row.entity].append(row)
    for entity, brought in put.items():
        overlay.put_rows(session, entity, [row.image for row in brought if row.image is not None])
        held = [(row.scope, entity, row.id) for row in brought]
        session.connection().exec_driver_sql(_HOLD, held)
    return {(row.entity, row.id) for row in rows}


def _remove(session: Session, row: FeedRow) -> None:
    here = (HeldRow.entity == row.entity) & (HeldRow.entity_id == row.id)
    session.execute(delete(HeldRow).where(here, HeldRow.scope == row.scope))
    if session.scalar(select(HeldRow.scope).where(here).limit(1)) is None:
        lingering = {"scope": scopes.LINGERING, "entity": row.entity, "entity_id": row.id}
        session.connection().execute(insert(HeldRow).on_conflict_do_nothing(), lingering)


def let_go(session: Session) -> set[overlay.Key]:
    """Delete the rows that only lingered, now that their pending operations are done; returns what changed."""
    lingers = HeldRow.scope == scopes.LINGERING
    touched = exists().where(BaseImage.entity == HeldRow.entity, BaseImage.entity_id == HeldRow.entity_id)
    other = aliased(HeldRow)
    held = exists().where(
        other.entity == HeldRow.entity, other.entity_id == HeldRow.entity_id, other.scope != scopes.LINGERING
    )
    alone = select(HeldRow.entity, HeldRow.entity_id).where(lingers, ~touched, ~held)
    gone: set[overlay.Key] = {(entity, entity_id) for entity, entity_id in session.execute(alone)}
    session.execute(delete(HeldRow).where(lingers, ~touched))
    for entity in {entity for entity, _ in gone}:
        table = Base.metadata.tables[entity]
        ids = sorted(entity_id for one, entity_id in gone if one == entity)
        for start in range(0, len(ids), _CHUNK):
            session.execute(delete(table).where(table.c.id.in_(ids[start : start + _CHUNK])))
    if gone:  # what is pending is told anew without them
        session.info[GONE] = True
        with overlay.underneath(session) as told:
            pass
        gone |= told
    session.flush()
    return gone
