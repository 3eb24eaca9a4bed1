"""The tickets page under an agent's hands."""

import pytest
from pytestqt.qtbot import QtBot

from carecenter.core.ids import new_id
from carecenter.core.reference import from_payload, suspects
from carecenter.operations.tickets import AssignTicket
from carecenter.store.desk import Desk
from carecenter.ui.language import Language
from carecenter.ui.messages import Messages
from carecenter.ui.tickets.page import TicketsPage
from carecenter.ui.views.ticket_list_model import Column
from tests.ui.pseudo import unmarked_texts
from tests.ui.tickets.opening import open_ticket
from tests.ui.waiting import until

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("theme")]


def tickets_page(qtbot: QtBot, desk: Desk, language: Language) -> TicketsPage:
    page = TicketsPage(desk, Messages(), language)
    page.resize(1360, 800)
    qtbot.addWidget(page, before_close_func=lambda page: page.close_page())
    page.show()
    return page


async def test_an_agent_with_no_ticket_is_told_how_one_comes_about(
    qtbot: QtBot, desk: Desk, language: Language
) -> None:
    page = tickets_page(qtbot, desk, language)
    calls: list[bool] = []
    page.new_call_requested.connect(lambda: calls.append(True))
    await until(page.empty.isVisible)
    assert "during a call" in page.empty.accessibleName()
    page.empty.acted.emit()
    assert calls == [True]


async def test_new_tickets_of_mine_appear_by_themselves_the_last_changed_first(
    qtbot: QtBot, desk: Desk, language: Language
) -> None:
    first = await open_ticket(desk, "First")
    page = tickets_page(qtbot, desk, language)
    await until(lambda: len(page.tickets.rows()) == 1)
    await open_ticket(desk, "Second")
    await until(lambda: [row.summary for row in page.tickets.rows()] == ["Second", "First"])
    me = desk.viewer.account_id
    await desk.perform(AssignTicket(ticket_id=first.ticket_id, entry_id=new_id(), was=None, now=me))
    await until(lambda: [row.summary for row in page.tickets.rows()] == ["First", "Second"])
    assert page.tickets.cell(0, Column.ASSIGNEE) == "Sara"


async def test_wrong_check_digit_is_told_while_typing_with_where_to_ask_again(
    qtbot: QtBot, desk: Desk, language: Language
) -> None:
    ticket = await open_ticket(desk)
    page = tickets_page(qtbot, desk, language)
    right = ticket.reference
    wrong = f"{right[:3]}{(int(right[3]) + 1) % 10}{right[4:]}"
    for at in range(1, 10):
        page.reference.setText(wrong[:at])
        assert page.said() == f"{at} of 10 digits"
    page.reference.setText(wrong)
    assert page.said().startswith("The check digits do not agree.")
    assert len(page.said().split("\n")) == 1 + min(4, len(suspects(wrong)))
    assert f"{right[:4]}\u00a0{right[4:7]}\u00a0{right[7:]}" in page.said()
    assert page.reference.accessibleDescription() == page.said()
    assert page.view.ticket_id() == ""


async def test_a_right_reference_in_any_digits_opens_its_ticket(
    qtbot: QtBot, desk: Desk, language: Language
) -> None:
    ticket = await open_ticket(desk)
    page = tickets_page(qtbot, desk, language)
    page.reference.setText(ticket.reference.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")))
    await until(lambda: page.view.ticket_id() == ticket.ticket_id)
    await until(lambda: page.tickets.current_id() == ticket.ticket_id)
    assert "Found" in page.said()


async def test_a_reference_nobody_here_knows_is_told(qtbot: QtBot, desk: Desk, language: Language) -> None:
    page = tickets_page(qtbot, desk, language)
    page.reference.setText(from_payload(0))  # this early nobody was given the first of all
    await until(lambda: "No ticket" in page.said())


async def test_a_click_opens_the_ticket_beside_the_list(qtbot: QtBot, desk: Desk, language: Language) -> None:
    ticket = await open_ticket(desk)
    page = tickets_page(qtbot, desk, language)
    await until(page.tickets.rows)
    page.tickets.clicked.emit(page.tickets.model().index(0, Column.SUMMARY))
    await until(page.view.title.isVisible)
    assert page.view.ticket_id() == ticket.ticket_id


async def test_a_closed_page_follows_nothing_any_more(qtbot: QtBot, desk: Desk, language: Language) -> None:
    page = tickets_page(qtbot, desk, language)
    await until(page.empty.isVisible)
    page.close_page()
    await open_ticket(desk)
    assert page.tickets.rows() == ()


async def test_every_text_is_translated(qtbot: QtBot, desk: Desk, language: Language) -> None:
    page = tickets_page(qtbot, desk, language)
    await until(page.empty.isVisible)
    page.reference.setText("1234567890")
    language.set("qps")
    page.reference.setText("12")
    assert unmarked_texts(page) == []
