"""The knowledge base as a page: browsed by kind and body, or asked; the article beside the list."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.core.i18n import ngettext
from carecenter.core.terms import ArticleKind
from carecenter.store.desk import Desk
from carecenter.ui.knowledge.model import Library, opened
from carecenter.ui.language import Language, Translated
from carecenter.ui.messages import Messages
from carecenter.ui.tasks import Tasks
from carecenter.ui.theme import set_icon
from carecenter.ui.views import words
from carecenter.ui.views.article_view import ArticleView, list_row
from carecenter.ui.widgets.choice_box import ChoiceBox
from carecenter.ui.widgets.empty_state import EmptyState
from carecenter.ui.widgets.line_edit import LineEdit
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.row_list import RowList
from carecenter.ui.widgets.segmented import Segmented

_ALL: Final = "all"
_MARGIN: Final = 16


class KnowledgePage(Translated, QWidget):
    """The list follows what is chosen and typed; the article follows the list's current row."""

    def __init__(self, desk: Desk, messages: Messages, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._messages = desk, messages
        self._model = Library(desk)
        self._tasks = Tasks(messages.failure)
        self._search, self._opening = self._tasks.latest(), self._tasks.latest()
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
        self.kinds = Segmented((_ALL, *ArticleKind))
        self.kinds.chosen.connect(self._on_kind_chosen)
        self.bodies = ChoiceBox(12)
        self.bodies.setProperty("data", True)
        self.bodies.activated.connect(self._on_body_chosen)
        self.count = PlainLabel()
        self.count.setProperty("tone", "muted")
        self.count.setProperty("scale", "small")
        self.results = RowList()
        self.results.setProperty("data", True)
        self.results.current_changed.connect(self._on_row)
        self.results.chosen.connect(self._on_row)
        self.nothing = EmptyState()
        set_icon(self.nothing.picture, "search", "muted")
        self.nothing.acted.connect(self._on_show_all)
        self.invitation = EmptyState()
        set_icon(self.invitation.picture, "book-open", "muted")
        self.view = ArticleView()
        self.view.copied.connect(lambda: self._messages.success(_("The article was copied.")))

    def _lay_out(self) -> None:
        self._list = QStackedWidget()
        self._list.addWidget(self.results)
        self._list.addWidget(self.nothing)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(8)
        for part in (self.question, self.kinds, self.bodies, self.count):
            column.addWidget(part)
        column.addWidget(self._list, 1)
        reader = QWidget()
        inside = QVBoxLayout(reader)
        inside.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        inside.addWidget(self.view)
        self._right = QStackedWidget()
        self._right.addWidget(self.invitation)
        self._right.addWidget(reader)
        self._reader = reader
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(left)
        split.addWidget(self._right)
        split.setSizes([400, 900])
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
        self.bodies.setAccessibleName(_("Responsible body"))
        self.results.setAccessibleName(_("Articles"))
        sentence = _("No article fits. Use other words, or look in all articles.")
        self.nothing.set_texts(sentence, _("Show all articles"))
        self.invitation.set_texts(_("Choose an article from the list, or ask a question."))
        self._show_rows()

    def open_article(self, article_id: str) -> None:
        """Shows this article, whatever is chosen in the list."""
        self._opening.start(self._open(article_id))

    def close_page(self) -> None:
        """Listens no longer."""
        self._stop_listening()
        self._search.cancel()
        self._opening.cancel()

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
        self._model.kind = None if key == _ALL else ArticleKind(key)
        self._renew()

    def _on_body_chosen(self, index: int) -> None:
        self._model.body_code = self.bodies.itemData(index)
        self._renew()

    def _on_show_all(self) -> None:
        self._model.kind = self._model.body_code = None
        self.kinds.choose(_ALL)
        self.question.clear()
        self._renew()

    def _on_row(self, article_id: str) -> None:
        shown = self.view.article()
        if shown is None or shown.row.id != article_id:
            self.open_article(article_id)

    def _on_changed(self, entities: frozenset[str]) -> None:
        if entities & {"article", "body"}:
            self._renew()
            if (article := self.view.article()) is not None:
                self.open_article(article.row.id)

    def _renew(self) -> None:
        self._search.start(self._look())

    async def _look(self) -> None:
        await self._model.renew()
        self._show_rows()
        if await self._model.refine(self.results.key_at_hand):
            self._show_rows()

    async def _open(self, article_id: str) -> None:
        self.view.show_article(await opened(self._desk, article_id))
        self._right.setCurrentWidget(self._reader)
        self.results.set_current(article_id, tell=False)

    def _show_rows(self) -> None:
        rows = [list_row(row) for row in self._model.rows]
        if not self._model.question:  # an answer's place in the list says how near it is
            rows.sort(key=lambda row: row.title.casefold())
        self.results.set_rows(rows)
        self._list.setCurrentWidget(self.nothing if self._model.loaded and not rows else self.results)
        text = ngettext("{count} article", "{count} articles", len(rows))
        self.count.setText(text.format(count=i18n.number(len(rows))))
        self._show_bodies()

    def _show_bodies(self) -> None:
        named = {row.body_code: words.name(row.body_name_ar, row.body_name_en) for row in self._model.bodies}
        self.bodies.clear()
        self.bodies.addItem(_("All bodies"), None)
        for code, name in sorted(named.items(), key=lambda body: body[1].casefold()):
            self.bodies.addItem(name, code)
        self.bodies.setCurrentIndex(max(0, self.bodies.findData(self._model.body_code)))
