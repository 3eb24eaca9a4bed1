"""Digits in a right-to-left form."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from carecenter.ui.widgets.number_edit import NumberEdit


def test_it_types_from_left_to_right_at_the_side_of_the_layout(qtbot: QtBot) -> None:
    form, edit = QWidget(), NumberEdit()
    QVBoxLayout(form).addWidget(edit)
    qtbot.addWidget(form)
    form.show()
    assert edit.alignment() & Qt.AlignmentFlag.AlignLeft
    form.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    QCoreApplication.sendEvent(form, QEvent(QEvent.Type.LanguageChange))
    assert edit.alignment() & Qt.AlignmentFlag.AlignRight
    edit.setFocus()
    qtbot.keyClicks(edit, "+965 9912")
    places = []
    for position in range(len(edit.text()) + 1):
        edit.setCursorPosition(position)
        places.append(edit.cursorRect().x())
    assert places == sorted(places)
    assert places[0] < places[-1]
