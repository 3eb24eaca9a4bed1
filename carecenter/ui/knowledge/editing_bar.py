"""Beside an article, for those who edit or lead: pin it for the week, add what callers asked to its questions."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from carecenter.core.i18n import gettext as _
from carecenter.queries.articles import ArticleRow
from carecenter.queries.requests import Settled
from carecenter.ui.language import Translated
from carecenter.ui.theme import set_icon
from carecenter.ui.widgets.plain_label import PlainLabel

PIN_KEYS: Final = "Alt+P"
ADD_KEYS: Final = "Alt+Q"


class EditingBar(Translated, QWidget):
    """`pin_asked` carries whether the article shall be pinned, `question_added` the Settled to add to it."""

    pin_asked = Signal(bool)
    question_added = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pinned = False
        self._offered: tuple[Settled, ...] = ()
        self.pin, self.add = QPushButton(), QPushButton()
        set_icon(self.pin, "star")
        set_icon(self.add, "plus")
        self.pin.clicked.connect(self._on_pin)
        self.add.clicked.connect(self._on_add)
        self._pin_key = QShortcut(QKeySequence(PIN_KEYS), self)
        self._pin_key.activated.connect(self._on_pin)
        self._add_key = QShortcut(QKeySequence(ADD_KEYS), self)
        self._add_key.activated.connect(self._on_add)
        self.asked = PlainLabel()
        self.asked.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.pin)
        row.addWidget(self.add)
        row.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.asked)
        column.addLayout(row)
        self.retranslate()

    def retranslate(self) -> None:
        """Every text but the question."""
        self._pin_key.setWhatsThis(_("Pin the article for a week, or take the pin out"))
        self._add_key.setWhatsThis(_("Add what was asked to the article's questions"))
        self.pin.setText(_("Take the pin out") if self._pinned else _("Pin for a week"))
        self.pin.setToolTip(_("{does} ({keys})").format(does=self.pin.text(), keys=f"\u2066{PIN_KEYS}\u2069"))
        self.add.setText(_("Add to its questions"))
        self.add.setToolTip(_("{does} ({keys})").format(does=self.add.text(), keys=f"\u2066{ADD_KEYS}\u2069"))
        if self._offered:
            self.asked.setText(
                _("Asked, and settled with this article: {question}").format(question=self._question())
            )

    def show_article(self, row: ArticleRow, offered: tuple[Settled, ...], *, edits: bool) -> None:
        """How an article stands; `offered` are questions by which search does not find it yet, for who `edits`."""
        self._pinned = row.pinned
        self._offered = offered if edits else ()
        for part in (self.asked, self.add):
            part.setVisible(bool(self._offered))
        self._add_key.setEnabled(bool(self._offered))
        self.retranslate()

    def _question(self) -> str:
        return f"\u2068{self._offered[0].question}\u2069"

    def _on_pin(self) -> None:
        self.pin_asked.emit(not self._pinned)

    def _on_add(self) -> None:
        if self._offered:
            self.question_added.emit(self._offered[0])
