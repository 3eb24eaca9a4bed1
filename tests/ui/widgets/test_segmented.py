"""One of a few."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from carecenter.ui.widgets.segmented import Segmented


@pytest.fixture
def form(qtbot: QtBot) -> Iterator[tuple[Segmented, QLineEdit]]:
    """The choice, and the field after it."""
    window, choice, field = QWidget(), Segmented(("complaint", "enquiry", "praise")), QLineEdit()
    for key in ("complaint", "enquiry", "praise"):
        choice.set_text(key, key.title())
    column = QVBoxLayout(window)
    column.addWidget(choice)
    column.addWidget(field)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    choice.button("complaint").setFocus()
    yield choice, field
    window.close()  # also keeps the window from being collected with this function's names


@pytest.mark.parametrize("mirrored", [False, True])
def test_arrows_choose_in_the_direction_of_the_layout(
    form: tuple[Segmented, QLineEdit], qtbot: QtBot, mirrored: bool
) -> None:
    choice, _field = form
    if mirrored:
        choice.window().setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        qtbot.waitUntil(lambda: choice.button("enquiry").x() < choice.button("complaint").x())
    told: list[str] = []
    choice.chosen.connect(told.append)
    qtbot.keyClick(choice.button("complaint"), Qt.Key.Key_Left if mirrored else Qt.Key.Key_Right)
    assert choice.choice() == "enquiry"
    assert told == ["enquiry"]


def test_tab_stops_once(form: tuple[Segmented, QLineEdit], qtbot: QtBot) -> None:
    choice, field = form
    qtbot.keyClick(choice.button("complaint"), Qt.Key.Key_Tab)
    assert field.hasFocus()


def test_choosing_in_the_program_tells_nobody(form: tuple[Segmented, QLineEdit]) -> None:
    choice, _field = form
    told: list[str] = []
    choice.chosen.connect(told.append)
    choice.choose("praise")
    assert (choice.choice(), told) == ("praise", [])
    assert choice.button("praise").accessibleName() == "Praise"
    with pytest.raises(KeyError):
        choice.choose("nothing")


def test_a_narrow_strip_goes_on_in_another_line_and_hides_no_choice(
    form: tuple[Segmented, QLineEdit], qtbot: QtBot
) -> None:
    choice, field = form
    one_line = choice.height()
    choice.window().setFixedWidth(choice.button("complaint").width() + 60)
    qtbot.waitUntil(lambda: choice.height() > one_line)
    for key in ("complaint", "enquiry", "praise"):
        assert choice.rect().contains(choice.button(key).geometry())
    qtbot.waitUntil(lambda: field.y() > choice.geometry().bottom())
    choice.window().setFixedWidth(600)
    qtbot.waitUntil(lambda: choice.height() == one_line)


@pytest.mark.usefixtures("theme")
def test_every_choice_is_in_sight_at_every_width(form: tuple[Segmented, QLineEdit]) -> None:
    choice, _field = form
    lines = set()
    for width in range(140, 340):
        choice.window().resize(width, 200)
        for _layout in range(3):  # its height is asked for once more when its lines are others
            QApplication.processEvents()
        choices = [choice.button(key).geometry() for key in ("complaint", "enquiry", "praise")]
        assert all(choice.contentsRect().contains(one) for one in choices), width
        lines.add(len({one.y() for one in choices}))
    assert lines == {1, 2, 3}
