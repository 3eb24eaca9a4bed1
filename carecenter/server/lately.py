"""What held feeds are answered with when hundreds of workstations ask at the same moment.

Who asked within the last two seconds is known again, as long as nothing was published to everyone since: roles,
members of queues and accounts are. A device revoked or a session ended is heard of when the two seconds are over.
The rows of a page are kept for the others who stand at the same place of the same scopes; they are the same as
long as the heads are. Only for PostgreSQL: an embedded centre has one reader.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

import msgspec
from sqlalchemy import Engine

from carecenter.server.scopes import EVERYONE
from carecenter.wire import FeedPage, FeedRequest, FeedRow

KNOWN_SECONDS: Final = 2.0

_HEADS: Final = "SELECT scope, seq FROM feed_head WHERE scope = ANY(%s::text[])"
_MOST_KNOWN = 4_096
_MOST_PAGES = 256
_MOST_ROWS = 100

Heads = dict[str, int]
Read = tuple[tuple[FeedRow, ...], dict[str, int], int]
"""Rows, where they end, how many more there are."""


class Reader(msgspec.Struct, frozen=True):
    """Whose rights were looked up, what they may follow, until when that is believed (monotonic seconds)."""

    until: float
    published: int
    scopes: tuple[str, ...]
    generation: str


class Lately:
    """Remembers readers and pages of one process. Safe to call from several threads."""

    def __init__(self, engine: Engine, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._elapsed = elapsed
        self._is_shared = engine.dialect.name == "postgresql"
        self._readers: dict[str, Reader] = {}
        self._pages: dict[Any, Read] = {}
        self._lock = threading.Lock()

    def heads(self, request: FeedRequest) -> Heads | None:
        """The heads of the scopes asked for; None for a request that is answered the long way.

        Read before the rights are: what is published in between is news next time.
        """
        if not self._is_shared or not request.hold or EVERYONE not in request.after:
            return None
        with self._engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            return dict(alone.exec_driver_sql(_HEADS, (list(request.after),)).all())

    def reader(self, token: str, request: FeedRequest, heads: Heads | None) -> Reader | None:
        """Who asks, when that was looked up lately and cannot have changed."""
        with self._lock:
            known = self._readers.get(token)
        if known is None or heads is None or self._elapsed() >= known.until:
            return None
        unchanged = known.published == heads.get(EVERYONE, 0) and set(known.scopes) == set(request.after)
        return known if unchanged else None

    def remember(self, token: str, page: FeedPage, heads: Heads | None) -> None:
        """The long way was gone: the same need not be looked up again for a while."""
        if heads is None:
            return
        until = self._elapsed() + KNOWN_SECONDS
        with self._lock:
            _make_room(self._readers, _MOST_KNOWN)
            self._readers[token] = Reader(until, heads.get(EVERYONE, 0), page.scopes, page.generation)

    def forget(self, token: str) -> None:
        """This token is worth nothing any more."""
        with self._lock:
            self._readers.pop(token, None)

    def read(self, request: FeedRequest, heads: Heads, look: Callable[[dict[str, int]], Read]) -> Read:
        """What is new; ``look`` reads it from the database unless it was read for somebody else."""
        news = {scope: seq for scope, seq in request.after.items() if heads.get(scope, 0) > seq}
        if not news:
            return (), dict(request.after), 0
        place = (frozenset((scope, seq, heads[scope]) for scope, seq in news.items()), request.limit)
        with self._lock:
            found = self._pages.get(place)
        if found is None:
            found = look(news)
            if len(found[0]) <= _MOST_ROWS:
                with self._lock:
                    _make_room(self._pages, _MOST_PAGES)
                    self._pages[place] = found
        rows, upto, behind = found
        return rows, {**request.after, **upto}, behind


def _make_room(kept: dict[Any, Any], most: int) -> None:
    while len(kept) >= most:
        del kept[next(iter(kept))]
