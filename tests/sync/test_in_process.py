"""The transport to the embedded centre carries what a wire would carry, and nothing more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from carecenter.core.errors import NotAllowed, WrongPassword
from carecenter.sync.in_process import InProcess
from carecenter.wire import BlockRequest, FeedRequest, Push, Pushed, SignIn
from tests.houses import PASSWORD, house, open_ticket


def test_everything_a_workstation_asks_goes_through(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        built.account("sara")
        transport = InProcess(built.centre)
        sara = built.seat("sara", transport=transport)
        ticket = sara.perform(open_ticket("نص عربي"))
        sara.synchronise()

        page = transport.feed(sara.signed_in.token, FeedRequest(after=dict.fromkeys(sara.scopes, 0)))
        images = [row.image for row in page.rows if row.entity == "ticket"]
        image = built.rows("ticket")["ticket", ticket.ticket_id]
        assert images == [image, image]  # for its queue and for who opened it
        assert len(transport.references(sara.signed_in.token, BlockRequest(count=3)).references) == 3
        transport.sign_out(sara.signed_in.token)
        with pytest.raises(NotAllowed):
            sara.pull()


def test_a_wrong_password_is_told_as_such(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        built.account("sara")
        request = SignIn(name="sara", password=PASSWORD + "!", device_id="desk", device_name="desk")
        with pytest.raises(WrongPassword):
            InProcess(built.centre).sign_in(request)


def test_both_sides_hold_their_own_objects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not in the message does not arrive: no object is shared between the threads of the two sides."""
    with house(tmp_path) as built:
        built.account("sara")
        sara = built.seat("sara")
        sara.perform(open_ticket())
        push = sara.workstation.next_push()
        seen: list[Push] = []
        honest = built.centre.push

        def listening(token: str, request: Push) -> Pushed:
            seen.append(request)
            return honest(token, request)

        monkeypatch.setattr(built.centre, "push", listening)
        InProcess(built.centre).push(sara.signed_in.token, push)

        assert seen == [push]
        assert seen[0] is not push


def test_a_held_feed_waits_for_news_and_brings_them(tmp_path: Path) -> None:
    with house(tmp_path) as built, ThreadPoolExecutor(1) as pool:
        built.account("sara")
        built.account("noor")
        sara, noor = built.seat("sara"), built.seat("noor")
        sara.pull()
        cursors = sara.workstation.cursors(sara.scopes)
        asked = pool.submit(sara.transport.feed, sara.signed_in.token, FeedRequest(after=cursors, hold=30))
        assert not asked.done()
        ticket = noor.perform(open_ticket("from the other desk"))
        noor.push()
        assert ticket.ticket_id in {row.id for row in asked.result().rows}


def test_what_is_there_already_is_not_held(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        built.account("sara")
        sara = built.seat("sara")
        page = sara.transport.feed(sara.signed_in.token, FeedRequest(after=dict.fromkeys(sara.scopes, 0), hold=30))
        assert page.rows


def test_a_feed_without_news_ends_when_its_time_is_over_or_the_transport_closes(tmp_path: Path) -> None:
    with house(tmp_path) as built, ThreadPoolExecutor(1) as pool:
        built.account("sara")
        sara = built.seat("sara")
        cursors = sara.workstation.cursors(sara.scopes)
        token = sara.signed_in.token
        assert sara.transport.feed(token, FeedRequest(after=cursors, hold=0.01)).rows == ()
        asked = pool.submit(sara.transport.feed, token, FeedRequest(after=cursors, hold=30))
        sara.transport.close()
        assert asked.result(timeout=20).rows == ()
        assert not built.centre._bell._waiting
