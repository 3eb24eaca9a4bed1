"""People's text in an opened ticket: shown as it was typed, and nothing is opened for it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QUrl
from PySide6.QtGui import QPixmap, QTextDocument
from pytestqt.qtbot import QtBot

from carecenter.ui.views.ticket_view_text import PeopleText


def test_markup_and_links_are_words(qtbot: QtBot) -> None:
    text = PeopleText()
    qtbot.addWidget(text)
    typed = "<b>bold</b> <a href='https://example.org/'>here</a> & so on"
    text.show_text(typed)
    assert text.toPlainText() == typed
    assert text.anchorAt(text.cursorRect().center()) == ""


def test_no_picture_is_loaded(qtbot: QtBot, tmp_path: Path) -> None:
    picture = tmp_path / "x.png"
    QPixmap(9, 9).save(str(picture))
    text = PeopleText()
    qtbot.addWidget(text)
    kind = QTextDocument.ResourceType.ImageResource.value
    assert text.document().resource(kind, QUrl.fromLocalFile(str(picture))) == QByteArray()
