"""The engine: two loops, one that sends and one that hears, while somebody is signed in; says how things stand.

Sending wakes with every saved operation. Hearing is one question that the centre answers when there is news. A
connection begins with a greeting. When the centre does not answer, each loop backs off with jitter, 1 s to 20 s,
or for as long as the centre asks; nothing waits for it and nothing is lost by it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

import carecenter
from carecenter.core.errors import Busy, NotAllowed, NotFound, Unreachable, UpgradeNeeded, UserError
from carecenter.core.i18n import N_
from carecenter.store.desk import Desk, DeskStatus
from carecenter.store.feed import FeedGap
from carecenter.sync.hearing import Hearing
from carecenter.sync.meaning import Meaning
from carecenter.sync.network import Network
from carecenter.sync.sending import Sending
from carecenter.sync.watchdog import Watchdog
from carecenter.wire import Hello, SignedIn, Verdict
from carecenter.wire.transport import Transport

log = logging.getLogger(__name__)

PULSE: Final = 60.0
"""Seconds after which sending looks for itself whether something is due."""
HOLD: Final = 25.0
GREETING_EVERY: Final = 3600.0
"""Seconds after which the centre is greeted again: its clock, its version, the lease."""
FAREWELL: Final = 5.0
"""How long signing out tries to send what waits, in seconds."""
_SHORTEST_PAUSE, _LONGEST_PAUSE, _LONGEST_ASKED = 1.0, 20.0, 600.0
_SENDING, _HEARING = "sending", "hearing"
_TOO_OLD: Final = N_("This program is too old for the centre. What is typed is kept and sent after the upgrade.")


class Engine:
    """Keeps one desk and its centre in agreement while somebody is signed in.

    ``network``: how the centre is asked.
    """

    def __init__(
        self,
        desk: Desk,
        transport: Transport,
        session: SignedIn,
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """``rest``: how to let a number of seconds pass after a failure; ``elapsed``: seconds that only grow."""
        self._desk = desk
        self._session = session
        self._rest = rest
        self._elapsed = elapsed
        self.network = Network(transport)
        self._sending = Sending(desk, self.network, session.token)
        self._hearing = Hearing(desk, transport, session, first=self._sending.turn)
        self._meaning = Meaning(self.network, session.token)
        self._watchdog = Watchdog()
        self._wake = asyncio.Event()
        self._connected = asyncio.Event()
        self._heard = asyncio.Event()
        self._greeted_at: float | None = None
        self._pauses = {_SENDING: _SHORTEST_PAUSE, _HEARING: _SHORTEST_PAUSE}
        self._failing: dict[str, Exception] = {}
        self._stop_listening = (desk.on_performed(self._wake.set), desk.on_owed(self._heard.set))
        self._tasks: list[asyncio.Task[None]] = []
        self._stopped = False

    def start(self) -> None:
        """Begin; returns at once."""
        self._desk.meaning = self._meaning.near
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(part()) for part in (self._send, self._hear, self._index)]

    async def stop(self) -> None:
        """End after a last try to send what waits; the store stays as it is either way."""
        if self._stopped:
            return
        self._stopped = True
        self._desk.meaning = None
        for stop_listening in self._stop_listening:
            stop_listening()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._hearing.close()
        try:
            async with asyncio.timeout(FAREWELL):
                await self._sending.turn()
                await self.network.send(self.network.transport.sign_out, self._session.token)
        except (Unreachable, NotAllowed, NotFound, UpgradeNeeded, TimeoutError):
            log.info("signed out while the centre was out of reach")
        except Exception:  # a defect must not keep anybody from leaving
            log.exception("the last synchronisation failed")
        await self.network.close()

    async def synchronise(self) -> None:
        """One round: everything waiting goes up, everything new comes down. Raises ``Unreachable``."""
        await self._sending.turn()
        while await self._hearing.turn(self.network.send):
            pass
        self._failing.clear()
        await self._report(heard=True)

    async def _send(self) -> None:
        while True:
            self._wake.clear()
            try:
                if self._is_greeting_due():
                    await self._greet()
                await self._sending.turn()
            except Exception as error:
                self._greeted_at = None
                await self._failed(_SENDING, error)
            else:
                await self._went_well(_SENDING, heard=False)
                await self._wait()

    async def _hear(self) -> None:
        hold = 0.0
        while True:
            await self._connected.wait()
            try:
                more = await self._hearing.turn(self.network.hear, hold)
            except Exception as error:
                self._lose_connection()
                self._wake.set()  # sending finds out how the centre is
                hold = 0.0
                await self._failed(_HEARING, error)
            else:
                hold = 0.0 if more else HOLD
                self._heard.set()
                await self._went_well(_HEARING, heard=not more)

    async def _index(self) -> None:
        """What came in large pages, or was indexed otherwise before, is indexed in pieces between other work."""
        while True:
            self._heard.clear()
            try:
                left = 1
                while left:  # what a person asks for comes between two pieces
                    left = await self._desk.run(self._desk.workstation.index_owed)
                    self._desk.report(msgspec.structs.replace(self._desk.status, indexing=left))
            except UserError as error:
                log.warning("search was not brought up to date: %s", type(error).__name__)
            await self._heard.wait()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(PULSE):
                await self._wake.wait()
        except TimeoutError:
            pass

    def _is_greeting_due(self) -> bool:
        return self._greeted_at is None or self._elapsed() - self._greeted_at >= GREETING_EVERY

    async def _greet(self) -> None:
        """Begin a connection. Raises ``UpgradeNeeded``."""
        workstation = self._desk.workstation
        request = Hello(version=carecenter.__version__, generation=await self._desk.run(workstation.generation))
        try:
            asked = workstation.clock()
            hello = self.network.transport.hello
            greeting = await self.network.send(hello, self._session.token, request)
            answered = workstation.clock()
        except Exception:
            self._lose_connection()
            self._failing.pop(_HEARING, None)  # this is the newer word
            raise
        if greeting.verdict is Verdict.UPGRADE:
            self._lose_connection()
            raise UpgradeNeeded(_TOO_OLD)
        offset = (greeting.at - (asked + (answered - asked) / 2)) / dt.timedelta(seconds=1)
        await self._desk.run(workstation.greeted, greeting, self._session.account_id, offset)
        self._greeted_at = self._elapsed()
        self._connected.set()

    def _lose_connection(self) -> None:
        self._connected.clear()
        self._greeted_at = None

    async def _failed(self, loop: str, error: Exception) -> None:
        """Say so and rest, longer each time."""
        pause = self._pauses[loop]
        self._pauses[loop] = min(pause * 2, _LONGEST_PAUSE)
        if isinstance(error, FeedGap):  # the next page begins where this desk stands
            log.warning("a page of the feed did not follow the one before")
        elif isinstance(error, Unreachable | NotAllowed | NotFound | UpgradeNeeded):
            log.info("%s: offline: %s", loop, type(error).__name__)
            self._failing[loop] = error
        else:  # a defect must not end synchronisation for the day
            log.error("%s: synchronisation failed", loop, exc_info=error)
            self._failing[loop] = error
            pause = _LONGEST_PAUSE
        await self._report()
        await self._rest(_pause(pause, error))

    async def _went_well(self, loop: str, *, heard: bool) -> None:
        self._pauses[loop] = _SHORTEST_PAUSE
        self._failing.pop(loop, None)
        await self._report(heard=heard)

    async def _report(self, *, heard: bool = False) -> None:
        """Tell the status bar. ``heard``: everything that the centre has is here now."""
        queue = await self._desk.run(self._desk.workstation.queue)
        before, now, online = self._desk.status, self._desk.now(), not self._failing
        errors = tuple(self._failing.values())
        self._desk.report(
            DeskStatus(
                online=online,
                since=before.since if before.online == online else now,
                waiting=queue.waiting,
                attention=queue.attention,
                last_sync=now if heard else before.last_sync,
                signed_out=any(isinstance(error, NotAllowed | NotFound) for error in errors),
                upgrade=any(isinstance(error, UpgradeNeeded) for error in errors),
                indexing=before.indexing,
                stuck=self._watchdog.looks(queue.oldest, self._connected.is_set(), self._elapsed()),
            )
        )


def _pause(seconds: float, error: Exception) -> float:
    """With jitter, so that a hall does not come back at one moment; what the centre asks for is granted."""
    jitter = random.uniform(0.5, 1.0)  # noqa: S311  # jitter, not a secret
    asked = error.params.get("retry_after") if isinstance(error, Busy) else None
    if isinstance(asked, int | float) and asked > seconds:
        return min(asked, _LONGEST_ASKED) * (0.5 + jitter)
    return seconds * jitter
