"""A picture beside a word."""

from __future__ import annotations

from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from carecenter.ui.widgets.icon_label import IconLabel


def test_it_draws_its_icon_and_hides_without_one(qtbot: QtBot) -> None:
    room = QWidget()
    qtbot.addWidget(room)
    room.show()
    label = IconLabel(20, room)
    picture = QPixmap(20, 20)
    picture.fill(QColor("#123456"))
    label.setIcon(QIcon(picture))
    assert label.isVisible()
    assert label.sizeHint().width() == label.sizeHint().height() == 20
    label.resize(20, 20)
    assert label.grab().toImage().pixelColor(10, 10).name() == "#123456"
    label.setIcon(QIcon())
    assert not label.isVisible()


def test_an_icon_given_before_its_place_opens_no_window(qtbot: QtBot) -> None:
    label = IconLabel(20)
    qtbot.addWidget(label)
    picture = QPixmap(20, 20)
    picture.fill(QColor("#123456"))
    label.setIcon(QIcon(picture))
    assert not label.isVisible()
