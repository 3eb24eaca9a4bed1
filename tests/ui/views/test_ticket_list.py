"""A list of tickets under the hands of somebody who has five thousand of them."""

import datetime as dt

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from carecenter.core.terms import Priority, TicketKind, TicketStatus
from carecenter.queries.tickets import QueueOrder, TicketRow
from carecenter.ui.language import Language
from carecenter.ui.views.ticket_list import TicketList
from carecenter.ui.views.ticket_list_model import Column
from tests.ui.pseudo import unmarked_texts

pytestmark = pytest.mark.usefixtures("theme")

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def ticket(number: int, due_in: dt.timedelta = 48 * HOUR, **facts: object) -> TicketRow:
    given: dict[str, object] = {
        "id": str(number),
        "reference": f"{number:010}",
        "kind": TicketKind.COMPLAINT,
        "status": TicketStatus.RECEIVED,
        "priority": Priority.NORMAL,
        "summary": f"Matter {number}",
        "caller_id": "c",
        "caller_name_ar": "محمد",
        "caller_name_en": "Mohammed",
        "queue_id": "general",
        "queue_name_ar": "الخط العام",
        "queue_name_en": "General",
        "restricted": False,
        "assignee_id": None,
        "assignee_name_ar": "",
        "assignee_name_en": "",
        "escalation": 0,
        "opened_at": NOW - HOUR,
        "due_at": NOW + due_in,
        "closed_at": None,
    }
    return TicketRow(**{**given, **facts})  # type: ignore[arg-type]  # each field has its own type


def shown_list(qtbot: QtBot, rows: list[TicketRow], *, several: bool = False, sortable: bool = True) -> TicketList:
    tickets = TicketList(lambda: NOW, several=several, sortable=sortable)
    qtbot.addWidget(tickets)
    tickets.resize(1200, 400)
    tickets.set_rows(rows)
    tickets.show()
    return tickets


def test_overdue_and_due_soon_are_marked_by_word(qtbot: QtBot, language: Language) -> None:
    tickets = shown_list(qtbot, [ticket(1, -HOUR), ticket(2, HOUR), ticket(3), ticket(4, -48 * HOUR)])
    said = [tickets.cell(row, Column.DUE) for row in range(4)]
    assert said == ["Overdue since 11:00", "Due soon: 13:00", "Due 25 Nov 2026", "Overdue since 21 Nov 2026"]


def test_a_closed_ticket_is_never_overdue(qtbot: QtBot, language: Language) -> None:
    closed = ticket(1, -HOUR, status=TicketStatus.CLOSED, closed_at=NOW - 2 * HOUR)
    assert shown_list(qtbot, [closed]).cell(0, Column.DUE) == "Closed 10:00"


def test_names_follow_the_language_and_references_stay_in_order(qtbot: QtBot, language: Language) -> None:
    tickets = shown_list(qtbot, [ticket(1)])
    assert tickets.cell(0, Column.CALLER) == "Mohammed"
    language.set("ar")
    assert tickets.cell(0, Column.CALLER) == "محمد"
    assert tickets.cell(0, Column.QUEUE) == "الخط العام"
    assert "0000\u00a0000\u00a0001" in tickets.cell(0, Column.REFERENCE)


def test_enter_opens_the_current_ticket_and_the_keyboard_reaches_the_last_of_five_thousand(
    qtbot: QtBot, language: Language
) -> None:
    tickets = shown_list(qtbot, [ticket(number) for number in range(5_000)])
    opened: list[str] = []
    tickets.chosen.connect(opened.append)
    QTest.keyClick(tickets, Qt.Key.Key_Home)
    QTest.keyClick(tickets, Qt.Key.Key_Down)
    QTest.keyClick(tickets, Qt.Key.Key_Return)
    QTest.keyClick(tickets, Qt.Key.Key_End)
    QTest.keyClick(tickets, Qt.Key.Key_Return)
    assert opened == ["1", "4999"]


def test_headers_ask_for_another_order_and_for_its_reverse(qtbot: QtBot, language: Language) -> None:
    tickets = shown_list(qtbot, [ticket(1)])
    wanted: list[tuple[QueueOrder, bool]] = []
    tickets.order_wanted.connect(lambda order, descending: wanted.append((order, descending)))
    header = tickets.horizontalHeader()

    def press(column: Column) -> None:
        at = header.sectionViewportPosition(column) + 10
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(at, 8))

    press(Column.PRIORITY)
    tickets.set_order(QueueOrder.PRIORITY, False)
    press(Column.PRIORITY)
    press(Column.SUMMARY)
    assert wanted == [(QueueOrder.PRIORITY, False), (QueueOrder.PRIORITY, True)]
    assert header.sortIndicatorSection() == Column.PRIORITY


def test_selection_and_place_survive_new_rows(qtbot: QtBot, language: Language) -> None:
    tickets = shown_list(qtbot, [ticket(number) for number in range(200)], several=True)
    for row in (120, 122):
        index = tickets.model().index(row, 0)
        flags = QItemSelectionModel.SelectionFlag
        tickets.selectionModel().select(index, flags.Select | flags.Rows)
    tickets.set_current("120")
    tickets.selectionModel().select(
        tickets.model().index(122, 0),
        QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows,
    )
    place = tickets.verticalScrollBar().value()
    assert place > 0
    tickets.set_rows([ticket(number) for number in range(200) if number != 121])
    assert tickets.selected_ids() == ("120", "122")
    assert tickets.current_id() == "120"
    assert tickets.verticalScrollBar().value() == place


def test_a_narrow_list_shows_cards_with_the_same_words_for_a_screen_reader(
    qtbot: QtBot, language: Language
) -> None:
    tickets = shown_list(qtbot, [ticket(1, -HOUR)])
    tickets.set_compact(True)
    assert not tickets.horizontalHeader().isVisible()
    heard = tickets.model().index(0, Column.SUMMARY).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "Overdue since 11:00" in heard
    assert "Received" in heard
    assert QAccessible.queryAccessibleInterface(tickets).text(QAccessible.Text.Name) == "Tickets"


@pytest.mark.parametrize("code", ["en", "ar"])
def test_lines_begin_where_the_language_begins_them(qtbot: QtBot, language: Language, code: str) -> None:
    language.set(code)
    tickets = shown_list(qtbot, [ticket(1, summary="Short")])
    tickets.resize(1400, 400)
    image = tickets.viewport().grab().toImage()
    cell = tickets.visualRect(tickets.model().index(0, Column.SUMMARY)).adjusted(4, 4, -4, -4)
    assert cell.width() > 160

    def inked(columns: range) -> bool:
        empty = image.pixelColor(cell.topLeft())
        return any(image.pixelColor(x, y) != empty for x in columns for y in range(cell.top(), cell.bottom()))

    left, right = range(cell.left(), cell.left() + 60), range(cell.right() - 60, cell.right())
    assert (inked(left), inked(right)) == ((True, False) if code == "en" else (False, True))


def test_every_heading_is_translated(qtbot: QtBot, language: Language) -> None:
    tickets = shown_list(qtbot, [ticket(1)])
    language.set("qps")
    assert unmarked_texts(tickets) == []
