"""The engine: sends the outbox, applies the feed, refills references; says how it stands.

It works whenever an operation was saved, and every ``PULSE`` seconds. When the centre does not answer it
backs off with jitter, 1 s to 20 s; nothing waits for it and nothing is lost by it.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

import msgspec

from carecenter.core.errors import NotAllowed, NotFound, Unreachable
from carecenter.store.desk import Desk, DeskStatus
from carecenter.wire import BlockRequest, FeedRequest, SignedIn, Transport

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

PULSE = 5.0
_SHORTEST_PAUSE, _LONGEST_PAUSE = 1.0, 20.0


class Engine:
    """Keeps one desk and its centre in agreement while somebody is signed in."""

    def __init__(
        self,
        desk: Desk,
        transport: Transport,
        session: SignedIn,
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``rest``: how to let a number of seconds pass after a failure."""
        self._desk = desk
        self._transport = transport
        self._rest = rest
        self._token = session.token
        self._scopes = session.scopes
        self._network = ThreadPoolExecutor(max_workers=1, thread_name_prefix="network")
        self._wake = asyncio.Event()
        self._stop_listening = desk.on_performed(self._wake.set)
        self._task: asyncio.Task[None] | None = None
        self._round = asyncio.Lock()

    def start(self) -> None:
        """Begin; returns at once."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """End after a last try to send what waits; the store stays as it is either way."""
        self._stop_listening()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        try:
            await self.synchronise()
            await self._call(self._transport.sign_out, self._token)
        except (Unreachable, NotAllowed, NotFound):
            log.info("signed out while the centre was out of reach")
        except Exception:  # a defect must not keep anybody from leaving
            log.exception("the last synchronisation failed")
        self._network.shutdown(wait=True)

    async def synchronise(self) -> None:
        """One round: everything waiting goes up, everything new comes down. Raises ``Unreachable``."""
        async with self._round:
            await self._push()
            await self._pull()
            await self._refill()
            await self._report(online=True)

    async def _run(self) -> None:
        pause = _SHORTEST_PAUSE
        while True:
            self._wake.clear()
            try:
                await self.synchronise()
            except (Unreachable, NotAllowed, NotFound) as error:
                log.info("offline: %s", type(error).__name__)
                await self._report(online=False, signed_out=not isinstance(error, Unreachable))
                await self._rest(pause * random.uniform(0.5, 1.0))  # noqa: S311  # jitter, not a secret
                pause = min(pause * 2, _LONGEST_PAUSE)
            except Exception:  # a defect must not end synchronisation for the day
                log.exception("synchronisation failed")
                self._desk.report(self._turned(online=False))
                await self._rest(_LONGEST_PAUSE)
            else:
                pause = _SHORTEST_PAUSE
                await self._wait()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(PULSE):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _push(self) -> None:
        while True:
            push = await self._desk.run(self._desk.workstation.next_push)
            if not push.operations:
                return
            pushed = await self._call(self._transport.push, self._token, push)
            changed = await self._desk.run(self._desk.workstation.settle, pushed.results)
            self._desk.announce(changed)

    async def _pull(self) -> None:
        more = True
        while more:
            after = await self._desk.run(self._desk.workstation.cursors, self._scopes)
            page = await self._call(self._transport.feed, self._token, FeedRequest(after=after))
            self._scopes = page.scopes
            # An empty page too: it may come from a centre with another history, and it lets go of what is done.
            changed = await self._desk.run(self._desk.workstation.apply_page, page)
            self._desk.announce(changed)
            more = page.more or bool(set(page.scopes) - set(after))

    async def _refill(self) -> None:
        wanted = await self._desk.run(self._desk.workstation.references_wanted)
        if wanted:
            block = await self._call(self._transport.references, self._token, BlockRequest(count=wanted))
            await self._desk.run(self._desk.workstation.keep_references, block.references)

    async def _report(self, *, online: bool, signed_out: bool = False) -> None:
        queue = await self._desk.run(self._desk.workstation.queue)
        status = self._turned(online=online, signed_out=signed_out)
        self._desk.report(msgspec.structs.replace(status, waiting=queue.waiting, attention=queue.attention))

    def _turned(self, *, online: bool, signed_out: bool = False) -> DeskStatus:
        before, now = self._desk.status, self._desk.now()
        return msgspec.structs.replace(
            before,
            online=online,
            since=before.since if before.online == online else now,
            last_sync=now if online else before.last_sync,
            signed_out=signed_out,
        )

    async def _call(self, request: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._network, lambda: request(*args, **kwargs))
