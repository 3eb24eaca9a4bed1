"""A label that shows text as it was typed, and tool tips that do the same."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTextOption
from PySide6.QtWidgets import QLabel, QWidget


def plain_tool_tip(text: str) -> str:
    """`text` such that Qt's tool tips show it literally; they guess at markup and have no switch against it."""
    if "<" not in text:
        return text
    from html import escape

    return f"<p style='white-space: pre-wrap'>{escape(text)}</p>"


class PlainLabel(QLabel):
    """A label for people's text: never markup, never a link, never a picture.

    QLabel's default would draw `<img src="file:///...">` out of a caller's note. With `elide` the label gives
    up width before its neighbours do, ends in an ellipsis and tells the whole text in its tool tip.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None, *, elide: bool = False) -> None:
        super().__init__(parent)
        self._elide = elide
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Shows `text`; the tool tip of an elided label follows."""
        super().setText(text)
        self._tell_what_is_cut()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """An elided label may shrink to a few letters."""
        hint = super().minimumSizeHint()
        if self._elide:
            hint.setWidth(min(hint.width(), self.fontMetrics().averageCharWidth() * 4))
        return hint

    def shown_text(self) -> str:
        """What is painted at the present width."""
        if not self._elide:
            return self.text()
        width = self.contentsRect().width() - 2 * self.margin()
        line = self.text().replace("\n", " ")
        return self.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, width)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width cuts the text elsewhere."""
        super().resizeEvent(event)
        self._tell_what_is_cut()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's signature
        """Begins the text where the layout's lines begin, and lets it run in its own direction.

        QLabel puts a Latin text on the left of an Arabic form, and an Arabic one on the right of an English
        form.
        """
        painter = QPainter(self)  # Qt has painted what the style sheet puts under a label
        text_option = QTextOption(self._absolute_alignment())
        text_option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        wrap = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere if self.wordWrap() else QTextOption.WrapMode.NoWrap
        text_option.setWrapMode(wrap)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.shown_text()
        field: QWidget | None = self.buddy()  # Qt's stubs forget that most labels lead to no field
        text = text.replace("&", "") if field is not None else text
        painter.drawText(QRectF(self.contentsRect()), text, text_option)
        painter.end()

    def _absolute_alignment(self) -> Qt.AlignmentFlag:
        """As seen on the screen. QStyle could tell it too, but takes long to load before the first picture."""
        alignment, sides = self.alignment(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignRight
        turned = (
            self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            and not alignment & Qt.AlignmentFlag.AlignAbsolute
        )
        if turned and alignment & sides:
            alignment ^= sides
        return alignment | Qt.AlignmentFlag.AlignAbsolute

    def _tell_what_is_cut(self) -> None:
        if self._elide:
            self.setToolTip(plain_tool_tip(self.text()) if self.shown_text() != self.text() else "")
