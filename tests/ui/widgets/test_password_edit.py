"""A password can be looked at, but does not stay in sight."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from carecenter.ui.theme import Theme
from carecenter.ui.widgets.line_edit import LineEdit
from carecenter.ui.widgets.password_edit import PasswordEdit


@pytest.fixture
def edit(qtbot: QtBot) -> PasswordEdit:
    """A field with a password in it."""
    edit = PasswordEdit()
    edit.set_texts("Show the password", "Hide the password")
    qtbot.addWidget(edit)
    edit.show()
    edit.activateWindow()
    qtbot.waitUntil(edit.isActiveWindow)
    edit.setFocus()
    qtbot.keyClicks(edit.line, "secret")
    return edit


def test_the_keyboard_reveals_and_hides(edit: PasswordEdit, qtbot: QtBot) -> None:
    assert (edit.text(), edit.line.displayText() == "secret") == ("secret", False)
    qtbot.keyClick(edit.line, Qt.Key.Key_Tab)
    assert edit.reveal.hasFocus()
    assert edit.reveal.accessibleName() == "Show the password"
    qtbot.keyClick(edit.reveal, Qt.Key.Key_Space)
    assert edit.line.displayText() == "secret"
    assert edit.reveal.accessibleName() == "Hide the password"
    qtbot.keyClick(edit.reveal, Qt.Key.Key_Space)
    assert edit.line.displayText() != "secret"


def test_a_window_that_is_left_hides_the_password(edit: PasswordEdit, qtbot: QtBot) -> None:
    edit.reveal.click()
    assert edit.line.echoMode() == QLineEdit.EchoMode.Normal
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    QCoreApplication.sendEvent(edit, QEvent(QEvent.Type.ActivationChange))
    assert edit.line.echoMode() == QLineEdit.EchoMode.Password


def test_clearing_forgets_and_hides(edit: PasswordEdit) -> None:
    edit.reveal.click()
    edit.clear()
    assert edit.text() == ""
    assert edit.line.echoMode() == QLineEdit.EchoMode.Password


def test_it_is_as_high_as_its_neighbour_and_stands_on_one_line_with_it(qtbot: QtBot, theme: Theme) -> None:
    form, edit, neighbour = QWidget(), PasswordEdit(), LineEdit()
    row = QHBoxLayout(form)
    row.addWidget(edit)
    row.addWidget(neighbour)
    qtbot.addWidget(form)
    form.resize(600, 60)
    form.show()
    assert edit.line.height() == neighbour.height()
    assert edit.line.mapTo(form, edit.line.rect().topLeft()).y() == neighbour.y()
