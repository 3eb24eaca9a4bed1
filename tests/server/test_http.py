"""The HTTP face, asked over a real socket as any program may: what it answers, and what it never tells."""

from __future__ import annotations

import gzip
import json
import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import msgspec
import psycopg
import pytest
import requests
import urllib3
from sqlalchemy import text

from carecenter.logs import WithoutTexts
from carecenter.server import administration, bell, bodies, held, http, lately, openapi, unit
from carecenter.server.centre import Centre
from carecenter.server.endpoints import ENDPOINTS
from carecenter.server.feed import Page
from carecenter.server.throttle import TRIES
from carecenter.wire import LONGEST_HOLD, MOST_SCOPES, OPERATIONS_PER_PUSH, FeedRequest, Problem, Push
from tests.houses import PASSWORD, House, open_ticket
from tests.server.devices import Device
from tests.server.serving import Running, serving

CANARY = "سرّ-canary-29876543"


class Caller:
    """Asks the service without the program's own transport."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self.token = token

    def ask(self, endpoint: str, body: object = b"{}", **options: Any) -> requests.Response:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        headers |= options.pop("headers", {})
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        url = f"{self.url}/v1/{endpoint}"
        return self.session.post(url, content, headers=headers, timeout=60, **options)

    def feed(self, hold: float = 0, **after: int) -> requests.Response:
        return self.ask("feed", FeedRequest(after=after, hold=hold))

    def sign_in(self, name: str = "sara", password: str = PASSWORD) -> requests.Response:
        request = {"name": name, "password": password, "device_id": "desk", "device_name": "desk"}
        return self.ask("sign-in", request)


def problem(response: requests.Response, status: int) -> Problem:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    return msgspec.json.decode(response.content, type=Problem)


@pytest.fixture
def sara(house: House) -> Device:
    house.account("sara")
    return Device(house.centre, "sara")


@pytest.fixture
def running(house: House) -> Iterator[Running]:
    with serving(house.centre) as service:
        yield service


@pytest.fixture
def caller(running: Running, sara: Device) -> Iterator[Caller]:
    made = Caller(running.url, sara.token)
    yield made
    made.session.close()


def wait_for(condition: Any) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_ticket_sent_over_http_comes_back_in_the_feed(caller: Caller, sara: Device) -> None:
    ticket = open_ticket("نص عربي")
    pushed = caller.ask("operations", Push(operations=(sara.envelope(ticket),)))
    assert pushed.json()["results"][0]["outcome"] == "accepted"
    rows = caller.feed(**sara.cursors).json()["rows"]
    assert {row["image"]["text"] for row in rows if row["entity"] == "ticket"} == {"نص عربي"}


def test_every_endpoint_takes_its_message_and_nobody_without_a_token(caller: Caller) -> None:
    for endpoint in ENDPOINTS:
        example = {} if endpoint.request is None else openapi.EXAMPLES[endpoint.request.__name__]
        stranger = Caller(caller.url)
        refused = stranger.ask(endpoint.name, example)
        stranger.session.close()
        if endpoint.name in {"challenge", "sign-out"}:  # comes before; whoever is out already is out
            assert refused.status_code == 200
            continue
        told = problem(refused, 401)
        assert told.code == ("signed_out" if endpoint.token else "wrong_password"), endpoint
        assert refused.headers["www-authenticate"] == "Bearer"


def test_signed_out_means_out(caller: Caller) -> None:
    assert caller.ask("sign-out").json() == {}
    assert problem(caller.feed(), 401).code == "signed_out"


def test_an_account_that_was_disabled_is_out_at_its_next_question(
    caller: Caller, sara: Device, house: House
) -> None:
    assert caller.feed(**sara.cursors).status_code == 200
    leader = Device(house.centre, "leader")
    house.centre.set_active(sara.account_id, False, leader.token)
    assert problem(caller.feed(**sara.cursors), 401).code == "signed_out"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", {}),
        (b"{", {}),
        (b"[]", {}),
        (b'{"after": 1}', {}),
        (b'{"after": {"everyone": -1}}', {}),
        (b'{"after": {"everyone": 1e999}}', {}),
        (b'{"after": {}, "limit": 1000000000}', {}),
        (b'{"after": {}, "hold": 86400}', {}),
        (b'{"after": {"\\u0000": 0}}', {}),
        (b'{"after": {%s}}' % b",".join(b'"%d": 0' % number for number in range(MOST_SCOPES + 1)), {}),
        (b"\xff\xfe", {}),
        (b"[" * 100_000, {}),
        (b'{"after": {}}', {"Content-Type": "text/plain"}),
        (b'{"after": {}}', {"Content-Type": "application/x-www-form-urlencoded"}),
        (b'{"after": {}}', {"Content-Encoding": "gzip"}),
        (gzip.compress(b'{"after": {}}', mtime=0)[:-3], {"Content-Encoding": "gzip"}),
        (gzip.compress(b'{"after": {}}', mtime=0) + b"more", {"Content-Encoding": "gzip"}),
        (b'{"after": {}}', {"Content-Encoding": "br"}),
    ],
)
def test_what_is_no_message_is_refused_and_not_quoted(caller: Caller, body: bytes, headers: dict[str, str]) -> None:
    response = caller.ask("feed", body, headers=headers)
    if b"u0000" in body:  # a scope of this name does not exist, which is no mistake
        assert response.json()["rows"] == []
        return
    told = problem(response, 400)
    assert "after" not in response.text
    assert told.message


def test_a_text_that_the_database_cannot_hold_is_refused_and_not_a_defect(caller: Caller) -> None:
    request = {"name": "sara", "password": PASSWORD, "device_id": "a\0b", "device_name": "desk"}
    answered = caller.ask("sign-in", request)
    assert answered.status_code in {200, 400}  # SQLite keeps it, PostgreSQL does not


def test_a_body_that_is_too_large_is_refused_also_when_it_is_packed_small(caller: Caller) -> None:
    large = b'{"after": {}, "x": "' + os.urandom(bodies.MOST_SENT).hex().encode() + b'"}'
    bomb = gzip.compress(b'{"after": {}}' + b" " * bodies.MOST_UNPACKED)
    assert len(bomb) < 100_000
    for response in (
        caller.ask("feed", large),
        caller.ask("feed", bomb, headers={"Content-Encoding": "gzip"}),
        caller.session.post(
            f"{caller.url}/v1/feed",
            data=iter([large]),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {caller.token}"},
            timeout=60,
        ),
    ):
        assert problem(response, 413).code == "too_large"
    fits = gzip.compress(b'{"after": {}}' + b" " * (bodies.MOST_UNPACKED - 100))
    assert caller.ask("feed", fits, headers={"Content-Encoding": "gzip"}).status_code == 200


def test_more_operations_than_a_transaction_should_hold_are_refused_whole(
    caller: Caller, sara: Device, house: House
) -> None:
    many = [sara.envelope(open_ticket()) for _ in range(OPERATIONS_PER_PUSH + 1)]
    assert problem(caller.ask("operations", Push(operations=tuple(many))), 413).code == "too_large"
    assert house.rows("ticket") == {}
    half = caller.ask("operations", Push(operations=tuple(many[: OPERATIONS_PER_PUSH // 2])))
    assert len(half.json()["results"]) == len(house.rows("ticket")) == OPERATIONS_PER_PUSH // 2


def test_other_paths_and_methods_are_told_as_problems(caller: Caller) -> None:
    get = caller.session.get
    assert problem(get(f"{caller.url}/v2/{CANARY}", timeout=60), 404).code == "not_found"
    assert problem(get(f"{caller.url}/v1/feed/", timeout=60), 404).code == "not_found"
    response = get(f"{caller.url}/v1/feed", timeout=60)
    assert problem(response, 405).code == "refused"
    assert response.headers["allow"] == "POST"


def test_large_answers_are_packed_for_who_takes_that(caller: Caller, sara: Device) -> None:
    for _ in range(20):
        sara.send(open_ticket("a long text " * 20))
    after = FeedRequest(after=dict.fromkeys(sara.cursors, 0))
    packed = caller.ask("feed", after, headers={"Accept-Encoding": "gzip"})
    plain = caller.ask("feed", after, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) * 3 < int(plain.headers["content-length"])
    assert packed.json()["rows"] == plain.json()["rows"] != []


def test_without_its_database_the_centre_asks_for_patience_and_goes_on_afterwards(
    postgres_house: House, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres_house.account("sara")
    sara = Device(postgres_house.centre, "sara")
    engine = postgres_house.centre._engine
    with serving(postgres_house.centre) as running:
        caller = Caller(running.url, sara.token)
        assert caller.session.get(f"{running.url}/healthz", timeout=60).json() == {"ok": True}

        def away(*_args: object, **_named: object) -> None:
            raise psycopg.OperationalError("server closed the connection: " + CANARY)

        with monkeypatch.context() as patch:
            engine.dispose()
            patch.setattr(engine.dialect, "connect", away)
            for response in (caller.feed(**sara.cursors), caller.session.get(f"{running.url}/healthz", timeout=60)):
                assert problem(response, 503).code == "busy"
                assert int(response.headers["retry-after"]) > 0
                assert CANARY not in response.text
        assert caller.feed(**sara.cursors).status_code == 200
        with engine.connect() as other:  # as an administrator who restarts the database
            other.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            )
        assert caller.feed(**sara.cursors).status_code == 200
        caller.session.close()


def test_a_defect_is_a_number_to_the_asker_and_a_place_in_the_log(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object) -> None:
        raise KeyError(CANARY)

    monkeypatch.setattr(Centre, "references", broken)
    caplog.set_level(logging.INFO)
    response = caller.ask("reference-blocks", {"count": 1})
    number = problem(response, 500).params["number"]
    assert isinstance(number, str)
    written = [WithoutTexts("%(message)s").format(record) for record in caplog.records]
    (defect,) = [line for line in written if number in line]
    assert "KeyError" in defect
    assert "in broken" in defect or " broken" in defect
    assert CANARY not in response.text + "".join(written)
    assert "Traceback" not in response.text


def test_the_log_holds_endpoints_and_times_and_nothing_of_what_was_asked(
    caller: Caller, sara: Device, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caller.ask("operations", Push(operations=(sara.envelope(open_ticket(CANARY)),)))
    caller.sign_in(CANARY, CANARY)
    caller.ask("feed", {"after": {CANARY: 0}, CANARY: CANARY})
    caller.session.get(f"{caller.url}/{CANARY}?{CANARY}", timeout=60)
    caller.session.get(f"{caller.url}/v1/feed?{CANARY}", timeout=60)
    ours = [record for record in caplog.records if not record.name.startswith("urllib3")]
    written = "\n".join(WithoutTexts("%(message)s").format(record) for record in ours)
    assert "operations 200" in written
    assert "sign-in 401" in written
    for part in (CANARY, quote(CANARY), "canary", sara.token):
        assert part not in written


def test_who_guesses_passwords_from_one_address_has_to_wait_and_others_do_not(caller: Caller, house: House) -> None:
    house.account("noor")
    for count in range(TRIES):
        problem(caller.sign_in(f"nobody {count}"), 401)
    refused = caller.sign_in("noor")
    assert problem(refused, 429).code == "busy"
    assert int(refused.headers["retry-after"]) > 0
    # The balancer on this machine says that somebody else asks.
    elsewhere = {"name": "noor", "password": PASSWORD, "device_id": "desk", "device_name": "desk"}
    answered = caller.ask("sign-in", elsewhere, headers={"X-Forwarded-For": "192.0.2.7"})
    assert answered.status_code == 200


def test_a_hall_behind_one_address_signs_in_as_often_as_it_likes(caller: Caller) -> None:
    for _ in range(TRIES + 10):
        assert caller.sign_in().status_code == 200


def test_a_held_feed_answers_as_soon_as_somebody_else_saves(caller: Caller, sara: Device, house: House) -> None:
    sara.hear()
    house.account("noor")
    noor = Device(house.centre, "noor")
    sara.hear()
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(caller.feed, 30, **sara.cursors)
        wait_for(lambda: waits(house.centre, "everyone"))
        ticket = open_ticket("heard at once")
        noor.send(ticket)
        page = held.result().json()
    assert ticket.ticket_id in {row["id"] for row in page["rows"]}


def test_without_the_bell_nothing_would_be_heard_before_the_time_is_over(
    caller: Caller, sara: Device, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test before: it is the bell that makes the difference."""
    heard = threading.Event()
    house.centre.listen(["start"], heard.set)
    with house.centre.transaction() as started:
        bell.ring(started.session, {"start": 1})
    assert heard.wait(20)  # when it begins to listen, the bell wakes everybody once
    monkeypatch.setattr(unit, "ring", lambda *_args: None)
    house.account("noor")
    noor = Device(house.centre, "noor")
    sara.hear()
    looked, page = threading.Event(), house.centre.page

    def look(token: str, request: FeedRequest) -> Page:
        found = page(token, request)
        looked.set()
        return found

    monkeypatch.setattr(house.centre, "page", look)
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(caller.feed, 3, **sara.cursors)
        assert looked.wait(20)
        ticket = open_ticket("not heard")
        noor.send(ticket)
        assert held.result().json()["rows"] == []
    assert ticket.ticket_id in {row.id for row in sara.hear()}


def waits(centre: Centre, scope: str) -> bool:
    return scope in centre._bell._waiting


def test_a_held_feed_without_news_ends_with_an_empty_page_and_gives_signs_of_life(
    caller: Caller, sara: Device
) -> None:
    sara.hear()
    request = FeedRequest(after=sara.cursors, hold=2.5)
    for encoding in ("identity", "gzip"):
        with caller.ask("feed", request, headers={"Accept-Encoding": encoding}, stream=True) as response:
            content = response.content
        assert content.startswith(bodies.BEAT)
        assert json.loads(content)["rows"] == []
        assert response.headers.get("content-encoding", "identity") == encoding


def test_many_held_feeds_leave_the_threads_to_those_who_save(house: House, sara: Device) -> None:
    """Two threads, twenty feeds that wait: an operation is taken meanwhile."""
    sara.hear()
    with serving(house.centre, threads=2) as running, ThreadPoolExecutor(20) as pool:
        callers = [Caller(running.url, Device(house.centre, "sara").token) for _ in range(20)]
        held = [pool.submit(one.feed, 30, **sara.cursors) for one in callers]
        wait_for(lambda: len(house.centre._bell._waiting.get("everyone", ())) == 20)
        assert not any(one.done() for one in held)
        saving = Caller(running.url, sara.token)
        pushed = saving.ask("operations", Push(operations=(sara.envelope(open_ticket()),)))
        assert pushed.json()["results"][0]["outcome"] == "accepted"
        for one in held:
            assert one.result().json()["rows"]
        wait_for(lambda: not waits(house.centre, "everyone"))
        for caller in (*callers, saving):
            caller.session.close()


def test_who_hangs_up_is_not_waited_for(caller: Caller, running: Running, sara: Device, house: House) -> None:
    sara.hear()
    body = msgspec.json.encode(FeedRequest(after=sara.cursors, hold=30))
    head = (
        f"POST /v1/feed HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {sara.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", running.port)) as line:
        line.sendall(head.encode() + body)
        wait_for(lambda: waits(house.centre, "everyone"))
    wait_for(lambda: not waits(house.centre, "everyone"))


def test_a_request_that_is_cut_is_no_defect(
    running: Running, sara: Device, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    head = f"POST /v1/operations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {sara.token}\r\n"
    with socket.create_connection(("127.0.0.1", running.port)) as line:
        line.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{{".encode())
    wait_for(lambda: "operations" in caplog.text)
    assert "operations cut by who asked" in caplog.text
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


def test_a_service_that_stops_answers_what_it_holds(house: House, sara: Device) -> None:
    sara.hear()
    with serving(house.centre) as running:
        caller = Caller(running.url, sara.token)
        answers: list[requests.Response] = []
        asking = threading.Thread(target=lambda: answers.append(caller.feed(30, **sara.cursors)))
        asking.start()
        wait_for(lambda: waits(house.centre, "everyone"))
        running.stop()
        asking.join()
        caller.session.close()
    assert answers[0].json()["rows"] == []


def test_of_a_stranger_nothing_large_is_read_and_nothing_unpacked(
    running: Running, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever can reach the port could have had a megabyte kept and eight unpacked for each request."""
    opened: list[int] = []
    unpacked = bodies.unpacked

    def noted(body: bytes, *more: Any) -> bytes:
        opened.append(len(body))
        return unpacked(body, *more)

    monkeypatch.setattr(bodies, "unpacked", noted)
    monkeypatch.setattr(http, "_DISCARD_SECONDS", 0.2)
    stranger = Caller(caller.url, "made up")
    bomb = gzip.compress(b"{}" + b" " * (bodies.MOST_UNPACKED - 2))
    for endpoint in ("operations", "feed"):
        problem(stranger.ask(endpoint, bomb, headers={"Content-Encoding": "gzip"}), 401)
        head = f"POST /v1/{endpoint} HTTP/1.1\r\nHost: x\r\nContent-Length: 900000"
        with socket.create_connection(("127.0.0.1", running.port)) as line:
            line.settimeout(20)
            line.sendall(f"{head}\r\n\r\n".encode())  # answered before any of it was sent
            assert line.recv(100).startswith(b"HTTP/1.1 401")
        for chunked in (iter([b" " * 900_000]), iter([b"{}"])):
            url, headers = f"{caller.url}/v1/{endpoint}", {"Content-Type": "application/json"}
            problem(stranger.session.post(url, chunked, headers=headers, timeout=60), 401)
    assert opened == []
    stranger.session.close()


@pytest.mark.parametrize("endpoint", ["sign-in", "challenge"])
def test_before_signing_in_little_is_taken(caller: Caller, endpoint: str) -> None:
    large = {"name": "sara", "password": "x" * bodies.MOST_FROM_STRANGERS, "device_id": "d", "device_name": "d"}
    packed = gzip.compress(msgspec.json.encode(large))
    assert len(packed) < 1_000
    assert problem(caller.ask(endpoint, large), 413).code == "too_large"
    assert problem(caller.ask(endpoint, packed, headers={"Content-Encoding": "gzip"}), 413).code == "too_large"


class Slow:
    """A centre whose feed takes as long as a test wants."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, refusal: Exception | None = None) -> None:
        self.go = threading.Event()
        page = Centre.page

        def slow(centre: Centre, token: str, request: FeedRequest) -> Any:
            assert self.go.wait(30)
            if refusal is not None:
                raise refusal
            return page(centre, token, request)

        monkeypatch.setattr(Centre, "page", slow)
        monkeypatch.setattr(Centre, "page_at_once", lambda *_: None)
        for module in (http, held):
            monkeypatch.setattr(module, "HEARTBEAT", 0.05)


def test_a_held_feed_gives_signs_of_life_while_its_first_page_is_read(
    caller: Caller, sara: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch)
    request = FeedRequest(after=dict.fromkeys(sara.cursors, 0), hold=30)
    with caller.ask("feed", request, headers={"Accept-Encoding": "identity"}, stream=True) as response:
        assert response.raw.read1(1) == bodies.BEAT
        slow.go.set()
        assert json.loads(response.raw.read())["rows"]


def test_who_is_out_is_told_so_however_slow_the_feed_is(
    caller: Caller, sara: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch)
    try:
        stranger = Caller(caller.url, "made up")
        assert problem(stranger.feed(30, **sara.cursors), 401).code == "signed_out"
        stranger.session.close()
    finally:
        slow.go.set()


def test_what_goes_wrong_after_the_first_sign_of_life_is_no_answer(
    caller: Caller, sara: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch, KeyError(CANARY))
    request = FeedRequest(after=sara.cursors, hold=30)
    with caller.ask("feed", request, headers={"Accept-Encoding": "identity"}, stream=True) as response:
        assert response.raw.read1(1) == bodies.BEAT
        slow.go.set()
        with pytest.raises((urllib3.exceptions.HTTPError, OSError)):
            response.raw.read()


def test_a_session_holds_a_few_feeds_and_no_more(
    caller: Caller, sara: Device, house: House, running: Running
) -> None:
    sara.hear()
    callers = [Caller(caller.url, sara.token) for _ in range(http.MOST_HELD)]
    with ThreadPoolExecutor(len(callers)) as pool:
        waiting = [pool.submit(one.feed, 30, **sara.cursors) for one in callers]
        wait_for(lambda: len(house.centre._bell._waiting.get("everyone", ())) == len(callers))
        refused = caller.feed(30, **sara.cursors)
        assert problem(refused, 429).code == "busy"
        assert int(refused.headers["retry-after"]) > 0
        assert caller.feed(**sara.cursors).status_code == 200
        house.account("noor")  # news for all
        assert {one.result().status_code for one in waiting} == {200}
    for one in callers:
        one.session.close()
    assert caller.feed(0.1, **sara.cursors).status_code == 200


@pytest.mark.parametrize("how", ["revoked", "disabled", "new password"])
def test_a_held_feed_of_whoever_is_shut_out_ends_and_the_next_question_is_refused(
    caller: Caller, sara: Device, house: House, how: str
) -> None:
    """Where the end of a session is not heard, what was looked up is believed for so long at most."""
    assert lately.KNOWN_SECONDS + LONGEST_HOLD < 60
    sara.hear()
    with ThreadPoolExecutor(1) as pool:
        held_feed = pool.submit(caller.feed, 30, **sara.cursors)
        wait_for(lambda: waits(house.centre, "everyone"))
        if how == "revoked":
            administration.set_revoked(house.centre, sara.device_id, True)
        elif how == "disabled":
            administration.set_active(house.centre, "sara", False)
        else:
            administration.set_password(house.centre, "sara", "another long password")
        ended = held_feed.result(20)
        assert ended.status_code == 401 or ended.json()["rows"] == []  # 401: it had not looked yet
    assert problem(caller.feed(30, **sara.cursors), 401).code == "signed_out"


def test_the_document_is_served_to_who_has_no_token(caller: Caller) -> None:
    served = caller.session.get(f"{caller.url}/v1/openapi.json", timeout=60)
    assert served.content == openapi.document()
    assert served.headers["content-type"] == "application/json"
