"""A state in a word, an icon and a colour: nobody has to tell colours apart to read it."""

from __future__ import annotations

from typing import Literal

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from carecenter.ui.widgets.icon_label import IconLabel
from carecenter.ui.widgets.plain_label import PlainLabel

Tone = Literal["neutral", "info", "success", "warning", "danger"]


def set_tone(widget: QWidget, tone: Tone) -> None:
    """Makes the style sheet see `widget` in another tone; Qt looks at dynamic properties only when polishing."""
    if widget.property("tone") == tone:
        return
    widget.setProperty("tone", tone)
    for part in (widget, *widget.findChildren(QWidget)):
        part.style().unpolish(part)
        part.style().polish(part)


class StatusPill(QFrame):
    """A small rounded field; its accessible name is its word."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "pill")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.picture = IconLabel(14)
        self._word = PlainLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 8, 2)
        row.setSpacing(4)
        row.addWidget(self.picture)
        row.addWidget(self._word)
        set_tone(self, "neutral")

    def set_status(self, word: str, tone: Tone = "neutral", icon: QIcon | None = None) -> None:
        """Shows `word`; without an icon the present one stays (`picture` can also be set by itself)."""
        self._word.setText(word)
        self.setAccessibleName(word)
        if icon is not None:
            self.picture.setIcon(icon)
        set_tone(self, tone)

    def word(self) -> str:
        """The word shown."""
        return self._word.text()
