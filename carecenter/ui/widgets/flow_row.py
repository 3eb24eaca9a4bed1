"""A row of widgets that goes on in another line where there is no room for all of them."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowRow(QLayout):
    """Begins where the layout's lines begin. Each widget is as wide as it likes; those that may expand share what
    is left of their line, and no line is wider than the row.
    """

    def __init__(self, spacing: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802 - Qt's name
        """Takes an item after the others."""
        self._items.append(item)

    def count(self) -> int:
        """How many items there are, hidden ones among them."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 - Qt's name
        """One item; nothing beyond the last."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 - Qt's name
        """Gives an item away; nothing beyond the last."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802 - Qt's name
        """What its items want."""
        wanted = Qt.Orientation(0)
        for item in self._items:
            wanted |= item.expandingDirections()
        return wanted

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """The narrower, the more lines."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """The height of all lines in a width."""
        margins = self.contentsMargins()
        lines = self._lines(width - margins.left() - margins.right())
        height = sum(_height(line) for line in lines) + self.spacing() * max(0, len(lines) - 1)
        return height + margins.top() + margins.bottom()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Everything in one line."""
        items = self._shown()
        width = sum(item.sizeHint().width() for item in items) + self.spacing() * max(0, len(items) - 1)
        return self._with_margins(QSize(width, _height(items)))

    def minimumSize(self) -> QSize:  # noqa: N802 - Qt's name
        """The widest item alone in its line."""
        items = self._shown()
        widest = max((item.minimumSize().width() for item in items), default=0)
        return self._with_margins(QSize(widest, _height(items)))

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802 - Qt's name
        """Places the items."""
        super().setGeometry(rect)
        inside = rect.marginsRemoved(self.contentsMargins())
        owner = self.parentWidget()
        mirrored = owner is not None and owner.layoutDirection() == Qt.LayoutDirection.RightToLeft
        top = inside.top()
        for line in self._lines(inside.width()):
            height, left = _height(line), inside.left()
            for item, width in zip(line, self._widths(line, inside.width()), strict=True):
                own = min(height, item.sizeHint().height())
                at = inside.left() + inside.right() + 1 - left - width if mirrored else left
                item.setGeometry(QRect(at, top + (height - own) // 2, width, own))
                left += width + self.spacing()
            top += height + self.spacing()

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        used = 0
        for item in self._shown():
            own = item.sizeHint().width()
            if not lines or used + self.spacing() + own > width:
                lines.append([])
                used = -self.spacing()
            lines[-1].append(item)
            used += self.spacing() + own
        return lines

    def _widths(self, line: list[QLayoutItem], width: int) -> list[int]:
        widths = [item.sizeHint().width() for item in line]
        left = width - sum(widths) - self.spacing() * (len(line) - 1)
        growing = [at for at, item in enumerate(line) if item.expandingDirections() & Qt.Orientation.Horizontal]
        if left < 0:  # one item alone, wider than the row
            return [max(width, line[0].minimumSize().width())]
        for rank, at in enumerate(growing):
            share = left // (len(growing) - rank)
            widths[at] += share
            left -= share
        return widths

    def _with_margins(self, size: QSize) -> QSize:
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())


def _height(items: list[QLayoutItem]) -> int:
    return max((item.sizeHint().height() for item in items), default=0)
