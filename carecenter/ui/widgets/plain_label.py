"""A label that shows text as it was typed, and tool tips that do the same."""

from __future__ import annotations

import unicodedata

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QWidget


def plain_tool_tip(text: str) -> str:
    """`text` such that Qt's tool tips show it literally; they guess at markup and have no switch against it."""
    if "<" not in text:
        return text
    from html import escape

    return f"<p style='white-space: pre-wrap'>{escape(text)}</p>"


def _begins_right(text: str) -> bool:
    """Whether the first letter that has a direction is read from the right."""
    directions = map(unicodedata.bidirectional, text)
    return next((direction != "L" for direction in directions if direction in ("L", "R", "AL")), False)


class PlainLabel(QLabel):
    """A label for people's text: never markup, never a link, never a picture.

    QLabel's default would draw `<img src="file:///...">` out of a caller's note. With `elide` the label gives
    up width before its neighbours do, ends in an ellipsis and tells the whole text in its tool tip. With
    `own_side` Arabic begins on the right and English on the left, whatever the screen's language: a sentence to
    be read out, not a line of a form.
    """

    def __init__(
        self, text: str = "", parent: QWidget | None = None, *, elide: bool = False, own_side: bool = False
    ) -> None:
        super().__init__(parent)
        self._elide, self._own_side = elide, own_side
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
        text = self.shown_text()
        field: QWidget | None = self.buddy()  # Qt's stubs forget that most labels lead to no field
        text = text.replace("&", "") if field is not None else text
        room = self.contentsRect()
        lines, height = self._lines(text, room.width())
        painter = QPainter(self)  # Qt has painted what the style sheet puts under a label
        painter.setPen(self.palette().color(self.foregroundRole()))
        lines.draw(painter, QPointF(room.left(), room.top() + self._above(room, height)))
        painter.end()

    def _lines(self, text: str, width: int) -> tuple[QTextLayout, float]:
        """`text` broken at `width`, and its height in pixels.

        QPainter.drawText would set the first of several Arabic lines inside the others by the width of a space.
        """
        option = QTextOption()
        option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        breaks = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
        option.setWrapMode(breaks if self.wordWrap() else QTextOption.WrapMode.ManualWrap)
        option.setAlignment(self._alignment_of(text))
        lines = QTextLayout(text.replace("\n", "\u2028"), self.font())
        lines.setTextOption(option)
        height = 0.0
        lines.beginLayout()
        while (line := lines.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, height))
            height += line.height()
        lines.endLayout()
        return lines, height

    def _above(self, room: QRect, height: float) -> int:
        """How many pixels stay free above the text."""
        free = room.height() - height
        if self.alignment() & Qt.AlignmentFlag.AlignBottom:
            return round(free)
        return round(free / 2) if self.alignment() & Qt.AlignmentFlag.AlignVCenter else 0

    def _alignment_of(self, text: str) -> Qt.AlignmentFlag:
        """As seen on the screen. QStyle could tell it too, but takes long to load before the first picture."""
        alignment, sides = self.alignment(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignRight
        absolute = bool(alignment & Qt.AlignmentFlag.AlignAbsolute)
        on_screen = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        mirrored = _begins_right(text) if self._own_side else on_screen
        if mirrored and not absolute and alignment & sides:
            alignment ^= sides
        return alignment | Qt.AlignmentFlag.AlignAbsolute

    def _tell_what_is_cut(self) -> None:
        if self._elide:
            self.setToolTip(plain_tool_tip(self.text()) if self.shown_text() != self.text() else "")
