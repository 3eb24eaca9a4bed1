"""The transport over HTTP against the real service, with and without TLS, and against what else may answer."""

from __future__ import annotations

import datetime as dt
import http.server
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from carecenter.core.errors import (
    Busy,
    NotAllowed,
    NotFound,
    SignedOut,
    TooLarge,
    Unreachable,
    UpgradeNeeded,
    UserError,
    WrongPassword,
)
from carecenter.server import bodies
from carecenter.server.centre import Centre
from carecenter.server.throttle import TRIES
from carecenter.sync import http as transport_module
from carecenter.sync.http import HttpTransport
from carecenter.wire import BlockRequest, FeedPage, FeedRequest, Hello, Push, SignIn, Verdict
from tests.houses import PASSWORD, House, house, open_ticket
from tests.server.serving import Certificate, Running, certificate, serving


@pytest.fixture
def built(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        made.account("sara")
        yield made


@pytest.fixture
def running(built: House) -> Iterator[Running]:
    with serving(built.centre) as service:
        yield service


@pytest.fixture
def transport(running: Running) -> Iterator[HttpTransport]:
    made = HttpTransport(running.url)
    yield made
    made.close()


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("tls"))


def credentials(password: str = PASSWORD) -> SignIn:
    return SignIn(name="sara", password=password, device_id="desk", device_name="desk")


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Something at a port that reads a request and then does as it likes with the line."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                with line:
                    line.settimeout(20)
                    try:
                        line.recv(65_536)
                        answer(line)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def reason(transport: HttpTransport) -> str:
    """Why the centre cannot be reached, as a settings page shows it."""
    with pytest.raises(Unreachable) as caught:
        transport.hello("", Hello(version="1"))
    transport.close()
    assert "{" not in str(caught.value)
    return str(caught.value.params["reason"])


def test_a_workstation_works_over_tls_as_it_does_in_one_process(built: House, tls: Certificate) -> None:
    with serving(built.centre, tls) as running:
        assert running.url.startswith("https://")
        transport = HttpTransport(running.url, str(tls.authority))
        sara = built.seat("sara", transport=transport)
        ticket = sara.perform(open_ticket("نص عربي"))
        sara.synchronise()
        assert ("ticket", ticket.ticket_id) in built.rows("ticket")
        token = sara.signed_in.token
        assert len(transport.references(token, BlockRequest(count=3)).references) == 3
        greeting = transport.hello(token, Hello(version="1", generation=sara.signed_in.generation))
        assert greeting.verdict is Verdict.OK
        assert greeting.lease_until - greeting.at == dt.timedelta(days=7)
        assert greeting.sealing_key == sara.signed_in.sealing_key
        transport.sign_out(token)
        with pytest.raises(SignedOut):
            sara.pull()
        transport.close()


def test_errors_arrive_as_the_centre_raised_them(
    transport: HttpTransport, built: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = transport.sign_in(credentials()).token
    raised: list[Exception] = []

    def refuses(*_args: object) -> None:
        raise raised[-1]

    monkeypatch.setattr(Centre, "references", refuses)
    for kind in (NotAllowed, SignedOut, NotFound, UpgradeNeeded, TooLarge, Busy, Unreachable, UserError):
        raised.append(kind("There is already an account named {name}.", name="نور", retry_after=7))
        with pytest.raises(kind) as caught:
            transport.references(token, BlockRequest())
        assert type(caught.value) is kind
        assert str(caught.value) == "There is already an account named نور."
        assert caught.value.params["retry_after"] == 7


def test_a_wrong_password_is_told_as_such_and_guessing_has_to_wait(transport: HttpTransport) -> None:
    with pytest.raises(WrongPassword):
        transport.sign_in(credentials("wrong"))
    for count in range(TRIES - 1):
        with pytest.raises(WrongPassword):
            transport.sign_in(SignIn(name=str(count), password="x", device_id="d", device_name="d"))
    with pytest.raises(Busy) as caught:
        transport.sign_in(credentials())
    seconds = caught.value.params["retry_after"]
    assert isinstance(seconds, int)
    assert seconds > 0
    assert str(seconds) in str(caught.value)


def test_a_defect_of_the_centre_is_a_centre_that_cannot_be_reached(
    transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Centre, "hello", lambda *_args: 1 / 0)
    with pytest.raises(Unreachable, match=r"[0-9a-f]{8}"):
        transport.hello("token", Hello(version="1"))


def test_a_certificate_that_is_not_trusted_is_told(built: House, tls: Certificate, tmp_path: Path) -> None:
    for folder in ("other", "old", "foreign"):
        (tmp_path / folder).mkdir()
    other = certificate(tmp_path / "other")
    old = certificate(tmp_path / "old", until=-dt.timedelta(days=1))
    foreign = certificate(tmp_path / "foreign", "centre.example")
    for shown, trusted in ((tls, other), (old, old), (foreign, foreign), (tls, None)):
        with serving(built.centre, shown) as running:
            transport = HttpTransport(running.url, str(trusted.authority) if trusted is not None else None)
            assert reason(transport) == "certificate"
    with serving(built.centre, tls) as running:
        transport = HttpTransport(running.url, str(tls.authority))
        with pytest.raises(SignedOut):  # the same question with the right authority is answered
            transport.hello("", Hello(version="1"))
        transport.close()


def test_the_environment_does_not_decide_whom_to_trust(
    built: House, tls: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls.authority))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with serving(built.centre, tls) as running:
        assert reason(HttpTransport(running.url)) == "certificate"


def test_a_missing_file_of_certificates_is_told(running: Running, tmp_path: Path) -> None:
    url = running.url.replace("http:", "https:")
    assert reason(HttpTransport(url, str(tmp_path / "none.pem"))) == "ca_bundle"


def test_who_does_not_speak_tls_is_told(running: Running) -> None:
    assert reason(HttpTransport(running.url.replace("http:", "https:"))) == "tls"


def test_nothing_that_listens_and_no_such_computer_are_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert reason(HttpTransport(f"http://127.0.0.1:{port}")) == "refused"
    assert reason(HttpTransport("https://centre.invalid")) == "name"


def test_a_proxy_that_is_not_there_is_told(running: Running) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert reason(HttpTransport(running.url, proxy=f"http://127.0.0.1:{port}")) == "proxy"


def test_the_proxy_of_the_settings_is_used(running: Running) -> None:
    """The proxy answers, for an address that has nobody."""
    seen: list[bytes] = []

    def answer(line: socket.socket) -> None:
        seen.append(b"asked")
        line.sendall(b"HTTP/1.1 503 Busy\r\nRetry-After: 9\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with answering(answer) as proxy:
        transport = HttpTransport("http://127.0.0.1:9", proxy=proxy)
        with pytest.raises(Busy) as caught:
            transport.hello("", Hello(version="1"))
        transport.close()
    assert seen == [b"asked"]
    assert caught.value.params["retry_after"] == 9


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello", "stranger"),
        (b"HTTP/1.1 404 No\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello", "stranger"),
        (b"HTTP/1.1 401 No\r\nContent-Length: 15\r\nConnection: close\r\n\r\n{\"code\": \"busy\"", "stranger"),
        (b"HTTP/1.1 302 Go\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
         "redirect"),
        (b"HTTP/1.1 502 Bad\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "busy"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\nConnection: close\r\n\r\n{", "broken"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"ver", "broken"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", "broken"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\nConnection: close\r\n\r\n"
         + bodies.pack(bodies.pack(b" " * 10_000_000 + b"{}")), "stranger"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "broken"),
        (b"", "broken"),
    ],
)  # fmt: skip
def test_what_is_no_centre_is_a_centre_that_cannot_be_reached(answer: bytes, expected: str) -> None:
    with answering(lambda line: line.sendall(answer)) as url:
        assert reason(HttpTransport(url)) == expected


def test_a_redirect_is_never_followed_with_what_was_said(running: Running) -> None:
    seen: list[str] = []

    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.path)

        def log_message(self, *_args: Any) -> None:
            """Quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as elsewhere:
        thread = threading.Thread(target=elsewhere.serve_forever)
        thread.start()
        away = f"http://127.0.0.1:{elsewhere.server_address[1]}/v1/hello"
        head = f"HTTP/1.1 307 Go\r\nLocation: {away}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        with answering(lambda line: line.sendall(head.encode())) as url:
            assert reason(HttpTransport(url)) == "redirect"
        elsewhere.shutdown()
        thread.join()
    assert seen == []


def test_silence_and_dripping_end(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()

    def drip(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not stop.wait(0.05):
            line.sendall(b"1\r\n \r\n")

    monkeypatch.setattr(transport_module, "SILENCE_SECONDS", 0.3)
    monkeypatch.setattr(transport_module, "ANSWER_SECONDS", 0.5)

    def silent(_line: socket.socket) -> None:
        stop.wait(20)

    with answering(silent) as url:
        assert reason(HttpTransport(url)) == "timeout"
        stop.set()
    stop.clear()
    with answering(drip) as url:
        assert reason(HttpTransport(url)) == "timeout"
        stop.set()


def test_an_answer_without_end_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def flood(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n")
        line.sendall(bodies.pack(b"x" * 10_000_000))

    monkeypatch.setattr(transport_module, "LARGEST_ANSWER", 1_000_000)
    with answering(flood) as url:
        transport = HttpTransport(url)
        with pytest.raises(TooLarge):
            transport.hello("", Hello(version="1"))
        transport.close()


@pytest.mark.parametrize(
    "address",
    ["", "centre.example", "ftp://centre.example", "https://", "https://a:b@centre.example", "https://c:port",
     "http://centre.example", "http://10.0.0.7:8164", "https://centre.example/?x=1"],
)  # fmt: skip
def test_an_address_that_is_none_or_would_show_passwords_is_refused(address: str) -> None:
    with pytest.raises(UserError) as caught:
        HttpTransport(address)
    assert not isinstance(caught.value, Unreachable)


def test_a_held_feed_brings_what_another_desk_saves(transport: HttpTransport, built: House) -> None:
    sara = built.seat("sara", transport=transport)
    built.account("noor")
    noor = built.seat("noor")
    sara.pull()
    cursors = sara.workstation.cursors(sara.scopes)
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(transport.feed, sara.signed_in.token, FeedRequest(after=cursors, hold=30))
        wait_until_held(built.centre)
        ticket = noor.perform(open_ticket("from the other desk"))
        noor.push()
        page = held.result()
    assert ticket.ticket_id in {row.id for row in page.rows}


def wait_until_held(centre: Centre) -> None:
    until = time.monotonic() + 20
    while not centre._bell._waiting:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_signs_of_life_are_not_part_of_the_answer(transport: HttpTransport, built: House) -> None:
    sara = built.seat("sara", transport=transport)
    cursors = sara.workstation.cursors(sara.scopes)
    page = transport.feed(sara.signed_in.token, FeedRequest(after=cursors, hold=2.5))
    assert isinstance(page, FeedPage)
    assert page.rows == ()


@pytest.mark.parametrize("secure", [False, True])
def test_closing_ends_a_held_feed_at_once(built: House, tls: Certificate, *, secure: bool) -> None:
    """Held for longer than is waited for: only the close can end it."""
    with serving(built.centre, tls if secure else None) as running, ThreadPoolExecutor(1) as pool:
        transport = HttpTransport(running.url, str(tls.authority) if secure else None)
        sara = built.seat("sara", transport=transport)
        cursors = sara.workstation.cursors(sara.scopes)
        held = pool.submit(transport.feed, sara.signed_in.token, FeedRequest(after=cursors, hold=30))
        wait_until_held(built.centre)
        transport.close()
        assert isinstance(held.exception(timeout=20), Unreachable)
        with pytest.raises(Unreachable):
            transport.hello(sara.signed_in.token, Hello(version="1"))


def test_closing_ends_a_request_that_nobody_answers() -> None:
    asked, stop = threading.Event(), threading.Event()

    def silent(_line: socket.socket) -> None:
        asked.set()
        stop.wait(20)

    with answering(silent) as url, ThreadPoolExecutor(1) as pool:
        transport = HttpTransport(url)
        asking = pool.submit(transport.hello, "", Hello(version="1"))
        assert asked.wait(20)
        transport.close()
        assert isinstance(asking.exception(timeout=10), Unreachable)
        stop.set()


def test_one_connection_serves_many_requests(transport: HttpTransport, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "urllib3")
    token = transport.sign_in(credentials()).token
    scopes = dict.fromkeys(transport.hello(token, Hello(version="1")).scopes, 0)
    page = transport.feed(token, FeedRequest(after=scopes))
    transport.feed(token, FeedRequest(after=page.upto, hold=0.1))
    transport.push(token, Push(operations=()))
    opened = [record for record in caplog.records if "Starting new" in record.getMessage()]
    assert len(opened) == 1


def test_names_and_tokens_are_in_no_address_and_no_log(
    transport: HttpTransport, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = transport.sign_in(credentials()).token
    with pytest.raises(SignedOut):
        transport.hello("a-token-that-is-none", Hello(version="1"))
    written = "\n".join(record.getMessage() for record in caplog.records)
    assert "sign-in" in written
    for part in (token, "a-token-that-is-none", PASSWORD, "sara"):
        assert part not in written


def test_cookies_of_somebody_in_between_are_not_kept() -> None:

    def answer(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 503 Busy\r\nSet-Cookie: who=sara\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with answering(answer) as url:
        transport = HttpTransport(url)
        with pytest.raises(Busy):
            transport.hello("", Hello(version="1"))
        assert list(transport._session.cookies) == []
        transport.close()
