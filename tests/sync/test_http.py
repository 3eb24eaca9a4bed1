"""The transport over HTTP against the real service, with and without TLS."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

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
from carecenter.server.centre import Centre
from carecenter.server.throttle import TRIES
from carecenter.sync.http import HttpTransport
from carecenter.wire import BlockRequest, FeedPage, FeedRequest, Hello, Push, SignIn, Verdict
from tests.houses import PASSWORD, House, open_ticket
from tests.server.serving import Certificate, Running, serving


@pytest.fixture
def transport(running: Running) -> Iterator[HttpTransport]:
    made = HttpTransport(running.url)
    yield made
    made.close()


def credentials(password: str = PASSWORD) -> SignIn:
    return SignIn(name="sara", password=password, device_id="desk", device_name="desk")


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
