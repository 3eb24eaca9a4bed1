"""One box for a reference, a phone number, a Civil ID, a name or a question; what is found hangs under it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from shiboken6 import isValid

from carecenter.core.errors import UserError
from carecenter.core.i18n import gettext as _
from carecenter.queries.search import SearchResults
from carecenter.store.desk import Desk
from carecenter.ui.language import Language, Translated
from carecenter.ui.messages import Messages
from carecenter.ui.search import centre
from carecenter.ui.search.centre import AtCentre, Step
from carecenter.ui.search.model import Group, Hit, look, refined, spell
from carecenter.ui.search.popup import SearchPopup
from carecenter.ui.tasks import Tasks
from carecenter.ui.theme import set_icon
from carecenter.ui.views.request_line import RequestLine
from carecenter.ui.widgets.icon_label import IconLabel
from carecenter.ui.widgets.line_edit import LineEdit

_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_R: Final = (Qt.Key.Key_R, ord("ق"))
"""The key of `REQUEST_KEYS` in both layouts. No QShortcut: the pages have one for the same keys, and of two that Qt
finds fitting neither is obeyed."""
CENTRE_PAUSE_MS: Final = 400
"""How long a finished number stands before the centre is asked: it may be the beginning of a longer one."""
_ENTITIES: Final = frozenset({"ticket", "caller", "caller_phone", "article"})


class SearchBox(Translated, QWidget):
    """Results come while typing; arrow keys move through them, Enter opens, Esc leads back where one was. In a hall
    the centre is asked as well, for a finished number by itself and for words with Ctrl+Enter.

    The signals carry the id of what is to be opened, and of an article the stems by which it was found;
    `call_requested` carries a number (E.164) to take a call from. A question that nothing answers can be sent to
    the editors; whoever knows the call in front says so with `set_call`.
    """

    ticket_requested = Signal(str)
    caller_requested = Signal(str)
    article_requested = Signal(str, object)
    call_requested = Signal(str)

    def __init__(self, desk: Desk, messages: Messages, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._messages = desk, messages
        self._call_id = ""
        tasks = Tasks(messages.failure)
        self._search, self._asking = tasks.latest(), tasks.latest()
        self._results: SearchResults | None = None
        self._centre: AtCentre | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(CENTRE_PAUSE_MS)
        self._pause.timeout.connect(self._ask_centre)
        self._enter_waits = False
        self._came_from: QWidget | None = None
        self._popup: SearchPopup | None = None
        self.line = LineEdit()
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self._on_text_changed)
        self.line.installEventFilter(self)
        self._picture = IconLabel(parent=self)  # without a parent it would be shown as a window
        set_icon(self._picture, "search", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._picture)
        row.addWidget(self.line, 1)
        self.setFocusProxy(self.line)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus_changed)
        self._stop_listening = desk.on_changed(self._on_changed)
        self.retranslate()

    def retranslate(self) -> None:
        """The box's words, and what was found by the other names."""
        self.line.setPlaceholderText(_("Reference · phone · Civil ID · name · question (Ctrl+K)"))
        self.line.setAccessibleName(_("Search"))
        tip = _("Search for a reference, a phone number, a Civil ID, a name, or an answer")
        self.line.setAccessibleDescription(tip)
        if self._popup is not None and self._popup.isVisible():
            self._show()

    def popup(self) -> SearchPopup:
        """What hangs under the box; made when it is first needed, in the window the box is in by then."""
        if self._popup is None:
            request = RequestLine(self._desk, self._messages)
            request.sent.connect(self._on_sent)
            request.put_away.connect(self._leave_request)
            self._popup = SearchPopup(self.line, request)
            self._popup.chosen.connect(self._activate)
            self.destroyed.connect(self._popup.deleteLater)
        return self._popup

    def set_call(self, call_id: str) -> None:
        """Which call is in front; empty for none."""
        self._call_id = call_id

    def close_page(self) -> None:
        """Searches and listens no longer."""
        self._stop_listening()
        self._search.cancel()
        self._leave_centre()
        self._put_away()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """The keys that are the popup's. They are claimed here before the window's shortcuts get them."""
        if watched is not self.line or not isinstance(event, QKeyEvent):
            return False
        ours = event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Up, Qt.Key.Key_Down, *_ENTER) or self._asks(event)
        if event.type() == QEvent.Type.ShortcutOverride and ours:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and ours:
            if self._asks(event):
                self._begin_request()
            else:
                self._on_key(Qt.Key(event.key()), event.modifiers())
            return True
        return False

    def _asks(self, event: QKeyEvent) -> bool:
        """Whether the keys ask the editors for an article, where that is offered."""
        alone = event.modifiers() == Qt.KeyboardModifier.AltModifier
        return alone and event.key() in _R and self._is_shown() and self.popup().offers_request()

    def _is_shown(self) -> bool:
        return self._popup is not None and self._popup.isVisible()

    def _on_key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        if key == Qt.Key.Key_Escape:
            self._leave()
        elif key in _ENTER and modifiers & Qt.KeyboardModifier.ControlModifier:
            self._ask_centre()
        elif key in _ENTER:
            self._on_enter()
        elif self._is_shown():
            self.popup().move_by(1 if key == Qt.Key.Key_Down else -1)
        elif key == Qt.Key.Key_Down and self._is_answered():
            self._show()

    def _on_enter(self) -> None:
        if not self._is_answered():  # the keys were faster than the search
            self._enter_waits = bool(self.line.text().strip())
        elif (hit := self.popup().current()) is not None:
            self._activate(hit)

    def _on_text_changed(self, line: str) -> None:
        self._enter_waits = False
        self._leave_centre()
        self._search.start(self._look(line))

    async def _look(self, line: str) -> None:
        self._results = await look(self._desk, line)
        if not self.line.hasFocus():
            return
        self._turn_to_centre()
        self._show()
        if self._enter_waits:
            self._enter_waits = False
            self._on_enter()
            return
        await self._refine()

    async def _refine(self) -> None:
        """What the centre finds by meaning comes a moment later; the row that Enter opens stays where it is."""
        before = self._results
        if before is None:
            return
        self._results = await refined(self._desk, before, lambda: self.popup().key_at_hand(Group.KNOWLEDGE))
        asked_for = self.popup().key_at_hand(Group.EDITORS)  # who is about to ask the editors is not disturbed
        if self._results != before and self.line.hasFocus() and not asked_for:
            self._show()

    def _show(self) -> None:
        found = spell(self._results)
        if self._results is not None and self._centre is not None:
            found = centre.join(found, self._results, self._centre)
        self.popup().show_found(found)

    def _turn_to_centre(self) -> None:
        """Offer to ask the centre, or ask it in a moment: once a line."""
        if self._results is None or self._desk.elsewhere is None or self._centre is not None:
            return
        self._centre = AtCentre(Step.OFFERED)
        if centre.asks_by_itself(self._results):
            self._centre = AtCentre(Step.ASKING)
            self._pause.start()

    def _ask_centre(self) -> None:
        self._pause.stop()
        if self._is_answered() and self._centre is not None and self._centre.step is not Step.BRINGING:
            self._asking.start(self._asked(self.line.text()))

    async def _asked(self, line: str) -> None:
        if self._desk.elsewhere is None:
            return
        self._say_of_centre(AtCentre(Step.ASKING))
        try:
            answer = await self._desk.elsewhere.find(line)
        except UserError as error:  # offline, too often, not allowed: said where the answer would be
            self._say_of_centre(AtCentre(Step.FAILED, error=error))
        else:
            self._say_of_centre(AtCentre(Step.ANSWERED, answer))

    async def _bring(self, hit: Hit) -> None:
        part = self._centre
        found = part.found(hit) if part is not None else None
        if part is None or found is None or self._desk.elsewhere is None:
            return
        self._say_of_centre(AtCentre(Step.BRINGING, part.answer))
        try:
            await self._desk.elsewhere.bring(found)
        except UserError as error:
            self._say_of_centre(AtCentre(Step.ANSWERED, part.answer, error))
            return
        arrived = Group.TICKETS if hit.group is Group.CENTRE_TICKETS else Group.CALLERS
        self._open(Hit(arrived, hit.key, hit.title))

    def _say_of_centre(self, part: AtCentre) -> None:
        self._centre = part
        if self.line.hasFocus() and self._is_answered():
            self._show()

    def _leave_centre(self) -> None:
        """What was asked for another line, or was to be brought, is not waited for any more."""
        self._pause.stop()
        self._asking.cancel()
        self._centre = None

    def _is_answered(self) -> bool:
        return self._results is not None and self._results.line == self.line.text()

    def _activate(self, hit: Hit) -> None:
        if hit.group is Group.CENTRE:
            self._ask_centre()
        elif hit.group is Group.EDITORS:
            self._begin_request()
        elif hit.group in (Group.CENTRE_CALLERS, Group.CENTRE_TICKETS):
            self._asking.start(self._bring(hit))
        else:
            self._open(hit)

    def _open(self, hit: Hit) -> None:
        self._put_away()
        self._came_from = None  # the focus goes on to what is opened
        self.line.clear()
        if hit.group is Group.KNOWLEDGE:
            self.article_requested.emit(hit.key, hit.stems)
            return
        {
            Group.TICKETS: self.ticket_requested,
            Group.CALLERS: self.caller_requested,
            Group.CALL: self.call_requested,
        }[hit.group].emit(hit.key)

    def _begin_request(self) -> None:
        self.popup().request.call_id = self._call_id
        self.popup().begin_request(self.line.text().strip())

    def _leave_request(self) -> None:
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.popup().request.hide()
        self._show()

    def _on_sent(self) -> None:
        self.line.clear()
        self._leave()

    def _leave(self) -> None:
        back = self._came_from
        self._put_away()
        if back is not None and isValid(back) and back.isVisible():
            back.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.line.clearFocus()

    def _put_away(self) -> None:
        self._enter_waits = False
        if self._centre is not None and self._centre.step in (Step.ASKING, Step.BRINGING):
            self._leave_centre()
        if self._popup is not None:
            self._popup.hide()
            self._popup.request.hide()

    def _on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        if new is self.line and old is not self.line:
            if not self._in_popup(old):
                self._came_from = old or self._came_from  # nobody, when the window itself was left
            if self._is_answered():
                self._turn_to_centre()
                self._show()
        elif self._in_popup(old):
            if new is not None and not self._in_popup(new):  # nobody: the window is left, and the question stays
                self._put_away()
        elif old is self.line and not self._in_popup(new):
            self._put_away()

    def _in_popup(self, widget: QWidget | None) -> bool:
        return widget is not None and self._popup is not None and self._popup.isAncestorOf(widget)

    def _on_changed(self, entities: frozenset[str]) -> None:
        if entities & _ENTITIES and self.line.text() and self.line.hasFocus():
            self._search.start(self._look(self.line.text()))
