"""The steps that an opened ticket offers, and those it refuses."""

import pytest
from pytestqt.qtbot import QtBot

from carecenter.core.terms import Outcome, TicketStatus
from carecenter.store.desk import Desk
from carecenter.ui.language import Language
from carecenter.ui.views.ticket_view_model import Act
from tests.ui.tickets.opening import detail
from tests.ui.views.ticket_screen import screen_with_ticket
from tests.ui.waiting import until

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("theme")]


async def test_assigning_to_me_takes_one_press(qtbot: QtBot, desk: Desk, language: Language) -> None:
    screen, _ = await screen_with_ticket(qtbot, desk, language)
    screen.panel.choose(Act.ASSIGN)
    screen.panel.to_me.click()
    await until(lambda: screen.view.facts.fact("assignee") == "Sara")


async def test_an_agent_without_the_right_to_escalate_is_told(qtbot: QtBot, desk: Desk, language: Language) -> None:
    screen, _ = await screen_with_ticket(qtbot, desk, language)
    screen.panel.choose(Act.ESCALATE)
    assert "supervisor" in screen.panel.hint()
    assert screen.panel.button.isHidden()
    screen.panel.choose(Act.NOTE)
    assert not screen.panel.button.isHidden()


async def test_a_ticket_is_not_closed_without_an_outcome(qtbot: QtBot, desk: Desk, language: Language) -> None:
    screen, ticket_id = await screen_with_ticket(qtbot, desk, language)
    screen.panel.choose(Act.CLOSE)
    screen.panel.text.setPlainText("Told the caller.")
    screen.panel.button.click()
    assert "outcome" in screen.panel.complaint()
    assert screen.panel.text.toPlainText() == "Told the caller."
    assert (await detail(desk, ticket_id)).row.status is TicketStatus.RECEIVED


async def test_only_sensible_next_steps_are_offered(qtbot: QtBot, desk: Desk, language: Language) -> None:
    screen, _ = await screen_with_ticket(qtbot, desk, language)
    await screen.take(Act.STATUS, TicketStatus.ANSWERED)
    screen.panel.choose(Act.STATUS)
    box = screen.panel.choice_box
    offered = [box.itemText(at) for at in range(box.count())]
    assert "Decision told" in offered
    assert not {"Received", "Answered", "Closed"} & set(offered)
    await screen.take(Act.CLOSE, Outcome.RESOLVED)
    assert screen.panel.segments.button(Act.STATUS).isHidden()
    assert not screen.panel.segments.button(Act.REOPEN).isHidden()
