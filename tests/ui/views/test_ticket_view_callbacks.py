"""The calls promised about an opened ticket."""

import datetime as dt

import pytest
from pytestqt.qtbot import QtBot

from carecenter.core.ids import new_id
from carecenter.core.terms import CallbackState, label
from carecenter.operations.callbacks import PromiseCallback
from carecenter.store.desk import Desk
from carecenter.ui.language import Language
from tests.ui.tickets.opening import later
from tests.ui.views.ticket_screen import screen_with_ticket
from tests.ui.waiting import until

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("theme")]


@pytest.mark.parametrize(
    ("button", "becomes"), [("kept", CallbackState.KEPT), ("cancelled", CallbackState.CANCELLED)]
)
async def test_a_promised_callback_is_settled_in_one_press(
    qtbot: QtBot, desk: Desk, language: Language, button: str, becomes: CallbackState
) -> None:
    screen, ticket_id = await screen_with_ticket(qtbot, desk, language)
    callbacks = screen.view.facts.callbacks
    assert callbacks.isHidden()
    for hours, number in ((5, "+96599887766"), (1, "+96522334455")):
        due = desk.now() + dt.timedelta(hours=hours)
        await desk.perform(PromiseCallback(callback_id=new_id(), number=number, due_at=due, ticket_id=ticket_id))
    await until(lambda: len(callbacks.sentences()) == 2)
    later(desk, dt.timedelta(hours=2))
    screen.view.tick()
    soonest, other = callbacks.sentences()
    assert "2233\u00a04455" in soonest
    assert "overdue" in soonest
    assert "Promised" in other
    getattr(callbacks.line(0), button).click()
    await until(lambda: label(becomes) in callbacks.sentences()[0])
    assert callbacks.line(0).kept.isHidden()
    assert callbacks.line(0).cancelled.isHidden()
    assert "Promised" in callbacks.sentences()[1]
    assert callbacks.line(1).kept.isVisible()
