"""The service of a hall: processes that serve one PostgreSQL database over HTTP, until they are told to stop.

What is answered is the matter of ``http``. A stopping process answers every held feed first, so that nobody
waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import multiprocessing
import signal
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import FrameType
from typing import Final

import uvicorn
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.logs import WithoutTexts
from carecenter.models.engine import postgres_engine
from carecenter.server import ageing, databases, namesakes, reading
from carecenter.server.centre import Centre
from carecenter.server.http import Face, readers_of

log = logging.getLogger(__name__)

THREADS: Final = 3
"""Calls a process runs at once; each may hold one connection of the database. They share one interpreter: with more
of them everybody waits longer, because each comes back from the database into a longer line."""

AGEING_SECONDS: Final = 3_600

MOST_CONNECTIONS: Final = 4_000
"""Of a process; whoever comes then is asked to come again. Each held feed is one."""
HEAD_SECONDS: Final = 15.0
"""How long the head of a request may take to come, after which the line is cut."""

MOST_HEAD: Final = 64 * 1024
"""Bytes of it; ours have less than one KiB."""

_KEEP_ALIVE = 75  # longer than workstations pause, so that a connection is not closed under a request
_BACKLOG = 2048
_GRACE = 10
_FAREWELL = 0.5
_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
_LOOK_SECONDS = 0.5
_WATCH_SECONDS = 5.0
_LEAST_LIFE = 5.0


@dataclass(frozen=True)
class Service:
    """How to serve. ``trusted``: the addresses of the balancer, whose word on who asks is taken."""

    database: str
    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None
    processes: int = 1
    threads: int = THREADS
    trusted: tuple[str, ...] = ("127.0.0.1", "::1")

    def __post_init__(self) -> None:
        if (self.certificate is None) != (self.key is None):
            raise UserError(N_("TLS needs both a certificate and its key."))
        for file in (self.certificate, self.key):
            if file is not None and not file.is_file():
                raise UserError(N_("There is no file {file}."), file=str(file))
        if self.certificate is not None:
            try:
                ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(self.certificate, self.key)
            except (OSError, ValueError) as error:
                text = N_("This certificate and this key do not go together: {reason}")
                raise UserError(text, reason=getattr(error, "reason", None) or str(error)) from error

    def url(self, port: int) -> str:
        """Where workstations find it."""
        scheme = "http" if self.certificate is None else "https"
        return f"{scheme}://{f'[{self.host}]' if ':' in self.host else self.host}:{port}"


def address(text: str) -> tuple[str, int]:
    """Host and port of ``HOST:PORT`` or ``[IPv6]:PORT``. Raises ``UserError``."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65_535 or (":" in host and not host.startswith("[")):
        raise UserError(N_("{address} is no address such as 127.0.0.1:8164."), address=text)
    return host.strip("[]"), int(port)


def is_this_machine(host: str) -> bool:
    """Whether nobody else can reach that address."""
    return host in {"127.0.0.1", "::1", "localhost"}


def serve(service: Service, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; ``ready`` is told the address once it can be asked.

    Raises ``UserError`` for a database that cannot be used and an address that cannot be had.
    """
    check(service.database)
    with listening_at(service.host, service.port) as listening:
        url = service.url(listening.getsockname()[1])
        if service.processes == 1:
            run(service, listening, lambda: ready(url))
        else:
            _run_many(service, listening, lambda: ready(url))


def check(database: str) -> None:
    """Raises ``UserError`` unless the database is reached, has the current schema, and is read behind its wall."""
    engine = databases.engine_of(database)
    try:
        databases.check(engine)
    finally:
        engine.dispose()
    reader = reading.reader_of(database, 1)
    if reader is not None:
        reader.dispose()


def listening_at(host: str, port: int) -> socket.socket:
    """A socket that workstations can come to. Raises ``UserError`` for an address that cannot be had."""
    try:
        family, kind, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # With its protocol named: asyncio sends without delay only then, which saves 40 ms an answer.
        made = socket.socket(family, kind, socket.IPPROTO_TCP)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(where)
            made.listen(_BACKLOG)
        except BaseException:
            made.close()
            raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(N_("{address} cannot be had: {reason}"), address=f"{host}:{port}", reason=reason) from error
    return made


def run(service: Service, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Serve in this process."""
    # One connection more than threads: the bell looks at the heads of the feed.
    connections = service.threads + 1
    engine = postgres_engine(service.database, connections)
    # uvicorn hands a signal on once it has stopped; what comes before it listens to signals is kept for it.
    told = threading.Event()
    with _logging(), _told_by_signals(told), contextlib.closing(_centre(service, engine)) as centre:
        _connect_all(engine, connections)
        with _growing_old(centre):
            Server(Face(centre, service.threads), service, ready, told).run(sockets=[listening])


def _centre(service: Service, engine: Engine) -> Centre:
    """Behind its second wall where that stands."""
    return Centre(engine, reading=reading.reader_of(service.database, readers_of(service.threads)))


@contextlib.contextmanager
def _growing_old(centre: Centre) -> Iterator[None]:
    """What has grown old leaves the workstations, and names without keys get theirs: at first and every hour."""
    stop = threading.Event()

    def age() -> None:
        while not stop.is_set():
            try:
                ageing.run(centre)
                for _made in namesakes.catch_up(centre):
                    if stop.is_set():
                        return
            except Exception:  # the next hour is another try
                log.exception("nothing grows old")
            stop.wait(AGEING_SECONDS)

    thread = threading.Thread(target=age, name="ageing", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _connect_all(engine: Engine, connections: int) -> None:
    """Nobody who asks waits for a connection to be made."""
    try:
        with contextlib.ExitStack() as opened:
            for _ in range(connections):
                opened.enter_context(engine.connect())
    except DBAPIError as error:
        log.warning("the database does not give all connections: %s", type(error).__name__)


class BoundedHead(HttpToolsProtocol):
    """Cuts who sends a head, or what follows a body like one, that does not end: uvicorn would keep all of it."""

    _in_head = False
    _bytes = 0

    def on_message_begin(self) -> None:
        """A request begins."""
        self._in_head, self._bytes = True, 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Of the head or, with a body in pieces, after it."""
        if not self._in_head:
            self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """A body may be as long as its endpoint allows."""
        self._in_head = False
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """What belongs to nothing but a head counts."""
        was_in_head = self._in_head
        super().data_received(data)
        if was_in_head and self._in_head:
            self._count(len(data))

    def _count(self, more: int) -> None:
        self._bytes += more
        if self._bytes > MOST_HEAD:
            self.transport.abort()


class Server(uvicorn.Server):
    """uvicorn, which answers what is held before it waits for the answers to be done.

    ``told`` to stop before it has come to listen to signals itself, it stops once it has started.
    """

    def __init__(
        self, face: Face, service: Service, ready: Callable[[], None], told: threading.Event | None = None
    ) -> None:
        super().__init__(
            uvicorn.Config(
                face.app,
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="on",
                ws="none",
                http=BoundedHead,
                timeout_keep_alive=_KEEP_ALIVE,
                timeout_graceful_shutdown=_GRACE,
                limit_concurrency=MOST_CONNECTIONS,
                forwarded_allow_ips=list(service.trusted),
                ssl_certfile=service.certificate,
                ssl_keyfile=service.key,
                ssl_ciphers=_CIPHERS,
            )
        )
        # Whatever handlers somebody adds: the addresses that were asked for are nobody's to keep.
        logging.getLogger("uvicorn.access").disabled = True
        self._face = face
        self._ready = ready
        self._told = told

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tells that it can be asked."""
        await super().startup(sockets)
        self._watching = asyncio.create_task(self._cut_slow())
        if self._told is not None and self._told.is_set():
            self.should_exit = True
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Held feeds are answered at once; then the rest."""
        self._face.stop()
        cutting = asyncio.create_task(self._cut_idle())
        await super().shutdown(sockets)
        cutting.cancel()
        self._watching.cancel()
        for connection in list(self.server_state.connections):  # whom a forced end has left
            connection.transport.abort()
        await asyncio.sleep(0)

    async def _cut_slow(self) -> None:
        """uvicorn waits for ever for the rest of a head: anybody could take every connection there is."""
        quiet: dict[object, tuple[object, float]] = {}
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            now, before = time.monotonic(), quiet
            quiet = {}
            for connection in list(self.server_state.connections):
                cycle = getattr(connection, "cycle", None)
                if cycle is not None and not cycle.response_complete:
                    continue
                last, since = before.get(connection, (cycle, now))
                quiet[connection] = (cycle, since if last is cycle else now)
                # Between two requests a line may rest for as long as it is kept.
                longest = HEAD_SECONDS if cycle is None else _KEEP_ALIVE + HEAD_SECONDS
                if now - quiet[connection][1] > longest:
                    connection.transport.abort()

    async def _cut_idle(self) -> None:
        """A workstation that rests does not read the farewell of TLS, for which half a minute is allowed."""
        while True:
            await asyncio.sleep(_FAREWELL)
            for connection in list(self.server_state.connections):
                cycle = getattr(connection, "cycle", None)
                if cycle is None or cycle.response_complete:
                    connection.transport.abort()


def _run_many(service: Service, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Processes that share one socket. One that dies is followed by another, unless it could not start."""
    context = multiprocessing.get_context("spawn")
    stop = threading.Event()
    failed = False

    def started() -> tuple[SpawnProcess, float]:
        process = context.Process(target=_work, args=(service, listening), name="carecenter")
        process.start()
        return process, time.monotonic()

    with _told_by_signals(stop):
        workers = [started() for _ in range(service.processes)]
        ready()
        while not stop.wait(_LOOK_SECONDS):
            for index, (process, since) in enumerate(workers):
                if process.is_alive():
                    continue
                log.error("a process of the service ended with %s", process.exitcode)
                # A negative code is a signal: it was killed, which says nothing about the next one.
                if (process.exitcode or 0) > 0 and time.monotonic() - since < _LEAST_LIFE:
                    failed = True
                    stop.set()
                    break
                workers[index] = started()
        for process, _ in workers:
            process.terminate()
        for process, _ in workers:
            process.join()
    if failed:
        raise UserError(N_("A process of the service cannot start. The lines above say why."))


def _work(service: Service, listening: socket.socket) -> None:
    run(service, listening, lambda: None)


@contextlib.contextmanager
def _told_by_signals(stop: threading.Event) -> Iterator[None]:
    def told(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, told) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _logging() -> Iterator[None]:
    """Kinds and places of exceptions, endpoints and times; nothing of what anybody said."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(WithoutTexts("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    try:
        yield
    finally:
        root.handlers[:] = before
        root.setLevel(level)
