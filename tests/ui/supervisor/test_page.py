"""The supervisor's page: queues now, bulk assignment, and what was done here."""

import asyncio
import datetime as dt

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from carecenter.core.ids import new_id
from carecenter.core.terms import Outcome, Priority, TicketKind, TicketStatus
from carecenter.operations.calls import OpenCall
from carecenter.operations.tickets import CloseTicket, EscalateTicket
from carecenter.queries.accounts import accounts
from carecenter.queries.tickets import QueueFocus, QueueOrder
from carecenter.store.desk import Desk
from carecenter.ui.language import Language
from carecenter.ui.messages import Messages
from carecenter.ui.supervisor.activity_list import ActivityList
from carecenter.ui.supervisor.page import SupervisorPage
from carecenter.ui.supervisor.review import QueueReview
from carecenter.ui.views.ticket_list_model import Column
from tests.ui.hearing import heard
from tests.ui.pseudo import unmarked_texts
from tests.ui.tickets.opening import detail, near, open_ticket
from tests.ui.waiting import until

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("theme")]


class Screen:
    """The page on a desk, with what was said on it."""

    def __init__(self, qtbot: QtBot, desk: Desk, language: Language) -> None:
        messages = Messages()
        self.said = heard(messages)
        self.page = SupervisorPage(desk, messages, language)
        self.page.resize(1360, 800)
        qtbot.addWidget(self.page, before_close_func=lambda page: page.close_page())
        self.page.show()

    @property
    def review(self) -> QueueReview:
        assert self.page.review is not None
        return self.page.review

    @property
    def activity(self) -> ActivityList:
        assert self.page.activity is not None
        return self.page.activity

    def chip(self, focus: QueueFocus) -> str:
        return self.review.filters.chip(focus)

    def summaries(self) -> list[str]:
        return [row.summary for row in self.review.list.rows()]

    def select(self, *rows: int) -> None:
        flags = QItemSelectionModel.SelectionFlag
        for row in rows:
            index = self.review.list.model().index(row, 0)
            self.review.list.selectionModel().select(index, flags.Select | flags.Rows)

    async def choose(self, key: str, value: str) -> None:
        box = self.review.filters.boxes[key]
        await until(lambda: box.findData(value) >= 0)
        box.setCurrentIndex(box.findData(value))
        box.activated.emit(box.currentIndex())


async def test_an_agent_without_rights_is_told(qtbot: QtBot, desk: Desk, language: Language) -> None:
    screen = Screen(qtbot, desk, language)
    assert screen.page.refusal is not None
    assert "supervisors" in screen.page.refusal.accessibleName()
    assert screen.page.refusal.isVisible()
    screen.page.open_ticket(new_id())
    assert screen.page.review is None


async def test_counts_and_rows_follow_what_happens(qtbot: QtBot, supervisor_desk: Desk, language: Language) -> None:
    desk = supervisor_desk
    screen = Screen(qtbot, desk, language)
    await until(screen.review.empty.isVisible)
    ticket = await open_ticket(desk, "First")
    await open_ticket(desk, "Second", queue_id="confidential")
    await until(lambda: screen.chip(QueueFocus.ALL_OPEN) == "All open 2")
    assert screen.chip(QueueFocus.RESTRICTED) == "Restricted 1"
    assert screen.chip(QueueFocus.UNASSIGNED) == "Unassigned 2"
    await desk.perform(EscalateTicket(ticket_id=ticket.ticket_id, entry_id=new_id(), was=0, now=1, text="late"))
    await until(lambda: screen.chip(QueueFocus.ESCALATED) == "Escalated 1")
    was, outcome = TicketStatus.RECEIVED, Outcome.RESOLVED
    await desk.perform(CloseTicket(ticket_id=ticket.ticket_id, entry_id=new_id(), was=was, outcome=outcome))
    await until(lambda: screen.chip(QueueFocus.CLOSED) == "Closed 1")
    assert screen.summaries() == ["Second"]
    screen.review.filters.focus_chips.button(QueueFocus.CLOSED).click()
    await until(lambda: screen.summaries() == ["First"])
    assert screen.review.shown() == "1 ticket"


async def test_a_ticket_becomes_overdue_by_time_alone(
    qtbot: QtBot, supervisor_desk: Desk, language: Language
) -> None:
    desk = supervisor_desk
    ticket = await open_ticket(desk)
    screen = Screen(qtbot, desk, language)
    await until(lambda: screen.chip(QueueFocus.OVERDUE) == "Overdue 0")
    near(desk, (await detail(desk, ticket.ticket_id)).row.due_at, dt.timedelta(hours=-1))
    screen.review._minute.timeout.emit()
    await until(lambda: screen.chip(QueueFocus.OVERDUE) == "Overdue 1")
    assert screen.review.list.cell(0, Column.DUE).startswith("Overdue since")


async def test_filters_narrow_and_are_cleared_from_the_empty_list(
    qtbot: QtBot, supervisor_desk: Desk, language: Language
) -> None:
    await open_ticket(supervisor_desk, "General matter")
    await open_ticket(supervisor_desk, "Online matter", queue_id="technical", kind=TicketKind.ENQUIRY)
    screen = Screen(qtbot, supervisor_desk, language)
    await until(lambda: len(screen.summaries()) == 2)
    await screen.choose("queue", "technical")
    await until(lambda: screen.summaries() == ["Online matter"])
    assert screen.chip(QueueFocus.ALL_OPEN) == "All open 1"
    await screen.choose("kind", TicketKind.COMPLAINT)
    await until(screen.review.empty.isVisible)
    assert "filters" in screen.review.empty.accessibleName()
    screen.review.empty.acted.emit()
    await until(lambda: len(screen.summaries()) == 2)


async def test_a_header_sorts_and_the_order_box_says_the_same(
    qtbot: QtBot, supervisor_desk: Desk, language: Language
) -> None:
    await open_ticket(supervisor_desk, "Soonest", kind=TicketKind.ENQUIRY, priority=Priority.LOW)
    await open_ticket(supervisor_desk, "Most urgent", kind=TicketKind.SUGGESTION, priority=Priority.URGENT)
    screen = Screen(qtbot, supervisor_desk, language)
    await until(lambda: len(screen.summaries()) == 2)
    screen.review.list.order_wanted.emit(QueueOrder.PRIORITY, False)
    await until(lambda: screen.summaries() == ["Most urgent", "Soonest"])
    assert screen.review.filters.boxes["order"].currentText() == "by priority"
    screen.review.filters.direction.click()
    await until(lambda: screen.summaries() == ["Soonest", "Most urgent"])


async def test_several_selected_tickets_are_assigned_at_once(
    qtbot: QtBot, supervisor_desk: Desk, language: Language
) -> None:
    desk = supervisor_desk
    opened = [await open_ticket(desk, text) for text in ("A", "B", "C")]
    sara = next(row.id for row in await desk.ask(accounts) if row.name == "Sara")
    screen = Screen(qtbot, desk, language)
    await until(lambda: len(screen.summaries()) == 3)
    screen.select(0, 2)
    bulk = screen.review.bulk
    await until(bulk.isVisible)
    assert bulk.sentence() == "2 tickets selected"
    assert not bulk.button.isEnabled()
    bulk.people.setCurrentIndex(bulk.people.findData(sara))
    bulk.button.click()
    await until(lambda: screen.said)
    assert screen.said[-1] == "2 tickets assigned"
    await until(lambda: screen.chip(QueueFocus.UNASSIGNED) == "Unassigned 1")
    rows = [(await detail(desk, ticket.ticket_id)).row for ticket in opened]
    assert sorted(row.assignee_name_en for row in rows) == ["", "Sara", "Sara"]


async def test_the_keyboard_goes_on_with_the_next_ticket_once_one_was_assigned_away(
    qtbot: QtBot, supervisor_desk: Desk, language: Language
) -> None:
    desk = supervisor_desk
    for text in ("A", "B", "C"):
        await open_ticket(desk, text)
    screen = Screen(qtbot, desk, language)
    screen.review.filters.focus_chips.button(QueueFocus.UNASSIGNED).click()
    await until(lambda: len(screen.summaries()) == 3)
    listed = screen.review.list
    gone, following = listed.rows()[1].id, listed.rows()[2].id
    listed.set_current(gone)
    bulk = screen.review.bulk
    await until(bulk.isVisible)
    bulk.people.setCurrentIndex(0)
    bulk.button.click()
    await until(lambda: len(screen.summaries()) == 2)
    assert listed.current_id() == following
    assert listed.selected_ids() == ()


async def test_the_filters_are_cleared_only_where_one_is_set(
    qtbot: QtBot, supervisor_desk: Desk, language: Language
) -> None:
    await open_ticket(supervisor_desk, "General matter")
    screen = Screen(qtbot, supervisor_desk, language)
    await until(lambda: len(screen.summaries()) == 1)
    filters = screen.review.filters
    assert not filters.everything.isVisible()
    await screen.choose("kind", TicketKind.ENQUIRY)
    await until(filters.everything.isVisible)
    filters.everything.click()
    await until(lambda: not filters.everything.isVisible())
    assert len(screen.summaries()) == 1


async def test_only_members_of_every_selected_queue_are_offered(
    qtbot: QtBot, supervisor_desk: Desk, language: Language
) -> None:
    await open_ticket(supervisor_desk, "Open to all")
    await open_ticket(supervisor_desk, "For few", queue_id="confidential")
    screen = Screen(qtbot, supervisor_desk, language)
    await until(lambda: len(screen.summaries()) == 2)
    screen.select(0, 1)
    box = screen.review.bulk.people
    await until(lambda: [box.itemText(at) for at in range(box.count())] == ["Huda"])


async def test_enter_opens_a_ticket_beside_the_list_and_escape_closes_it(
    qtbot: QtBot, supervisor_desk: Desk, language: Language
) -> None:
    ticket = await open_ticket(supervisor_desk)
    screen = Screen(qtbot, supervisor_desk, language)
    await until(screen.review.list.rows)
    screen.review.list.set_current(ticket.ticket_id)
    QTest.keyClick(screen.review.list, Qt.Key.Key_Return)
    await until(screen.review.view.title.isVisible)
    assert screen.review.view.ticket_id() == ticket.ticket_id
    QTest.keyClick(screen.review.view.actions_panel.text, Qt.Key.Key_Escape)
    await until(lambda: not screen.review.view.isVisible())
    assert screen.review.list.horizontalHeader().isVisible()


async def test_what_was_done_here_is_listed_and_leads_to_the_ticket(
    qtbot: QtBot, supervisor_desk: Desk, desk: Desk, language: Language
) -> None:
    theirs = await open_ticket(desk, "Sara's")
    screen = Screen(qtbot, supervisor_desk, language)
    screen.page.tabs.setCurrentWidget(screen.activity)
    await supervisor_desk.perform(OpenCall(call_id=new_id(), number="+96599887766"))
    activity = screen.activity
    await until(lambda: {row.subtitle for row in activity.list.rows()} == {"Huda", "Sara"})
    assert any(row.title == "Call in progress" for row in activity.list.rows())
    activity.account.setCurrentIndex(activity.account.findData(desk.viewer.account_id))
    activity.account.activated.emit(activity.account.currentIndex())
    await until(lambda: {row.subtitle for row in activity.list.rows()} == {"Sara"})
    activity.list.chosen.emit(activity.list.rows()[0].key)
    await until(screen.review.view.title.isVisible)
    assert screen.review.view.ticket_id() == theirs.ticket_id


async def test_every_text_is_translated(qtbot: QtBot, supervisor_desk: Desk, language: Language) -> None:
    await open_ticket(supervisor_desk, "٢")
    screen = Screen(qtbot, supervisor_desk, language)
    await until(lambda: screen.chip(QueueFocus.ALL_OPEN) == "All open 1")
    screen.select(0)
    await until(screen.review.bulk.isVisible)
    language.set("qps")
    await asyncio.sleep(0)
    assert unmarked_texts(screen.page) == []
