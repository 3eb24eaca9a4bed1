"""A workstation reaches the service through the shipped nginx site, as in a hall."""

from __future__ import annotations

import http.server
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import msgspec
import pytest
import requests

from carecenter.core.errors import Busy, Unreachable
from carecenter.sync.http import HttpTransport
from carecenter.wire import ChallengeRequest, FeedPage, FeedRequest, Hello, Push, Verdict
from tests.deploy.proxy import Proxy, nginx
from tests.houses import House, open_ticket
from tests.server.devices import Device
from tests.server.serving import Certificate, Running, certificate, serving


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = House(tmp_path)
    built.account("sara")
    yield built
    built.close()


@pytest.fixture
def tls(tmp_path: Path) -> Certificate:
    folder = tmp_path / "tls"
    folder.mkdir()
    return certificate(folder)


@pytest.fixture
def services(house: House) -> Iterator[tuple[Running, Running]]:
    with serving(house.centre) as first, serving(house.centre) as second:
        yield first, second


@pytest.fixture
def proxy(services: tuple[Running, Running], tls: Certificate, tmp_path: Path) -> Iterator[Proxy]:
    folder = tmp_path / "nginx"
    folder.mkdir()
    with nginx(folder, tls, (services[0].port, services[1].port)) as running:
        yield running


@pytest.fixture
def desk(proxy: Proxy) -> Iterator[HttpTransport]:
    transport = HttpTransport(proxy.url, str(proxy.authority))
    yield transport
    transport.close()


def test_a_ticket_goes_up_and_comes_back(desk: HttpTransport, house: House, proxy: Proxy) -> None:
    sara = Device(house.centre, "sara")
    assert desk.hello(sara.token, Hello(version="1")).verdict is Verdict.OK
    ticket = open_ticket("canary in a note")
    pushed = desk.push(sara.token, Push(operations=(sara.envelope(ticket),)))
    assert [result.outcome for result in pushed.results] == ["accepted"]
    page = desk.feed(sara.token, FeedRequest(after=sara.cursors))
    assert ticket.ticket_id in {row.id for row in page.rows}
    log = proxy.log()
    assert "POST /v1/operations 200" in log
    assert "canary" not in log
    assert sara.token not in log


def test_signs_of_life_of_a_held_feed_pass_before_its_news(house: House, proxy: Proxy) -> None:
    sara = Device(house.centre, "sara")
    sara.hear()
    with requests.Session() as session:
        session.trust_env = False
        with session.post(
            f"{proxy.url}/v1/feed",
            data=msgspec.json.encode(FeedRequest(after=sara.cursors, hold=30)),
            headers={
                "Authorization": f"Bearer {sara.token}",
                "Content-Type": "application/json",
                "Accept-Encoding": "identity",
            },
            verify=str(proxy.authority),
            stream=True,
            timeout=20,
        ) as response:
            assert response.raw.read1(1024) == b" "  # not yet any news: nobody has saved
            house.account("noor")
            Device(house.centre, "noor").send(ticket := open_ticket())
            page = msgspec.json.decode(response.raw.read(), type=FeedPage)
    assert ticket.ticket_id in {row.id for row in page.rows}


def test_while_one_process_is_restarted_the_other_answers(
    desk: HttpTransport, house: House, services: tuple[Running, Running]
) -> None:
    sara = Device(house.centre, "sara")
    services[0].stop()
    for _ in range(10):
        assert desk.hello(sara.token, Hello(version="1")).verdict is Verdict.OK


def ask_for_ever(desk: HttpTransport, token: str) -> None:
    while True:
        desk.hello(token, Hello(version="1"))


def test_without_any_process_a_desk_is_asked_for_patience(
    desk: HttpTransport, house: House, services: tuple[Running, Running]
) -> None:
    sara = Device(house.centre, "sara")
    for service in services:
        service.stop()
        service.server.force_exit = True
    with pytest.raises(Busy) as told:
        ask_for_ever(desk, sara.token)  # until both have ended
    assert told.value.params["retry_after"] == 5


def test_what_is_too_large_is_refused_and_what_the_service_takes_passes_in_memory(
    proxy: Proxy,
) -> None:
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(proxy.authority)
        session.headers["Content-Type"] = "application/json"
        most = b"{}" + b" " * (1024 * 1024 - 2)
        answers = [session.post(f"{proxy.url}/v1/operations", data=body) for body in (most, most + b" ")]
        doors = [session.post(f"{proxy.url}/v1/{name}", data=most) for name in ("sign-in", "challenge")]
    assert [answer.status_code for answer in answers] == [401, 413]
    assert answers[0].json()["code"]  # the first reached the service, which does not know who asks
    assert [answer.status_code for answer in doors] == [413, 413]
    assert "temporary file" not in proxy.log()


def test_who_does_not_trust_its_authority_is_not_answered(proxy: Proxy) -> None:
    stranger = HttpTransport(proxy.url)
    with pytest.raises(Unreachable) as refused:
        stranger.hello("token", Hello(version="1"))
    assert refused.value.params["reason"] == "certificate"
    stranger.close()


def test_old_ciphers_are_refused(proxy: Proxy) -> None:
    context = ssl.create_default_context(cafile=str(proxy.authority))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-SHA")  # no authenticated encryption
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with socket.create_connection(("127.0.0.1", proxy.port)) as line, pytest.raises(ssl.SSLError):
        context.wrap_socket(line, server_hostname="127.0.0.1")


def test_only_the_service_is_reached_and_only_this_machine_asks_after_its_health(proxy: Proxy) -> None:
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(proxy.authority)
        found = {path: session.get(proxy.url + path).status_code for path in ("/healthz", "/", "/etc/passwd")}
    assert found == {"/healthz": 200, "/": 404, "/etc/passwd": 404}


class _Echo(http.server.BaseHTTPRequestHandler):
    """Answers with who is said to ask."""

    def do_POST(self) -> None:  # http.server calls it so
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = (self.headers.get("X-Forwarded-For") or "").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Nothing."""


def test_nobody_passes_for_another_address(tls: Certificate, tmp_path: Path) -> None:
    folder = tmp_path / "nginx"
    folder.mkdir()
    with http.server.HTTPServer(("127.0.0.1", 0), _Echo) as echo:
        thread = threading.Thread(target=echo.serve_forever, name="echo")
        thread.start()
        port = echo.server_address[1]
        with nginx(folder, tls, (port, port)) as proxy, requests.Session() as session:
            session.trust_env = False
            answer = session.post(
                f"{proxy.url}/v1/sign-in",
                data=b"{}",
                headers={"X-Forwarded-For": "203.0.113.9"},
                verify=str(proxy.authority),
            )
        echo.shutdown()
        thread.join()
    assert answer.text == "127.0.0.1"


def test_one_address_is_slowed_at_the_door_and_those_inside_go_on(
    house: House, services: tuple[Running, Running], tls: Certificate, tmp_path: Path
) -> None:
    folder = tmp_path / "nginx"
    folder.mkdir()
    smaller = {"rate=50r/s": "rate=1r/m", "burst=1000 delay=200": "burst=4 nodelay"}
    sara = Device(house.centre, "sara")
    with nginx(folder, tls, (services[0].port, services[1].port), smaller) as proxy:
        desk = HttpTransport(proxy.url, str(proxy.authority))
        request = ChallengeRequest(device_id=sara.device_id)
        for _ in range(5):
            desk.challenge(request)
        with pytest.raises(Busy) as refused:
            desk.challenge(request)
        assert refused.value.params["retry_after"]
        for _ in range(10):
            assert desk.hello(sara.token, Hello(version="1")).verdict is Verdict.OK
        desk.close()


def test_one_address_has_so_many_lines_and_nobody_keeps_one_without_asking(
    house: House, services: tuple[Running, Running], tls: Certificate, tmp_path: Path
) -> None:
    folder = tmp_path / "nginx"
    folder.mkdir()
    smaller = {
        "carecenter_lines 5000": "carecenter_lines 2",
        "client_header_timeout 10s": "client_header_timeout 1s",
    }
    context = ssl.create_default_context(cafile=str(tls.authority))
    with nginx(folder, tls, (services[0].port, services[1].port), smaller) as proxy, ExitStack() as lines:

        def line(said: str) -> ssl.SSLSocket:
            plain = lines.enter_context(socket.create_connection(("127.0.0.1", proxy.port), 20))
            made = lines.enter_context(context.wrap_socket(plain, server_hostname="127.0.0.1"))
            made.sendall(said.encode())
            return made

        head = "POST /v1/hello HTTP/1.1\r\nHost: x\r\n"
        with suppress(OSError):  # the end, in whatever way
            assert line(head).recv(1) == b""
        for _ in range(2):
            line(head + "Content-Length: 9\r\n\r\n")  # the rest may come
        assert b" 429 " in line(head + "Content-Length: 2\r\n\r\n{}").recv(100)
