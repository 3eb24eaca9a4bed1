"""A part of the settings: a heading, what belongs under it, and how its work is started."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from carecenter.ui.language import Translated
from carecenter.ui.tasks import Tasks
from carecenter.ui.widgets.plain_label import PlainLabel

_WIDTH = 720


class Part(Translated, QScrollArea):
    """`body` takes the part's widgets, at a width that can be read."""

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self.heading, self.lead = PlainLabel(), PlainLabel()
        self.heading.setProperty("scale", "title")
        self.lead.setProperty("tone", "muted")
        self.lead.setWordWrap(True)
        inner = QWidget()
        inner.setMaximumWidth(_WIDTH)
        inner.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.body = QVBoxLayout(inner)
        self.body.setContentsMargins(24, 16, 24, 24)
        self.body.setSpacing(16)
        self.body.addWidget(self.heading)
        self.body.addWidget(self.lead)
        room = QWidget()
        column = QVBoxLayout(room)
        column.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()  # asks the texts how high they are at the width they get, not at all there is
        row.addWidget(inner, 1)
        row.addStretch()
        column.addLayout(row)
        column.addStretch(1)
        self.setWidget(room)
        self.setWidgetResizable(True)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Starts work; its failure goes to the message bar."""
        self._tasks.spawn(work)

    def shown(self) -> None:
        """The part was chosen."""
