"""Going from page to page."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from carecenter.ui.widgets.rail import Rail


@pytest.fixture
def rail(qtbot: QtBot) -> Rail:
    """Three pages, the first of them current."""
    rail = Rail()
    qtbot.addWidget(rail)
    for number, key in enumerate(("desk", "tickets", "queues"), 1):
        rail.add(key, QKeySequence(f"Ctrl+{number}"))
        rail.set_text(key, key.title())
    rail.choose("desk")
    rail.show()
    rail.activateWindow()
    qtbot.waitUntil(rail.isActiveWindow)
    return rail


def test_a_shortcut_leads_to_its_page_also_after_another_language(rail: Rail, qtbot: QtBot) -> None:
    told: list[str] = []
    rail.chosen.connect(told.append)
    rail.set_text("queues", "الطوابير")
    qtbot.keyClick(rail, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: rail.choice() == "queues")
    assert told == ["queues"]


def test_up_and_down_go_round(rail: Rail, qtbot: QtBot) -> None:
    told: list[str] = []
    rail.chosen.connect(told.append)
    qtbot.keyClick(rail, Qt.Key.Key_Tab)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down):
        qtbot.keyClick(QApplication.focusWidget(), key)
    assert told == ["queues", "desk", "tickets"]


def test_choosing_in_the_program_tells_nobody(rail: Rail) -> None:
    told: list[str] = []
    rail.chosen.connect(told.append)
    rail.choose("tickets")
    assert (rail.choice(), told) == ("tickets", [])


def test_a_page_says_its_name_and_its_keys(rail: Rail) -> None:
    button = rail.add("admin", QKeySequence("Ctrl+9"))
    rail.set_text("admin", "Admin")
    assert button.accessibleName() == "Admin"
    assert "Admin" in button.toolTip()
    assert "Ctrl+9" in button.toolTip()
