"""What held feeds are answered with when hundreds of workstations ask at the same moment, without the database.

Who asked lately is known again until something is published to everyone (roles, members of queues and accounts
are) or one of the account's sessions ends: both ring. Where the bell is not heard nobody is known again, and after
``KNOWN_SECONDS`` everybody is looked up anew, whatever was heard. The rows of a page are kept for the others
who stand at the same place of the same scopes; they are the same as long as the heads are.
Only for PostgreSQL: an embedded centre has one reader.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from random import uniform
from typing import Any, Final

import msgspec

from carecenter.server.bell import Bell, Heads, session_of
from carecenter.server.feed import NOTHING, Page, Rows
from carecenter.server.scopes import EVERYONE
from carecenter.wire import FeedRequest

KNOWN_SECONDS: Final = 25.0
"""With the longest hold of a feed, still within the minute in which whoever is shut out has to be out."""

_OWN: Final = "account:"
_MOST_KNOWN = 4_096
_MOST_PAGES = 256
_MOST_ROWS = 100


class Place(msgspec.Struct, frozen=True):
    """Where somebody stands: scopes with news, each with the cursor and the head; how many rows they take."""

    news: frozenset[tuple[str, int, int]]
    limit: int


class Reader(msgspec.Struct, frozen=True):
    """Whose rights were looked up, what they may follow, until when that is believed (monotonic seconds)."""

    until: float
    rights: Heads
    scopes: tuple[str, ...]
    generation: str


class Lately:
    """Remembers readers and pages of one process. Safe to call from several threads; nothing here blocks."""

    def __init__(self, bell: Bell, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._bell = bell
        self._elapsed = elapsed
        self._readers: dict[str, Reader] = {}
        self._pages: dict[Place, Rows] = {}
        self._lock = threading.Lock()

    def heads(self, request: FeedRequest) -> Heads | None:
        """The heads of what was asked for and of who asks; None for a request that is answered the long way.

        Read before the rights are: what is published in between is news next time.
        """
        if not request.hold or EVERYONE not in request.after:
            return None
        return self._bell.heads([*request.after, *rights(request.after)])

    def reader(self, token: str, request: FeedRequest, heads: Heads | None) -> Reader | None:
        """Who asks, when that was looked up lately and cannot have changed."""
        with self._lock:
            known = self._readers.get(token)
        if known is None or heads is None or self._elapsed() >= known.until:
            return None
        unchanged = all(heads.get(name) == seq for name, seq in known.rights.items())
        return known if unchanged and set(known.scopes) == set(request.after) else None

    def remember(self, token: str, page: Page, heads: Heads | None) -> None:
        """The long way was gone: the same need not be looked up again for a while."""
        if heads is None:
            return
        # Not the same for all: who came at one moment would be looked up again at one moment.
        known_for = uniform(KNOWN_SECONDS / 2, KNOWN_SECONDS)  # noqa: S311  # no secret
        until, names = self._elapsed() + known_for, rights(page.scopes)
        with self._lock:
            _make_room(self._readers, _MOST_KNOWN)
            known = {name: heads[name] for name in names if name in heads}
            if len(known) == len(names):
                self._readers[token] = Reader(until, known, page.scopes, page.generation)

    def forget(self, token: str) -> None:
        """This token is worth nothing any more."""
        with self._lock:
            self._readers.pop(token, None)

    def rows(self, request: FeedRequest, heads: Heads) -> Rows | None:
        """What is new, when it was read for somebody else or there is nothing."""
        place = self.place(request, heads)
        if not place.news:
            return NOTHING
        with self._lock:
            return self._pages.get(place)

    def keep(self, place: Place, rows: Rows) -> None:
        """These were read; the next one at this place gets them as well."""
        if rows.count <= _MOST_ROWS:
            with self._lock:
                _make_room(self._pages, _MOST_PAGES)
                self._pages[place] = rows

    def place(self, request: FeedRequest, heads: Heads) -> Place:
        """Where who asks stands; nothing is new where no scope is named."""
        after = request.after.items()
        news = frozenset((name, seq, heads[name]) for name, seq in after if heads.get(name, 0) > seq)
        return Place(news, request.limit)


def rights(scopes: Iterable[str]) -> list[str]:
    """What rings when somebody's rights may have changed: their own scope says who that is."""
    own = [session_of(scope.removeprefix(_OWN)) for scope in scopes if scope.startswith(_OWN)]
    return [EVERYONE, *own]


def _make_room(kept: dict[Any, Any], most: int) -> None:
    while len(kept) >= most:
        del kept[next(iter(kept))]
