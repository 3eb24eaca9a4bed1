"""The tickets page: the agent's own list and a field for any reference on one side, the opened ticket beside it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from carecenter.core import i18n, reference
from carecenter.core.i18n import gettext as _
from carecenter.queries.tickets import TicketRow
from carecenter.store.desk import Desk
from carecenter.ui.language import Language, Translated
from carecenter.ui.messages import Messages
from carecenter.ui.tasks import Tasks
from carecenter.ui.theme import set_icon
from carecenter.ui.tickets.model import TicketsModel, Verdict, not_found, verdict
from carecenter.ui.views.ticket_list import TicketList
from carecenter.ui.views.ticket_view import FOLLOWED, MINUTE_MS, TicketView
from carecenter.ui.widgets.empty_state import EmptyState
from carecenter.ui.widgets.number_edit import NumberEdit
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.section import Section
from carecenter.ui.widgets.status_pill import set_tone

LIST_WIDTH: Final = 560


class TicketsPage(Translated, QWidget):
    """`caller_requested` and `article_requested` lead from a ticket elsewhere; `new_call_requested` from an empty
    list to the desk.
    """

    ticket_requested = Signal(str)
    caller_requested = Signal(str)
    article_requested = Signal(str)
    new_call_requested = Signal()

    def __init__(self, desk: Desk, messages: Messages, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = TicketsModel(desk)
        self._tasks = Tasks(messages.failure)
        self._listing, self._looking = self._tasks.latest(), self._tasks.latest()
        self._mine: tuple[TicketRow, ...] = ()
        self._listed = False
        self._found: tuple[TicketRow, ...] | None = None
        self.view = TicketView(desk, messages, language)
        self.view.caller_requested.connect(self.caller_requested)
        self.view.article_requested.connect(self.article_requested)
        self.view.opened.connect(self._on_opened)
        self._make_side(desk)
        self._lay_out()
        self._stop_listening = desk.on_changed(self._on_changed)
        self._minute = QTimer(self)
        self._minute.setInterval(MINUTE_MS)
        self._minute.timeout.connect(self.tickets.tick)
        self._minute.start()
        self.retranslate()
        self._listing.start(self._list())

    def _make_side(self, desk: Desk) -> None:
        self.reference = NumberEdit()
        self.reference.setMaxLength(32)
        self.reference.setClearButtonEnabled(True)
        self.reference.textChanged.connect(self._on_reference)
        self.reference.returnPressed.connect(self._open_found)
        self._label = QLabel()
        self._label.setBuddy(self.reference)
        self._label.setProperty("tone", "muted")
        self._said = PlainLabel()
        self._said.setWordWrap(True)
        self._said.hide()
        self._section = Section()
        self.tickets = TicketList(desk.now)
        self.tickets.set_compact(True)
        self.tickets.setFrameShape(QFrame.Shape.NoFrame)
        self.tickets.chosen.connect(self.open_ticket)
        self.empty = EmptyState()
        set_icon(self.empty.picture, "inbox", "muted")
        self.empty.acted.connect(self.new_call_requested)

    def _lay_out(self) -> None:
        self._stack = QStackedWidget()
        self._stack.addWidget(self.tickets)
        self._stack.addWidget(self.empty)
        self._section.body.addWidget(self._stack)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        for part in (self._label, self.reference, self._said):
            column.addWidget(part)
        column.addSpacing(8)
        column.addWidget(self._section, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(side)
        self.splitter.addWidget(self.view)
        self.splitter.setSizes([LIST_WIDTH, LIST_WIDTH])
        self.splitter.setStretchFactor(1, 1)
        row = QVBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.splitter)
        self.setFocusProxy(self.reference)

    def retranslate(self) -> None:
        """Labels, and what is said of the reference typed."""
        self.setAccessibleName(_("Tickets"))
        self._label.setText(_("Follow-up &reference"))
        self.reference.setAccessibleName(_("Follow-up reference"))
        self.reference.setPlaceholderText(_("ten digits, as the caller reads them"))
        self._show_rows()
        self.tickets.setAccessibleName(_("My tickets"))
        self.empty.set_texts(
            _("You have opened no ticket yet, and none is assigned to you. A ticket is opened during a call."),
            _("Start a call"),
        )
        self._judge()

    def open_ticket(self, ticket_id: str) -> None:
        """Shows a ticket beside the list."""
        self.view.open_ticket(ticket_id)

    def said(self) -> str:
        """What is said of the reference typed."""
        return self._said.text()

    def close_page(self) -> None:
        """Keeps what is half-typed and follows nothing any more."""
        self._minute.stop()
        self._stop_listening()
        self._looking.cancel()
        self.view.close_view()

    def _on_changed(self, entities: frozenset[str]) -> None:
        if entities & FOLLOWED:
            self._listing.start(self._list())

    async def _list(self) -> None:
        self._mine = await self._model.mine()
        self._listed = True
        self._show_rows()

    def _show_rows(self) -> None:
        """The agent's own tickets, or for a moment the several ones that answer to a reference."""
        several = self._found if self._found is not None and len(self._found) > 1 else None
        rows = self._mine if several is None else several
        self._section.set_title(_("My tickets") if several is None else _("Tickets with this reference"))
        self.tickets.set_rows(rows)
        self._stack.setCurrentWidget(self.tickets if rows or not self._listed else self.empty)

    def _on_opened(self, ticket_id: str) -> None:
        self.tickets.set_current(ticket_id)

    def _on_reference(self) -> None:
        self._found = None
        self._looking.cancel()
        self._show_rows()
        self._judge()
        typed = reference.parse(self.reference.text())
        if typed.is_valid:
            self._looking.start(self._look_up(typed.digits))

    async def _look_up(self, digits: str) -> None:
        """A whole and right reference opens its ticket at once; the keyboard stays where it is."""
        self._found = await self._model.by_reference(digits)
        self._show_rows()
        self._judge()
        self._open_found()

    def _open_found(self) -> None:
        if self._found:
            self.open_ticket(self._found[0].id)

    def _judge(self) -> None:
        said = verdict(reference.parse(self.reference.text()))
        if self._found is not None:
            said = self._result(self._found)
        self._said.setText(said.text)
        self._said.setVisible(bool(said.text))
        set_tone(self._said, said.tone)
        self.reference.setAccessibleDescription(said.text)

    def _result(self, found: tuple[TicketRow, ...]) -> Verdict:
        if not found:
            return not_found()
        if len(found) == 1:
            return Verdict(_("Found: it stands beside the list."), "success")
        text = i18n.ngettext("{count} ticket answers to it.", "{count} tickets answer to it.", len(found))
        return Verdict(text.format(count=i18n.number(len(found))), "warning")
