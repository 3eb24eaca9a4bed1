"""Held feeds over a real socket: who is woken, who waits how long, and what is told meanwhile."""

from __future__ import annotations

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
import requests
import urllib3

from carecenter.server import administration, bell, bodies, held, http, lately, unit
from carecenter.server.centre import Centre
from carecenter.server.feed import Page
from carecenter.wire import LONGEST_HOLD, FeedRequest, Push
from tests.houses import House, open_ticket
from tests.server.callers import Caller, problem, wait_for, waits
from tests.server.devices import Device
from tests.server.serving import Running, serving

CANARY = "سرّ-canary-29876543"


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
