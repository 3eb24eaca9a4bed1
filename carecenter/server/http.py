"""The HTTP face of the centre: a thin layer that turns requests into calls of ``Centre`` and errors into problems.

The centre's calls run on a bounded pool of threads. A held feed waits on the event loop and takes a thread only
to read. Nothing is logged but endpoint, status and time. What can be asked stands in ``endpoints``.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Final, ParamSpec, TypeVar, cast
from weakref import WeakValueDictionary

from sqlalchemy import select
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from carecenter.core.errors import Busy, StoreDamaged, StoreFull, UserError, WrongPassword
from carecenter.core.i18n import N_
from carecenter.server import bodies, openapi
from carecenter.server.bodies import Malformed
from carecenter.server.centre import Centre
from carecenter.server.endpoints import ENDPOINTS, FEED, PREFIX, SIGN_IN, Endpoint
from carecenter.server.feed import Page
from carecenter.server.held import HEARTBEAT, Held, until_told
from carecenter.server.lately import Place
from carecenter.server.throttle import Throttle, TooOften
from carecenter.wire import FeedRequest, Message, Problem
from carecenter.wire.problems import problem_of

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

RETRY_SECONDS: Final = 5
MOST_HELD: Final = 4
"""Feeds that wait for one session at a process: a workstation asks one at a time."""
_WAITING_A_THREAD = 64
_SOON_READ = 16 * 1024
_SOON_PACKED = 32 * 1024
"""Bodies up to so many bytes are read and packed on the event loop."""
_BODY_SECONDS = 30
_DISCARD_SECONDS = 3.0
_STATUS: Final = {
    "signed_out": 401,
    "wrong_password": 401,
    "not_allowed": 403,
    "strange_device": 403,
    "not_found": 404,
    "too_large": 413,
    "upgrade_needed": 426,
    "busy": 503,
    "unreachable": 503,
}
_OTHER_REFUSAL = 422


def readers_of(threads: int) -> int:
    """How many of them may read feeds: one stays free for what people wait for, whoever else is woken."""
    return max(threads - 1, 1)


class Face:
    """Serves one centre; ``app`` is the ASGI application. ``threads``: how many calls run at once."""

    def __init__(self, centre: Centre, threads: int) -> None:
        self._centre = centre
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._queued = 0
        self._readers = asyncio.Semaphore(readers_of(threads))
        self._throttle = Throttle()
        self._reading: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()
        self._held: set[Held] = set()
        self._holding: Counter[str] = Counter()
        """How many feeds are held for a token; those of a line that broke are let go within a heartbeat."""
        routes = [
            Route("/healthz", self._health, methods=["GET"]),
            Route(f"{PREFIX}openapi.json", self._describe, methods=["GET"]),
            *(Route(PREFIX + entry.name, self._serving(entry), methods=["POST"]) for entry in ENDPOINTS),
        ]
        self.app = Starlette(
            routes=routes, lifespan=self._lifespan, exception_handlers={HTTPException: _no_such_thing}
        )
        self.app.router.redirect_slashes = False

    def stop(self) -> None:
        """Answer every held feed at once; called on the event loop."""
        for held in self._held:
            held.end()

    async def read_feed(self, token: str, request: FeedRequest) -> Page:
        """The feed as it stands. Of those who stand at the same place one reads, and the others get the same."""
        place = self._centre.place(request)
        if place is None:
            return self._centre.page_at_once(token, request) or await self._read(token, request)
        turn = self._reading.setdefault(place, asyncio.Lock())
        async with turn:
            return self._centre.page_at_once(token, request) or await self._read(token, request)

    async def _first_look(self, token: str, request: FeedRequest) -> Page:
        """What came since the last answer waits for what comes next: else a busy queue would be answered line by
        line, as fast as everybody can ask."""
        if self._centre.place(request) is not None:
            await asyncio.sleep(until_told(request, asyncio.get_running_loop().time()))
        return await self.read_feed(token, request)

    async def _read(self, token: str, request: FeedRequest) -> Page:
        async with self._readers:
            return await self.run(self._centre.page, token, request)

    async def written(self, page: Page, *, packed: bool) -> bytes:
        """A page as it is sent; a large one is packed on a thread."""
        body = bodies.written(page)
        if not packed:
            return body
        return bodies.pack(body) if len(body) < _SOON_PACKED else await self.run(bodies.pack, body)

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """A call on the pool. Raises ``Busy`` when too many wait for it already."""
        if self._queued >= self._threads * _WAITING_A_THREAD:
            raise Busy(N_("The centre has too much to do just now."), retry_after=1)
        self._queued += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, lambda: call(*args, **kwargs))
        finally:
            self._queued -= 1

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            self.stop()
            self._pool.shutdown(wait=True)

    def _serving(self, endpoint: Endpoint) -> Callable[[Request], object]:
        async def serve(request: Request) -> Response:
            began = time.perf_counter()
            try:
                response = await self._answer(endpoint, request)
            except ClientDisconnect:
                log.info("%s cut by who asked", endpoint.name)
                return Response(status_code=400)  # nobody hears it
            except Exception as error:
                response = _problem(error)
            milliseconds = (time.perf_counter() - began) * 1000
            log.info("%s %d %.0f ms", endpoint.name, response.status_code, milliseconds)
            return response

        return serve

    async def _answer(self, endpoint: Endpoint, request: Request) -> Response:
        encoding = request.headers.get("content-encoding", "").strip().lower()
        token, gzip = _token(request), _takes_gzip(request)
        most = bodies.MOST_FROM_STRANGERS
        try:
            if endpoint.token and (encoding or not _is_small(request)):
                await self.run(self._centre.check, token)
                most = bodies.MOST_UNPACKED
            body = await _body(request, min(most, bodies.MOST_SENT))
        except UserError:
            await _discard(request)
            raise
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json" and (body or endpoint.request is not None):
            raise Malformed(N_("A body has to be application/json."))
        if endpoint is FEED:
            soon = not encoding and len(body) <= _SOON_READ
            return await self._feed(token, lambda: bodies.unpacked(body, encoding, most), soon=soon, gzip=gzip)
        address = request.client.host if request.client is not None else ""

        def answer() -> Response:
            message = None
            if endpoint.request is not None:
                message = bodies.read(bodies.unpacked(body, encoding, most), endpoint.request)
            if endpoint is SIGN_IN:
                return _written(self._sign_in(address, message), gzip=gzip)
            return _written(self._call(endpoint, token, message), gzip=gzip)

        return await self.run(answer)

    def _call(self, endpoint: Endpoint, token: str, message: Message | None) -> Message | None:
        arguments: list[object] = [token] if endpoint.token else []
        if message is not None:
            arguments.append(message)
        return cast("Message | None", getattr(self._centre, endpoint.method)(*arguments))

    def _sign_in(self, address: str, message: Message | None) -> Message | None:
        self._throttle.take(address)
        try:
            answer = self._call(SIGN_IN, "", message)
        except WrongPassword:
            raise
        except Exception:
            self._throttle.give_back(address)
            raise
        self._throttle.give_back(address)
        return answer

    async def _feed(self, token: str, unpacked: Callable[[], bytes], *, soon: bool, gzip: bool) -> Response:
        def read() -> FeedRequest:
            return bodies.read(unpacked(), FeedRequest)

        # The usual question is a few hundred bytes: handing it to a thread would cost more than reading it.
        asked = read() if soon else await self.run(read)
        if not asked.hold:
            return await self.run(_written, await self.read_feed(token, asked), gzip=gzip)
        if self._holding[token] >= MOST_HELD:
            raise TooOften(N_("This workstation waits for news already."), retry_after=RETRY_SECONDS)
        held = Held(lambda: self.read_feed(token, asked), self.written, asked, packed=gzip)
        # Before the first look: what is published in between rings.
        leave = self._centre.listen(asked.after, held.wake)
        self._holding[token] += 1

        def over() -> None:
            leave()
            self._held.discard(held)
            self._holding[token] -= 1
            if not self._holding[token]:
                del self._holding[token]

        first = asyncio.ensure_future(self._first_look(token, asked))
        try:
            done, _ = await asyncio.wait({first}, timeout=HEARTBEAT)
            if not done:
                # From here on there are signs of life, and no other status: who is out is told so before.
                await self.run(self._centre.check, token)
            elif first.result().is_news(asked):
                over()
                return await self.run(_written, first.result(), gzip=gzip)
        except BaseException:
            over()
            first.cancel()
            raise
        self._held.add(held)
        held.begin(first, over)
        return held

    async def _health(self, _request: Request) -> Response:
        def look() -> None:
            with self._centre.transaction() as unit:
                unit.session.execute(select(1))

        try:
            await self.run(look)
        except Exception as error:
            return _problem(error)
        return Response(b'{"ok":true}', media_type="application/json")

    async def _describe(self, _request: Request) -> Response:
        return Response(openapi.document(), media_type="application/json")


def _is_small(request: Request) -> bool:
    """Whether it says so itself; it is held to that."""
    announced = request.headers.get("content-length", "")
    return announced.isdecimal() and len(announced) < 8 and int(announced) <= bodies.MOST_FROM_STRANGERS


async def _body(request: Request, most: int) -> bytes:
    """The body as it was sent. Raises ``TooLarge`` before it is read whole, ``Malformed`` when it does not end."""
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and (len(announced) > 8 or int(announced) > most):
        raise bodies.too_large()
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise bodies.too_large()
    except TimeoutError as error:
        raise Malformed(N_("The request did not end.")) from error
    return bytes(body)


async def _discard(request: Request) -> None:
    """Let a refused body pass by, none of it kept: a line that is closed on who still sends loses the answer."""
    passed = 0
    with suppress(TimeoutError, ClientDisconnect):
        async with asyncio.timeout(_DISCARD_SECONDS):
            async for chunk in request.stream():
                passed += len(chunk)
                if passed > bodies.MOST_SENT:
                    return


def _token(request: Request) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _takes_gzip(request: Request) -> bool:
    accepted = request.headers.get("accept-encoding", "").lower().split(",")
    return any(entry.strip() == "gzip" for entry in accepted)


def _written(answer: Message | None, *, gzip: bool) -> Response:
    body = bodies.written(answer)
    packed = bodies.packed(body) if gzip else None
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
    if packed is not None:
        headers["Content-Encoding"] = "gzip"
    return Response(packed or body, 200, headers, "application/json")


async def _no_such_thing(_request: Request, error: Exception) -> Response:
    """Another path or another method than there is."""
    assert isinstance(error, HTTPException)  # noqa: S101  # what it is registered for
    if error.status_code == 405:
        problem = Problem(code="refused", message=N_("This address is asked in another way."))
    else:
        problem = Problem(code="not_found", message=N_("There is nothing at this address."))
    return _as_response(problem, error.status_code, dict(error.headers or {}))


def _problem(error: Exception) -> Response:
    if isinstance(error, StoreFull | StoreDamaged) or _is_database_away(error):
        log.error("the database cannot be used: %s", type(error).__name__)
        text = N_("The centre's database cannot be reached just now.")
        error = Busy(text, retry_after=RETRY_SECONDS)
    elif isinstance(error, DataError | OverflowError):
        error = Malformed(N_("This is not a message that the centre understands."))
    if not isinstance(error, UserError):
        return _defect(error)
    problem = problem_of(error)
    headers = {}
    status = 400 if isinstance(error, Malformed) else _STATUS.get(problem.code, _OTHER_REFUSAL)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooOften):
        status = 429
    if isinstance(error, Busy):
        headers["Retry-After"] = str(error.params.get("retry_after", RETRY_SECONDS))
    return _as_response(problem, status, headers)


def _is_database_away(error: Exception) -> bool:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError | PoolTimeout)


def _defect(error: Exception) -> Response:
    """A number stands for it, in the log too, where only kinds and places of exceptions are written."""
    number = secrets.token_hex(4)
    log.error("defect %s", number, exc_info=error)
    problem = Problem(
        code="unreachable",
        message=N_("The centre failed inside. Tell your administrator this number: {number}"),
        params={"number": number},
    )
    return _as_response(problem, 500, {})


def _as_response(problem: Problem, status: int, headers: dict[str, str]) -> Response:
    headers["Cache-Control"] = "no-store"
    return Response(bodies.written(problem), status, headers, "application/json")
