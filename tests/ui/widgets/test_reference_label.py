"""The reference, in the order in which it is said."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextLayout, QTextOption
from pytestqt.qtbot import QtBot

from carecenter.ui.widgets.reference_label import ReferenceLabel, in_order


@pytest.mark.parametrize("text", ["0472 915 644", "٠٤٧٢ ٩١٥ ٦٤٤", "0472-915-644"])
def test_the_groups_keep_their_order_in_an_arabic_line(qapp: QGuiApplication, text: str) -> None:
    shown = in_order(text)
    option = QTextOption()
    option.setTextDirection(Qt.LayoutDirection.RightToLeft)
    layout = QTextLayout(shown)
    layout.setTextOption(option)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(1000)
    layout.endLayout()
    places = [line.glyphRuns(at, 1)[0].positions()[0].x() for at, letter in enumerate(shown) if letter.isdigit()]
    assert places == sorted(places)
    assert len(set(places)) == 10


def test_control_c_copies_plain_ascii_whatever_is_shown(qtbot: QtBot) -> None:
    label = ReferenceLabel()
    qtbot.addWidget(label)
    label.set_reference("0472\u00a0915\u00a0644", "٠٤٧٢ ٩١٥ ٦٤٤")
    label.show()
    label.setFocus()
    with qtbot.waitSignal(label.copied) as signal:
        qtbot.keyClick(label, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert signal.args == ["0472 915 644"]
    assert QGuiApplication.clipboard().text() == label.reference() == "0472 915 644"
    assert "٠٤٧٢" in label.text()


def test_without_a_reference_nothing_is_shown(qtbot: QtBot) -> None:
    label = ReferenceLabel()
    qtbot.addWidget(label)
    label.set_reference("0472 915 644")
    label.set_reference("")
    assert label.text() == ""
