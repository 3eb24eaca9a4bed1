"""The knowledge base as a page: browsed by kind, body, audience and channel, or asked; the article beside the list.
For those who edit or lead, also what was asked in vain."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.core.i18n import ngettext
from carecenter.core.terms import ArticleKind
from carecenter.operations.articles import AddQuestion, PinArticle, UnpinArticle
from carecenter.queries import search
from carecenter.queries.articles import ArticleRow
from carecenter.queries.requests import Settled
from carecenter.store.desk import Desk
from carecenter.ui.knowledge.editing_bar import EditingBar
from carecenter.ui.knowledge.model import AskedInVain, Library, opened
from carecenter.ui.knowledge.narrowing import By, NarrowingKeys, label
from carecenter.ui.knowledge.requests_view import RequestsView, request_row
from carecenter.ui.language import Language, Translated
from carecenter.ui.messages import Messages
from carecenter.ui.tasks import Tasks
from carecenter.ui.theme import set_icon
from carecenter.ui.views import words
from carecenter.ui.views.article_view import ArticleView, list_row
from carecenter.ui.views.request_line import REQUEST_KEYS, RequestLine, only_nearest
from carecenter.ui.widgets.choice_box import ChoiceBox
from carecenter.ui.widgets.empty_state import EmptyState
from carecenter.ui.widgets.line_edit import LineEdit
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.row_list import Row, RowList
from carecenter.ui.widgets.segmented import Segmented

_ALL: Final = "all"
_ASKED: Final = "asked"
"""In place of a kind: what callers ask and no article answers."""
_MARGIN: Final = 16


class KnowledgePage(Translated, QWidget):
    """The list follows what is chosen and typed; the article follows the list's current row."""

    def __init__(self, desk: Desk, messages: Messages, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._messages = desk, messages
        self._model, self._asked = Library(desk), AskedInVain(desk)
        self._tasks = Tasks(messages.failure)
        self._search, self._opening, self._seeking = (self._tasks.latest() for _lane in range(3))
        self._make_parts()
        self._lay_out()
        self._stop_listening = desk.on_changed(self._on_changed)
        self.retranslate()
        self._renew()

    def _make_parts(self) -> None:
        self.question = LineEdit()
        self.question.setClearButtonEnabled(True)
        self.question.textChanged.connect(self._on_question_changed)
        self.question.installEventFilter(self)
        self.request = RequestLine(self._desk, self._messages)
        for done in (self.request.sent, self.request.put_away):
            done.connect(lambda: self.question.setFocus(Qt.FocusReason.OtherFocusReason))
        self._request_key = QShortcut(QKeySequence(REQUEST_KEYS), self)
        self._request_key.activated.connect(lambda: self.request.begin(self.question.text()))
        self._narrowing_keys = NarrowingKeys(self, self._on_narrow)
        self.kinds = Segmented((_ALL, *ArticleKind, *((_ASKED,) if self._asked.allowed else ())))
        self.kinds.chosen.connect(self._on_kind_chosen)
        self.bodies, self.audiences, self.channels = self.boxes = tuple(ChoiceBox(8) for _by in By)
        for by, box in zip(By, self.boxes, strict=True):
            box.setProperty("data", True)
            box.activated.connect(partial(self._on_value_chosen, by))
        self.count = PlainLabel()
        self.count.setProperty("tone", "muted")
        self.count.setProperty("scale", "small")
        self.count.setWordWrap(True)
        self.results = RowList()
        self.results.setProperty("data", True)
        self.results.current_changed.connect(self._on_row)
        self.results.chosen.connect(self._on_row)
        self.nothing = EmptyState()
        set_icon(self.nothing.picture, "search", "muted")
        self.nothing.acted.connect(self._on_nothing)
        self.invitation = EmptyState()
        set_icon(self.invitation.picture, "book-open", "muted")
        self.view = ArticleView()
        self.view.copied.connect(lambda: self._messages.success(_("The article was copied.")))
        self.editing = EditingBar(self)  # without a parent it would be shown as a window
        self.editing.setVisible(self._asked.allowed)
        self.editing.pin_asked.connect(self._on_pin)
        self.editing.question_added.connect(self._on_question_added)
        self.requests = RequestsView()
        self.requests.article_sought.connect(lambda text: self._seeking.start(self._seek(text)))
        self.requests.settled.connect(lambda article_id: self._tasks.spawn(self._settle(article_id)))

    def _lay_out(self) -> None:
        self._list = QStackedWidget()
        self._list.addWidget(self.results)
        self._list.addWidget(self.nothing)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(8)
        for part in (self.question, self.request, self.kinds, self.bodies):
            column.addWidget(part)
        also = QHBoxLayout()
        also.setSpacing(8)
        also.addWidget(self.audiences, 1)
        also.addWidget(self.channels, 1)
        column.addLayout(also)
        column.addWidget(self.count)
        column.addWidget(self._list, 1)
        reader = QWidget()
        inside = QVBoxLayout(reader)
        inside.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        inside.addWidget(self.view, 1)
        inside.addWidget(self.editing)
        self._right = QStackedWidget()
        self._right.addWidget(self.invitation)
        self._right.addWidget(reader)
        self._desk_of_editors = _framed(self.requests)
        self._right.addWidget(self._desk_of_editors)
        self._reader = reader
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(left)
        split.addWidget(self._right)
        split.setSizes([432, 868])
        split.setStretchFactor(1, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(split)
        self.setFocusProxy(self.question)

    def retranslate(self) -> None:
        """Every text; the rows and the bodies by the other names, sorted by them."""
        self.question.setPlaceholderText(_("Ask a question or type a name"))
        self.question.setAccessibleName(_("Question for the knowledge base"))
        self.kinds.setAccessibleName(_("What the articles are about"))
        for key, text in (
            (_ALL, _("All")),
            (ArticleKind.SERVICE, _("Services")),
            (ArticleKind.BODY, _("Government bodies")),
            (ArticleKind.CENTRE, _("The centre")),
        ):
            self.kinds.set_text(key, text)
        if self._asked.allowed:
            self.kinds.set_text(_ASKED, _("Asked in vain"))
        self.bodies.setAccessibleName(_("Responsible body"))
        self.audiences.setAccessibleName(_("For whom"))
        self.channels.setAccessibleName(_("Channels"))
        self._narrowing_keys.retranslate()
        self._request_key.setWhatsThis(_("Ask the editors for an article"))
        self.results.setAccessibleName(_("Articles"))
        self._show_rows()

    def open_article(self, article_id: str, stems: frozenset[str] = frozenset()) -> None:
        """Shows this article, whatever is chosen in the list. `stems`: of the words by which it was found
        elsewhere."""
        self._opening.start(self._open(article_id, stems or self._model.stems(article_id)))

    def close_page(self) -> None:
        """Listens no longer."""
        self._stop_listening()
        for lane in (self._search, self._opening, self._seeking):
            lane.cancel()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """From the question, Down leads into the list and Enter opens its first article."""
        if watched is self.question and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            down, enter = Qt.Key.Key_Down, (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if event.key() in (down, *enter) and (rows := self.results.rows()):
                self.results.set_current(self.results.current_key() or rows[0].key)
                if event.key() == down:
                    self.results.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return False

    def _on_question_changed(self, text: str) -> None:
        self._model.question = text.strip()
        self._renew()

    def _on_kind_chosen(self, key: str) -> None:
        self._model.kind = ArticleKind(key) if key in set(ArticleKind) else None
        self._renew()

    def _on_value_chosen(self, by: By, index: int) -> None:
        box: ChoiceBox = self.boxes[list(By).index(by)]
        self._model.narrowing.choose(by, box.itemData(index))
        self._renew()

    def _on_narrow(self, by: By) -> None:
        self._model.narrowing.step(by, self._model.found)
        self._renew()

    def _on_nothing(self) -> None:
        """The one thing to do where nothing is found: ask for an article, or look in all of them."""
        if self._model.question and not self._model.found:
            self.request.begin(self.question.text())
            return
        self._model.show_all()
        self.kinds.choose(_ALL)
        self.question.clear()
        self._renew()

    def _on_pin(self, pinned: bool) -> None:
        if (article := self.view.article()) is not None:
            operation = PinArticle if pinned else UnpinArticle
            self._tasks.spawn(self._desk.perform(operation(article_id=article.row.id)))

    def _on_question_added(self, settled: Settled) -> None:
        if (article := self.view.article()) is not None:
            self._tasks.spawn(self._add(article.row.id, settled))

    async def _add(self, article_id: str, settled: Settled) -> None:
        question = AddQuestion(article_id=article_id, language=settled.language, question=settled.question)
        await self._desk.perform(question)
        self._messages.success(_("From now on the article is found by this question, too."))

    async def _seek(self, question: str) -> None:
        self.requests.show_found(await self._desk.ask(search.answers, question))

    async def _settle(self, article_id: str) -> None:
        if (row := self.requests.row()) is not None:
            await self._asked.settle(row, article_id or None)
            self._messages.success(_("The question is settled."))

    def _on_row(self, article_id: str) -> None:
        if self.kinds.choice() == _ASKED:
            if (row := self._asked.row(article_id)) is not None:
                self.requests.show_row(row)
                self._right.setCurrentWidget(self._desk_of_editors)
            return
        shown = self.view.article()
        if shown is None or shown.row.id != article_id:
            self.open_article(article_id)

    def _on_changed(self, entities: frozenset[str]) -> None:
        if entities & {"article", "article_pin", "article_request", "body"}:
            self._renew()
            if (article := self.view.article()) is not None:
                self.open_article(article.row.id, self.view.stems())

    def _renew(self) -> None:
        self._search.start(self._look())

    async def _look(self) -> None:
        if self._asked.allowed:
            await self._asked.renew()
        await self._model.renew()
        self._show_rows()
        if await self._model.refine(self.results.key_at_hand):
            self._show_rows()

    async def _open(self, article_id: str, stems: frozenset[str]) -> None:
        article = await opened(self._desk, article_id)
        if self._asked.allowed:
            offered = await self._asked.settled_with(article_id)
            self.editing.show_article(article.row, offered, edits=self._desk.viewer.edits)
        self.view.show_article(article, stems)
        self._right.setCurrentWidget(self._reader)
        self.results.set_current(article_id, tell=False)

    def _show_rows(self) -> None:
        asked = self.kinds.choice() == _ASKED
        for box in (self.question, *self.boxes):
            box.setEnabled(not asked)
        self._show_choices()
        to_choose = _("Choose an article from the list, or ask a question.")
        self.invitation.set_texts(_("Choose a question from the list to settle it.") if asked else to_choose)
        if asked:
            self._show_asked()
            return
        if self._right.currentWidget() is self._desk_of_editors:
            self._right.setCurrentWidget(self._reader if self.view.article() else self.invitation)
        rows = [self._row(row) for row in self._model.rows]
        if not self._model.question:  # an answer's place in the list says how near it is
            rows.sort(key=lambda row: row.title.casefold())
        self.results.set_rows(rows)
        self._list.setCurrentWidget(self.nothing if self._model.loaded and not rows else self.results)
        text = ngettext("{count} article", "{count} articles", len(rows))
        self.count.setText(text.format(count=i18n.number(len(rows))))
        if rows and not self._model.answered:
            self.count.setText(only_nearest(len(rows)))
        if self._model.question and not self._model.found:
            self.nothing.set_texts(_("No article answers this. Try other words."), _("Ask for an article (Alt+R)"))
        else:
            sentence = _("No article fits. Use other words, or look in all articles.")
            self.nothing.set_texts(sentence, _("Show all articles"))

    def _row(self, row: ArticleRow) -> Row:
        answer = self._model.answers.get(row.id)
        return list_row(row, _(answer.why.label()), answer.stems) if answer else list_row(row)

    def _show_asked(self) -> None:
        rows = [request_row(row) for row in self._asked.rows]
        self.results.set_rows(rows)
        self._list.setCurrentWidget(self.results if rows else self.nothing)
        self.nothing.set_texts(_("Every question has found its article so far."))
        text = ngettext("{count} question without an article", "{count} questions without an article", len(rows))
        self.count.setText(text.format(count=i18n.number(len(rows))))
        shown = self.requests.row()
        if shown is None or (row := self._asked.row(shown.matter)) is None:
            self._right.setCurrentWidget(self.invitation)
        else:
            self.requests.show_row(row)

    def _show_choices(self) -> None:
        model = self._model
        bodies = {row.body_code: words.name(row.body_name_ar, row.body_name_en) for row in model.bodies}
        offered = ((code for code in bodies if code), model.audiences, model.channels)
        all_of = (_("All bodies"), _("For everybody"), _("All channels"))
        for by, box, values, everything in zip(By, self.boxes, offered, all_of, strict=True):
            named = ((label(by, value, bodies), value) for value in values)
            box.clear()
            box.addItem(everything, None)
            for name, value in sorted(named, key=lambda one: one[0].casefold()):
                box.addItem(name, value)
            box.setCurrentIndex(max(0, box.findData(model.narrowing.chosen.get(by))))


def _framed(widget: QWidget) -> QWidget:
    """With the margins of the article that it stands in for."""
    frame = QWidget()
    column = QVBoxLayout(frame)
    column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
    column.addWidget(widget)
    return frame
