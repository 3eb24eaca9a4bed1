"""Sara at her desk with an engine that runs, on a line to the centre that tests cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from carecenter.core.errors import TooLarge, Unreachable
from carecenter.store.desk import Desk, DeskStatus
from carecenter.sync.engine import Engine
from carecenter.sync.in_process import InProcess
from carecenter.wire import Block, BlockRequest, FeedPage, FeedRequest, Greeting, Hello, Push, Pushed
from tests.houses import House, Seat, house


class Line(InProcess):
    """The way to the centre, which tests cut. ``fault`` is raised by everything while it is set."""

    fault: Exception | None = None
    after_commit: Exception | None = None
    deaf = False
    """The centre answers a push, and the answer settles nothing."""
    most = 100
    """Operations it takes at once; more are too large."""
    pushes = 0

    def hello(self, token: str, request: Hello) -> Greeting:
        self._check()
        return super().hello(token, request)

    def push(self, token: str, request: Push) -> Pushed:
        self._check()
        self.pushes += 1
        if self.deaf:
            return Pushed(results=())
        if len(request.operations) > self.most or b"enormous" in msgspec.json.encode(request):
            raise TooLarge("too large")
        answer = super().push(token, request)
        if self.after_commit is not None:
            raise self.after_commit
        return answer

    def feed(self, token: str, request: FeedRequest) -> FeedPage:
        self._check()
        return super().feed(token, request)

    def references(self, token: str, request: BlockRequest) -> Block:
        self._check()
        return super().references(token, request)

    def _check(self) -> None:
        if self.fault is not None:
            raise self.fault


class Rests:
    """Stands in for the time between two tries: each pause is noted and waits to be let go."""

    def __init__(self) -> None:
        self.pauses: list[float] = []
        self._begun = asyncio.Event()
        self._go = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self._begun.set()
        await self._go.wait()
        self._go.clear()

    async def begun(self) -> None:
        """Until the engine rests."""
        await self._begun.wait()
        self._begun.clear()

    def end(self) -> None:
        """Let it try again."""
        self._go.set()


class Office:
    """Sara at her desk, with an engine that runs."""

    def __init__(self, built: House, seat: Seat, line: Line) -> None:
        self.house = built
        self.line = line
        self.rests = Rests()
        self.desk = Desk(seat.workstation, seat.viewer)
        self.seat = seat
        self.seconds = 0.0
        self.engine = Engine(self.desk, line, seat.signed_in, rest=self.rests, elapsed=lambda: self.seconds)

    def is_stuck(self) -> bool:
        """Whether the status bar says that nothing gets through."""
        return self.desk.status.stuck

    async def until(self, wanted: Callable[[DeskStatus], bool]) -> DeskStatus:
        """Wait until the status bar says what is wanted."""
        reached = asyncio.Event()
        stop = self.desk.on_status(lambda status: reached.set() if wanted(status) else None)
        if not wanted(self.desk.status):
            await reached.wait()
        stop()
        return self.desk.status

    def told(self, entity: str) -> asyncio.Future[frozenset[str]]:
        """What pages are told as soon as rows of this entity have changed."""
        heard: asyncio.Future[frozenset[str]] = asyncio.get_running_loop().create_future()

        def listen(entities: frozenset[str]) -> None:
            if entity in entities and not heard.done():
                heard.set_result(entities)

        self.desk.on_changed(listen)
        return heard

    async def synchronised(self) -> DeskStatus:
        """Until everything was heard, and whoever hears waits for news."""
        return await self.until(lambda status: status.online and status.last_sync is not None)

    async def settled(self) -> DeskStatus:
        return await self.until(lambda status: status.online and status.waiting == 0)


@asynccontextmanager
async def office(directory: Path, fault: Exception | None = None) -> AsyncIterator[Office]:
    with house(directory) as built:
        built.account("sara")
        line = Line(built.centre)
        opened = Office(built, built.seat("sara", transport=line), line)
        line.fault = fault
        opened.engine.start()
        try:
            yield opened
        finally:
            await opened.engine.stop()
            opened.desk.close()


OFFLINE = Unreachable("the cable is out")
