"""An opened ticket, as every page shows it: facts, timeline, and what can be done with it.

It follows what others change meanwhile; what is half-typed and how far somebody has read stay as they are.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from carecenter.core import i18n
from carecenter.core.errors import NotFound, UserError
from carecenter.core.i18n import gettext as _
from carecenter.queries.tickets import EntryRow
from carecenter.store.desk import Desk
from carecenter.ui.language import Language, Translated
from carecenter.ui.messages import Messages, sentence
from carecenter.ui.tasks import Tasks
from carecenter.ui.theme import set_icon
from carecenter.ui.views.pin_tries import tries_of
from carecenter.ui.views.ticket_view_actions import TicketActions
from carecenter.ui.views.ticket_view_facts import TicketFacts, TicketTitle
from carecenter.ui.views.ticket_view_model import Opened, TicketModel
from carecenter.ui.views.ticket_view_pin import PinPanel
from carecenter.ui.views.ticket_view_sentences import author
from carecenter.ui.views.ticket_view_timeline import Timeline
from carecenter.ui.widgets.empty_state import EmptyState
from carecenter.ui.widgets.line import Line
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.reference_label import INSET
from carecenter.ui.widgets.section import Section

FOLLOWED: Final = frozenset({"ticket", "ticket_entry", "callback", "caller", "account", "queue", "queue_member"})
"""The tables whose changes may be seen in an opened ticket."""
MINUTE_MS: Final = 60_000


class TicketView(Translated, QWidget):
    """`caller_requested` and `article_requested` lead to what a ticket is about; `opened` tells that one stands."""

    caller_requested = Signal(str)
    article_requested = Signal(str)
    opened = Signal(str)

    def __init__(self, desk: Desk, messages: Messages, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._messages = desk, messages
        self._model = TicketModel(desk)
        self._tasks = Tasks(messages.failure)
        self._lane = self._tasks.latest()
        self._wanted = ""
        self._opened: Opened | None = None
        self._missing: UserError | None = None
        self._newest: EntryRow | None = None
        self._taking = False
        self._make_parts()
        self._lay_out()
        self._stop_listening = desk.on_changed(self._on_changed)
        self._minute = QTimer(self)
        self._minute.setInterval(MINUTE_MS)
        self._minute.timeout.connect(self.tick)
        self._minute.start()
        self.retranslate()

    def _make_parts(self) -> None:
        self.empty = EmptyState()
        set_icon(self.empty.picture, "ticket", "muted")
        self.facts = TicketFacts()
        self.facts.caller_requested.connect(self.caller_requested)
        self.facts.article_requested.connect(self.article_requested)
        self.title = TicketTitle(self.facts.pills)
        self.facts.callbacks.settled.connect(
            lambda callback_id, now: self._tasks.spawn(self._model.settle_callback(callback_id, now))
        )
        self.pin = PinPanel(self._desk.now, tries_of(self._desk))
        self.pin.checked.connect(lambda ticket_id, right: self._tasks.spawn(self._model.note_pin(ticket_id, right)))
        self.timeline = Timeline()
        self._timeline_section = Section()
        self._timeline_section.body.addWidget(self.timeline)
        self._timeline_section.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._news = PlainLabel()
        self._news.setProperty("tone", "info")
        self._news.setProperty("data", True)
        self._news.setWordWrap(True)
        self._news.hide()
        self.actions_panel = TicketActions(self._desk.viewer)
        self.actions_panel.wanted.connect(self._on_wanted)
        self.actions_panel.typed.connect(self._keep_draft)

    def _lay_out(self) -> None:
        inside = QWidget()
        scrolled = QVBoxLayout(inside)
        scrolled.setContentsMargins(16, 8, 16, 8)
        scrolled.setSpacing(16)
        scrolled.addWidget(self.facts)
        scrolled.addWidget(self._timeline_section)
        scrolled.addStretch()
        self.scroll_area = QScrollArea()
        self.scroll_area.setWidget(inside)
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll_area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 16)
        foot.setSpacing(8)
        foot.addWidget(self._news)
        foot.addWidget(self.actions_panel)
        head = QVBoxLayout()
        head.setContentsMargins(16 - INSET, 16, 16 - INSET, 8)
        head.setSpacing(8)
        head.addWidget(self.title)
        self._page = QWidget()
        page = QVBoxLayout(self._page)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addLayout(head)
        page.addWidget(self.pin)
        for part in (Line(), self.scroll_area, Line()):
            page.addWidget(part, int(part is self.scroll_area))
        page.addLayout(foot)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.setMinimumWidth(448)

    def retranslate(self) -> None:
        """The parts translate themselves; here are the names of the whole and what stands where no ticket is."""
        self.setAccessibleName(_("Ticket"))
        self.scroll_area.setAccessibleName(_("Facts and timeline"))
        self._timeline_section.set_title(_("Timeline"))
        chosen = _("Choose a ticket from the list, or type its follow-up reference.")
        self.empty.set_texts(sentence(self._missing) if self._missing else chosen)
        self._say_news()

    def ticket_id(self) -> str:
        """The ticket shown, or on its way to the screen; empty if there is none."""
        return self._wanted

    def open_ticket(self, ticket_id: str) -> None:
        """Shows another ticket; the text typed for the one before is kept as its draft."""
        if ticket_id == self._wanted and self._opened is not None:
            return
        self._leave()
        self._wanted = ticket_id
        self._lane.start(self._load())

    def clear(self) -> None:
        """Shows no ticket."""
        self._leave()
        self._lane.cancel()
        self._wanted = ""
        self._missing = None
        self._stack.setCurrentWidget(self.empty)
        self.retranslate()

    def tick(self) -> None:
        """A minute has passed: what was due soon may be overdue."""
        if self._opened is not None:
            self.facts.show_ticket(self._opened.detail, self._desk.now())
            self.pin.tick()

    def close_view(self) -> None:
        """Keeps what is half-typed and follows nothing any more."""
        self._leave()
        self._minute.stop()
        self._stop_listening()

    def _leave(self) -> None:
        if self._opened is not None and self.actions_panel.settle():
            self._keep_draft()
        self._opened = None
        self.actions_panel.setEnabled(
            False
        )  # until the next ticket stands, nothing can be typed into the wrong one

    def _on_changed(self, entities: frozenset[str]) -> None:
        if self._wanted and entities & FOLLOWED:
            self._lane.start(self._load())

    async def _load(self) -> None:
        ticket_id = self._wanted
        try:
            opened = await self._model.load(ticket_id)
        except NotFound as error:
            self._show_missing(error)
            return
        if self._opened is None:
            self._begin(opened, await self._model.draft(ticket_id))
        else:
            self._follow(self._opened, opened)

    def _show_missing(self, error: UserError) -> None:
        self._leave()
        self._missing = error
        self._stack.setCurrentWidget(self.empty)
        self.retranslate()

    def _begin(self, opened: Opened, draft: str) -> None:
        self._missing = None
        self._opened = opened
        self._newest = None
        self._say_news()
        self._show(opened)
        self.actions_panel.setEnabled(True)
        self.actions_panel.start(draft)
        self.scroll_area.verticalScrollBar().setValue(0)
        self._stack.setCurrentWidget(self._page)
        self.opened.emit(opened.detail.row.id)

    def _follow(self, before: Opened, after: Opened) -> None:
        """The same ticket, changed by somebody; Qt keeps the scroll position since nothing is taken away."""
        self._opened = after
        self._show(after)
        known = {entry.id for entry in before.detail.timeline}
        mine = self._desk.viewer.account_id
        news = [entry for entry in after.detail.timeline if entry.id not in known and entry.author_id != mine]
        if news:
            self._newest = news[-1]
            self._say_news()

    def _say_news(self) -> None:
        self._news.setVisible(self._newest is not None)
        if self._newest is not None:
            said = _("{name} changed this ticket at {time}; what you typed is as it was.")
            name = i18n.isolate(author(self._newest))
            self._news.setText(said.format(name=name, time=i18n.time(self._newest.at)))

    def news(self) -> str:
        """What is said of somebody else's change; empty if nobody changed anything meanwhile."""
        return self._news.text() if self._newest is not None else ""

    def _show(self, opened: Opened) -> None:
        detail = opened.detail
        self.title.show_reference(detail.row.reference)
        self.facts.show_ticket(detail, self._desk.now())
        self.pin.show_ticket(detail)
        self.timeline.show_entries(detail.timeline, opened.names)
        self.actions_panel.show_ticket(opened)

    def _keep_draft(self) -> None:
        if self._opened is not None:
            text = self.actions_panel.text.toPlainText()
            self._tasks.spawn(self._keep(self._opened.detail.row.id, text))

    async def _keep(self, ticket_id: str, text: str) -> None:
        at = await self._model.keep_draft(ticket_id, text)
        if ticket_id == self._wanted and text and text == self.actions_panel.text.toPlainText():
            self.actions_panel.saved(at)

    def _on_wanted(self) -> None:
        if self._opened is not None and not self._taking:
            self._taking = True
            self._tasks.spawn(self._take(self._opened))

    async def _take(self, opened: Opened) -> None:
        """The text leaves the screen only once it is on the disk as part of the timeline."""
        panel = self.actions_panel
        text = panel.text.toPlainText()
        try:
            await self._model.take(opened, panel.act(), panel.choice(), text)
        except UserError as error:
            self._messages.error(error)
            self._tasks.spawn(self._keep(opened.detail.row.id, text))
            return
        finally:
            self._taking = False
        if self._wanted != opened.detail.row.id:
            return
        rest = panel.text.toPlainText().removeprefix(text)  # typed while it was being saved
        panel.start(rest)
        if rest:
            self._keep_draft()
        self._newest = None
        self._say_news()
        QTimer.singleShot(0, self, self._show_newest)

    def _show_newest(self) -> None:
        bar = self.scroll_area.verticalScrollBar()
        bar.setValue(bar.maximum())
