"""A state in word, icon and colour."""

from __future__ import annotations

from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from carecenter.ui.widgets.status_pill import StatusPill

SHEET = 'QFrame[tone="danger"] { background: #ff0000; } QFrame[tone="success"] { background: #00ff00; }'


def test_the_word_is_seen_and_heard_and_the_colour_follows(qapp: QApplication, qtbot: QtBot) -> None:
    pill = StatusPill()
    qtbot.addWidget(pill)
    pill.setStyleSheet(SHEET)
    icon = QPixmap(14, 14)
    icon.fill("#0000ff")
    pill.set_status("Overdue", "danger", QIcon(icon))
    pill.show()
    assert (pill.word(), pill.accessibleName()) == ("Overdue", "Overdue")
    image = pill.grab().toImage()
    assert image.pixelColor(2, pill.height() // 2).name() == "#ff0000"
    middle = pill.picture.geometry().center()
    assert image.pixelColor(middle).name() == "#0000ff"
    pill.set_status("Answered", "success")
    assert pill.grab().toImage().pixelColor(2, pill.height() // 2).name() == "#00ff00"
    assert not pill.picture.icon().isNull()
