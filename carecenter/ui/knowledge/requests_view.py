"""What editors do with a question that nothing answered: say which article does, or that it is not ours."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.core.i18n import ngettext
from carecenter.core.kuwait import KUWAIT
from carecenter.core.terms import label
from carecenter.queries.requests import RequestRow
from carecenter.queries.search import Answer
from carecenter.ui.language import Translated
from carecenter.ui.views.article_view import list_row
from carecenter.ui.widgets.line_edit import LineEdit
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.row_list import Row, RowList


def request_row(row: RequestRow) -> Row:
    """A question in the list: how often, in which languages and when it was asked last."""
    return Row(row.matter, row.question, told(row))


def told(row: RequestRow) -> str:
    """How often, in which languages and when a question was asked last."""
    times = ngettext("asked {count} time", "asked {count} times", row.count)
    spoken = _(", ").join(label(language) for language in row.languages)
    last = _("last on {date}").format(date=i18n.date(row.last_at.astimezone(KUWAIT).date()))
    return " · ".join(i18n.isolate(part) for part in (times.format(count=i18n.number(row.count)), spoken, last))


class RequestsView(Translated, QWidget):
    """One matter. `article_sought` carries what is typed to find its article, `settled` the id of the article that
    answers it, or nothing where it is not for the centre."""

    article_sought = Signal(str)
    settled = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: RequestRow | None = None
        self._answers: tuple[Answer, ...] = ()
        self.title, self.facts = PlainLabel(), PlainLabel()
        self.title.setProperty("scale", "title")
        self.facts.setProperty("tone", "muted")
        for words in (self.title, self.facts):
            words.setWordWrap(True)
        self.article = LineEdit()
        self.article.setClearButtonEnabled(True)
        self.article.textChanged.connect(self.article_sought)
        self.found = RowList(numbered=True, spell=i18n.number)
        self.found.setProperty("data", True)
        self.found.chosen.connect(self.settled)
        self.answered, self.not_ours = QPushButton(), QPushButton()
        self.answered.clicked.connect(self._on_answered)
        self.not_ours.clicked.connect(lambda: self.settled.emit(""))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.answered)
        buttons.addWidget(self.not_ours)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.title, self.facts, self.article):
            column.addWidget(part)
        column.addWidget(self.found, 1)
        column.addLayout(buttons)
        self.setFocusProxy(self.article)
        self.retranslate()

    def retranslate(self) -> None:
        """Every text, and the rows in the other names."""
        self.article.setPlaceholderText(_("Which article answers it?"))
        self.article.setAccessibleName(_("Which article answers it?"))
        self.found.setAccessibleName(_("Articles that may answer it"))
        self.answered.setText(_("Answered by this article"))
        self.not_ours.setText(_("&Not for the centre"))
        self.not_ours.setToolTip(_("Alt+N"))
        self._show()

    def row(self) -> RequestRow | None:
        """The matter shown."""
        return self._row

    def show_row(self, row: RequestRow) -> None:
        """Shows a matter; looks at once for an article by its own words."""
        same = self._row is not None and self._row.matter == row.matter
        self._row = row
        self._show()
        if not same:
            self.article.setText(row.question)
            self.article.selectAll()

    def show_found(self, answers: tuple[Answer, ...]) -> None:
        """The articles that may answer it."""
        self._answers = answers
        self._show()

    def _show(self) -> None:
        rows = [list_row(one.article, _(one.why.label()), one.stems) for one in self._answers]
        if rows != list(self.found.rows()):
            self.found.set_rows(rows)
        if rows and not self.found.current_key():
            self.found.set_current(rows[0].key, tell=False)
        self.answered.setEnabled(bool(rows))
        if self._row is None:
            return
        self.title.setText(self._row.question)
        self.facts.setText(told(self._row))

    def _on_answered(self) -> None:
        if key := self.found.current_key():
            self.settled.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Down leads from the line into the articles."""
        if event.key() == Qt.Key.Key_Down and self.found.rows():
            self.found.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)
