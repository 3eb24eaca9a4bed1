"""Pages of which one is seen, and the room in which it is scrolled on a screen too small for it."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget


class PageStack(QStackedWidget):
    """Needs the room of the page that is seen; QStackedWidget would need that of its largest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.currentChanged.connect(self.updateGeometry)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """The least size of the page that is seen."""
        page: QWidget | None = self.currentWidget()  # Qt's stubs forget the empty stack
        return QSize() if page is None else page.minimumSizeHint().expandedTo(page.minimumSize())


class PageScroll(QScrollArea):
    """Lets the window be smaller than its page, as large text on a small screen makes it."""

    def __init__(self, pages: PageStack, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setWidget(pages)
