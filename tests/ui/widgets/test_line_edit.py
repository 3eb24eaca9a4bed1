"""A field stands at the side of its layout, whatever is typed and on whatever keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from carecenter.ui.widgets.line_edit import LineEdit


@pytest.mark.parametrize("text", ["", "Civil ID", "البطاقة المدنية"])
def test_its_text_begins_where_the_lines_of_the_layout_begin(qtbot: QtBot, text: str) -> None:
    form, edit = QWidget(), LineEdit()
    QVBoxLayout(form).addWidget(edit)
    qtbot.addWidget(form)
    form.resize(400, 80)
    form.show()
    edit.setText(text)
    assert _places(edit)[0] < 20
    form.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert _places(edit)[-1] > edit.width() - 20
    form.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    assert _places(edit)[0] < 20


def test_so_it_does_in_a_box_that_can_be_typed_into(qtbot: QtBot) -> None:
    form, box, edit = QWidget(), QComboBox(), LineEdit()
    box.setLineEdit(edit)
    QVBoxLayout(form).addWidget(box)
    qtbot.addWidget(form)
    form.resize(400, 80)
    form.show()
    edit.setText("Omar")
    form.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert _places(edit)[-1] > edit.width() - 20


def _places(edit: LineEdit) -> list[int]:
    """Where the cursor stands before each letter and after the last, from the left."""
    edit.grab()  # only what is painted is scrolled to its side
    places = []
    for position in range(len(edit.text()) + 1):
        edit.setCursorPosition(position)
        places.append(edit.cursorRect().center().x())
    return sorted(places)
