"""The text of a spin box keeps off its border, whichever way the line runs."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QSpinBox
from pytestqt.qtbot import QtBot

from carecenter.ui.widgets.spin_room import give_room

pytestmark = pytest.mark.usefixtures("theme")


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_nothing_is_written_at_the_border(qtbot: QtBot, direction: Qt.LayoutDirection) -> None:
    box = QSpinBox()
    qtbot.addWidget(box)
    box.setLayoutDirection(direction)
    give_room(box)
    box.setValue(88)
    box.resize(120, 32)
    box.show()
    shot = box.grab().toImage()
    left_to_right = direction is Qt.LayoutDirection.LeftToRight
    columns = range(3, 8) if left_to_right else range(shot.width() - 8, shot.width() - 3)
    seen = {QColor(shot.pixel(x, shot.height() // 2)).name() for x in columns}
    assert len(seen) == 1
