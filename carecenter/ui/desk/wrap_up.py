"""The end of a call: what came of it, in one key. It lies over nothing and can be left again."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.core.terms import WrapUp, label
from carecenter.ui.language import Translated
from carecenter.ui.theme import set_icon
from carecenter.ui.widgets.row_list import Row, RowList
from carecenter.ui.widgets.section import Section

CODES: Final = tuple(WrapUp)


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
        self.codes = RowList(numbered=True, spell=i18n.number)
        self.codes.setFrameShape(QFrame.Shape.NoFrame)
        self.codes.chosen.connect(self.chosen)
        self._section.body.addWidget(self.codes)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._section)
        self.hide()
        self.retranslate()

    def retranslate(self) -> None:
        """The codes in the language of the moment; the keyboard stays on its row."""
        self._section.set_title(_("Wrap-up: press a digit"))
        self.codes.setAccessibleName(_("What came of the call"))
        self._close.setToolTip(_("Back to the call (Esc)"))
        self._close.setAccessibleName(_("Back to the call"))
        self.codes.set_rows([Row(code, label(code)) for code in CODES])
        self.codes.setFixedHeight(len(CODES) * self.codes.sizeHintForRow(0) + 4)

    def start(self, proposed: WrapUp) -> None:
        """Shows the codes, the keyboard on the likely one."""
        self.show()
        self.codes.set_current(proposed, tell=False)
        self.codes.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, at: int) -> None:
        """The code beside a digit, counted from 0."""
        if at < len(CODES):
            self.chosen.emit(CODES[at])

    def leave(self) -> None:
        """The call goes on."""
        self.hide()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc goes back to the call."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)
