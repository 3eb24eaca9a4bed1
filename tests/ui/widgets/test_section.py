"""A titled part of a page."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from carecenter.ui.widgets.section import Section


def test_the_title_stands_over_the_body_and_names_it(qtbot: QtBot) -> None:
    section, field, button = Section(), QLineEdit(), QToolButton()
    qtbot.addWidget(section)
    section.set_title("Notes")
    section.body.addWidget(field)
    section.header.addWidget(button)
    section.show()
    assert (section.title(), section.accessibleName()) == ("Notes", "Notes")
    assert button.geometry().bottom() < field.geometry().top()
