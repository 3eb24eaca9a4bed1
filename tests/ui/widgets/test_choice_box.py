"""A choice longer than its box."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from carecenter.ui.widgets.choice_box import ChoiceBox

LONG = "Public Authority for Applied Education and Training, Department of Admissions"


@pytest.fixture
def box(qtbot: QtBot) -> ChoiceBox:
    box = ChoiceBox(6)
    box.addItems(["Fire", LONG])
    qtbot.addWidget(box)
    box.resize(160, box.sizeHint().height())
    box.show()
    return box


def test_what_is_too_long_ends_in_an_ellipsis_and_is_told_whole(box: ChoiceBox) -> None:
    box.set_hint("Responsible body")
    assert (box.shown_text(), box.toolTip()) == ("Fire", "Responsible body")
    box.setCurrentIndex(1)
    shown = box.shown_text()
    assert shown.endswith("…")
    assert LONG.startswith(shown[:-1])
    assert box.fontMetrics().horizontalAdvance(shown) < box.width()
    assert box.toolTip() == LONG
    box.resize(1200, box.height())
    assert (box.shown_text(), box.toolTip()) == (LONG, "Responsible body")


@pytest.mark.qt_log_ignore("does not support", extend=True)  # a list opened without a screen
def test_the_open_list_has_room_for_the_longest(box: ChoiceBox) -> None:
    box.showPopup()
    assert box.view().viewport().width() >= box.fontMetrics().horizontalAdvance(LONG)
    box.hidePopup()


def test_what_is_to_be_chosen_is_cut_like_a_choice(box: ChoiceBox) -> None:
    box.setPlaceholderText(LONG)
    box.setCurrentIndex(-1)
    assert box.shown_text().endswith("…")
