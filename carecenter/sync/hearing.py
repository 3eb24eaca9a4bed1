"""One turn of hearing: a page of the feed, applied with its cursors; now and then the rows are compared.

While a page is applied the one after it is asked for already. It is applied only if it begins where this desk
stands by then.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from carecenter.core.errors import NotFound
from carecenter.models.base import synced_models
from carecenter.store.desk import Desk
from carecenter.store.feed import FeedGap
from carecenter.wire import FeedPage, FeedRequest, ManifestRequest, SignedIn
from carecenter.wire.transport import Transport

R = TypeVar("R")
A = TypeVar("A")


class Ask(Protocol):
    """Asks the centre on a thread of its own."""

    async def __call__(self, call: Callable[[str, R], A], token: str, request: R, /) -> A: ...


class Hearing:
    """Hears for whoever is signed in."""

    def __init__(
        self, desk: Desk, transport: Transport, session: SignedIn, first: Callable[[], Awaitable[None]]
    ) -> None:
        """``first``: sends what a restored centre may have forgotten, before anything of it is heard."""
        self._desk = desk
        self._workstation = desk.workstation
        self._transport = transport
        self._token = session.token
        self._scopes = session.scopes
        self._first = first
        self._ahead: tuple[dict[str, int], asyncio.Future[FeedPage]] | None = None

    async def turn(self, ask: Ask, hold: float = 0.0) -> bool:
        """Hear a page; whether there is more. Without news the answer is held for ``hold`` seconds.

        Raises what the transport raises, and ``FeedGap``.
        """
        if await self._desk.run(self._workstation.is_offering_again):
            await self._first()
        after = await self._desk.run(self._workstation.cursors, self._scopes)
        page = await self._page(ask, after, hold)
        self._scopes = page.scopes
        if page.more:
            following = {scope: page.upto.get(scope, 0) for scope in page.scopes}
            asked = asyncio.ensure_future(ask(self._transport.feed, self._token, FeedRequest(after=following)))
            self._ahead = (following, asked)
        try:
            # An empty page too: it may come from a centre with another history, and it lets go of what is done.
            changed = await self._desk.run(self._workstation.apply_page, page)
        except FeedGap:
            await self._desk.run(self._workstation.doubt)
            raise
        await self._desk.heard(changed)
        if page.more or set(page.scopes) - set(after):
            return True
        return await self._desk.run(self._workstation.is_offering_again) or await self._compare(ask)

    async def _page(self, ask: Ask, after: dict[str, int], hold: float) -> FeedPage:
        """The page that was asked for ahead, unless something moved the cursors meanwhile."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead[0] == after:
            return await ahead[1]
        if ahead is not None:
            await _dismissed(ahead[1])
        return await ask(self._transport.feed, self._token, FeedRequest(after=after, hold=hold))

    async def close(self) -> None:
        """Nobody will hear the page that was asked for ahead."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            await _dismissed(ahead[1])

    async def _compare(self, ask: Ask) -> bool:
        """Once a day, and after anything odd; whether a scope has to be heard again."""
        if not await self._desk.run(self._workstation.is_check_due):
            return False
        request = ManifestRequest(scopes=self._scopes, entities=tuple(sorted(synced_models())))
        try:
            manifest = await ask(self._transport.manifest, self._token, request)
        except NotFound:  # an older centre has none
            manifest = None
        return bool(await self._desk.run(self._workstation.compare, manifest))


async def _dismissed(page: asyncio.Future[FeedPage]) -> None:
    page.cancel()
    with contextlib.suppress(asyncio.CancelledError, Exception):  # whatever became of it
        await page
