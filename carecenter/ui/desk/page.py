"""The desk page: up to ten open calls as tabs, the line in which a call is taken, and room for the knowledge beside
them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from carecenter.core import i18n, phone
from carecenter.core.i18n import N_
from carecenter.core.i18n import gettext as _
from carecenter.core.phone import PhoneNumber
from carecenter.core.terms import ArticleKind, Channel
from carecenter.core.terms import Language as Spoken
from carecenter.queries import accounts, articles
from carecenter.queries.articles import ArticleRow
from carecenter.store.desk import Desk
from carecenter.ui.desk.call_pane import FOLLOWED, CallPane
from carecenter.ui.desk.model import MOST_CALLS, CallState, DeskModel
from carecenter.ui.desk.number_bar import NumberBar
from carecenter.ui.desk.person_pane import PersonPane
from carecenter.ui.desk.tickets_panel import Choices
from carecenter.ui.language import Language, Translated
from carecenter.ui.messages import Messages
from carecenter.ui.tasks import Tasks
from carecenter.ui.theme import set_icon
from carecenter.ui.views.merge_view import MergeView
from carecenter.ui.widgets.empty_state import EmptyState
from carecenter.ui.widgets.line import Line

KNOWLEDGE_WIDTH: Final = 408
CALLS_WIDTH: Final = 920
CHOSEN_FROM: Final = frozenset({"queue", "article"})


class DeskPage(Translated, QWidget):
    """`notes_settled` carries the notes of the call in front, whenever the keys pause or another comes to the
    front; an empty text when no call is open. `call_changed` carries the id of another call in front, empty for
    none, before either of the others. `front_changed` tells that another call is in front, or none, or
    that the one there stands otherwise.
    """

    ticket_requested = Signal(str)
    caller_requested = Signal(str)
    article_requested = Signal(str)
    new_call_requested = Signal()
    notes_settled = Signal(str)
    front_changed = Signal()
    call_changed = Signal(str)

    def __init__(self, desk: Desk, messages: Messages, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._messages = DeskModel(desk), messages
        self._tasks = Tasks(messages.failure)
        self._choosing, self._looking = self._tasks.latest(), self._tasks.latest()
        self._choices: Choices | None = None
        self._opening, self._closed = 0, False
        self._front = ""
        self.bar = NumberBar()
        self.bar.taken.connect(self._on_taken)
        self.bar.put_away.connect(self._on_bar_put_away)
        self.bar.hide()
        self.tabs = QTabBar()
        self.tabs.setProperty("data", True)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.currentChanged.connect(self._on_tab)
        self.tabs.hide()
        self.calls = QStackedWidget()
        self.empty = EmptyState()
        set_icon(self.empty.picture, "headset", "muted")
        self.empty.acted.connect(lambda: self.take_call(None))
        self.calls.addWidget(self.empty)
        self.setFocusProxy(self.empty)
        self.person = PersonPane(self._model, self._tasks)
        self.person.left.connect(lambda: self._on_tab(self.tabs.currentIndex()))
        self.person.ticket_requested.connect(self.ticket_requested)
        self.calls.addWidget(self.person)
        self.merging = MergeView(desk, messages)
        self.merging.left.connect(self._leave_merging)
        self.merging.decided.connect(self._leave_merging)
        self.person.merge_requested.connect(self.open_merging)
        self.calls.addWidget(self.merging)
        self._shortcuts: list[tuple[QShortcut, str]] = []
        self._make_shortcuts()
        self._lay_out()
        self._stop_listening = desk.on_changed(self._on_changed)
        self.retranslate()

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        line = Line()
        self._bar_line = line
        line.hide()
        for part in (self.bar, line, self.tabs, self.calls):
            column.addWidget(part, int(part is self.calls))
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        row = QVBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.splitter)

    def _make_shortcuts(self) -> None:
        self._shortcut("F2", N_("New call"), lambda: self.take_call(None))
        self._shortcut("Ctrl+T", N_("New ticket"), self._on_new_ticket)
        self._shortcut("Ctrl+Return", N_("Save"), self._on_save)
        self._shortcut("Ctrl+Enter", "", self._on_save)
        self._shortcut("Ctrl+E", N_("End the call"), self._on_end)
        self._shortcut("Ctrl+Shift+.", N_("Copy the reference"), self._on_copy)
        self._shortcut("Ctrl+>", "", self._on_copy)  # what a keyboard makes of it whose > is a shifted full stop
        self._shortcut("Ctrl+Tab", N_("Next call"), lambda: self._step(1))
        self._shortcut("Ctrl+Shift+Tab", N_("Previous call"), lambda: self._step(-1))
        for digit in range(1, 10):
            does = N_("Choose from the list beside it") if digit == 1 else ""
            self._shortcut(f"Alt+{digit}", does, partial(self._on_digit, digit - 1))

    def _shortcut(self, keys: str, does: str, do: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.activated.connect(do)
        self._shortcuts.append((shortcut, does))

    def retranslate(self) -> None:
        """The page's own words."""
        self.setAccessibleName(_("Desk"))
        self.tabs.setAccessibleName(_("Open calls"))
        self.empty.set_texts(_("No call is open. Press F2 when the phone rings."), _("New call (F2)"))
        for shortcut, does in self._shortcuts:
            shortcut.setWhatsThis(_(does))
        self._name_tabs()

    def set_knowledge(self, widget: QWidget) -> None:
        """Puts the knowledge pane beside the calls."""
        if self.splitter.count() > 1:
            self.splitter.replaceWidget(1, widget)
        else:
            self.splitter.addWidget(widget)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes([CALLS_WIDTH, KNOWLEDGE_WIDTH])

    def take_call(
        self, number_text: str | None, channel: Channel = Channel.LINE_164, language: Spoken = Spoken.ARABIC
    ) -> None:
        """A call is coming: with a number in any writing, "anonymous" or empty when it is withheld.

        Without one, and for what is no caller's number, the line at the top asks. `language`: which one the caller
        chose to speak.
        """
        if number_text is None:
            self._show_bar("")
        elif phone.is_withheld(number_text):
            self._open("", channel, language)
        elif isinstance(parsed := phone.parse(number_text), PhoneNumber):
            self._open(parsed.e164, channel, language)
        else:
            self._show_bar(number_text)
            self.bar.submit()  # which says why it is none

    def restore(self) -> None:
        """Shows the calls that were not ended, with everything that was being typed."""
        self._tasks.spawn(self._restore())

    def open_caller(self, caller_id: str) -> None:
        """Somebody looked up: the person on the line where nobody knows yet who that is, else only shown."""
        self._looking.start(self._look(caller_id))

    def open_merging(self, kept_id: str, merged_id: str) -> None:
        """Two cards side by side, in the place of the call; it goes on behind them."""
        self.calls.setCurrentWidget(self.merging)
        self.merging.open_pair(kept_id, merged_id)

    def link_article(self, article_id: str) -> None:
        """An article answered the call in front."""
        pane = self.pane()
        if pane is None:
            self._messages.info(_("No call is open to link the article to. Press F2 for a new one."))
            return
        pane.link_article(article_id)
        self._messages.success(_("The article is linked to this call."))

    def propose(self, article: ArticleRow) -> None:
        """The next ticket of the call in front names this article's service and body."""
        if (pane := self.pane()) is not None:
            pane.propose(article)

    def linked(self) -> frozenset[str]:
        """The articles that answered the call in front, by their ids."""
        pane = self.pane()
        return frozenset(pane.state.call.articles) if pane is not None else frozenset()

    def pane(self) -> CallPane | None:
        """The call in front, if one is open."""
        current = self.calls.currentWidget()
        return current if isinstance(current, CallPane) else None

    def panes(self) -> list[CallPane]:
        """All open calls in the order of their tabs."""
        widgets = [self.calls.widget(at) for at in range(self.calls.count())]
        return [widget for widget in widgets if isinstance(widget, CallPane)]

    async def settle(self) -> None:
        """Everything half-typed in every call is on the disk: before a sign-out, a lock or the end."""
        for pane in self.panes():
            await pane.settle()

    def close_page(self) -> None:
        """Keeps what is half-typed and follows nothing any more."""
        self._closed = True
        self._stop_listening()
        for pane in self.panes():
            pane.close_pane()
        if (close := getattr(self.splitter.widget(1), "close_page", None)) is not None:
            close()  # the knowledge beside the calls goes with them

    async def work_done(self) -> None:
        """Returns when what a closed page still had to keep is on the disk."""
        for pane in self.panes():
            await pane.work_done()
        await self._tasks.close()

    def _leave_merging(self) -> None:
        self.merging.clear()
        self._on_tab(self.tabs.currentIndex())
        if (pane := self.pane()) is not None:
            pane.notes.take_focus()

    async def _look(self, caller_id: str) -> None:
        at, panes = self.tabs.currentIndex(), self.panes()
        pane = panes[at] if 0 <= at < len(panes) else None  # also while somebody's card is shown over it
        if pane is not None and pane.asks_who():
            self._on_tab(at)
            pane.identify(caller_id)
            return
        card = await self._model.look(caller_id)
        self.calls.setCurrentWidget(self.person)
        self.person.show_card(card)

    async def _restore(self) -> None:
        choices = await self._chosen_from()
        shown = {pane.call_id for pane in self.panes()}
        for state in await self._model.unfinished():
            if state.call.id not in shown:
                self._add(state, choices)

    async def _chosen_from(self) -> Choices:
        if self._choices is None:
            ask = self._model.desk.ask
            self._choices = Choices(
                await ask(accounts.all_queues),
                await ask(articles.browse, ArticleKind.SERVICE),
                await ask(accounts.bodies),
            )
        return self._choices

    def _open(self, e164: str, channel: Channel, language: Spoken = Spoken.ARABIC) -> None:
        if len(self.panes()) + self._opening >= MOST_CALLS:
            text = _("{count} calls are open already. End one of them first; the number is kept.")
            self._messages.warning(text.format(count=i18n.number(MOST_CALLS)))
            self._show_bar(phone.display(e164))
            return
        self._opening += 1
        self._tasks.spawn(self._take(e164, channel, language))

    async def _take(self, e164: str, channel: Channel, language: Spoken) -> None:
        try:
            choices = await self._chosen_from()
            state = await self._model.open_call(e164, channel, language)
        finally:
            self._opening -= 1
        pane = self._add(state, choices)
        self.bar.clear()
        self.bar.hide()
        self._bar_line.hide()
        pane.start()

    def _add(self, state: CallState, choices: Choices) -> CallPane:
        pane = CallPane(self._model, state, self._messages, choices)
        pane.ticket_requested.connect(self.ticket_requested)
        pane.merge_requested.connect(self.open_merging)
        pane.named.connect(lambda: self._on_named(pane))
        pane.ended.connect(lambda: self._remove(pane))
        pane.notes_settled.connect(lambda text: self._on_notes(pane, text))
        self.calls.addWidget(pane)
        at = self.tabs.addTab("")
        self._name_tabs()
        self.tabs.setCurrentIndex(at)
        self._on_tab(at)
        self.tabs.setVisible(self.tabs.count() > 1)
        return pane

    def _remove(self, pane: CallPane) -> None:
        at = self.panes().index(pane)
        pane.close_pane()
        self.calls.removeWidget(pane)
        self.tabs.removeTab(at)
        self._tasks.spawn(self._let_go(pane))
        self.tabs.setVisible(self.tabs.count() > 1)
        self._on_tab(self.tabs.currentIndex())
        if self.pane() is None:
            self.empty.setFocus(Qt.FocusReason.OtherFocusReason)

    async def _let_go(self, pane: CallPane) -> None:
        """What a pane has begun still speaks to its widgets when it comes back."""
        await pane.work_done()
        pane.deleteLater()

    def _on_tab(self, at: int) -> None:
        panes = self.panes()
        shown = panes[at] if 0 <= at < len(panes) else None
        self.calls.setCurrentWidget(shown or self.empty)
        self.setFocusProxy(shown.notes.edit if shown is not None else self.empty)
        front = shown.call_id if shown is not None else ""
        if front != self._front:
            self._front = front
            self.call_changed.emit(front)
        self.front_changed.emit()
        self.notes_settled.emit(shown.notes.text() if shown is not None else "")

    def _on_named(self, pane: CallPane) -> None:
        self._name_tabs()
        if not self._closed and pane is self.pane():
            self.front_changed.emit()

    def _name_tabs(self) -> None:
        for at, pane in enumerate(self.panes()):
            self.tabs.setTabText(at, pane.title().replace("&", "&&"))

    def _step(self, by: int) -> None:
        if self.tabs.count() > 1:
            self.tabs.setCurrentIndex((self.tabs.currentIndex() + by) % self.tabs.count())
            if (pane := self.pane()) is not None:
                pane.notes.take_focus()

    def _show_bar(self, text: str) -> None:
        self._bar_line.show()
        self.bar.start(text)

    def _on_taken(self, e164: str, channel: str) -> None:
        self._open(e164, Channel(channel))

    def _on_bar_put_away(self) -> None:
        self._bar_line.hide()
        if (pane := self.pane()) is not None:
            pane.notes.take_focus()

    def _on_notes(self, pane: CallPane, text: str) -> None:
        # The focus that leaves a page on its way out settles the notes once more.
        if not self._closed and pane is self.pane():
            self.notes_settled.emit(text)

    def _on_changed(self, entities: frozenset[str]) -> None:
        if entities & CHOSEN_FROM:
            self._choices = None
            self._choosing.start(self._choose_anew())
        if entities & FOLLOWED:
            for pane in self.panes():
                pane.refresh()

    async def _choose_anew(self) -> None:
        choices = await self._chosen_from()
        for pane in self.panes():
            pane.tickets.set_choices(choices)

    def _on_new_ticket(self) -> None:
        if (pane := self.pane()) is not None:
            pane.tickets.new_ticket()

    def _on_save(self) -> None:
        focused = QApplication.focusWidget()
        if focused is not None and self.bar.isAncestorOf(focused):
            self.bar.submit()
        elif (pane := self.pane()) is not None:
            pane.save()

    def _on_end(self) -> None:
        if (pane := self.pane()) is not None:
            pane.ask_end()

    def _on_copy(self) -> None:
        if (pane := self.pane()) is not None:
            pane.tickets.copy_reference()

    def _on_digit(self, at: int) -> None:
        if (pane := self.pane()) is not None:
            pane.choose(at)
