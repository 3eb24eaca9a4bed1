"""What a workstation should hold: a digest of each scope, to compare with what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.core.manifest import digest
from carecenter.models.base import Base, synced_models
from carecenter.models.centre import FeedHead, FeedKind, FeedPointer
from carecenter.wire import ScopeDigest

_TRIES = 3


def digests(session: Session, scopes: Iterable[str], entities: Iterable[str]) -> dict[str, ScopeDigest]:
    """Scope → digest of its rows of these nouns (none: of all); one that kept changing is left out."""
    known = sorted(set(entities) & synced_models().keys()) or sorted(synced_models())
    found = {scope: _digest(session, scope, known) for scope in scopes}
    return {scope: one for scope, one in found.items() if one is not None}


def _digest(session: Session, scope: str, entities: list[str]) -> ScopeDigest | None:
    for _ in range(_TRIES):
        seq = _head(session, scope)
        rows = [row for entity in entities for row in _rows(session, scope, entity)]
        # Others commit between two statements; whatever changes a row of the scope moves its head as well.
        if _head(session, scope) == seq:
            return ScopeDigest(count=len(rows), digest=digest(rows), seq=seq)
    return None


def _head(session: Session, scope: str) -> int:
    return session.scalar(select(FeedHead.seq).where(FeedHead.scope == scope)) or 0


def _rows(session: Session, scope: str, entity: str) -> Iterator[tuple[str, str, int]]:
    table = Base.metadata.tables[entity]
    held = select(table.c.id, table.c.version).join(FeedPointer, FeedPointer.entity_id == table.c.id)
    here = (FeedPointer.scope == scope, FeedPointer.entity == entity, FeedPointer.kind == FeedKind.PUT)
    for entity_id, version in session.execute(held.where(*here)):
        yield entity, entity_id, version
