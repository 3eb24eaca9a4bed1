"""Rows coming down: a page of the feed and the new cursors are applied in one transaction.

A row goes from the desk only when no scope holds it and nothing pending touches it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from carecenter.models.base import Base, synced_models
from carecenter.models.desk import BaseImage, HeldRow, ScopeCursor
from carecenter.store import facts, outbox, overlay
from carecenter.wire import FeedPage, FeedRow

_LINGERING = "~pending"
"""Holds rows that their last scope let go while a pending operation still touched them."""


class FeedGap(Exception):
    """A page begins after the desk's cursor: something between was never delivered."""


def request(session: Session, scopes: Iterable[str]) -> dict[str, int]:
    """Scope → cursor for the scopes an account may follow; a new scope begins at nothing."""
    known = dict(session.execute(select(ScopeCursor.scope, ScopeCursor.seq)).all())
    for scope in scopes:
        if scope not in known:
            session.add(ScopeCursor(scope=scope, seq=0))
    return {scope: known.get(scope, 0) for scope in scopes}


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
        outbox.retire(session)
    return touched | let_go(session)


def start_over(session: Session, generation: str) -> None:
    """The centre has another history now: hear every scope again from the start, keep what is pending."""
    with overlay.underneath(session):
        for entity in synced_models():  # the versions of the old history must not outrank those of the new one
            session.execute(update(Base.metadata.tables[entity]).values(version=0))
    session.execute(delete(ScopeCursor))
    facts.put(session, "generation", generation)
    outbox.offer_again(session)


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
        held = [{"scope": row.scope, "entity": entity, "entity_id": row.id} for row in brought]
        session.connection().execute(insert(HeldRow).on_conflict_do_nothing(), held)
    return {(row.entity, row.id) for row in rows}


def _remove(session: Session, row: FeedRow) -> None:
    here = (HeldRow.entity == row.entity) & (HeldRow.entity_id == row.id)
    session.execute(delete(HeldRow).where(here, HeldRow.scope == row.scope))
    if session.scalar(select(HeldRow.scope).where(here).limit(1)) is None:
        lingering = {"scope": _LINGERING, "entity": row.entity, "entity_id": row.id}
        session.connection().execute(insert(HeldRow).on_conflict_do_nothing(), lingering)


def let_go(session: Session) -> set[overlay.Key]:
    """Delete the rows that only lingered, now that their pending operations are done; returns what changed."""
    gone: set[overlay.Key] = set()
    touched = set(session.execute(select(BaseImage.entity, BaseImage.entity_id)).all())
    statement = select(HeldRow).where(HeldRow.scope == _LINGERING)
    for held in session.scalars(statement).all():
        key = (held.entity, held.entity_id)
        if key in touched:
            continue
        others = select(HeldRow.scope).where(
            HeldRow.entity == held.entity, HeldRow.entity_id == held.entity_id, HeldRow.scope != _LINGERING
        )
        if session.scalar(others.limit(1)) is None:
            table = Base.metadata.tables[held.entity]
            session.execute(delete(table).where(table.c.id == held.entity_id))
            gone.add(key)
        session.delete(held)
    if gone:  # what is pending is told anew without them
        with overlay.underneath(session) as told:
            pass
        gone |= told
    session.flush()
    return gone
