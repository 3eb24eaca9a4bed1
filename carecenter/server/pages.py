"""The pages of the feed for whoever asks: read the long way, or made of what is remembered (``lately``).

The long way looks up who asks and what they may follow, and reads the rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy.orm import Session

from carecenter.server import accounts, audit, bulk, devices, facts, feed
from carecenter.server.bell import Heads
from carecenter.server.feed import Page, Rows
from carecenter.server.lately import Lately, Place
from carecenter.server.scopes import scopes_for
from carecenter.wire import FeedRequest

if TYPE_CHECKING:
    from carecenter.server.centre import Centre


class Pages:
    """Of one centre. ``reader``: what reads the rows of some scopes. Safe to call from several threads."""

    def __init__(
        self,
        centre: Centre,
        reader: Callable[[Session, Iterable[str]], AbstractContextManager[Session]],
        lately: Lately,
    ) -> None:
        self._centre = centre
        self._reader = reader
        self._lately = lately
        self._noted: dict[str, dt.datetime] = {}

    def page(self, token: str, request: FeedRequest) -> Page:
        """What changed in the scopes the account may follow; others it asks for are left out, and on record.

        Raises ``SignedOut``.
        """
        heads = self._lately.heads(request)
        known = self._lately.reader(token, request, heads)
        if known is not None and heads is not None:
            return self._page(known.generation, known.scopes, request.after, self._rows(request, heads))
        with self._centre.transaction() as unit:
            viewer, device_id = accounts.signed_in(unit.session, token, self._centre.clock())
            scopes = scopes_for(unit.session, viewer)
            who = (viewer.account_id, device_id)
            self._note(unit.session, device_id)
            audit.not_theirs(unit.session, self._centre.clock(), who, "Feed", set(request.after) - set(scopes))
            after = {scope: seq for scope, seq in request.after.items() if scope in scopes}
            shared = heads if after == request.after else None
            rows = self._read(unit.session, after, request.limit) if shared is None else None
            generation = facts.get(unit.session, "generation") or ""
        if shared is not None:
            rows = self._rows(request, shared)
        assert rows is not None  # noqa: S101  # read in one of the two ways
        page = self._page(generation, scopes, after, rows)
        self._lately.remember(token, page, heads)
        return page

    def at_once(self, token: str, request: FeedRequest) -> Page | None:
        """The same without the database, which does not block; None where it has to be asked."""
        heads = self._lately.heads(request)
        known = self._lately.reader(token, request, heads)
        rows = None if known is None or heads is None else self._lately.rows(request, heads)
        if known is None or rows is None:
            return None
        return self._page(known.generation, known.scopes, request.after, rows)

    def place(self, request: FeedRequest) -> Place | None:
        """Those who stand at the same place get the same rows; None where nothing is new, or nobody knows."""
        heads = self._lately.heads(request)
        place = None if heads is None else self._lately.place(request, heads)
        return place if place is not None and place.news else None

    def _note(self, session: Session, device_id: str) -> None:
        """Keep on record that this workstation is there: whoever waits for news comes by here twice a minute.

        Not in an embedded centre: its only desk is there, and a reading that writes could meet another writer.
        """
        if not bulk.is_postgres(session):
            return
        at = self._centre.clock()
        noted = self._noted.get(device_id)
        if noted is None or not noted <= at < noted + devices.SEEN_EVERY:
            devices.seen(session, device_id, at)
            self._noted[device_id] = at

    def _rows(self, request: FeedRequest, heads: Heads) -> Rows:
        """What is new to somebody who may follow all that was asked for."""
        found = self._lately.rows(request, heads)
        if found is None:
            place = self._lately.place(request, heads)
            news = {scope: seq for scope, seq in request.after.items() if heads.get(scope, 0) > seq}
            with self._centre.transaction() as unit:
                found = self._read(unit.session, news, request.limit)
            self._lately.keep(place, found)
        return found

    def _read(self, session: Session, after: dict[str, int], limit: int) -> Rows:
        with self._reader(session, after) as reader:
            return feed.read(reader, after, limit)

    def _page(self, generation: str, scopes: tuple[str, ...], after: dict[str, int], rows: Rows) -> Page:
        return Page(
            generation=generation,
            after=after,
            upto={**after, **rows.upto},
            rows=msgspec.Raw(rows.json),
            scopes=scopes,
            more=rows.behind > 0,
            behind=rows.behind,
            at=self._centre.clock(),
        )
