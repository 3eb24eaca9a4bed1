"""What an empty list says."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from carecenter.ui.widgets.empty_state import EmptyState


def test_it_says_what_to_do_and_the_keyboard_does_it(qtbot: QtBot) -> None:
    state = EmptyState()
    qtbot.addWidget(state)
    state.set_texts("No tickets in this call.", "New ticket")
    state.show()
    assert state.accessibleName() == "No tickets in this call."
    button = state.findChildren(QPushButton)[0]
    with qtbot.waitSignal(state.acted):
        qtbot.keyClick(button, Qt.Key.Key_Space)
    state.set_texts("Nothing waits.")
    assert not button.isVisible()


def test_a_long_sentence_is_shown_whole_in_a_narrow_place(qtbot: QtBot) -> None:
    state = EmptyState()
    qtbot.addWidget(state)
    state.set_texts("No tickets in this call. Open one if the caller needs something to be followed up.")
    state.resize(180, 400)
    state.show()
    label = state._sentence
    assert label.height() >= label.heightForWidth(label.width()) > 2 * label.fontMetrics().height()
