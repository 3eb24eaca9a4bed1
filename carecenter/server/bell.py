"""The bell: who waits for which scope of the feed, and who says that something new stands there.

``ring`` is the last step of a publishing transaction. On PostgreSQL it is a NOTIFY of that transaction, heard by
one connection a process; where LISTEN does not get through (a pooler in between), the heads of the feed are
compared every second instead. On SQLite the bells of the same process are rung after the commit.
What is said are names of scopes and how far each reaches now, never anything about anybody; so a process that
listens knows the heads of all scopes. The end of a session is said too, by a trigger of the database: it has
no head, and counts how often it was rung.
"""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final
from weakref import WeakKeyDictionary, WeakSet

import psycopg
from sqlalchemy import Engine, event, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from carecenter.models.centre import FeedHead

log = logging.getLogger(__name__)

CHANNEL: Final = "carecenter"
POLL_SECONDS: Final = 1.0
_LONGEST_PAYLOAD = 7_900  # bytes; PostgreSQL takes fewer than 8,000
_PATIENCE = 0.5  # seconds between two looks at whether to stop
_PROOF_SECONDS = 2.0

Heads = dict[str, int]
"""Scope → the last seq that was given there."""

_local: WeakKeyDictionary[Engine, WeakSet[Bell]] = WeakKeyDictionary()
_local_lock = threading.Lock()


def session_of(account_id: str) -> str:
    """What is rung when a session of the account ends."""
    return f"session:{account_id}"


def ring(session: Session, heads: Mapping[str, int]) -> None:
    """Say how far scopes reach now, for when and only if this transaction commits."""
    if not heads:
        return
    if session.get_bind().dialect.name == "postgresql":
        for payload in _payloads(heads):
            session.execute(select(func.pg_notify(CHANNEL, payload)))
    else:
        _ring_here(session, heads)


def ring_ended(session: Session, account_ids: Iterable[str]) -> None:
    """Say that sessions of these accounts end with this transaction. A trigger of PostgreSQL says it by itself."""
    if session.get_bind().dialect.name != "postgresql":
        _ring_here(session, {session_of(account_id): None for account_id in account_ids})


def _ring_here(session: Session, said: Mapping[str, int | None]) -> None:
    bind = session.get_bind()

    def committed(_session: Session) -> None:
        with _local_lock:
            bells = list(_local.get(bind.engine, ()))
        for bell in bells:
            bell.rung(said)

    event.listen(session, "after_commit", committed, once=True)


def _payloads(heads: Mapping[str, int]) -> Iterator[str]:
    chunk: list[str] = []
    size = 0
    for name in sorted(heads):
        said = f"{name}={heads[name]}"
        length = len(said.encode()) + 1
        if chunk and size + length > _LONGEST_PAYLOAD:
            yield ",".join(chunk)
            chunk, size = [], 0
        chunk.append(said)
        size += length
    yield ",".join(chunk)


def _said(payload: str) -> dict[str, int | None]:
    """What a notification names; a session has no head."""
    pairs = (part.rpartition("=") if "=" in part else (part, "", "") for part in payload.split(","))
    return {name: int(seq) if seq else None for name, _, seq in pairs}


class Bell:
    """Calls back whoever waits for a scope that was rung. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: defaultdict[str, set[Callable[[], None]]] = defaultdict(set)
        self._heads: Heads | None = None
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._ear: threading.Thread | None = None
        if engine.dialect.name != "postgresql":
            with _local_lock:
                _local.setdefault(engine, WeakSet()).add(self)

    def listen(self, scopes: Iterable[str], wake: Callable[[], None]) -> Callable[[], None]:
        """Call ``wake`` whenever one of the scopes is rung, on any thread; it must not block.

        What it returns ends that. Read the feed after this call, so that nothing falls in between.
        """
        names = tuple(scopes)
        with self._lock:
            for name in names:
                self._waiting[name].add(wake)
            self._attend()

        def leave() -> None:
            with self._lock:
                for name in names:
                    self._waiting[name].discard(wake)
                    if not self._waiting[name]:
                        del self._waiting[name]

        return leave

    def heads(self, names: Iterable[str]) -> Heads | None:
        """How far these reach, as far as was rung; None while that is not heard here.

        Whoever listens first and asks then misses nothing: what is not in the answer yet will ring.
        """
        with self._lock:
            return None if self._heads is None else {name: self._heads.get(name, 0) for name in names}

    def rung(self, said: Mapping[str, int | None]) -> None:
        """Wake those who wait for these scopes."""
        with self._lock:
            if self._heads is not None:
                for name, seq in said.items():
                    known = self._heads.get(name, 0)
                    self._heads[name] = known + 1 if seq is None else max(known, seq)
            wakes = {wake for name in said if name in self._waiting for wake in self._waiting[name]}
        for wake in wakes:
            wake()

    def _begun(self, heads: Heads | None) -> None:
        """These are all the heads, from now on each change rings; None: nothing is heard. Everybody looks."""
        with self._lock:
            self._heads = heads
            wakes = set() if heads is None else {wake for waiting in self._waiting.values() for wake in waiting}
        for wake in wakes:
            wake()

    def close(self) -> None:
        """Nobody is woken any more; returns when the listening connection is gone."""
        self._stop.set()
        if self._ear is not None:
            self._ear.join()

    def _attend(self) -> None:
        if self._ear is None and self._engine.dialect.name == "postgresql" and not self._stop.is_set():
            self._ear = threading.Thread(target=self._hear, name="bell", daemon=True)
            self._ear.start()

    def _hear(self) -> None:
        while not self._stop.is_set():
            try:
                self._follow_notifications()
                if not self._stop.is_set():
                    self._follow_heads()
            except (SQLAlchemyError, psycopg.Error) as error:
                log.warning("the bell hears nothing: %s", type(error).__name__)
                self._stop.wait(POLL_SECONDS)
            except Exception:  # a defect must not leave everybody deaf for the day
                log.exception("the bell fell")
                self._stop.wait(POLL_SECONDS)
            finally:
                self._begun(None)

    def _follow_notifications(self) -> None:
        """Until told to stop, or at once when notifications do not arrive here."""
        pooled = self._engine.raw_connection()
        connection = pooled.driver_connection
        pooled.detach()
        assert isinstance(connection, psycopg.Connection)  # noqa: S101  # the only driver for PostgreSQL here
        with connection:
            connection.autocommit = True
            connection.execute(f"LISTEN {CHANNEL}")
            if not self._proven(connection):
                log.warning("notifications of the database do not arrive; the feed is polled instead")
                return
            self._begun(self._all_heads())  # what was said before anybody listened is in them
            while not self._stop.is_set():
                for notification in connection.notifies(timeout=_PATIENCE):
                    self.rung(_said(notification.payload))

    def _proven(self, connection: psycopg.Connection) -> bool:
        """Whether a notification sent on another connection arrives; its empty payload wakes nobody."""
        with self._engine.begin() as other:
            other.execute(select(func.pg_notify(CHANNEL, "")))
        return any(True for _ in connection.notifies(timeout=_PROOF_SECONDS, stop_after=1))

    def _follow_heads(self) -> None:
        self._begun(self._all_heads())
        while not self._stop.wait(POLL_SECONDS):
            heads = self._all_heads()
            before = self.heads(heads) or {}
            self.rung({name: seq for name, seq in heads.items() if seq != before.get(name)})

    def _all_heads(self) -> Heads:
        with self._engine.connect() as connection:
            return {row.scope: row.seq for row in connection.execute(select(FeedHead.scope, FeedHead.seq))}
