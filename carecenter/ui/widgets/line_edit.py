"""A line edit in which every text begins where the lines of its layout begin."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class LineEdit(QLineEdit):
    """Runs in the direction of its text, and stands at the side of its layout, whatever the script.

    Qt would move an empty field's cursor to the side of the keyboard in use, away from its placeholder.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._take_side()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Takes its side from the window it has come into."""
        self._take_side()
        super().showEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """A changed language may have turned the layout; a widget with a direction of its own is not told so."""
        kinds = QEvent.Type
        if event.type() in (kinds.LanguageChange, kinds.ParentChange, kinds.LayoutDirectionChange):
            self._take_side()
        super().changeEvent(event)

    def _take_side(self) -> None:
        around: QWidget | None = self.parentWidget()  # Qt's stubs forget that there may be none
        mirrored = (around or self).layoutDirection() == Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        self.setAlignment(side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute)
