"""Typing during a call."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from carecenter.ui.widgets.notes_edit import NotesEdit


@pytest.fixture
def notes(qtbot: QtBot) -> NotesEdit:
    """An empty field, on the screen."""
    notes = NotesEdit()
    qtbot.addWidget(notes)
    notes.resize(400, 200)
    notes.show()
    return notes


def test_a_pause_tells_the_whole_text_once(notes: NotesEdit, qtbot: QtBot) -> None:
    told: list[str] = []
    notes.text_settled.connect(told.append)
    qtbot.keyClicks(notes, "caller asks")
    assert told == []
    qtbot.waitUntil(lambda: bool(told))
    notes.settle()
    assert told == ["caller asks"]


def test_text_that_was_handed_in_is_not_told(notes: NotesEdit, qtbot: QtBot) -> None:
    told: list[str] = []
    notes.text_settled.connect(told.append)
    notes.show_text("from the draft")
    notes.settle()
    qtbot.keyClicks(notes, "!")
    notes.settle()
    assert told == ["!from the draft"]


def test_tab_leaves_the_field_and_settles_the_text(qtbot: QtBot) -> None:
    window, notes, other = QWidget(), NotesEdit(), QLineEdit()
    column = QVBoxLayout(window)
    column.addWidget(notes)
    column.addWidget(other)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    notes.setFocus()
    told: list[str] = []
    notes.text_settled.connect(told.append)
    qtbot.keyClicks(notes, "done")
    qtbot.keyClick(notes, Qt.Key.Key_Tab)
    assert other.hasFocus()
    assert told == ["done"]


def test_only_plain_text_is_pasted(notes: NotesEdit, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setHtml("<h1>Big <b>bold</b></h1>")
    data.setText("Big bold")
    QGuiApplication.clipboard().setMimeData(data)
    qtbot.keyClick(notes, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert notes.toPlainText() == "Big bold"
    assert "font-weight:" not in notes.toHtml().split("<p", 1)[1]


def test_no_picture_is_loaded(notes: NotesEdit, tmp_path: Path) -> None:
    picture = tmp_path / "x.png"
    QPixmap(9, 9).save(str(picture))
    assert notes.document().resource(2, QUrl.fromLocalFile(str(picture))) == QByteArray()
    notes.show_text(f'<img src="{picture.as_uri()}">')
    assert notes.toPlainText().startswith("<img")


def test_each_paragraph_begins_on_its_own_side(notes: NotesEdit) -> None:
    notes.show_text("المتصل يسأل\nCaller asks")
    starts = []
    for number in range(2):
        line = notes.document().findBlockByNumber(number).layout().lineAt(0)
        starts.append(line.naturalTextRect().x())
    assert starts[0] > 200
    assert starts[1] < 20
