"""The HTTP face, asked over a real socket as any program may: what it answers, and what it never tells."""

from __future__ import annotations

import gzip
import logging
import os
import socket
from typing import Any
from urllib.parse import quote

import msgspec
import psycopg
import pytest
from sqlalchemy import text

from carecenter.logs import WithoutTexts
from carecenter.server import bodies, http, openapi
from carecenter.server.centre import Centre
from carecenter.server.endpoints import ENDPOINTS
from carecenter.server.throttle import TRIES
from carecenter.wire import MOST_SCOPES, OPERATIONS_PER_PUSH, FeedRequest, Push
from tests.houses import PASSWORD, House, open_ticket
from tests.server.callers import Caller, problem, wait_for
from tests.server.devices import Device
from tests.server.serving import Running, serving

CANARY = "سرّ-canary-29876543"


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


def test_the_document_is_served_to_who_has_no_token(caller: Caller) -> None:
    served = caller.session.get(f"{caller.url}/v1/openapi.json", timeout=60)
    assert served.content == openapi.document()
    assert served.headers["content-type"] == "application/json"
