"""A row that goes on in the next line."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget
from pytestqt.qtbot import QtBot

from carecenter.ui.widgets.flow_row import FlowRow


@pytest.fixture
def parts(qtbot: QtBot) -> tuple[QWidget, list[QPushButton]]:
    whole = QWidget()
    row, buttons = FlowRow(10, whole), [QPushButton(text) for text in ("first", "second", "third")]
    for button in buttons:
        button.setMinimumWidth(100)
        button.setMaximumWidth(100)
        row.addWidget(button)
    qtbot.addWidget(whole)
    whole.resize(320, 300)
    whole.show()
    return whole, buttons


@pytest.mark.parametrize("mirrored", [False, True])
def test_what_has_no_room_begins_the_next_line(parts: tuple[QWidget, list[QPushButton]], mirrored: bool) -> None:
    whole, (first, second, third) = parts
    whole.setLayoutDirection(Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight)
    assert first.y() == second.y() == third.y()
    whole.resize(250, 300)
    assert first.y() == second.y() < third.y()
    assert third.x() == first.x() == (150 if mirrored else 0)
    assert whole.heightForWidth(250) == 2 * whole.heightForWidth(320) + 10
    second.hide()
    assert whole.heightForWidth(250) == whole.heightForWidth(320)
    assert whole.minimumSizeHint().width() == 100


def test_what_may_grow_shares_what_is_left_of_its_line(parts: tuple[QWidget, list[QPushButton]]) -> None:
    whole, (first, second, third) = parts
    for button in (first, third):
        button.setMaximumWidth(1000)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    whole.resize(520, 300)
    assert [part.width() for part in (first, second, third)] == [200, 100, 200]
    assert third.x() == 320
