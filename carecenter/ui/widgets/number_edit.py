"""A line edit for phone numbers, Civil IDs and references, whose digits never change places."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from carecenter.ui.widgets.line_edit import LineEdit


class NumberEdit(LineEdit):
    """Writes from left to right in every layout, and stands at the side where the layout's lines begin."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setInputMethodHints(Qt.InputMethodHint.ImhPreferNumbers)
