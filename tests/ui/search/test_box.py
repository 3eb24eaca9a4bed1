"""The search box as an agent uses it: typing, arrow keys, Enter, Esc, in either language."""

from __future__ import annotations

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPlainTextEdit, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from carecenter.core.ids import new_id
from carecenter.core.terms import TicketKind
from carecenter.operations.callers import RegisterCaller
from carecenter.operations.tickets import OpenTicket
from carecenter.store.desk import Desk
from carecenter.ui.language import Language
from carecenter.ui.messages import Messages
from carecenter.ui.search.box import SearchBox
from carecenter.ui.search.model import Group, look, refined
from carecenter.ui.theme import Theme
from tests.ui.meanings import Meanings
from tests.ui.pseudo import unmarked_texts
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio


class Window(QWidget):
    """A search box over the place where one was before; a ticket of Mohammed's, who has the number 9988 7766."""

    def __init__(self, desk: Desk, language: Language) -> None:
        super().__init__()
        self.messages = Messages()
        self.box = SearchBox(desk, self.messages, language)
        self.notes = QPlainTextEdit()
        column = QVBoxLayout(self)
        column.addWidget(self.box)
        column.addWidget(self.notes, 1)
        self.resize(900, 700)
        self.reference = self.ticket_id = self.caller_id = ""
        self.asked: list[tuple[str, str]] = []
        for kind in ("ticket", "caller", "article", "call"):
            signal = getattr(self.box, f"{kind}_requested")
            signal.connect(lambda key, *_stems, kind=kind: self.asked.append((kind, key)))

    def titles(self, group: Group) -> list[str]:
        """What one group of the popup shows, if the popup is open."""
        popup = self.box.popup()
        return [row.title for row in popup.rows(group)] if popup.isVisible() else []


@pytest_asyncio.fixture
async def window(qtbot: QtBot, desk: Desk, theme: Theme, language: Language) -> Window:
    window = Window(desk, language)
    qtbot.addWidget(window, before_close_func=lambda window: window.box.close_page())
    caller = RegisterCaller(
        caller_id=new_id(),
        name_ar="محمد المطيري",
        name_en="Mohammed Al-Mutairi",
        phone=(new_id(), "+96599887766"),
    )
    await desk.perform(caller)
    ticket = OpenTicket(
        ticket_id=new_id(),
        entry_id=new_id(),
        kind=TicketKind.COMPLAINT,
        queue_id="general",
        text="the card never came",
        caller_id=caller.caller_id,
    )
    kept = await desk.perform(ticket)
    window.reference, window.ticket_id, window.caller_id = kept.reference, kept.ticket_id, caller.caller_id
    window.show()
    window.activateWindow()
    await until(window.isActiveWindow)
    window.notes.setFocus()
    window.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
    return window


def _type(window: Window, qtbot: QtBot, line: str) -> None:
    if line.isascii():
        qtbot.keyClicks(window.box.line, line)
    else:  # QTest has keys for ASCII only
        window.box.line.insert(line)


async def test_wrong_check_digit_is_told_while_typing(window: Window, qtbot: QtBot) -> None:
    right = window.reference
    _type(window, qtbot, right[:-1] + str((int(right[-1]) + 1) % 10))
    await until(lambda: any("check digits do not agree" in hint for hint in window.box.popup().hints()))
    assert any("digit 10" in hint for hint in window.box.popup().hints())
    assert window.box.popup().isVisible()
    assert window.box.line.hasFocus()


async def test_a_reference_opens_its_ticket(window: Window, qtbot: QtBot) -> None:
    _type(window, qtbot, window.reference)
    await until(lambda: window.titles(Group.TICKETS))
    (row,) = window.box.popup().rows(Group.TICKETS)
    assert row.meta == "Received"
    assert "Complaint" in row.subtitle
    assert "Mohammed Al-Mutairi" in row.subtitle
    qtbot.keyClick(window.box.line, Qt.Key.Key_Return)
    assert window.asked == [("ticket", window.ticket_id)]
    assert not window.box.popup().isVisible()


@pytest.mark.parametrize("line", ["99887766", "٩٩٨٨٧٧٦٦", "+965 9988 7766", "0096599887766"])
async def test_any_writing_of_a_number_finds_the_caller(window: Window, qtbot: QtBot, line: str) -> None:
    _type(window, qtbot, line)
    await until(lambda: window.titles(Group.CALLERS) == ["Mohammed Al-Mutairi"])
    qtbot.keyClick(window.box.line, Qt.Key.Key_Return)
    assert window.asked == [("caller", window.caller_id)]


@pytest.mark.parametrize("line", ["mutairi", "المطيري"])
async def test_a_name_in_either_script_finds_the_caller(window: Window, qtbot: QtBot, line: str) -> None:
    _type(window, qtbot, line)
    await until(lambda: window.titles(Group.CALLERS) == ["Mohammed Al-Mutairi"])
    (row,) = window.box.popup().rows(Group.CALLERS)
    assert "محمد المطيري" in row.subtitle


async def test_a_question_finds_the_article(window: Window, qtbot: QtBot) -> None:
    _type(window, qtbot, "renew civil id")
    await until(lambda: any("Civil ID" in title for title in window.titles(Group.KNOWLEDGE)))
    qtbot.keyClick(window.box.line, Qt.Key.Key_Return)
    ((kind, article_id),) = window.asked
    assert kind == "article"
    assert article_id


async def test_a_call_is_taken_from_a_number_nobody_has_yet(window: Window, qtbot: QtBot) -> None:
    _type(window, qtbot, "66554433")
    await until(lambda: window.titles(Group.CALL))
    assert any("No caller has the number" in hint for hint in window.box.popup().hints())
    qtbot.keyClick(window.box.line, Qt.Key.Key_Return)
    assert window.asked == [("call", "+96566554433")]


async def test_arrow_keys_move_across_the_groups_and_round(window: Window, qtbot: QtBot) -> None:
    _type(window, qtbot, "99887766")
    await until(lambda: window.titles(Group.CALLERS))
    popup = window.box.popup()
    groups = []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        qtbot.keyClick(window.box.line, key)
        current = popup.current()
        assert current is not None
        groups.append(current.group)
    assert groups == [Group.CALL, Group.TICKETS, Group.CALLERS, Group.TICKETS]
    qtbot.keyClick(window.box.line, Qt.Key.Key_Return)
    assert window.asked == [("ticket", window.ticket_id)]


async def test_enter_faster_than_the_search_opens_what_is_found(window: Window, qtbot: QtBot) -> None:
    _type(window, qtbot, window.reference)
    qtbot.keyClick(window.box.line, Qt.Key.Key_Return)
    await until(lambda: window.asked)
    assert window.asked == [("ticket", window.ticket_id)]


async def test_esc_closes_and_leads_back_where_one_was(window: Window, qtbot: QtBot) -> None:
    dismissed: list[bool] = []
    other = QShortcut(QKeySequence(Qt.Key.Key_Escape), window)  # as the message bar has one
    other.activated.connect(lambda: dismissed.append(True))
    _type(window, qtbot, "mutairi")
    await until(window.box.popup().isVisible)
    qtbot.keyClick(window.box.line, Qt.Key.Key_Escape)
    assert not window.box.popup().isVisible()
    assert window.notes.hasFocus()
    assert dismissed == []
    window.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
    assert window.box.line.selectedText() == "mutairi"
    assert window.titles(Group.CALLERS)


async def test_a_click_opens_a_row(window: Window, qtbot: QtBot) -> None:
    _type(window, qtbot, "mutairi")
    await until(lambda: window.titles(Group.CALLERS))
    rows = window.box.popup().list_of(Group.CALLERS)
    box = rows.visualRect(rows.model().index(0, 0))
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert window.asked == [("caller", window.caller_id)]


async def test_nothing_found_says_what_to_try(window: Window, qtbot: QtBot) -> None:
    _type(window, qtbot, "qqqqzzzz")
    await until(lambda: any("Nothing found" in hint for hint in window.box.popup().hints()))
    qtbot.keyClick(window.box.line, Qt.Key.Key_Return)
    assert window.asked == []


async def test_an_emptied_box_has_no_results(window: Window, qtbot: QtBot) -> None:
    _type(window, qtbot, "mutairi")
    await until(window.box.popup().isVisible)
    window.box.line.clear()
    await until(lambda: not window.box.popup().isVisible())


async def test_a_language_switch_turns_the_results_and_keeps_the_line(
    window: Window, qtbot: QtBot, language: Language
) -> None:
    _type(window, qtbot, "99887766")
    await until(lambda: window.titles(Group.CALLERS))
    language.set("ar")
    assert window.titles(Group.CALLERS) == ["محمد المطيري"]
    assert window.box.line.text() == "99887766"
    assert window.box.line.hasFocus()
    assert window.box.popup().layoutDirection() == Qt.LayoutDirection.RightToLeft


async def test_a_number_runs_from_the_left_in_an_arabic_box_and_its_cross_stays_where_it_was(
    window: Window, qtbot: QtBot, language: Language
) -> None:
    language.set("ar")
    line = window.box.line
    _type(window, qtbot, "محمد")
    cross = line.findChildren(QToolButton)[0]
    with_a_name = cross.geometry()
    line.clear()
    _type(window, qtbot, "+965 9988 7766")
    line.grab()  # what is painted once knows where it is
    line.home(False)
    start = line.cursorRect().center().x()
    line.end(False)
    assert start < line.cursorRect().center().x()
    assert line.cursorRect().center().x() > line.width() * 3 / 4, "it does not stand where Arabic lines begin"
    assert cross.geometry() == with_a_name
    assert cross.geometry().right() < line.width() / 4


async def test_the_popup_stays_inside_a_small_window(window: Window, qtbot: QtBot) -> None:
    window.resize(500, 300)
    _type(window, qtbot, "civil id")
    await until(lambda: len(window.titles(Group.KNOWLEDGE)) > 4)
    assert window.rect().contains(window.box.popup().geometry())
    for _press in window.titles(Group.KNOWLEDGE):
        qtbot.keyClick(window.box.line, Qt.Key.Key_Down)
    current = window.box.popup().current()
    assert current is not None
    rows = window.box.popup().list_of(current.group)
    assert not rows.visualRect(rows.currentIndex()).intersected(rows.visibleRegion().boundingRect()).isEmpty()


async def test_every_word_of_the_search_is_translated(window: Window, qtbot: QtBot, language: Language) -> None:
    _type(window, qtbot, "mutairi")
    await until(lambda: window.titles(Group.CALLERS))
    language.set("qps")
    assert unmarked_texts(window) == []


async def test_the_row_that_enter_opens_stays_when_the_meaning_comes(
    window: Window, qtbot: QtBot, desk: Desk
) -> None:
    meanings = Meanings(desk)
    await until(lambda: desk.status.online)
    _type(window, qtbot, "passport")
    await until(lambda: "passport" in meanings.asked)
    popup = window.box.popup()
    first = popup.current()
    assert first is not None
    meanings.answer("passport", "moi-traffic-fines")
    await until(lambda: any(row.key == "moi-traffic-fines" for row in popup.rows(Group.KNOWLEDGE)))
    assert popup.current() == first
    rows = popup.rows(Group.KNOWLEDGE)
    assert [row.key for row in rows][:2] == [first.key, "moi-traffic-fines"]
    assert rows[1].meta == "the meaning"
    qtbot.keyClick(window.box.line, Qt.Key.Key_Return)
    assert window.asked == [("article", first.key)]


async def test_what_has_none_of_the_words_is_found_by_its_meaning(window: Window, qtbot: QtBot, desk: Desk) -> None:
    meanings = Meanings(desk)
    await until(lambda: desk.status.online)
    _type(window, qtbot, "qqqq zzzz")
    await until(lambda: "qqqq zzzz" in meanings.asked)
    assert window.titles(Group.KNOWLEDGE) == []
    meanings.answer("qqqq zzzz", "moi-traffic-fines")
    await until(lambda: window.titles(Group.KNOWLEDGE))
    hit = window.box.popup().current()
    assert hit is not None
    assert hit.key == "moi-traffic-fines"


async def test_a_number_is_no_question(window: Window, qtbot: QtBot, desk: Desk) -> None:
    meanings = Meanings(desk)
    await until(lambda: desk.status.online)
    _type(window, qtbot, "99887766")
    await until(lambda: window.titles(Group.CALLERS) == ["Mohammed Al-Mutairi"])
    found = await look(desk, "99887766")
    assert found is not None
    assert await refined(desk, found, lambda: "") is found
    assert meanings.asked == {}
