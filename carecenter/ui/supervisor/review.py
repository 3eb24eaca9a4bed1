"""The queue review: focus, filters, the list, and the ticket opened beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.queries.tickets import QueueOrder, TicketRow
from carecenter.store.desk import Desk
from carecenter.ui.language import Language, Translated
from carecenter.ui.messages import Messages
from carecenter.ui.supervisor.bulk import BulkAssign
from carecenter.ui.supervisor.filters import QueueFilters
from carecenter.ui.supervisor.model import MOST_ROWS, SupervisorModel
from carecenter.ui.tasks import Tasks
from carecenter.ui.theme import set_icon
from carecenter.ui.views.ticket_list import TicketList
from carecenter.ui.views.ticket_view import FOLLOWED, MINUTE_MS, TicketView
from carecenter.ui.widgets.empty_state import EmptyState
from carecenter.ui.widgets.plain_label import PlainLabel


class QueueReview(Translated, QWidget):
    """Enter or a double click opens a ticket beside the list, Esc closes it again."""

    caller_requested = Signal(str)
    article_requested = Signal(str)

    def __init__(self, desk: Desk, messages: Messages, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._messages = messages
        self._model = SupervisorModel(desk)
        self._tasks = Tasks(messages.failure)
        self._lane, self._asking = self._tasks.latest(), self._tasks.latest()
        self._loaded = False
        self.filters = QueueFilters()
        self.filters.changed.connect(self.refresh)
        self.list = TicketList(desk.now, several=True, sortable=True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.chosen.connect(self.open_ticket)
        self.list.order_wanted.connect(self._on_order)
        self.list.selection_changed.connect(self._on_selection)
        self.bulk = BulkAssign()
        self.bulk.wanted.connect(self._on_assign)
        self.empty = EmptyState()
        set_icon(self.empty.picture, "inbox", "muted")
        self.empty.acted.connect(self.filters.clear)
        self.view = TicketView(desk, messages, language)
        self.view.caller_requested.connect(self.caller_requested)
        self.view.article_requested.connect(self.article_requested)
        self.view.opened.connect(self._on_opened)
        self.view.hide()
        self._shown = PlainLabel()
        self._shown.setProperty("tone", "muted")
        self.close_button = QPushButton()
        self.close_button.clicked.connect(self.close_ticket)
        self.close_button.hide()
        self._lay_out()
        self._stop_listening = desk.on_changed(self._on_changed)
        self._minute = QTimer(self)
        self._minute.setInterval(MINUTE_MS)
        self._minute.timeout.connect(self.refresh)
        self._minute.start()
        self.retranslate()
        self.refresh()

    def _lay_out(self) -> None:
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.empty)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self._shown)
        below.addWidget(self.bulk, 1)
        below.addStretch()
        below.addWidget(self.close_button)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(self.filters)
        column.addWidget(self._stack, 1)
        column.addLayout(below)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(side)
        self.splitter.addWidget(self.view)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setSizes([816, 544])
        row = QVBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.splitter)

    def retranslate(self) -> None:
        """What stands where no ticket is, and how many there are."""
        self.setAccessibleName(_("Queue review"))
        self.close_button.setText(_("Close the ticket's panel"))
        self.close_button.setToolTip(_("Esc"))
        self._say_empty()
        self._say_shown()

    def refresh(self) -> None:
        """Asks again, as of now: counts, rows, and what is overdue."""
        self._lane.start(self._load())

    def open_ticket(self, ticket_id: str) -> None:
        """Shows a ticket beside the list, whose rows become cards."""
        self.list.set_compact(True)
        self.view.show()
        self.close_button.show()
        self.view.open_ticket(ticket_id)
        self._on_selection()

    def close_ticket(self) -> None:
        """The list alone again; what was half-typed is kept as the ticket's draft."""
        self.view.clear()
        self.view.hide()
        self.close_button.hide()
        self.list.set_compact(False)
        self.list.setFocus()
        self._on_selection()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc closes the ticket beside the list; a shortcut would be at odds with the message bar's Esc."""
        if event.key() == Qt.Key.Key_Escape and not self.view.isHidden():
            self.close_ticket()
        else:
            super().keyPressEvent(event)

    def close_review(self) -> None:
        """Follows nothing any more."""
        self._minute.stop()
        self._stop_listening()
        self._lane.cancel()
        self.view.close_view()

    def shown(self) -> str:
        """How many tickets are listed, in words."""
        return self._shown.text()

    def _on_opened(self, ticket_id: str) -> None:
        if len(self.list.selected_ids()) <= 1:  # several are selected for something else
            self.list.set_current(ticket_id)

    async def _load(self) -> None:
        view = await self._model.view(self.filters.wanted())
        self._loaded = True
        self.filters.show_view(view)
        self.list.set_order(self.filters.wanted().order, self.filters.wanted().descending)
        self.list.set_rows(view.rows)
        self.list.tick()
        self._stack.setCurrentWidget(self.list if view.rows else self.empty)
        self._say_empty()
        self._say_shown()

    def _on_changed(self, entities: frozenset[str]) -> None:
        if entities & FOLLOWED:
            self.refresh()

    def _on_order(self, order: QueueOrder, descending: bool) -> None:
        self.filters.set_order(order, descending)

    def _selected(self) -> tuple[TicketRow, ...]:
        wanted = set(self.list.selected_ids())
        return tuple(row for row in self.list.rows() if row.id in wanted)

    def _on_selection(self) -> None:
        self._asking.start(self._show_selection(self._selected()))

    async def _show_selection(self, rows: tuple[TicketRow, ...]) -> None:
        if len(rows) == 1 and not self.view.isHidden():
            rows = ()  # the one beside the list is assigned there
        people = await self._model.candidates(rows) if rows else ()
        self.bulk.show_selection(len(rows), people)
        self._shown.setVisible(not rows)

    def _on_assign(self, account_id: str) -> None:
        self._tasks.spawn(self._assign(self._selected(), account_id))
        self.list.setFocus()  # the button goes with the selection

    async def _assign(self, rows: tuple[TicketRow, ...], account_id: str) -> None:
        result = await self._model.assign(rows, account_id)
        for error in result.refusals[:1]:
            self._messages.error(error)
        if result.done:
            text = i18n.ngettext("{count} ticket assigned", "{count} tickets assigned", result.done)
            self._messages.success(text.format(count=i18n.number(result.done)))

    def _say_empty(self) -> None:
        if self.filters.narrowed():
            self.empty.set_texts(_("No ticket here meets these filters."), _("Clear the filters"))
        else:
            self.empty.set_texts(_("No ticket here: choose another group above."))

    def _say_shown(self) -> None:
        count = len(self.list.rows())
        if not self._loaded:
            self._shown.setText("")
        elif count >= MOST_ROWS:
            text = _("The first {count} tickets: narrow them down by the filters")
            self._shown.setText(text.format(count=i18n.number(count)))
        else:
            text = i18n.ngettext("{count} ticket", "{count} tickets", count)
            self._shown.setText(text.format(count=i18n.number(count)))
