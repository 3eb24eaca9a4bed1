"""A box to choose from whose words may be longer than it is wide."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from carecenter.ui.widgets.plain_label import plain_tool_tip

_ARROW = 24
"""The width of the arrow, as the style sheet has it."""


class ChoiceBox(QComboBox):
    """Ends a choice that is too long in an ellipsis and tells the whole of it in its tool tip; the list that it
    opens is wide enough for the longest.

    `letters`: for how many it asks for room; it takes more where there is some. 0 asks for all of the longest.
    """

    def __init__(self, letters: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hint = ""
        if letters:
            self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            self.setMinimumContentsLength(letters)
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.currentTextChanged.connect(self._tell_what_is_cut)

    def set_hint(self, text: str) -> None:
        """The tool tip while nothing is cut."""
        self._hint = text
        self._tell_what_is_cut()

    def shown_text(self) -> str:
        """What is painted at the present width."""
        text = self.currentText() if self.currentIndex() >= 0 else self.placeholderText()
        room = self._room()
        if self.fontMetrics().horizontalAdvance(text) <= room:
            return text
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)

    def showPopup(self) -> None:  # noqa: N802 - Qt's name
        """Opens the list, wide enough for the longest choice."""
        view = self.view()
        view.setMinimumWidth(view.sizeHintForColumn(0) + 2 * view.frameWidth() + 16)
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's signature
        """As Qt paints it, except that a text too long is not cut through a letter."""
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        if self.currentIndex() < 0:
            option.palette.setBrush(option.palette.ColorRole.ButtonText, option.palette.placeholderText())
        option.currentText = self.shown_text()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width cuts elsewhere."""
        super().resizeEvent(event)
        self._tell_what_is_cut()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Only now the style sheet says how much room there is."""
        super().showEvent(event)
        self._tell_what_is_cut()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Larger letters are cut earlier."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._tell_what_is_cut()

    def _room(self) -> int:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        field = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self)
        return max(0, min(field.width(), self.width() - _ARROW) - 2)

    def _tell_what_is_cut(self) -> None:
        text = self.currentText()
        cut = self.currentIndex() >= 0 and self.shown_text() != text
        self.setToolTip(plain_tool_tip(text) if cut else self._hint)
