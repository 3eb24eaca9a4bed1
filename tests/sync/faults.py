"""A proxy between real workstations and the real service that does to their requests what networks do.

It understands just enough HTTP to know where a request ends. Which fault befalls which request follows from the
seed and the order of requests alone, so that a run that failed can be had again.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

_PIECE = 65_536
_HELD_BACK = 0.3
"""Seconds after which a request that was held back arrives: later than the one that was sent in its stead."""


class Fault(StrEnum):
    """What may happen to one request."""

    NONE = "none"
    LOST_REQUEST = "the request never arrives"
    CUT_REQUEST = "the request is cut at some byte"
    LOST_ANSWER = "the centre commits, and its answer is reset"
    CUT_ANSWER = "the answer is cut at some byte"
    TWICE = "the request arrives twice"
    HELD_BACK = "the request is given up, and arrives after later ones"
    GARBAGE = "something else answers"
    SLOW = "the answer drips"
    LATE = "everything is late"


_UNHEARD = frozenset({Fault.LOST_REQUEST, Fault.CUT_REQUEST, Fault.HELD_BACK, Fault.GARBAGE})
TROUBLES = tuple(fault for fault in Fault if fault is not Fault.NONE)


class FaultyNetwork:
    """Listens on a port of its own and passes requests on to the service, as the seed wants it."""

    def __init__(self, upstream: tuple[str, int], seed: int, rate: float = 0.5) -> None:
        """``rate``: the share of requests that something befalls."""
        self._upstream, self._rate = upstream, rate
        self._chance = random.Random(seed)  # replayable, not secret
        self._plan: list[Fault] = []
        self.down = False
        self.cut_at: int | None = None
        """The byte at which a cut request or answer ends; None: the seed says where."""
        self.lengths = (0, 0)
        """Bytes of the last request that the service heard, and of its answer before anything befell it."""
        self.heads: list[bytes] = []
        """Address and headers of every request and answer."""
        self.met: Counter[Fault] = Counter()
        self.port = 0
        self._later: set[asyncio.Task[None]] = set()

    def next(self, *faults: Fault) -> None:
        """These befall the next requests, whatever the seed says."""
        self._plan += faults

    def heal(self) -> None:
        """From now on everything arrives."""
        self._rate = 0.0
        self._plan.clear()
        self.down = False

    async def serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        """Until ``stop``; ``port`` is known once ``ready`` is set."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        server.close()
        for task in self._later:
            task.cancel()
        await asyncio.gather(*self._later, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await _message(reader)) is not None:
                fault = self._drawn()
                self.met[fault] += 1
                if self.down or not await self._befall(fault, request, writer):
                    _reset(writer)
                    return
        except (OSError, asyncio.IncompleteReadError):
            _reset(writer)
        finally:
            with contextlib.suppress(OSError):
                writer.close()

    def _drawn(self) -> Fault:
        if self._plan:
            return self._plan.pop(0)
        if self._chance.random() >= self._rate:
            return Fault.NONE
        return self._chance.choice(TROUBLES)

    def _cut(self, first: int, end: int) -> int:
        return self._chance.randrange(first, end) if self.cut_at is None else self.cut_at

    async def _befall(self, fault: Fault, request: bytes, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection still stands afterwards."""
        if fault in _UNHEARD:
            await self._unheard(fault, request, writer)
            return False
        if fault is Fault.LATE:
            await asyncio.sleep(self._chance.uniform(0, 0.05))
        answer = await self._ask(request)
        self.lengths = (len(request), len(answer))
        self.heads += [message.partition(b"\r\n\r\n")[0] for message in (request, answer)]
        if fault is Fault.LOST_ANSWER:
            return False
        if fault is Fault.TWICE:
            answer = await self._ask(request)
        if fault is Fault.CUT_ANSWER:
            answer = answer[: self._cut(0, len(answer))]
        if fault is Fault.SLOW:
            await _drip(answer, writer)
        else:
            writer.write(answer)
            await writer.drain()
        return fault is not Fault.CUT_ANSWER

    async def _unheard(self, fault: Fault, request: bytes, writer: asyncio.StreamWriter) -> None:
        """The service does not hear the request, not whole, or not in time."""
        if fault is Fault.CUT_REQUEST:
            await self._sent_upstream(request[: self._cut(1, len(request))])
        elif fault is Fault.HELD_BACK:
            self._start(self._deliver_later(request))
        elif fault is Fault.GARBAGE:
            writer.write(self._chance.randbytes(self._chance.randrange(1, 400)))
            await writer.drain()

    async def _ask(self, request: bytes) -> bytes:
        """The service's whole answer, on a connection of its own."""
        reader, writer = await asyncio.open_connection(*self._upstream)
        try:
            writer.write(_closing(request))
            await writer.drain()
            return await reader.read(-1)
        finally:
            writer.close()

    async def _sent_upstream(self, part: bytes) -> None:
        """A request without its end, and then silence."""
        _, writer = await asyncio.open_connection(*self._upstream)
        writer.write(part)
        with contextlib.suppress(OSError):
            await writer.drain()
        writer.close()

    async def _deliver_later(self, request: bytes) -> None:
        await asyncio.sleep(_HELD_BACK)
        with contextlib.suppress(OSError):
            await self._ask(request)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)


@contextmanager
def faulty_network(upstream: tuple[str, int], seed: int, rate: float = 0.5) -> Iterator[FaultyNetwork]:
    """The proxy on a thread of its own; at the end what was held back is forgotten."""
    network = FaultyNetwork(upstream, seed, rate)
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    def live() -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(network.serve(ready, stop))
            rest = asyncio.all_tasks(loop)
            for task in rest:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*rest, return_exceptions=True))
        finally:
            loop.close()

    thread = threading.Thread(target=live, name="faulty-network")
    thread.start()
    ready.wait(10)
    try:
        yield network
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


async def _message(reader: asyncio.StreamReader) -> bytes | None:
    """A whole request, or None when the client has nothing more to ask."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as ended:
        if ended.partial:
            raise
        return None
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    return head + await reader.readexactly(length)


def _closing(request: bytes) -> bytes:
    """The same request, after whose answer the service hangs up: so the answer's end is known."""
    head, _, body = request.partition(b"\r\n\r\n")
    kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*kept, b"Connection: close"]) + b"\r\n\r\n" + body


async def _drip(answer: bytes, writer: asyncio.StreamWriter) -> None:
    step = max(1, len(answer) // 20)
    for start in range(0, len(answer), step):
        writer.write(answer[start : start + step])
        await writer.drain()
        await asyncio.sleep(0.002)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Hang up the hard way: the other side meets a reset, not an end."""
    raw = writer.get_extra_info("socket")
    if raw is not None:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
