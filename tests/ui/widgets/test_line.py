"""The thin line."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from carecenter.ui.widgets.line import Line


@pytest.mark.parametrize("upright", [False, True])
def test_it_is_one_pixel_across_its_whole_layout(qtbot: QtBot, upright: bool) -> None:
    whole, line = QWidget(), Line(upright=upright)
    layout = QHBoxLayout(whole) if upright else QVBoxLayout(whole)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(line)
    qtbot.addWidget(whole)
    whole.resize(300, 200)
    whole.show()
    assert (line.width(), line.height()) == ((1, 200) if upright else (300, 1))
