"""A picture beside a word. It says nothing by itself: whatever it means is also written."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class IconLabel(QWidget):
    """Paints an icon at a fixed size; sharp on every screen, unlike a label with a pixmap."""

    def __init__(self, size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = QIcon()
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def icon(self) -> QIcon:
        """The icon shown."""
        return self._icon

    def setIcon(self, icon: QIcon) -> None:  # noqa: N802 - the name that buttons and actions have for it
        """Shows `icon`; a null icon takes no room."""
        self._icon = icon
        # Without a parent it would be shown as a window, and take the keyboard from the one that has it.
        if icon.isNull() or not self.isWindow():
            self.setVisible(not icon.isNull())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """The size asked for."""
        return QSize(self._size, self._size)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's signature
        """Paints the icon in the middle."""
        painter = QPainter(self)
        box = QRect(0, 0, self._size, self._size)
        box.moveCenter(self.rect().center())
        self._icon.paint(painter, box, Qt.AlignmentFlag.AlignCenter)
        painter.end()
