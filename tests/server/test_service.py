"""The service as an administrator starts and stops it: ``carecenter-server serve`` on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
import uvicorn
from sqlalchemy import select, text, update
from sqlalchemy.engine import make_url

from carecenter.core import i18n
from carecenter.core.errors import Busy, SignedOut, Unreachable, UserError
from carecenter.core.keyslots import KdfCost
from carecenter.core.terms import Role
from carecenter.migrations import bring_up_to_date
from carecenter.models.base import Side
from carecenter.models.caller import Caller
from carecenter.models.centre import Token
from carecenter.models.engine import postgres_engine
from carecenter.server import command_line, namesakes, reading, service
from carecenter.server.centre import Centre
from carecenter.server.service import Service
from carecenter.sync.http import HttpTransport
from carecenter.wire import FeedPage, FeedRequest, Hello, NewAccount, SignIn, Verdict
from tests.houses import PASSWORD, House
from tests.server.devices import Device
from tests.server.serving import certificate, serving

NAME = "sara-canary"
ROLES = Path(__file__).parents[2] / "deploy" / "postgresql" / "roles.sql"


@pytest.fixture
def database(postgres_url: str) -> str:
    """A centre's database with one account."""
    engine = postgres_engine(postgres_url)
    bring_up_to_date(engine, Side.CENTRE)
    centre = Centre(engine, cost=KdfCost.MINIMAL)
    centre.initialise()
    centre.create_account(NewAccount(name=NAME, password=PASSWORD, role=Role.ADMINISTRATOR))
    centre.close()
    return postgres_url


class Started:
    """The command, running."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said.startswith("Ready: "), said
        self.url = said.split()[1]

    def workers(self, count: int, besides: Collection[int] = ()) -> set[int]:
        """The processes that answer, once there are so many besides those."""
        while True:
            assert self.process.poll() is None
            found = {child for child in self._children() if child not in besides}
            if len(found) == count:
                return found
            time.sleep(0.05)

    def _children(self) -> Iterator[int]:
        pid = self.process.pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            with suppress(OSError):  # gone in this moment
                if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                    yield int(child)

    def stopped(self, by: signal.Signals) -> tuple[int, str, str]:
        """Exit code, and what it said at last and logged."""
        self.process.send_signal(by)
        said, logged = self.process.communicate(timeout=60)
        return self.process.returncode, said, logged


@contextmanager
def started(database: str, *options: str) -> Iterator[Started]:
    command = [sys.executable, "-m", "carecenter.server.command_line", "serve", "--listen", "127.0.0.1:0", *options]
    environment = {**os.environ, command_line.DATABASE_VARIABLE: database, "LANGUAGE": "en"}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    with process:
        try:
            yield Started(process)
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def signed_in(transport: HttpTransport) -> tuple[str, dict[str, int]]:
    """A token, and cursors at the end of the feed."""
    answer = transport.sign_in(SignIn(name=NAME, password=PASSWORD, device_id="desk", device_name="desk"))
    page = transport.feed(answer.token, FeedRequest(after=dict.fromkeys(answer.scopes, 0)))
    assert page.rows
    return answer.token, page.upto


@pytest.mark.parametrize("processes", ["1", "2"])
def test_it_answers_over_tls_until_it_is_told_to_stop(database: str, tmp_path: Path, processes: str) -> None:
    made = certificate(tmp_path)
    files = ("--tls-cert", str(made.chain), "--tls-key", str(made.key))
    with started(database, *files, "--processes", processes) as running:
        assert running.url.startswith("https://127.0.0.1:")
        transport = HttpTransport(running.url, str(made.authority))
        token, cursors = signed_in(transport)
        assert transport.hello(token, Hello(version="1")).verdict is Verdict.OK
        with ThreadPoolExecutor(1) as pool:
            held = pool.submit(transport.feed, token, FeedRequest(after=cursors, hold=30))
            # The first sign of life: by then the feed is held.
            transport.hello(token, Hello(version="1"))
            code, said, logged = running.stopped(signal.SIGTERM)
            answer = held.exception() or held.result()
        if isinstance(answer, FeedPage):
            assert answer.rows == ()
        else:
            assert isinstance(answer, Unreachable)  # it had not yet begun to be held
        transport.close()
    assert code == 0
    assert "Stopped." in said
    assert "Traceback" not in logged
    assert "sign-in 200" in logged
    assert NAME not in logged
    assert token not in logged


def test_it_reads_behind_the_second_wall_where_that_stands(database: str) -> None:
    url = make_url(database)
    with psycopg.connect(host=str(url.query["host"]), user="test", dbname=url.database) as connection:
        connection.execute(ROLES.read_bytes())
    engine = postgres_engine(database)
    reading.prepare(engine)
    writer = url.set(username=reading.WRITER).render_as_string()
    with started(writer) as running:
        transport = HttpTransport(running.url)
        token, cursors = signed_in(transport)
        with engine.begin() as connection:
            # Only the reader is shut out.
            connection.execute(text(f"REVOKE SELECT ON feed FROM {reading.READER}"))
        with pytest.raises(Unreachable):
            transport.feed(token, FeedRequest(after=dict.fromkeys(cursors, 0)))
        with engine.begin() as connection:
            connection.execute(text(f"REVOKE {reading.READER} FROM {reading.WRITER}"))
        transport.close()
        assert running.stopped(signal.SIGTERM)[0] == 0
    engine.dispose()
    with pytest.raises(UserError, match=reading.READER):
        service.check(writer)


def test_what_has_run_out_goes_while_it_serves(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "AGEING_SECONDS", 0.01)
    centre = Centre(postgres_engine(database))
    answer = centre.sign_in(SignIn(name=NAME, password=PASSWORD, device_id="desk", device_name="desk"))
    assert answer.token
    with centre.transaction() as unit:
        unit.session.execute(update(Token).values(expires_at=centre.clock()))
    until = time.monotonic() + 20
    with service._growing_old(centre):
        while _tokens(centre):
            assert time.monotonic() < until
            time.sleep(0.01)
    centre.close()


def _tokens(centre: Centre) -> int:
    with centre.transaction() as unit:
        return len(unit.session.scalars(select(Token.token_hash)).all())


def test_names_get_their_keys_as_soon_as_it_serves(database: str) -> None:
    centre = Centre(postgres_engine(database))
    with centre.transaction() as unit:
        unit.session.add(Caller(id="mariam", name_en="Mariam Al-Salem", registered_at=centre.clock()))
    until = time.monotonic() + 20
    with service._growing_old(centre):
        while _found(centre, "مريم السالم") != ["mariam"]:
            assert time.monotonic() < until
            time.sleep(0.01)
    centre.close()


def _found(centre: Centre, name: str) -> list[str]:
    with centre.transaction() as unit:
        return namesakes.find(unit.session, name)


def test_ctrl_c_stops_it_as_well(database: str) -> None:
    with started(database) as running:
        transport = HttpTransport(running.url)
        signed_in(transport)
        code, said, logged = running.stopped(signal.SIGINT)
        transport.close()
    assert (code, "Stopped." in said, "Traceback" in logged) == (0, True, False)


def test_processes_that_are_killed_are_followed_by_others(database: str) -> None:
    with started(database, "--processes", "2") as running:
        before = running.workers(2)
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        running.workers(2, besides=before)
        transport = HttpTransport(running.url)
        signed_in(transport)
        code, _, logged = running.stopped(signal.SIGTERM)
        transport.close()
    assert code == 0
    assert logged.count("ended with -9") == 2


def test_what_tells_it_to_stop_while_the_loop_is_made_is_heard(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It came after the last look at what had been told, and before uvicorn listened: the process stayed."""
    make = uvicorn.Config.get_loop_factory

    def told_meanwhile(config: uvicorn.Config) -> Callable[[], asyncio.AbstractEventLoop] | None:
        os.kill(os.getpid(), signal.SIGTERM)
        return make(config)

    monkeypatch.setattr(uvicorn.Config, "get_loop_factory", told_meanwhile)
    ready: list[str] = []
    service.serve(Service(database, "127.0.0.1", 0), ready.append)
    assert len(ready) == 1


def test_a_service_whose_processes_cannot_start_gives_up(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command that hangs would tell nobody."""
    monkeypatch.setattr(service, "_work", sys.exit)  # with what it is given, which is no code: 1
    arguments = ["serve", "--database", database, "--listen", "127.0.0.1:0", "--processes", "2"]
    assert command_line.main(arguments) == command_line.FAILED
    assert "cannot start" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["sqlite://", "nonsense", "postgresql://db/carecenter"])
def test_another_kind_of_database_is_refused(url: str) -> None:
    with pytest.raises(UserError, match=r"postgresql\+psycopg://"):
        service.check(url)


def test_a_database_that_is_away_empty_or_of_another_version_is_told(empty_postgres_url: str) -> None:
    with pytest.raises(UserError, match="cannot be reached"):
        service.check("postgresql+psycopg://nobody@127.0.0.1:9/none")
    with pytest.raises(UserError, match="carecenter-server init"):
        service.check(empty_postgres_url)
    engine = postgres_engine(empty_postgres_url)
    bring_up_to_date(engine, Side.CENTRE)
    service.check(empty_postgres_url)
    for version, told in (("0001", "carecenter-server migrate"), ("9999", "newer")):
        with engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
        with pytest.raises(UserError, match=told):
            service.check(empty_postgres_url)
    engine.dispose()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("127.0.0.1:8164", ("127.0.0.1", 8164)), ("[::1]:0", ("::1", 0)), ("centre:80", ("centre", 80))],
)
def test_addresses_are_read(text: str, expected: tuple[str, int]) -> None:
    assert service.address(text) == expected


@pytest.mark.parametrize("text", ["", "8164", ":8164", "::1:8164", "host:", "host:http", "host:70000"])
def test_what_is_no_address_is_told(text: str) -> None:
    with pytest.raises(UserError, match="is no address"):
        service.address(text)


def test_an_address_in_use_is_told_and_not_served(
    database: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        arguments = ["serve", "--database", database, "--listen", address]
        assert command_line.main(arguments) == command_line.FAILED
    assert f"{address} cannot be had" in capsys.readouterr().err


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_answers_are_sent_without_delay(host: str) -> None:
    """asyncio switches the delay of small packets off for sockets that name their protocol: 40 ms an answer."""
    with service.listening_at(host, 0) as listening:
        where = listening.getsockname()[:2]
        with socket.create_connection(where), listening.accept()[0] as line:
            assert line.proto == socket.IPPROTO_TCP


def test_half_of_tls_and_missing_files_are_told(tmp_path: Path) -> None:
    made = certificate(tmp_path)
    with pytest.raises(UserError, match="both"):
        Service("", "127.0.0.1", 0, made.chain)
    with pytest.raises(UserError, match="There is no file"):
        Service("", "127.0.0.1", 0, made.chain, tmp_path / "none")
    with pytest.raises(UserError, match="do not go together"):
        Service("", "127.0.0.1", 0, made.authority, made.key)
    assert Service("", "::1", 0, made.chain, made.key).url(8164) == "https://[::1]:8164"


def test_mistakes_at_the_command_are_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(command_line.DATABASE_VARIABLE, raising=False)
    assert command_line.main(["serve"]) == command_line.FAILED
    assert "Say which database" in capsys.readouterr().err
    assert command_line.main(["serve", "--database", "x", "--processes", "0"]) == command_line.FAILED
    assert "At least one process" in capsys.readouterr().err
    i18n.set_language("en")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_help_shows_an_example(
    language: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", language)
    with pytest.raises(SystemExit) as left:
        command_line.main(["serve", "--help"])
    i18n.set_language("en")
    said = capsys.readouterr().out
    assert left.value.code == 0
    assert "postgresql+psycopg:///carecenter" in said
    assert ("قاعدة البيانات" in said) is (language == "ar")


def test_who_never_ends_the_head_of_a_request_is_cut_and_who_waits_for_news_is_not(
    local_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few bytes now and then were enough to keep a connection for ever."""
    monkeypatch.setattr(service, "_WATCH_SECONDS", 0.05)
    monkeypatch.setattr(service, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(service, "_KEEP_ALIVE", 0)
    local_house.account("sara")
    sara = Device(local_house.centre, "sara")
    sara.hear()
    with serving(local_house.centre) as running, ThreadPoolExecutor(1) as pool:
        transport = HttpTransport(running.url)
        request = FeedRequest(after=sara.cursors, hold=1.5)
        waiting = pool.submit(transport.feed, sara.token, request)
        half = b"POST /v1/feed HTTP/1.1\r\nHost: x\r\n"
        for said in (b"", half, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" + half):
            with socket.create_connection(("127.0.0.1", running.port), 20) as line:
                line.sendall(said)
                with suppress(ConnectionResetError):
                    while line.recv(4_096):  # what is answered, then the end
                        pass
        assert waiting.result().rows == ()
        transport.close()


@pytest.mark.parametrize(
    ("begun", "piece"),
    [
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: ", b"x" * 4_096),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\n", b"X: " + b"x" * 4_000 + b"\r\n"),
        (
            b"POST /v1/hello HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            b"X: " + b"x" * 4_000 + b"\r\n",
        ),
    ],
    ids=["one line", "many lines", "after the body"],
)
def test_a_head_without_end_is_cut_before_it_fills_the_memory(
    local_house: House, begun: bytes, piece: bytes
) -> None:
    with serving(local_house.centre) as running, socket.create_connection(("127.0.0.1", running.port), 20) as line:
        line.sendall(begun)
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            line.sendall(piece * 10_000)  # more than lies on the way
        with closing(HttpTransport(running.url)) as transport, pytest.raises(SignedOut):
            transport.hello("", Hello(version="1"))  # others are answered


def test_more_connections_than_a_process_carries_are_asked_to_come_again(
    local_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_CONNECTIONS", 2)
    with serving(local_house.centre) as running, ExitStack() as open_lines:
        for _ in range(2):
            open_lines.enter_context(socket.create_connection(("127.0.0.1", running.port), 20))
        transport = HttpTransport(running.url)
        with pytest.raises(Busy):
            transport.hello("", Hello(version="1"))
        transport.close()
