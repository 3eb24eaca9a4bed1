"""The thin line between two parts of a page."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QWidget


class Line(QFrame):
    """One pixel across its whole layout; `upright` between parts that stand side by side."""

    def __init__(self, parent: QWidget | None = None, *, upright: bool = False) -> None:
        super().__init__(parent)
        self.setProperty("part", "line")
        if upright:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)
