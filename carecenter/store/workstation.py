"""The store as plain calls, each one transaction: for the store's worker thread, for sync and for tests.

``desk.Desk`` gives the same to the screens, without blocking them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import msgspec
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from carecenter.core import analysis
from carecenter.core.decoding import decoded
from carecenter.core.errors import StoreDamaged
from carecenter.models.desk import FreeReference, Outbox, OutboxState
from carecenter.models.engine import empty_log, explain
from carecenter.models.viewer import Viewer, viewer_of
from carecenter.operations import Operation
from carecenter.queries import search, search_mending
from carecenter.store import checks, copied, drafts, facts, feed, outbox, scopes, sealed
from carecenter.wire import (
    OPERATIONS_PER_PUSH,
    REFERENCES_PER_BLOCK,
    REFILL_AT,
    FeedPage,
    Greeting,
    Manifest,
    Outcome,
    Push,
    Result,
    put_right,
)

# SQLite takes an overwritten length in the index for a wish for memory that nobody has.
_IN_THE_WAY: Final = (DBAPIError, StoreDamaged, MemoryError)
_INDEXED_AT_ONCE: Final = 100  # rows of a page; a first sync brings more, and is indexed afterwards

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
    """How much is on its way: waiting for the centre, and needing a person.

    ``oldest``: the id of the operation that is sent next; one that waits for a newer centre is not.
    """

    waiting: int
    attention: int
    oldest: str = ""


class Workstation:
    """One store, open. Not for two threads at once. Every method may raise ``StoreFull`` or ``StoreDamaged``."""

    def __init__(self, engine: Engine, clock: Callable[[], dt.datetime] | None = None) -> None:
        self._engine = engine
        self.clock = clock or _utc_now
        self._offset: float | None = None
        self.mended = 0
        self._compared = False  # whether every row is in the index or owed to it
        self._remains = True  # whoever was here before may have been stopped too early

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that is committed at the end, or leaves nothing behind."""
        try:
            with Session(self._engine, expire_on_commit=False) as session, session.begin():
                yield session
            self._remains |= feed.GONE in session.info
            if self._remains:  # what went from here must not lie readable in the log
                self._remains = not empty_log(self._engine)
        except DBAPIError as error:
            known = explain(error)
            if known is None:
                raise
            raise known from error

    def now(self) -> dt.datetime:
        """The centre's time as far as this desk knows it: its clock, put right by what was measured."""
        return put_right(self.clock(), self._offset)

    def viewer(self, account_id: str) -> Viewer:
        """The account as this store knows it now. Raises ``NotFound``."""
        with self.transaction() as session:
            self._offset = facts.clock_offset(session)
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
        at = self.now()
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

    def generation(self) -> str | None:
        """The centre's history that this store knows; None before the first page."""
        with self.transaction() as session:
            return facts.get(session, "generation")

    def greeted(self, greeting: Greeting, account_id: str, offset: float) -> None:
        """The centre has said how it stands. ``offset``: seconds that its clock is ahead of this desk's."""
        with self.transaction() as session:
            self._offset = offset
            facts.put(session, "clock_offset", repr(offset))
            facts.put(session, "sealing_key", greeting.sealing_key)
            scopes.renew_lease(session, account_id, greeting.lease_until)
            if facts.get(session, "centre_version") != greeting.version:
                facts.put(session, "centre_version", greeting.version)
                outbox.offer_later(session)
                sealed.offer_unknown(session)
            sealed.purge(session, greeting.at)
            if facts.get(session, "generation") not in (None, greeting.generation):
                feed.start_over(session, greeting.generation)

    def next_push(self, most: int = OPERATIONS_PER_PUSH) -> Push:
        """What to send next, at most so many operations."""
        with self.transaction() as session:
            if outbox.is_later_due(session, self.now()):
                outbox.offer_later(session)
            return outbox.next_push(session, most)

    def settle(self, results: tuple[Result, ...]) -> frozenset[str]:
        """Note results; returns the entities that changed on the screen.

        After a result that tells of a copied disk this workstation is another device: what waits is sent by
        its next sign-in.
        """
        with self.transaction() as session:
            touched = outbox.settle(session, results, self.now())
            if any(result.outcome is Outcome.CLONED for result in results):
                copied.become_another_device(session)
            touched |= feed.let_go(session)
            search.index(session, touched)
            return _entities(touched)

    def put_aside(self, op_id: str, reason: str) -> frozenset[str]:
        """An operation that cannot be sent needs attention; returns the entities that changed on the screen."""
        with self.transaction() as session:
            touched = outbox.put_aside(session, op_id, reason) | feed.let_go(session)
            search.index(session, touched)
            return _entities(touched)

    def is_offering_again(self) -> bool:
        """Whether sealed operations have to be offered before the feed is heard."""
        with self.transaction() as session:
            return sealed.is_offering(session)

    def next_offer(self, most: int = OPERATIONS_PER_PUSH) -> sealed.Offer | None:
        """The sealed operations to offer next; None when all were offered."""
        with self.transaction() as session:
            return sealed.next_offer(session, most)

    def offered(self, offer: sealed.Offer, results: tuple[Result, ...]) -> None:
        """Note what the centre made of sealed operations."""
        with self.transaction() as session:
            sealed.offered(session, offer, results)

    def is_check_due(self) -> bool:
        """Whether the rows here should be compared with the centre's manifest."""
        with self.transaction() as session:
            return checks.due(session, self.now())

    def doubt(self) -> None:
        """Something odd was heard: compare soon."""
        with self.transaction() as session:
            checks.doubt(session)

    def compare(self, manifest: Manifest | None) -> tuple[str, ...]:
        """The scopes that are heard again from the start; None: the centre has no manifest to offer."""
        with self.transaction() as session:
            checks.done(session, self.now())
            return () if manifest is None else checks.compare(session, manifest)

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
            keep_up = search.index if len(touched) <= _INDEXED_AT_ONCE else search.owe
            keep_up(session, touched)
            return _entities(touched)

    def mending(self, work: Callable[[], T]) -> T:
        """``work``, once more if the index of search was in its way: that is made anew, and owed every row.

        ``mended`` counts how often that was so. ``work`` is one transaction, and has left nothing behind.
        """
        try:
            return work()
        except _IN_THE_WAY:
            if not self._mend():
                raise
            return work()

    def _mend(self) -> bool:
        try:
            with self.transaction() as session:
                sound = search_mending.is_sound(session)
                # SQLite tells a table that was looked at of every later step of the same transaction, the commit
                # too, and a damaged one refuses them: the new tables need another transaction.
                session.rollback()
            if sound:
                return False
            with self.transaction() as session:
                search_mending.make_anew(session)
        except _IN_THE_WAY:  # more than the index is damaged
            return False
        self.mended += 1
        return True

    def index_owed(self) -> int:
        """Index some of the rows that search does not find yet; returns how many are left."""
        with self.transaction() as session:
            if (made_by := facts.get(session, "search_chain")) != str(analysis.CHAIN):
                if made_by is not None:
                    search.start_over(session)
                facts.put(session, "search_chain", str(analysis.CHAIN))
            if not self._compared:
                search_mending.owe_missing(session)
                self._compared = True
            return search.index_owed(session)

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
                waiting=outbox.count(session, OutboxState.WAITING, OutboxState.LATER),
                attention=outbox.count(session, OutboxState.ATTENTION),
                oldest=outbox.oldest(session),
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
                    content=decoded(row.payload, dict[str, Any]),
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
