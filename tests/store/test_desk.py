"""The desk that a page knows: saved means saved, others hear of it, the status is true at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from carecenter.core.errors import NotAllowed
from carecenter.models.desk import Outbox, OutboxState
from carecenter.operations.articles import PublishBody
from carecenter.queries import calls
from carecenter.store.desk import Desk, DeskStatus
from tests.houses import Clock, open_call, open_store, open_ticket, somebody

pytestmark = pytest.mark.asyncio


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    workstation = open_store(tmp_path / "store.db", Clock())
    workstation.keep_references(("0472915644",))
    opened = Desk(workstation, somebody())
    yield opened
    opened.close()


async def test_a_saved_ticket_comes_back_with_its_number_and_pages_hear_of_it(desk: Desk) -> None:
    heard: list[frozenset[str]] = []
    woken: list[bool] = []
    desk.on_changed(heard.append)
    desk.on_performed(lambda: woken.append(True))
    await desk.save_draft("call:1:ticket", {"text": "typed"})

    kept = await desk.perform(open_ticket(), done_with="call:1:ticket")

    assert kept.reference == "0472915644"
    assert heard == [frozenset({"ticket", "ticket_entry"})]
    assert woken == [True]
    assert await desk.drafts() == {}


async def test_a_refused_operation_changes_nothing_and_nobody_hears_of_it(desk: Desk) -> None:
    heard: list[frozenset[str]] = []
    desk.on_changed(heard.append)

    with pytest.raises(NotAllowed):
        await desk.perform(PublishBody(code="X", name_ar="س", name_en="X"))

    assert heard == []
    assert desk.status.waiting == 0


async def test_how_much_waits_is_shown_with_every_save(desk: Desk) -> None:
    shown: list[DeskStatus] = []
    desk.on_status(shown.append)

    await desk.perform(open_call())
    await desk.perform(open_call())

    assert [status.waiting for status in shown] == [1, 2]
    assert not desk.status.online
    assert desk.status.since == desk.now()


async def test_a_page_that_was_closed_hears_nothing_more(desk: Desk) -> None:
    heard: list[object] = []
    for subscribe in (desk.on_changed, desk.on_status):
        stop = subscribe(heard.append)
        stop()
        stop()  # a page may close twice

    await desk.perform(open_call())

    assert heard == []


async def test_the_same_status_twice_is_told_once(desk: Desk) -> None:
    shown: list[DeskStatus] = []
    desk.on_status(shown.append)

    for _ in range(2):
        desk.report(msgspec.structs.replace(desk.status, online=True))

    assert len(shown) == 1


async def test_a_question_is_answered_for_the_account_that_is_signed_in(desk: Desk) -> None:
    call = await desk.perform(open_call())

    assert [row.id for row in await desk.ask(calls.open_calls)] == [call.call_id]


async def test_a_draft_thrown_away_is_gone(desk: Desk) -> None:
    at = await desk.save_draft("notes", {"text": "never mind"})
    await desk.drop_draft("notes")

    assert at == desk.now()
    assert await desk.drafts() == {}


async def test_what_the_centre_did_not_take_is_shown_until_somebody_dealt_with_it(desk: Desk) -> None:
    await desk.perform(open_call("+96522334455"))
    with desk.workstation.transaction() as session:
        row = session.get_one(Outbox, 1)
        row.state, row.reason = OutboxState.ATTENTION, "Not understood."

    (attention,) = await desk.attention()
    assert attention.content["number"] == "+96522334455"
    assert attention.reason == "Not understood."
    await desk.dealt_with(attention.number)
    assert await desk.attention() == ()
    assert (desk.status.waiting, desk.status.attention) == (0, 0)
