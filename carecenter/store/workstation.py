"""The store as plain calls, each one transaction: for the store's worker thread, for sync and for tests.

``desk.Desk`` gives the same to the screens, without blocking them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar

import msgspec
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from carecenter.models.desk import FreeReference, Outbox, OutboxState
from carecenter.models.engine import explain
from carecenter.models.viewer import Viewer, viewer_of
from carecenter.operations import Operation
from carecenter.queries import search
from carecenter.store import drafts, facts, feed, outbox
from carecenter.wire import REFERENCES_PER_BLOCK, REFILL_AT, FeedPage, Push, Result

P = ParamSpec("P")
T = TypeVar("T")


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    """An operation the centre did not take, with what was typed."""

    number: int
    account_id: str
    tag: str
    reason: str
    desk_at: dt.datetime
    content: dict[str, Any]


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """How much is on its way: waiting for the centre, and needing a person."""

    waiting: int
    attention: int


class Workstation:
    """One store, open. Not for two threads at once. Every method may raise ``StoreFull`` or ``StoreDamaged``."""

    def __init__(self, engine: Engine, clock: Callable[[], dt.datetime] | None = None) -> None:
        self._engine = engine
        self.clock = clock or _utc_now

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that is committed at the end, or leaves nothing behind."""
        try:
            with Session(self._engine, expire_on_commit=False) as session, session.begin():
                yield session
        except DBAPIError as error:
            known = explain(error)
            if known is None:
                raise
            raise known from error

    def viewer(self, account_id: str) -> Viewer:
        """The account as this store knows it now. Raises ``NotFound``."""
        with self.transaction() as session:
            return viewer_of(session, account_id)

    def perform(
        self, viewer: Viewer, operation: Operation, done_with: str | None = None
    ) -> tuple[Operation, frozenset[str]]:
        """Apply and keep an operation; returns it as kept, and the entities that changed.

        ``done_with``: the place of the draft that this operation carries further. Raises ``UserError`` with
        nothing changed.
        """
        with self.transaction() as session:
            kept, touched = outbox.perform(session, viewer, operation, self.clock())
            search.index(session, touched)
            if done_with is not None:
                drafts.drop(session, viewer.account_id, done_with)
            return kept, _entities(touched)

    def ask(
        self,
        query: Callable[Concatenate[Session, Viewer, P], T],
        viewer: Viewer,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """The rows of a query, as this viewer may see them."""
        with self.transaction() as session:
            return query(session, viewer, *args, **kwargs)

    def save_draft(self, viewer: Viewer, place: str, content: dict[str, Any]) -> dt.datetime:
        """Keep a draft; returns when."""
        at = self.clock()
        with self.transaction() as session:
            drafts.put(session, viewer.account_id, place, content, at)
        return at

    def drafts(self, viewer: Viewer) -> dict[str, dict[str, Any]]:
        """Place → content of the viewer's drafts."""
        with self.transaction() as session:
            return drafts.all_of(session, viewer.account_id)

    def drop_draft(self, viewer: Viewer, place: str) -> None:
        """Its author does not want it any more."""
        with self.transaction() as session:
            drafts.drop(session, viewer.account_id, place)

    def device_id(self) -> str:
        """This workstation's id."""
        with self.transaction() as session:
            return facts.device_id(session)

    def next_push(self) -> Push:
        """What to send next."""
        with self.transaction() as session:
            return outbox.next_push(session)

    def settle(self, results: tuple[Result, ...]) -> frozenset[str]:
        """Note results; returns the entities that changed on the screen."""
        with self.transaction() as session:
            touched = outbox.settle(session, results) | feed.let_go(session)
            search.index(session, touched)
            return _entities(touched)

    def cursors(self, scopes: tuple[str, ...]) -> dict[str, int]:
        """Where the feed of each scope goes on."""
        with self.transaction() as session:
            return feed.request(session, scopes)

    def apply_page(self, page: FeedPage) -> frozenset[str]:
        """Apply a page of the feed; returns the entities that changed. Raises ``FeedGap``."""
        with self.transaction() as session:
            if facts.get(session, "generation") not in (None, page.generation):
                feed.start_over(session, page.generation)
                return frozenset()
            facts.put(session, "generation", page.generation)
            touched = feed.apply(session, page)
            search.index(session, touched)
            return _entities(touched)

    def references_wanted(self) -> int:
        """How many references to ask the centre for; 0 while there are enough."""
        with self.transaction() as session:
            left = len(session.scalars(select(FreeReference.position)).all())
            return 0 if left >= REFILL_AT else REFERENCES_PER_BLOCK

    def keep_references(self, references: tuple[str, ...]) -> None:
        """The centre allocated these to this workstation."""
        with self.transaction() as session:
            session.add_all(FreeReference(reference=reference) for reference in references)

    def queue(self) -> Queue:
        """How much is on its way."""
        with self.transaction() as session:
            return Queue(
                waiting=outbox.count(session, OutboxState.WAITING),
                attention=outbox.count(session, OutboxState.ATTENTION),
            )

    def attention(self) -> tuple[Attention, ...]:
        """What the centre did not take, oldest first."""
        with self.transaction() as session:
            statement = select(Outbox).where(Outbox.state == OutboxState.ATTENTION).order_by(Outbox.number)
            return tuple(
                Attention(
                    number=row.number,
                    account_id=row.account_id,
                    tag=row.tag,
                    reason=row.reason,
                    desk_at=row.desk_at,
                    content=msgspec.json.decode(row.payload, type=dict[str, Any]),
                )
                for row in session.scalars(statement)
            )

    def dealt_with(self, number: int) -> None:
        """A person has seen to an operation that needed attention."""
        with self.transaction() as session:
            outbox.discard(session, number)

    def close(self) -> None:
        """Close every connection; what was committed is on the disk."""
        self._engine.dispose()


def _entities(keys: set[tuple[str, str]]) -> frozenset[str]:
    return frozenset(entity for entity, _ in keys)


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
