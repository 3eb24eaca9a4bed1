"""What is known of an opened ticket: its reference, its facts, how late it is."""

import datetime as dt

import pytest
from pytestqt.qtbot import QtBot

from carecenter.core.ids import new_id
from carecenter.operations.callbacks import PromiseCallback
from carecenter.queries import articles
from carecenter.store.desk import Desk
from carecenter.ui.language import Language
from tests.ui.tickets.opening import detail, later, near, open_ticket, register
from tests.ui.views.ticket_screen import Screen, screen_with_ticket
from tests.ui.waiting import until

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("theme")]


async def test_the_reference_is_shown_in_its_groups_and_copied_plainly(
    qtbot: QtBot, desk: Desk, language: Language
) -> None:
    ticket = await open_ticket(desk)
    screen = Screen(qtbot, desk, language)
    await screen.open(ticket.ticket_id)
    digits = ticket.reference
    label = screen.view.title.reference
    assert label.reference() == f"{digits[:4]} {digits[4:7]} {digits[7:]}"
    assert f"{digits[:4]}\u00a0{digits[4:7]}\u00a0{digits[7:]}" in label.text()


async def test_the_headings_digits_and_pills_begin_where_the_facts_do(
    qtbot: QtBot, desk: Desk, language: Language
) -> None:
    screen, _ticket_id = await screen_with_ticket(qtbot, desk, language)
    view, label = screen.view, screen.view.title.reference
    digits = label.mapTo(view, label.contentsRect().topLeft()).x()
    pill = view.facts.pills["status"]
    facts = view.facts.mapTo(view, view.facts.contentsRect().topLeft()).x()
    assert digits == pill.mapTo(view, pill.rect().topLeft()).x() == facts


async def test_facts_are_shown_and_lead_to_the_caller_and_the_article(
    qtbot: QtBot, desk: Desk, language: Language
) -> None:
    caller_id = await register(desk)
    service = (await desk.ask(articles.browse))[0]
    screen, ticket_id = await screen_with_ticket(
        qtbot, desk, language, caller_id=caller_id, service_id=service.id, remedy="A new card"
    )
    moment = desk.now() + dt.timedelta(days=1)
    await desk.perform(
        PromiseCallback(callback_id=new_id(), number="+96599887766", due_at=moment, ticket_id=ticket_id)
    )
    facts = screen.view.facts
    await until(lambda: "9988\u00a07766" in "".join(facts.callbacks.sentences()))
    assert facts.fact("caller") == "Mohammed Al-Mutairi"
    assert facts.fact("service") == service.title_en
    assert facts.fact("assignee") == "Nobody yet"
    assert facts.remedy.toPlainText() == "A new card"
    led_to: list[str] = []
    screen.view.caller_requested.connect(led_to.append)
    screen.view.article_requested.connect(led_to.append)
    facts.button("caller").click()
    facts.button("service").click()
    assert led_to == [caller_id, service.id]


async def test_overdue_ticket_is_marked_by_word(qtbot: QtBot, desk: Desk, language: Language) -> None:
    screen, ticket_id = await screen_with_ticket(qtbot, desk, language)
    due = screen.view.facts.pills["due"]
    assert due.word().startswith("Due ")
    near(desk, (await detail(desk, ticket_id)).row.due_at, dt.timedelta(hours=2))
    screen.view.tick()
    assert due.word().startswith("Due soon")
    later(desk, dt.timedelta(hours=3))
    screen.view.tick()
    assert due.word().startswith("Overdue since")
    assert due.property("tone") == "danger"
