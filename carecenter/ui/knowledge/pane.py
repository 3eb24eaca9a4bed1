"""The knowledge base beside a call: it follows the notes quietly, and answers a question of its own."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.store.desk import Desk
from carecenter.ui.knowledge.model import KnowledgeBeside, opened, question_of
from carecenter.ui.knowledge.narrowing import By, NarrowingKeys
from carecenter.ui.language import Language, Translated
from carecenter.ui.messages import Messages
from carecenter.ui.tasks import Tasks
from carecenter.ui.theme import set_icon
from carecenter.ui.views.article_view import ArticleView, list_row
from carecenter.ui.views.request_line import REQUEST_KEYS, RequestLine, only_nearest
from carecenter.ui.widgets.empty_state import EmptyState
from carecenter.ui.widgets.line_edit import LineEdit
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.row_list import RowList
from carecenter.ui.widgets.section import Section

LINK_KEYS: Final = "Alt+K"
LEAST_WIDTH: Final = 304
"""For a sentence of an article in lines of some words."""


class KnowledgePane(Translated, QWidget):
    """Numbered answers over the article being read. It never takes the focus by itself.

    `article_opened` carries the ArticleRow a person opened, `article_linked` the id to link to the call. Alt+K
    links; whoever has a call says so with `set_call`.
    """

    article_opened = Signal(object)
    article_linked = Signal(str)

    def __init__(self, desk: Desk, messages: Messages, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._messages = desk, messages
        self._model = KnowledgeBeside(desk)
        tasks = Tasks(messages.failure)
        self._search, self._opening = tasks.latest(), tasks.latest()
        self._notes = self._call_id = ""
        self._left: dict[str, tuple[str, str]] = {}
        self._has_call = False
        self._linked: frozenset[str] = frozenset()
        self._make_parts()
        self._lay_out()
        self._stop_listening = desk.on_changed(self._on_changed)
        self.retranslate()

    def _make_parts(self) -> None:
        self.section = Section()
        self.question = LineEdit()
        self.question.setClearButtonEnabled(True)
        self.question.textChanged.connect(self._on_question_changed)
        self.question.installEventFilter(self)
        self.results = RowList(numbered=True, spell=i18n.number)
        self.results.setProperty("data", True)
        self.results.chosen.connect(self.open_article)
        self.results.clicked.connect(self._on_clicked)
        self.empty = EmptyState()
        set_icon(self.empty.picture, "book-open", "muted")
        self.empty.acted.connect(self.begin_request)
        self.remark = PlainLabel()
        self.remark.setWordWrap(True)
        self.remark.setProperty("tone", "muted")
        self.remark.hide()
        self.request = RequestLine(self._desk, self._messages)
        for done in (self.request.sent, self.request.put_away):
            done.connect(lambda: self.question.setFocus(Qt.FocusReason.OtherFocusReason))
        self._narrowing_keys = NarrowingKeys(self, self._on_narrow)
        self._request_key = QShortcut(QKeySequence(REQUEST_KEYS), self)
        self._request_key.activated.connect(self.begin_request)
        self.view = ArticleView()
        self.view.copied.connect(lambda: self._messages.success(_("The article was copied.")))
        self.link = QPushButton()
        self.link.clicked.connect(self._on_link)
        self.view.tools.insertWidget(1, self.link)
        self._link_key = QShortcut(QKeySequence(LINK_KEYS), self)
        self._link_key.activated.connect(self._on_link)
        self.reading = _framed(self.view)
        self.reading.hide()

    def _lay_out(self) -> None:
        self._list = QStackedWidget()
        self._list.addWidget(self.empty)
        self._list.addWidget(self.results)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(self._list)
        split.addWidget(self.reading)
        split.setSizes([240, 560])
        split.setStretchFactor(1, 1)
        for part in (self.question, self.request, self.remark):
            self.section.body.addWidget(part)
        self.section.body.addWidget(split, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 8)
        column.addWidget(self.section)
        self.setFocusProxy(self.question)
        self.setMinimumWidth(LEAST_WIDTH)

    def retranslate(self) -> None:
        """Every text, and the rows in the other names."""
        self.section.set_title(_("Knowledge"))
        self.question.setPlaceholderText(_("Ask a question"))
        self.question.setAccessibleName(_("Question for the knowledge base"))
        self.results.setAccessibleName(_("Answers"))
        self._link_key.setWhatsThis(_("Link the article to the call"))
        self._narrowing_keys.retranslate()
        self._request_key.setWhatsThis(_("Ask the editors for an article"))
        self._show_link()
        self._show_results()

    def follow(self, text: str) -> None:
        """The notes as they stand now. While a question of its own stands, they only wait."""
        self._notes = text
        if not self.question.text().strip():
            self._look(question_of(text), asked=False)

    def open_article(self, article_id: str) -> None:
        """Opens an article to read; the list stays as it is."""
        self._opening.start(self._open(article_id))

    def begin_request(self) -> None:
        """Proposes what was asked, or noted, as a question for the editors."""
        self.request.begin(self.question.text().strip() or question_of(self._notes))

    def set_call(self, *, open_call: bool, linked: frozenset[str] = frozenset()) -> None:
        """Whether there is a call to link to, and the ids of the articles it has already."""
        self._has_call, self._linked = open_call, linked
        self._show_link()

    def begin(self, call_id: str = "") -> None:
        """Another call: nothing is asked, found or open but what was when this one was last in front."""
        article = self.view.article()
        if self._call_id:
            self._left[self._call_id] = (self.question.text(), article.row.id if article is not None else "")
        self._call_id = self.request.call_id = call_id
        self._search.cancel()
        self._opening.cancel()
        self._notes = ""
        self._model = KnowledgeBeside(self._desk)
        blocked = self.question.blockSignals(True)
        self.question.clear()
        self.question.blockSignals(blocked)
        self.view.show_article(None)
        self.reading.hide()
        self.request.hide()
        self._show_results()
        self._show_link()
        question, article_id = self._left.pop(call_id, ("", ""))
        self.question.setText(question)
        if article_id:
            self._opening.start(self._open(article_id, again=True))

    def close_page(self) -> None:
        """Listens no longer."""
        self._stop_listening()
        self._search.cancel()
        self._opening.cancel()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """From the question, Down leads into the answers and Enter opens the first of them."""
        if watched is self.question and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            rows = self.results.rows()
            if event.key() == Qt.Key.Key_Down and rows:
                self.results.set_current(self.results.current_key() or rows[0].key)
                self.results.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and rows:
                self.open_article(self.results.current_key() or rows[0].key)
                return True
        return False

    def _on_question_changed(self, text: str) -> None:
        question = text.strip()
        self._look(question or question_of(self._notes), asked=bool(question))

    def _on_clicked(self, index: QModelIndex) -> None:
        self.open_article(self.results.rows()[index.row()].key)

    def _on_link(self) -> None:
        article = self.view.article()
        if article is not None and self.link.isEnabled():
            self.article_linked.emit(article.row.id)

    def _on_narrow(self, by: By) -> None:
        self._model.narrowing.step(by, [answer.article for answer in self._model.found])
        self._search.start(self._narrow())

    async def _narrow(self) -> None:
        await self._model.renew()
        self._show_results()
        await self._refine(self._model.question)

    def _on_changed(self, entities: frozenset[str]) -> None:
        if entities & {"article", "article_pin", "body"}:
            self._search.start(self._renew())

    def _look(self, question: str, *, asked: bool) -> None:
        self._search.start(self._ask(question, asked=asked))

    async def _ask(self, question: str, *, asked: bool) -> None:
        if await self._model.ask(question, asked=asked) or not self._model.results:
            self._show_results()
        await self._refine(question, following=not asked)

    async def _refine(self, question: str, *, following: bool = False) -> None:
        if await self._model.refine(question, following=following, at_hand=self.results.key_at_hand):
            self._show_results()

    async def _renew(self) -> None:
        if await self._model.renew():
            self._show_results()
            await self._refine(self._model.question)
        if (article := self.view.article()) is not None:
            renewed = await opened(self._desk, article.row.id)
            self.view.show_article(renewed, self._model.stems(article.row.id))

    async def _open(self, article_id: str, *, again: bool = False) -> None:
        article = await opened(self._desk, article_id)
        known = self.view.article()
        self.reading.show()
        self.view.show_article(article, self._model.stems(article_id))
        self.results.set_current(article_id)
        self._show_link()
        if not again and (known is None or known.row.id != article_id):
            self.article_opened.emit(article.row)

    def _show_results(self) -> None:
        answers = self._model.results
        self.results.set_rows([list_row(one.article, _(one.why.label()), one.stems) for one in answers])
        found = bool(answers)
        self._show_remark()
        self._list.setCurrentWidget(self.results if found else self.empty)
        if not found and self._model.asked:
            sentence = _("No article answers this. Try other words, or the body's name; or open a ticket (Ctrl+T).")
            self.empty.set_texts(sentence, _("Ask for an article (Alt+R)"))
        elif not found:
            self.empty.set_texts(_("Answers appear here while you type your notes. You can also ask a question."))

    def _show_remark(self) -> None:
        chosen = self._model.narrowing.label(answer.article for answer in self._model.found)
        text = _("Only {chosen}").format(chosen=chosen) if chosen else ""
        if self._model.results and not self._model.answered:
            text = only_nearest(len(self._model.results))
        self.remark.setText(text)
        self.remark.setVisible(bool(text))

    def _show_link(self) -> None:
        article = self.view.article()
        linked = article is not None and article.row.id in self._linked
        self.link.setText(_("Linked") if linked else _("Link"))
        name = _("This article is linked to the call") if linked else _("Link the article to the call")
        self.link.setAccessibleName(name)
        self.link.setToolTip(_("{does} ({keys})").format(does=name, keys=f"\u2066{LINK_KEYS}\u2069"))
        self.link.setEnabled(article is not None and self._has_call and not linked)
        self._link_key.setEnabled(self.link.isEnabled())


def _framed(view: QWidget) -> QFrame:
    """Room between the thin line of the splitter and the article."""
    frame = QFrame()
    column = QVBoxLayout(frame)
    column.setContentsMargins(0, 8, 0, 0)
    column.addWidget(view)
    return frame
