"""The threads on which the centre is asked: one to send, one that hears, two for what people want to know.

None of them waits for another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from carecenter.wire.transport import Transport

P = ParamSpec("P")
T = TypeVar("T")


class Network:
    """Calls of a transport, awaited on the loop. Closed once, when somebody signs out."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self._senders = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sending")
        self._hearers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hearing")
        self._askers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="asking")
        self._under_way: set[asyncio.Future[Any]] = set()

    async def send(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """A call that is answered at once."""
        return await self._run(self._senders, lambda: call(*args, **kwargs))

    async def hear(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """A call whose answer may be held."""
        return await self._run(self._hearers, lambda: call(*args, **kwargs))

    async def ask(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """A call that a person waits for."""
        return await self._run(self._askers, lambda: call(*args, **kwargs))

    async def close(self) -> None:
        """End what is under way and wait for its threads, about a second."""
        self.transport.close()
        if self._under_way:
            await asyncio.wait(set(self._under_way))
        for threads in (self._senders, self._hearers, self._askers):
            threads.shutdown(wait=True)

    async def _run(self, threads: ThreadPoolExecutor, call: Callable[[], T]) -> T:
        future = asyncio.get_running_loop().run_in_executor(threads, call)
        self._under_way.add(future)
        future.add_done_callback(self._ended)
        # Whoever is cancelled leaves; the thread goes on until the transport is closed, and `close` waits for it.
        return await asyncio.shield(future)

    def _ended(self, future: asyncio.Future[Any]) -> None:
        self._under_way.discard(future)
        if not future.cancelled():
            future.exception()  # somebody who left does not ask for it
