"""One transaction of the centre: what changed gets its next version and, near its end, its place in the feed.

The heads of the scopes are taken in sorted order after everything else, so the order of seqs is the order of
commits: a reader that has seen a seq has seen everything before it (``docs/decisions`` tells what goes wrong
otherwise). Only the end of the audit trail, which everybody shares, is taken later. The order of all locks:
intake's turns, rows by table and id, facts, heads, audit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import event, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import UOWTransaction

from carecenter.models.base import Synced, entity_of
from carecenter.models.caller import Caller
from carecenter.models.centre import FeedHead, FeedKind, FeedPointer
from carecenter.server import audit, bulk, namesakes
from carecenter.server.bell import ring
from carecenter.server.scopes import holding
from carecenter.server.session import CentreSession

T = TypeVar("T")
Key = tuple[str, str]
_CHUNK = 500
_TRIES = 4
_HEADS = (
    "INSERT INTO feed_head (scope, seq) SELECT * FROM unnest(%s::text[], %s::bigint[])"
    " ON CONFLICT (scope) DO UPDATE SET seq = feed_head.seq + excluded.seq RETURNING scope, seq"
)
_SERIALIZATION, _DEADLOCK, _UNIQUE = "40001", "40P01", "23505"


class Unit:
    """The rows a transaction touched. ``session.flush()`` is all a caller needs to do."""

    def __init__(self, session: CentreSession) -> None:
        self.session = session
        self._touched: dict[Key, Synced] = {}
        self._new: set[Key] = set()
        self._removed: dict[Key, Synced] = {}

    def before_flush(self, session: CentreSession, _context: UOWTransaction, _instances: object) -> None:
        """Each changed row is one version further, once a transaction."""
        self._raise_versions()

    def _raise_versions(self) -> tuple[list[Synced], list[Synced]]:
        new = [row for row in self.session.new if isinstance(row, Synced)]
        self._new.update((entity_of(row), row.id) for row in new)
        changed = [row for row in self.session.dirty if isinstance(row, Synced) and bulk.changes(row)]
        for row in (*new, *changed):
            key = (entity_of(row), row.id)
            if key not in self._touched:
                row.version = (row.version or 0) + 1
            self._touched[key] = row
        return new, changed

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What happens inside stands or falls together. It is flushed by whoever ends the transaction."""
        touched, new = dict(self._touched), set(self._new)
        try:
            with self.session.begin_nested():
                yield
        except BaseException:
            self._touched, self._new = touched, new
            self.session.forget()
            raise

    def remove(self, row: Synced) -> None:
        """Delete a row; whoever holds it is told."""
        self._removed[entity_of(row), row.id] = row
        self._touched.pop((entity_of(row), row.id), None)
        self.session.delete(row)

    def write(self) -> None:
        """Write everything in as few statements as there are tables; the session lets go of it."""
        bulk.write(self.session, *self._raise_versions())

    def publish(self) -> dict[str, int]:
        """Give every touched row its place in the feed; returns scope → the last seq taken there."""
        self.session.flush()
        namesakes.keep(self.session, (row for row in self._touched.values() if isinstance(row, Caller)))
        held = holding(self.session)
        before: dict[Key, frozenset[str]] = {}
        wanted: dict[str, list[tuple[Key, FeedKind]]] = defaultdict(list)
        for key, holders in self._pointers(self._removed).items():
            for scope in holders:
                wanted[scope].append((key, FeedKind.REMOVE))
        rows = held.reconsidered() | self._touched
        while rows:
            before |= self._pointers(rows)
            now = held.of(rows)
            for key in rows:
                fresh = now[key] if key in self._touched else now[key] - before[key]
                for scope in fresh:
                    wanted[scope].append((key, FeedKind.PUT))
                for scope in before[key] - now[key]:
                    wanted[scope].append((key, FeedKind.REMOVE))
            moved = {key: row for key, row in rows.items() if now[key] != before[key] or held.carries(row)}
            rows = {key: row for key, row in held.moving_with(moved, self._new).items() if key not in before}
        heads = self._place(wanted)
        ring(self.session, heads)
        return heads

    def _pointers(self, rows: dict[Key, Synced]) -> dict[Key, frozenset[str]]:
        """The scopes that hold rows so far; a row of this transaction is held by none."""
        held: dict[Key, set[str]] = {key: set() for key in rows}
        by_entity: dict[str, list[str]] = defaultdict(list)
        for entity, entity_id in rows.keys() - self._new:
            by_entity[entity].append(entity_id)
        for entity, ids in by_entity.items():
            for start in range(0, len(ids), _CHUNK):
                statement = select(FeedPointer.scope, FeedPointer.entity_id).where(
                    FeedPointer.entity == entity,
                    bulk.among(self.session, FeedPointer.entity_id, ids[start : start + _CHUNK]),
                    FeedPointer.kind == FeedKind.PUT,
                )
                for scope, entity_id in self.session.execute(statement):
                    held[entity, entity_id].add(scope)
        return {key: frozenset(scopes) for key, scopes in held.items()}

    def _place(self, wanted: dict[str, list[tuple[Key, FeedKind]]]) -> dict[str, int]:
        heads = self._advance({scope: len(wanted[scope]) for scope in sorted(wanted)})
        pointers: list[dict[str, Any]] = []
        for scope, rows in wanted.items():
            first = heads[scope] - len(rows) + 1
            pointers.extend(
                {"scope": scope, "entity": entity, "entity_id": entity_id, "seq": seq, "kind": kind}
                for seq, ((entity, entity_id), kind) in enumerate(rows, first)
            )
        bulk.insert(self.session, FeedPointer, pointers, replace=("seq", "kind"))
        return heads

    def _advance(self, by: dict[str, int]) -> dict[str, int]:
        """Take the heads of scopes, in this order, and move them on."""
        if not by:
            return {}
        if bulk.is_postgres(self.session):
            return dict(bulk.run(self.session, _HEADS, [list(by), list(by.values())]).all())
        heads = {}
        for scope, count in by.items():
            statement = sqlite.insert(FeedHead).values(scope=scope, seq=count)
            further = statement.on_conflict_do_update(
                index_elements=["scope"], set_={"seq": FeedHead.seq + statement.excluded.seq}
            )
            heads[scope] = int(self.session.execute(further.returning(FeedHead.seq)).scalar_one())
        return heads


@contextmanager
def tracked(session: CentreSession) -> Iterator[Unit]:
    """Follow what a session changes. The caller publishes; the lines of the audit trail are written at the end."""
    unit = Unit(session)
    event.listen(session, "before_flush", unit.before_flush)
    try:
        yield unit
        audit.write(session)
    finally:
        event.remove(session, "before_flush", unit.before_flush)


def attempts(run: Callable[[], T]) -> T:
    """Run a whole transaction again when it lost against another one that committed meanwhile."""
    for _ in range(_TRIES - 1):
        try:
            return run()
        except DBAPIError as error:
            if not lost_a_race(error):
                raise
    return run()


def lost_a_race(error: DBAPIError) -> bool:
    """Whether the same transaction may well succeed when it is tried once more."""
    return getattr(error.orig, "sqlstate", None) in (_SERIALIZATION, _DEADLOCK, _UNIQUE)
