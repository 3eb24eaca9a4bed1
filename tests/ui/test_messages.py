"""What the person is told, and how."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from carecenter.core import i18n
from carecenter.core.errors import Unreachable, UserError
from carecenter.ui.language import Language
from carecenter.ui.messages import PASSING_MS, Action, MessageBar, Messages, sentence
from carecenter.ui.theme import Theme


class Window(QWidget):
    """A field in use, and the bar."""

    def __init__(self) -> None:
        super().__init__()
        self.messages = Messages()
        self.field, self.bar = QLineEdit(), MessageBar(self.messages)
        column = QVBoxLayout(self)
        column.addWidget(self.field)
        column.addWidget(self.bar)


@pytest.fixture
def window(qapp: QApplication, qtbot: QtBot) -> Iterator[Window]:
    """The window on the screen, in the program's clothes."""
    theme = Theme(qapp)
    window = Window()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.field.setFocus()
    yield window
    theme.deleteLater()
    qapp.setStyleSheet("")
    i18n.set_language("en")


def test_a_message_is_seen_and_leaves_the_focus_alone(window: Window) -> None:
    assert not window.bar.isVisible()
    window.messages.info("Synced")
    assert window.bar.isVisible()
    assert window.bar.text() == "Synced"
    assert window.field.hasFocus()


def test_escape_dismisses_from_wherever_the_person_types(window: Window, qtbot: QtBot) -> None:
    window.messages.error("The file is locked")
    qtbot.keyClick(window.field, Qt.Key.Key_Escape)
    assert not window.bar.isVisible()


def test_what_needs_attention_comes_back_under_what_passes(window: Window, qtbot: QtBot) -> None:
    window.messages.warning("The disk is nearly full")
    window.messages.info("Copied")
    window.messages.success("Saved")
    assert window.bar.text() == "Saved"
    qtbot.keyClick(window.field, Qt.Key.Key_Escape)
    assert window.bar.text() == "The disk is nearly full"
    qtbot.keyClick(window.field, Qt.Key.Key_Escape)
    assert window.bar.text() == ""


def test_only_what_needs_no_attention_passes_by_itself(window: Window) -> None:
    window.messages.success("Saved")
    assert window.bar._passing.isActive()
    assert window.bar._passing.interval() == PASSING_MS
    window.messages.error("Not saved")
    assert not window.bar._passing.isActive()


def test_the_same_error_twice_is_dismissed_once(window: Window, qtbot: QtBot) -> None:
    failure = UserError("The file is locked")
    window.messages.failure(failure)
    window.messages.failure(failure)
    qtbot.keyClick(window.field, Qt.Key.Key_Escape)
    assert not window.bar.isVisible()


def test_an_action_can_be_taken_by_keyboard(window: Window, qtbot: QtBot) -> None:
    done: list[str] = []
    window.messages.warning("Merged", Action("Undo", lambda: done.append("undone")))
    button = next(part for part in window.bar.findChildren(QPushButton) if part.text() == "Undo")
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert done == ["undone"]
    assert not window.bar.isVisible()


def test_a_user_error_says_its_parameters_in_the_readers_way(window: Window) -> None:
    window.messages.failure(UserError("{name} has {n} tickets", name="محمد", n=1200))
    assert window.bar.text() == "\u2068محمد\u2069 has 1,200 tickets"
    assert sentence(UserError("A brace { alone")) == "A brace { alone"


def test_an_error_is_said_anew_in_another_language(window: Window, qapp: QApplication) -> None:
    language = Language(qapp)
    window.messages.failure(UserError("Locked"))
    language.set("qps")
    assert window.bar.text() == i18n.pseudo("Locked")
    language.set("en")
    language.deleteLater()


def test_markup_in_a_message_stays_text(window: Window) -> None:
    window.messages.error("<b>now</b>")
    assert window.bar._text.textFormat() == Qt.TextFormat.PlainText


def test_a_defect_is_logged_without_anybodys_words_and_its_reference_can_be_copied(
    window: Window, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        try:
            raise KeyError("محمد المطيري")
        except KeyError as inner:
            raise ValueError("phone 99123456") from inner

    with caplog.at_level(logging.INFO), pytest.raises(ValueError, match="phone") as raised:
        fail()
    window.messages.failure(raised.value)
    found = re.search(r"\u2068([A-Z2-9]{6})\u2069", window.bar.text())
    assert found
    assert found[1] in caplog.text
    assert "ValueError" in caplog.text
    assert "KeyError" in caplog.text
    assert "test_messages.py" in caplog.text
    assert "99123456" not in caplog.text
    assert "محمد" not in caplog.text
    copy = next(part for part in window.bar.findChildren(QPushButton) if "opy" in part.text())
    copy.click()
    assert QGuiApplication.clipboard().text() == found[1]


def test_being_offline_is_not_shown_as_an_error(window: Window) -> None:
    window.messages.failure(Unreachable("The centre cannot be reached"))
    assert not window.bar.isVisible()
