"""Cards that the centre takes for one person's: the list, and the two of them beside it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from carecenter.core.i18n import gettext as _
from carecenter.queries import merging
from carecenter.queries.merging import ProposalRow
from carecenter.store.desk import Desk
from carecenter.ui.language import Translated
from carecenter.ui.messages import Messages
from carecenter.ui.tasks import Tasks
from carecenter.ui.theme import set_icon
from carecenter.ui.views import words
from carecenter.ui.views.merge_view import MergeView
from carecenter.ui.widgets.empty_state import EmptyState
from carecenter.ui.widgets.row_list import Row, RowList

_FOLLOWED: Final = frozenset({"merge_proposal", "caller"})


class MergeReview(Translated, QWidget):
    """Enter compares the two cards of a proposal, Esc leads back to the list."""

    def __init__(self, desk: Desk, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = Tasks(messages.failure).latest()
        self._proposals: tuple[ProposalRow, ...] = ()
        self.list = RowList()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.chosen.connect(self._on_chosen)
        self.empty = EmptyState()
        set_icon(self.empty.picture, "user-check", "muted")
        self.view = MergeView(desk, messages)
        self.view.left.connect(self._close)
        self.view.decided.connect(self._close)
        self.view.hide()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.empty)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(1)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self._stack)
        splitter.addWidget(self.view)
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(splitter)
        self._stop_listening = desk.on_changed(self._on_changed)
        self.retranslate()
        self.refresh()

    def retranslate(self) -> None:
        """The rows, or why there are none."""
        self.setAccessibleName(_("Same person?"))
        self.list.setAccessibleName(_("Cards that may be one person's"))
        self.empty.set_texts(_("The centre takes no two cards for one person's."))
        self._show()

    def refresh(self) -> None:
        """Asks again what is to be decided."""
        self._lane.start(self._load())

    def close_review(self) -> None:
        """Follows nothing any more."""
        self._stop_listening()
        self._lane.cancel()
        self.view.clear()

    async def _load(self) -> None:
        self._proposals = await self._desk.ask(merging.proposals)
        self._show()

    def _show(self) -> None:
        now, current = self._desk.now(), self.list.current_key()
        self.list.set_rows(
            [
                Row(
                    row.id,
                    words.caller(row.written.name_ar, row.written.name_en),
                    words.caller(row.known.name_ar, row.known.name_en),
                    words.moment(row.proposed_at, now),
                )
                for row in self._proposals
            ]
        )
        self.list.set_current(current, tell=False)
        self._stack.setCurrentWidget(self.list if self._proposals else self.empty)

    def _on_changed(self, entities: frozenset[str]) -> None:
        if entities & _FOLLOWED:
            self.refresh()

    def _on_chosen(self, key: str) -> None:
        row = next((row for row in self._proposals if row.id == key), None)
        if row is not None:
            self.view.show()
            self.view.open_pair(row.known.id, row.written.id)

    def _close(self) -> None:
        self.view.clear()
        self.view.hide()
        self.list.setFocus()
