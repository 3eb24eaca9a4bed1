"""A caller's card on its own, looked up while no call is about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from carecenter.core.i18n import gettext as _
from carecenter.queries.callers import CallerCard as Card
from carecenter.ui.desk.caller_card import CallerCard
from carecenter.ui.desk.model import DeskModel
from carecenter.ui.language import Translated
from carecenter.ui.tasks import Tasks
from carecenter.ui.theme import set_icon

WIDTH = 480


class PersonPane(Translated, QWidget):
    """Emits `left` when the card is put away, `ticket_requested` and `merge_requested` from its lists."""

    left = Signal()
    ticket_requested = Signal(str)
    merge_requested = Signal(str, str)

    def __init__(self, model: DeskModel, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._tasks = model, tasks
        self._caller_id = ""
        self.card = CallerCard(model.desk.now)
        self.card.ticket_requested.connect(self.ticket_requested)
        self.card.merge_requested.connect(self.merge_requested)
        self.card.reveal_asked.connect(lambda reason: self._tasks.spawn(self._reveal(reason)))
        self._close = QToolButton()
        set_icon(self._close, "x")
        self._close.clicked.connect(self.left)
        inner = QWidget()
        inner.setMaximumWidth(WIDTH)
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 8, 16, 16)
        first = QHBoxLayout()
        first.addStretch(1)
        first.addWidget(self._close)
        column.addLayout(first)
        column.addWidget(self.card)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        self.retranslate()

    def retranslate(self) -> None:
        """Its own button; the card has words of its own."""
        self.setAccessibleName(_("Caller"))
        self._close.setToolTip(_("Put the card away (Esc)"))
        self._close.setAccessibleName(_("Put the card away"))

    def show_card(self, card: Card) -> None:
        """Shows a card, the keyboard on its button."""
        self._caller_id = card.id
        self.card.show_card(card)
        self._close.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc puts the card away."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    async def _reveal(self, reason: str) -> None:
        caller_id = self._caller_id
        number = await self._model.reveal(caller_id, reason)
        if caller_id == self._caller_id:
            self.card.show_civil_id(number)
