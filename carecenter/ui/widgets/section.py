"""A titled part of a page, set off by a thin line instead of a box."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from carecenter.ui.widgets.line import Line
from carecenter.ui.widgets.plain_label import PlainLabel


class Section(QWidget):
    """A title over `body`, to which the page adds its widgets; `header` takes what stands beside the title."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = PlainLabel("", elide=True)
        self._title.setProperty("scale", "section")
        self.header = QHBoxLayout()
        self.header.setSpacing(8)
        self.header.addWidget(self._title, 1)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self.header)
        column.addWidget(Line())
        column.addLayout(self.body, 1)

    def set_title(self, title: str) -> None:
        """Names the section, to the eye and to a screen reader."""
        self._title.setText(title)
        self.setAccessibleName(title)

    def title(self) -> str:
        """The section's name."""
        return self._title.text()
