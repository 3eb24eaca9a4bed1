"""The end of a call: what came of it, in one key. It lies over nothing and can be left again."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.core.terms import WrapUp, label
from carecenter.ui.language import Translated
from carecenter.ui.theme import set_icon
from carecenter.ui.widgets.section import Section

CODES: Final = tuple(WrapUp)
_COLUMNS: Final = 2


class WrapUpPanel(Translated, QWidget):
    """Emits `chosen(code)`; the digits 1 to 9 choose while it has the keyboard, Esc goes back to the call."""

    chosen = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._section = Section()
        self._close = QToolButton()
        set_icon(self._close, "x")
        self._close.clicked.connect(self.leave)
        self._section.header.addWidget(self._close)
        grid = QGridLayout()
        grid.setSpacing(8)
        self.buttons: dict[WrapUp, QPushButton] = {}
        for at, code in enumerate(CODES):
            button = QPushButton()
            button.clicked.connect(lambda _checked=False, code=code: self.chosen.emit(code))
            self.buttons[code] = button
            grid.addWidget(button, at // _COLUMNS, at % _COLUMNS)
        self._section.body.addLayout(grid)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._section)
        self.hide()
        self.retranslate()

    def retranslate(self) -> None:
        """The codes with their keys."""
        self._section.set_title(_("Wrap-up: what came of the call? Press its digit"))
        self._close.setToolTip(_("Back to the call (Esc)"))
        self._close.setAccessibleName(_("Back to the call"))
        for at, (code, button) in enumerate(self.buttons.items(), start=1):
            button.setText(f"{i18n.number(at)}  {label(code)}")
            button.setAccessibleName(label(code))
            button.setToolTip(_("{what} (Alt+{digit})").format(what=label(code), digit=at))

    def start(self, proposed: WrapUp) -> None:
        """Shows the codes, the keyboard on the likely one."""
        self.show()
        self.buttons[proposed].setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, at: int) -> None:
        """The code beside a digit, counted from 0."""
        if at < len(CODES):
            self.chosen.emit(CODES[at])

    def leave(self) -> None:
        """The call goes on."""
        self.hide()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """A digit is a code; Enter takes the one the keyboard is on."""
        digit = event.text()
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif digit.isdecimal() and digit and int(digit) > 0:
            self.choose(int(digit) - 1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._press_focused()
        else:
            super().keyPressEvent(event)

    def _press_focused(self) -> None:
        for code, button in self.buttons.items():
            if button.hasFocus():
                self.chosen.emit(code)
