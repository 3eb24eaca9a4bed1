"""One open call: its card and its caller's in one column, its notes and its tickets in the next.

Each call has a pane of its own, so that nothing in it changes while another is in front.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QScrollArea, QSplitter, QVBoxLayout, QWidget

from carecenter.core.errors import UserError
from carecenter.core.i18n import gettext as _
from carecenter.core.terms import Check, Language, WrapUp
from carecenter.queries.articles import ArticleRow
from carecenter.ui.desk.call_card import CallCard
from carecenter.ui.desk.caller_card import CallerCard
from carecenter.ui.desk.model import CallState, DeskModel, NewCard, today
from carecenter.ui.desk.notes_panel import NotesPanel
from carecenter.ui.desk.tickets_panel import Choices, TicketsPanel
from carecenter.ui.desk.who_panel import WhoPanel
from carecenter.ui.desk.wrap_up import WrapUpPanel
from carecenter.ui.language import Translated
from carecenter.ui.messages import Messages, sentence
from carecenter.ui.tasks import Tasks
from carecenter.ui.views import words
from carecenter.ui.widgets.line import Line
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.wire import CallerFound

LEFT_WIDTH: Final = 304
NOTES_BESIDE_FORM: Final = 160
FOLLOWED: Final = frozenset({"call", "caller", "caller_phone", "ticket", "callback", "merge_proposal"})


class CallPane(Translated, QWidget):
    """`named` tells that the tab's title is another, `ended` that the call is over."""

    ticket_requested = Signal(str)
    merge_requested = Signal(str, str)
    notes_settled = Signal(str)
    named = Signal()
    ended = Signal()

    def __init__(
        self,
        model: DeskModel,
        state: CallState,
        messages: Messages,
        choices: Choices,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.state = state
        self._model, self._messages = model, messages
        self._tasks = Tasks(messages.failure)
        self._refreshing, self._finding = self._tasks.latest(), self._tasks.latest()
        self._at_centre, self._beyond, self._attaching = (self._tasks.latest() for _ in range(3))
        desk = model.desk
        self.call_card, self.caller_card = CallCard(desk.now), CallerCard(desk.now)
        self.who, self.wrap_up = WhoPanel(lambda: today(desk)), WrapUpPanel()
        self._unknown = PlainLabel()
        self._unknown.setWordWrap(True)
        self._unknown.setProperty("tone", "muted")
        self.notes = NotesPanel(model, state, self._tasks, messages)
        self.tickets = TicketsPanel(model, state, self._tasks, messages, choices)
        self._ending = False
        self._closed = False
        self._connect()
        self._lay_out()
        if state.ticket_draft:
            self._make_room(True)
        self.show_state(state)
        self.retranslate()

    def _connect(self) -> None:
        self.call_card.language_chosen.connect(self._on_language)
        self.call_card.described.connect(self._on_described)
        self.call_card.end_asked.connect(self.ask_end)
        self.caller_card.reveal_asked.connect(lambda reason: self._do(self._reveal(reason)))
        self.caller_card.checks_changed.connect(self._on_checks)
        self.caller_card.ticket_requested.connect(self.ticket_requested)
        self.caller_card.merge_requested.connect(self.merge_requested)
        self.caller_card.somebody_else.connect(lambda: self._change(self._model.nobody(self.call_id)))
        self.who.chosen.connect(self.identify)
        self.who.found_chosen.connect(lambda found: self._at_centre.start(self._identify_found(found)))
        self.who.attach_asked.connect(lambda caller: self._change(self._model.attach(self.call_id, caller)))
        self.who.attach_found_asked.connect(lambda found: self._attaching.start(self._attach_found(found)))
        self.who.search_asked.connect(lambda line: self._finding.start(self._find(line)))
        self.who.centre_asked.connect(lambda line: self._beyond.start(self._ask_beyond(line)))
        self.who.register_asked.connect(self._on_register)
        self.wrap_up.chosen.connect(lambda code: self._do(self._end(WrapUp(code))))
        self.wrap_up.left.connect(self.notes.take_focus)
        self.notes.settled.connect(self.notes_settled)
        self.tickets.ticket_requested.connect(self.ticket_requested)
        self.tickets.form_shown.connect(self._make_room)

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        for part in (self.call_card, self.wrap_up, Line(), self.caller_card, self.who, self._unknown):
            column.addWidget(part)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(left)
        scroll.setMinimumWidth(LEFT_WIDTH)
        self._scroll = scroll
        self.middle = QSplitter(Qt.Orientation.Vertical)
        self.middle.addWidget(self.notes)
        self.middle.addWidget(self.tickets)
        across = QSplitter(Qt.Orientation.Horizontal)
        across.addWidget(scroll)
        across.addWidget(self.middle)
        across.setStretchFactor(1, 1)
        across.setSizes([LEFT_WIDTH, 2 * LEFT_WIDTH])
        for splitter in (self.middle, across):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
        row = QVBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(across)

    def retranslate(self) -> None:
        """The pane's own words; its parts have theirs."""
        self._unknown.setText(
            _(
                "Anonymous: nothing is kept but the matter. A ticket gets a spoken PIN,"
                " which the caller needs to ask about it."
            )
        )
        self.setAccessibleName(self.title())

    @property
    def call_id(self) -> str:
        """Which call this is."""
        return self.state.call.id

    def title(self) -> str:
        """Who it is, or from where the call comes."""
        call, card = self.state.call, self.state.card
        if call.anonymous:
            return _("Anonymous")
        if card is not None:
            return words.caller(card.name_ar, card.name_en)
        return words.phone(call.number) if call.number else _("Number withheld")

    def start(self) -> None:
        """The call was just opened: the keyboard goes where the first thing is to be done."""
        if not self.asks_who():
            self.notes.take_focus()
            return
        self.who.focus_first()
        if self.state.call.number and self._model.desk.elsewhere is not None:
            self._at_centre.start(self._ask_centre())

    def show_state(self, state: CallState) -> None:
        """Shows the call as it stands now; nothing that is being typed is touched."""
        self.state = state
        self.call_card.show_call(state.call)
        self.caller_card.show_state(state)
        self.who.show_state(state)
        self.caller_card.setVisible(state.card is not None)
        self.who.setVisible(self.asks_who())
        self._unknown.setVisible(state.call.anonymous)
        self.tickets.show_state(state)
        self.setAccessibleName(self.title())
        self.named.emit()

    def refresh(self) -> None:
        """Asks how the call stands now."""
        if not self._ending:
            self._refreshing.start(self._refresh())

    def choose(self, at: int) -> None:
        """Alt and a digit: a wrap-up code while those are shown, else a person in a list."""
        if self.wrap_up.isVisible():
            self.wrap_up.choose(at)
        elif self.who.isVisible():
            self.who.choose(at)

    def ask_end(self) -> None:
        """Shows the codes, unless a ticket is still to be saved."""
        if not self.tickets.may_leave():
            return
        proposed = WrapUp.TICKET_OPENED if self.state.tickets else WrapUp.ANSWERED
        self.wrap_up.start(proposed)
        self._scroll.ensureWidgetVisible(self.wrap_up)

    def save(self) -> None:
        """Ctrl+Enter: the ticket, or else the new card, or else the notes."""
        focused = QApplication.focusWidget()
        if focused is not None and self.who.isAncestorOf(focused):
            self.who.submit()
        elif self.tickets.form.isVisible():
            self.tickets.save()
        else:
            self._do(self.notes.write())

    def asks_who(self) -> bool:
        """Whether the person on the line is still to be found out."""
        return self.state.card is None and not self.state.call.anonymous

    def identify(self, caller_id: str) -> None:
        """Somebody looked up elsewhere is the person on the line."""
        self._change(self._model.identify(self.call_id, caller_id))

    def link_article(self, article_id: str) -> None:
        """An article answered this call."""
        self._do(self._model.link(self.call_id, article_id))

    def propose(self, article: ArticleRow) -> None:
        """A new ticket will name this service and body."""
        self.tickets.propose(article)

    async def settle(self) -> None:
        """Everything half-typed is on the disk."""
        self.call_card.settle()
        await self.notes.settle()
        await self.tickets.settle()

    def close_pane(self) -> None:
        """Keeps what is half-typed and follows nothing any more."""
        self._refreshing.cancel()
        self._finding.cancel()
        self._at_centre.cancel()
        self._beyond.cancel()
        self._attaching.cancel()
        self._closed = True
        if not self._ending:
            self._tasks.spawn(self.settle())

    async def work_done(self) -> None:
        """Returns when a closed pane does nothing any more: what it still had to keep is on the disk."""
        await self._tasks.finished()

    def _make_room(self, for_form: bool) -> None:
        """The form needs the height more than the notes do; a person can drag the line back."""
        shares = (1, 4) if for_form else (1, 1)
        self.middle.setSizes([NOTES_BESIDE_FORM * share for share in shares])

    def _do(self, work: Coroutine[Any, Any, Any]) -> None:
        self._tasks.spawn(work)

    def _change(self, work: Coroutine[Any, Any, Any]) -> None:
        """Work after which somebody else is on the line."""
        self._do(self._changed(work))

    async def _changed(self, work: Coroutine[Any, Any, Any]) -> None:
        known = self.state.card is not None  # before the work, whose change may be shown before this goes on
        await work
        await self._refresh()
        if self._closed:
            return
        if self.state.card is not None and not known:
            self.who.clear()
            if self._is_waited_at():
                self.notes.take_focus()
        elif known and self.asks_who():
            self.who.focus_first()

    def _is_waited_at(self) -> bool:
        """Whether the keyboard is still where the question was; an agent who went on is not called back."""
        focused = QApplication.focusWidget()
        return focused is None or (self.isAncestorOf(focused) and not self.tickets.isAncestorOf(focused))

    async def _refresh(self) -> None:
        state = await self._model.state(self.call_id)
        if not self._ending and not self._closed:
            self.show_state(state)

    async def _find(self, line: str) -> None:
        self._beyond.cancel()  # it was asked about another line
        found = await self._model.find(line) if line.strip() else ()
        self.who.show_found(found, offer_centre=self._model.desk.elsewhere is not None)

    async def _ask_beyond(self, line: str) -> None:
        """Whom the centre finds by the same line; what hinders is said there, and it can be asked again."""
        self.who.show_beyond((), lambda: _("The centre is being asked…"))
        try:
            found = await self._model.find_at_centre(self.call_id, line)
        except UserError as error:
            self.who.show_beyond((), partial(sentence, error), offer_centre=True)
        else:
            self.who.show_beyond(found, lambda: "" if found else _("The centre knows nothing beyond this."))

    async def _ask_centre(self) -> None:
        """Who else answers on this number; what hinders is said beside the list, and hinders nothing here."""
        self.who.show_elsewhere((), lambda: _("The centre is being asked…"))
        try:
            found = await self._model.ask_centre(self.state.call)
        except UserError as error:
            self.who.show_elsewhere((), partial(_not_asked, error))
        else:
            self.who.show_elsewhere(found, lambda: "" if found else _("The centre knows nobody on this number."))

    async def _identify_found(self, found: CallerFound) -> None:
        shown, show = self.who.elsewhere(), self.who.show_elsewhere
        await self._bring(self._model.identify_found(self.call_id, found), shown, show)

    async def _attach_found(self, found: CallerFound) -> None:
        shown, show = self.who.beyond(), self.who.show_beyond
        await self._bring(self._model.attach_found(self.call_id, found), shown, show)

    async def _bring(
        self,
        work: Coroutine[Any, Any, None],
        shown: tuple[CallerFound, ...],
        show: Callable[[tuple[CallerFound, ...], Callable[[], str]], None],
    ) -> None:
        """Work on somebody whom the centre sends first; how that goes is said beside the list of the choice."""
        show(shown, lambda: _("The centre is sending it…"))
        try:
            await self._changed(work)
        except UserError as error:
            show(shown, partial(sentence, error))

    async def _reveal(self, reason: str) -> None:
        card = self.state.card
        if card is not None:
            number = await self._model.reveal(card.id, reason)
            if self.state.card is not None and self.state.card.id == card.id:
                self.caller_card.show_civil_id(number)

    async def _end(self, code: WrapUp) -> None:
        """What stands on the screen at this moment goes with it; a failure leaves the call open."""
        if self._ending:
            return
        self._ending = True
        self.notes.hold(True)
        try:
            self.call_card.settle()
            await self._model.end(self.call_id, code, self.notes.text())
        except BaseException:
            self._ending = False
            self.notes.hold(False)
            raise
        self.notes.forget()
        QTimer.singleShot(0, self.ended.emit)

    def _on_register(self, card: NewCard) -> None:
        self._change(self._model.register(self.call_id, card))

    def _on_language(self, language: str) -> None:
        self._do(self._model.choose_language(self.call_id, Language(language)))

    def _on_described(self, anonymous: bool, on_behalf_of: str) -> None:
        self._change(self._model.describe(self.call_id, anonymous=anonymous, on_behalf_of=on_behalf_of))

    def _on_checks(self, checks: tuple[Check, ...]) -> None:
        self._do(self._model.verify(self.call_id, checks))


def _not_asked(error: UserError) -> str:
    return " ".join((sentence(error), _("A new card is provisional until the centre has seen it.")))
