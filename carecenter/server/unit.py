"""One transaction of the centre: what changed gets its next version and, as the last step, its place in the feed.

The heads of the scopes are taken in sorted order after everything else, so the order of seqs is the order of
commits: a reader that has seen a seq has seen everything before it (``docs/decisions`` tells what goes wrong
otherwise).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, UOWTransaction

from carecenter.models.base import Synced, entity_of
from carecenter.models.centre import FeedHead, FeedKind, FeedPointer
from carecenter.models.ticket import Ticket
from carecenter.server.scopes import children_of, scopes_of

Key = tuple[str, str]
_CHUNK = 500


class Unit:
    """The rows a transaction touched. ``session.flush()`` is all a caller needs to do."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._touched: dict[Key, Synced] = {}
        self._fresh: dict[Key, Synced] = {}

    def taken(self) -> tuple[Key, ...]:
        """The rows touched since the last call, for the operation that touched them."""
        keys = tuple(self._fresh)
        self._touched |= self._fresh
        self._fresh = {}
        return keys

    def before_flush(self, session: Session, _context: UOWTransaction, _instances: object) -> None:
        """Each changed row is one version further."""
        for row in [*session.new, *filter(session.is_modified, session.dirty)]:
            if not isinstance(row, Synced):
                continue
            key = (entity_of(row), row.id)
            row.version = (row.version or 0) + 1
            self._fresh[key] = row

    def forget(self) -> None:
        """A savepoint was rolled back: what it touched did not happen."""
        self._fresh = {}

    def publish(self) -> dict[Key, dict[str, int]]:
        """Give every touched row its place in the feed; returns row → scope → seq."""
        self.session.flush()
        self.taken()
        touched = dict(self._touched)
        before = self._pointers(touched)
        for key, row in list(touched.items()):
            if isinstance(row, Ticket) and before[key] and before[key] != scopes_of(self.session, row):
                moved = {(entity_of(child), child.id): child for child in children_of(self.session, row.id)}
                before |= self._pointers({key: child for key, child in moved.items() if key not in touched})
                touched |= moved
        wanted: dict[str, list[tuple[Key, FeedKind]]] = defaultdict(list)
        for key, row in touched.items():
            now = scopes_of(self.session, row)
            for scope in now:
                wanted[scope].append((key, FeedKind.PUT))
            for scope in before[key] - now:
                wanted[scope].append((key, FeedKind.REMOVE))
        return self._place(wanted)

    def _pointers(self, rows: dict[Key, Synced]) -> dict[Key, frozenset[str]]:
        """The scopes that hold rows so far."""
        held: dict[Key, set[str]] = {key: set() for key in rows}
        by_entity: dict[str, list[str]] = defaultdict(list)
        for entity, entity_id in rows:
            by_entity[entity].append(entity_id)
        for entity, ids in by_entity.items():
            for start in range(0, len(ids), _CHUNK):
                statement = select(FeedPointer.scope, FeedPointer.entity_id).where(
                    FeedPointer.entity == entity,
                    FeedPointer.entity_id.in_(ids[start : start + _CHUNK]),
                    FeedPointer.kind == FeedKind.PUT,
                )
                for scope, entity_id in self.session.execute(statement):
                    held[entity, entity_id].add(scope)
        return {key: frozenset(scopes) for key, scopes in held.items()}

    def _place(self, wanted: dict[str, list[tuple[Key, FeedKind]]]) -> dict[Key, dict[str, int]]:
        placed: dict[Key, dict[str, int]] = defaultdict(dict)
        pointers: list[dict[str, Any]] = []
        for scope in sorted(wanted):
            seq = self._advance(scope, len(wanted[scope])) - len(wanted[scope])
            for (entity, entity_id), kind in wanted[scope]:
                seq += 1
                placed[entity, entity_id][scope] = seq
                pointers.append(
                    {"scope": scope, "entity": entity, "entity_id": entity_id, "seq": seq, "kind": kind}
                )
        if pointers:
            statement = self._insert(FeedPointer)
            changed = {"seq": statement.excluded.seq, "kind": statement.excluded.kind}
            keys = ["scope", "entity", "entity_id"]
            self.session.connection().execute(
                statement.on_conflict_do_update(index_elements=keys, set_=changed), pointers
            )
        return placed

    def _advance(self, scope: str, by: int) -> int:
        statement = self._insert(FeedHead).values(scope=scope, seq=by)
        statement = statement.on_conflict_do_update(
            index_elements=["scope"], set_={"seq": FeedHead.seq + by}
        ).returning(FeedHead.seq)
        return int(self.session.connection().execute(statement).scalar_one())

    def _insert(self, model: Any) -> Any:
        if self.session.get_bind().dialect.name == "postgresql":
            return postgresql.insert(model.__table__)
        return sqlite.insert(model.__table__)


@contextmanager
def tracked(session: Session) -> Iterator[Unit]:
    """Follow what a session changes. The caller publishes."""
    unit = Unit(session)
    event.listen(session, "before_flush", unit.before_flush)
    try:
        yield unit
    finally:
        event.remove(session, "before_flush", unit.before_flush)
