"""The window around the pages: rail, keys, language, what leads from one page to another."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from carecenter.core.config import read_settings
from carecenter.store.desk import Desk
from carecenter.ui.idle import IdleWatch
from carecenter.ui.keys import keys_of
from carecenter.ui.language import Language
from carecenter.ui.main_window import MainWindow
from carecenter.ui.messages import Action, Message, Messages
from carecenter.ui.pages import Pages
from carecenter.ui.preferences import Preferences
from carecenter.ui.theme import Theme
from tests.ui.pseudo import unmarked_texts
from tests.ui.waiting import until

pytestmark = pytest.mark.qt_log_ignore("does not support raise", extend=True)


class SmallPage(QWidget):
    """A page with one button, that leads to a ticket and can show one."""

    ticket_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.button = QPushButton()
        self.button.setProperty("data", True)
        self.button.setShortcut("Ctrl+T")
        self.button.setAccessibleName("New ticket")
        self.opened: list[str] = []
        self.settled = self.closed = False
        QVBoxLayout(self).addWidget(self.button)
        self.setFocusProxy(self.button)

    def open_ticket(self, ticket_id: str) -> None:
        self.opened.append(ticket_id)

    async def settle(self) -> None:
        self.settled = True

    def close_page(self) -> None:
        self.closed = True


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, language: Language, tmp_path: Path) -> MainWindow:
    preferences = Preferences(tmp_path / "settings.json", theme, language)
    preferences.change(language="en")
    window = MainWindow(Messages(), language, theme, preferences)
    qtbot.addWidget(window, before_close_func=_close)
    window.show()
    return window


def _close(window: MainWindow) -> None:
    window.status_bar.show_desk(None)  # the desk of the test outlives the window
    window.let_close()


def _open(window: MainWindow, desk: Desk, *keys: str) -> Pages:
    pages = Pages(dict.fromkeys(keys, SmallPage), QWidget())
    window.open_desk(desk, pages, demo=False)
    return pages


def test_tab_comes_to_a_message_before_the_page_under_it(window: MainWindow) -> None:
    page = SmallPage()
    window.show_front(page)
    window.message_bar.show_message(Message("danger", lambda: "It failed.", Action("Try again", lambda: None)))
    seen: list[QWidget | None] = [window.nextInFocusChain()]
    while (last := seen[-1]) is not None and last is not window:  # all round
        seen.append(last.nextInFocusChain())
    action = next(one for one in seen if isinstance(one, QPushButton) and one.text() == "Try again")
    assert seen.index(action) < seen.index(page.button)


def _page(pages: Pages, key: str) -> SmallPage:
    page = pages.page(key)
    assert isinstance(page, SmallPage)
    return page


@pytest.mark.asyncio
async def test_ctrl_and_a_number_leads_to_a_page_and_nothing_to_one_that_is_not_there(
    window: MainWindow, desk: Desk
) -> None:
    pages = _open(window, desk, "desk", "tickets", "settings")
    assert window.rail.choice() == "desk"
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: window.stack.currentWidget() is pages.page("tickets"))
    window.go("supervisor")
    assert window.rail.choice() == "tickets"
    assert len(pages.all()) == 2, "a page is made when it is first wanted"


@pytest.mark.asyncio
async def test_a_ticket_asked_for_on_one_page_is_opened_on_another(window: MainWindow, desk: Desk) -> None:
    pages = _open(window, desk, "desk", "tickets")
    _page(pages, "desk").ticket_requested.emit("t1")
    assert window.rail.choice() == "tickets"
    assert _page(pages, "tickets").opened == ["t1"]
    await pages.settle()
    await pages.close()
    assert all(_page(pages, key).settled and _page(pages, key).closed for key in ("desk", "tickets"))


@pytest.mark.asyncio
async def test_the_language_turns_everything_and_is_remembered(
    window: MainWindow, desk: Desk, language: Language, tmp_path: Path
) -> None:
    _open(window, desk, "desk", "settings")
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert window.layoutDirection() == Qt.LayoutDirection.RightToLeft
    assert read_settings(tmp_path / "settings.json").language == "ar"
    window.status_bar.account.setProperty("data", True)
    language.set("qps")
    assert [text for text in unmarked_texts(window) if "\u2066" not in text] == []  # tool tips name keys


@pytest.mark.asyncio
async def test_f1_lists_the_keys_of_this_page_and_those_of_the_window(window: MainWindow, desk: Desk) -> None:
    pages = _open(window, desk, "desk", "tickets")
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert window.keys_sheet.isVisible()
    assert [key.does for key in keys_of(pages.page("desk"))] == ["New ticket"]
    everywhere = [key.does for key in keys_of(window, without=pages.page("desk"))]
    assert {"Desk", "Tickets", "Search", "Sign out"} <= set(everywhere)
    assert "New ticket" not in everywhere
    QTest.keyClick(window.keys_sheet, Qt.Key.Key_Escape)
    assert not window.keys_sheet.isVisible()


@pytest.mark.asyncio
async def test_after_sign_out_the_frame_is_gone_and_another_account_gets_its_own_rail(
    window: MainWindow, desk: Desk
) -> None:
    front = QWidget()
    _open(window, desk, "desk", "supervisor")
    window.show_front(front)
    window.close_desk()
    assert not window.rail.isVisible()
    assert not window.status_bar.isVisible()
    pages = _open(window, desk, "desk", "tickets")
    assert "Queues" not in [key.does for key in keys_of(window)]
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: window.stack.currentWidget() is pages.page("tickets"))


def test_closing_asks_first_and_the_place_is_remembered(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    with qtbot.waitSignal(window.close_asked):
        window.close()
    assert window.isVisible()
    window.let_close()
    assert not window.isVisible()
    assert read_settings(tmp_path / "settings.json").window_geometry


@pytest.mark.asyncio
async def test_the_status_bar_says_who_is_here_and_how_it_stands(window: MainWindow, desk: Desk) -> None:
    _open(window, desk, "desk")
    bar = window.status_bar
    await until(lambda: bar.connection.text().startswith("Online since"))
    assert "Sara" in bar.account.text()
    assert "Agent" in bar.account.text()
    assert not bar.attention.isVisible()
    assert not bar.demo.isVisible()


@pytest.mark.asyncio
async def test_the_status_bar_says_what_keeps_work_from_the_centre(window: MainWindow, desk: Desk) -> None:
    _open(window, desk, "desk")
    bar = window.status_bar
    for trouble, words in (
        ({"signed_out": True, "online": False}, "sign in again"),
        ({"upgrade": True, "online": False}, "too old"),
        ({"stuck": True}, "administrator"),
    ):
        desk.report(msgspec.structs.replace(desk.status, **trouble))
        assert words in bar.connection.text()
        desk.report(msgspec.structs.replace(desk.status, **dict.fromkeys(trouble, False)))
        assert words not in bar.connection.text()


@pytest.mark.asyncio
async def test_the_window_left_alone_is_noticed_and_a_key_puts_it_off(window: MainWindow) -> None:
    watch = IdleWatch(window)
    idled: list[bool] = []
    watch.idled.connect(lambda: idled.append(True))
    watch.start(3600)
    await until(lambda: watch._timer.remainingTime() < 3_599_500)
    press = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier)
    QCoreApplication.sendEvent(window.windowHandle(), press)
    assert watch._timer.remainingTime() > 3_599_500
    watch.start(0.01)
    await until(lambda: idled)
    watch.stop()
