"""The transport over HTTP where something else answers: foreign certificates, proxies, silence, nonsense."""

from __future__ import annotations

import datetime as dt
import http.server
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from carecenter.core.errors import Busy, SignedOut, TooLarge, Unreachable, UserError
from carecenter.server import bodies
from carecenter.sync import http as transport_module
from carecenter.sync.http import HttpTransport
from carecenter.wire import Hello
from tests.houses import House
from tests.server.serving import Certificate, Running, certificate, serving


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


def test_cookies_of_somebody_in_between_are_not_kept() -> None:

    def answer(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 503 Busy\r\nSet-Cookie: who=sara\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with answering(answer) as url:
        transport = HttpTransport(url)
        with pytest.raises(Busy):
            transport.hello("", Hello(version="1"))
        assert list(transport._session.cookies) == []
        transport.close()
