"""A held feed: the answer that waits on the event loop until there is news, with a sign of life meanwhile.

White space goes ahead of the JSON every ``HEARTBEAT`` seconds, so that both sides know the line is open and
the other side can stop between two bytes. Where the waiting is decided is ``http``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, Protocol
from zlib import crc32

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from carecenter.server import bodies
from carecenter.server.feed import Page
from carecenter.wire import FeedRequest

log = logging.getLogger(__name__)

_SHARED: Final = "queue:"

HEARTBEAT: Final = 2.0
COALESCE: Final = 0.5
"""The longest wait for more once something is new, in seconds: what comes together is answered together."""


def until_told(request: FeedRequest, now: float) -> float:
    """Seconds until this one is told what is new, by the clock ``now`` of the event loop.

    Those who follow the same queues are told at the same moment: then they stand at the same place, and what one of
    them is answered is read for all. Other queues have other moments.
    """
    queues = ",".join(sorted(scope for scope in request.after if scope.startswith(_SHARED)))
    return COALESCE - (now - crc32(queues.encode()) / 2**32 * COALESCE) % COALESCE


class Write(Protocol):
    """Makes the bytes of a page."""

    def __call__(self, page: Page, *, packed: bool) -> Awaitable[bytes]: ...


class Held(Response):
    """Answers once: with news, or after ``hold`` seconds with the page that has none."""

    def __init__(
        self, read: Callable[[], Awaitable[Page]], write: Write, request: FeedRequest, *, packed: bool
    ) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Vary": "Accept-Encoding"}
        if packed:
            headers["Content-Encoding"] = "gzip"
        super().__init__(b"", headers=headers, media_type="application/json")
        del self.headers["content-length"]
        self._read = read
        self._write = write
        self._request = request
        self._packed = packed
        self._begun = False
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()
        self._ended = asyncio.Event()
        self._first: asyncio.Future[Page] = self._loop.create_future()
        self._over: Callable[[], None] = lambda: None

    def begin(self, first: asyncio.Future[Page], over: Callable[[], None]) -> None:
        """``first``: the page that is read first, done or not; ``over`` is called once the answer is given."""
        self._first = first
        self._over = over

    def wake(self) -> None:
        """There may be news. From any thread, also after the answer."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._woken.set)

    def end(self) -> None:
        """Answer at once, on the event loop."""
        self._ended.set()
        self._woken.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application of this one answer."""
        gone = asyncio.create_task(self._watch(receive))
        try:
            try:
                page = await self._news(send)
            except Exception as error:  # the line is cut, and who asks again is told
                log.warning("a held feed ended: %s", type(error).__name__)
                await self._say(send, b"", more=True)
                return
            body = await self._write(page, packed=self._packed)
            await self._say(send, body, more=False)
        finally:
            gone.cancel()
            self._first.cancel()
            self._over()

    async def _say(self, send: Send, body: bytes, *, more: bool) -> None:
        """The head goes with what is said first: most answers have one part, and are sent as one."""
        if not self._begun:
            self._begun = True
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": body, "more_body": more})

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.end()

    async def _news(self, send: Send) -> Page:
        beat = bodies.PACKED_BEAT if self._packed else bodies.BEAT
        while not self._first.done():
            await self._say(send, beat, more=True)
            await asyncio.wait({self._first}, timeout=HEARTBEAT)
        first = self._first.result()
        if first.is_news(self._request):
            return first
        until = self._loop.time() + self._request.hold
        while not self._ended.is_set() and (left := until - self._loop.time()) > 0:
            try:
                async with asyncio.timeout(min(HEARTBEAT, left)):
                    await self._woken.wait()
            except TimeoutError:
                await self._say(send, beat, more=True)
                continue
            if self._ended.is_set():
                break
            await asyncio.sleep(until_told(self._request, self._loop.time()))
            self._woken.clear()
            try:
                page = await self._read()
            except Exception:
                break  # who asks again is told
            if page.is_news(self._request):
                return page
        return first
