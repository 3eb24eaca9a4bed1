"""The facts of an opened ticket: its reference, its state, whose it is, what happened and what is asked for."""

from __future__ import annotations

import datetime as dt
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.core.reference import format_grouped
from carecenter.core.terms import label
from carecenter.queries.tickets import TicketDetail
from carecenter.ui.language import Translated
from carecenter.ui.theme import set_icon
from carecenter.ui.views import article_texts, words
from carecenter.ui.views import ticket_view_marks as marks
from carecenter.ui.views.ticket_view_callbacks import CallbackLines
from carecenter.ui.views.ticket_view_text import PeopleText
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.reference_label import INSET, ReferenceLabel
from carecenter.ui.widgets.status_pill import StatusPill

_FACTS: Final = (
    "caller",
    "assignee",
    "service",
    "body",
    "queue",
    "opened",
    "outcome",
    "language",
    "aliases",
)
_LINE: Final = 24
"""The height of a value, with a button beside it or without, so that neighbours stand on one line."""
_PILLS: Final = ("kind", "status", "priority", "due", "escalation")


class _Fact(QWidget):
    """A label over a value, and a button where the value leads somewhere."""

    def __init__(self, icon: str, parent: QWidget) -> None:
        super().__init__(parent)  # or its first show would be a window's
        self.label = PlainLabel()
        self.label.setProperty("tone", "muted")
        self.value = PlainLabel("", elide=True)
        self.value.setProperty("data", True)
        self.button = QToolButton()
        if icon:
            set_icon(self.button, icon, "accent")
        else:
            self.button.hide()
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        self.value.setMinimumHeight(_LINE)
        self.button.setFixedSize(_LINE, _LINE)
        line.addWidget(self.value)
        line.addWidget(self.button)
        line.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.label)
        column.addLayout(line)


class TicketFacts(Translated, QWidget):
    """Everything of a ticket but its timeline and what can be done with it."""

    caller_requested = Signal(str)
    article_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._detail: TicketDetail | None = None
        self._now = dt.datetime.now(dt.UTC)
        self._shown: list[str] = []
        self.pills = {key: StatusPill() for key in _PILLS}
        icons = {"caller": "user", "service": "book-open"}
        self._facts = {key: _Fact(icons.get(key, ""), self) for key in _FACTS}
        self._facts["caller"].button.clicked.connect(self._on_caller)
        self._facts["service"].button.clicked.connect(self._on_service)
        self._text_label, self._remedy_label = PlainLabel(), PlainLabel()
        self.text, self.remedy = PeopleText(), PeopleText()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._grid)
        self.callbacks = CallbackLines()
        column.addWidget(self.callbacks)
        for title, text in ((self._text_label, self.text), (self._remedy_label, self.remedy)):
            title.setProperty("tone", "muted")
            title.setContentsMargins(0, 8, 0, 0)
            column.addWidget(title)
            column.addWidget(text)
        self.retranslate()

    def retranslate(self) -> None:
        """Labels, and the values that are words."""
        for key, text in (
            ("caller", _("Caller")),
            ("assignee", _("Assigned to")),
            ("service", i18n.pgettext("field", "Service")),
            ("body", i18n.pgettext("field", "Government body")),
            ("queue", _("Queue")),
            ("opened", _("Opened")),
            ("outcome", _("Outcome")),
            ("language", _("Caller's language")),
            ("aliases", _("Also known as")),
        ):
            self._facts[key].label.setText(text)
        for key, text in (("caller", _("Open the caller's card")), ("service", _("Open the article"))):
            self._facts[key].button.setToolTip(text)
            self._facts[key].button.setAccessibleName(text)
        self._text_label.setText(_("What happened"))
        self.text.setAccessibleName(_("What happened"))
        self._remedy_label.setText(_("What remedy is asked for"))
        self.remedy.setAccessibleName(_("What remedy is asked for"))
        self._refresh()

    def show_ticket(self, detail: TicketDetail, now: dt.datetime) -> None:
        """Shows the facts as of `now` (UTC), by which a promised date has passed or not."""
        self._detail, self._now = detail, now
        self._refresh()

    def fact(self, key: str) -> str:
        """The value shown for a fact."""
        return self._facts[key].value.text()

    def button(self, key: str) -> QToolButton:
        """What leads from a fact to the card or the article behind it."""
        return self._facts[key].button

    def _refresh(self) -> None:
        detail = self._detail
        if detail is None:
            return
        self._refresh_pills(detail)
        values = self._values(detail)
        shown = [key for key in _FACTS if values[key]]
        for position, key in enumerate(shown if shown != self._shown else ()):
            self._grid.addWidget(self._facts[key], *divmod(position, 2), Qt.AlignmentFlag.AlignTop)
        for key in _FACTS:  # once each has its place: without one it would be shown as a window
            self._facts[key].value.setText(values[key])
            self._facts[key].setVisible(key in shown)
        self._shown = shown
        self._facts["caller"].button.setVisible(detail.row.caller_id is not None)
        self._facts["service"].button.setVisible(bool(detail.service_title_ar or detail.service_title_en))
        self.callbacks.show_callbacks(detail.callbacks, self._now)
        self.text.show_text(detail.text)
        self.remedy.show_text(detail.remedy)
        for part in (self._remedy_label, self.remedy):
            part.setVisible(bool(detail.remedy.strip()))

    def _refresh_pills(self, detail: TicketDetail) -> None:
        row = detail.row
        marks.show(self.pills["kind"], marks.kind(row.kind))
        marks.show(self.pills["status"], marks.status(row.status))
        marks.show(self.pills["priority"], marks.priority(row.priority))
        marks.show(self.pills["due"], marks.due(row, self._now))
        self.pills["escalation"].setVisible(row.escalation > 0)
        if row.escalation > 0:
            marks.show(self.pills["escalation"], marks.escalation(row.escalation))

    def _values(self, detail: TicketDetail) -> dict[str, str]:
        row = detail.row
        queue = words.name(row.queue_name_ar, row.queue_name_en)
        comma = _(", ")
        return {
            "caller": _caller(detail),
            "assignee": words.name(row.assignee_name_ar, row.assignee_name_en) or _("Nobody yet"),
            "service": article_texts.name(detail.service_title_ar, detail.service_title_en),
            "body": words.name(detail.body_name_ar, detail.body_name_en),
            "queue": _("{queue} (restricted)").format(queue=i18n.isolate(queue)) if row.restricted else queue,
            "opened": i18n.date_time(row.opened_at),
            "outcome": label(detail.outcome) if detail.outcome else "",
            "language": label(detail.language),
            "aliases": comma.join(words.reference(alias) for alias in detail.aliases),
        }

    def _on_caller(self) -> None:
        if self._detail is not None and self._detail.row.caller_id is not None:
            self.caller_requested.emit(self._detail.row.caller_id)

    def _on_service(self) -> None:
        if self._detail is not None and self._detail.service_id is not None:
            self.article_requested.emit(self._detail.service_id)


class TicketTitle(Translated, QWidget):
    """The reference, as large as it must be to be read out, and the state in pills beside and under it.

    Everything stands `INSET` inside the widget, so that the digits and the pills begin at one line and the frame
    of a focused reference has room before it.
    """

    def __init__(self, pills: dict[str, StatusPill], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reference = ReferenceLabel()
        self._digits = ""
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.reference)
        first.addStretch()
        first.addWidget(pills["due"])
        first.addSpacing(INSET)
        second.addSpacing(INSET)
        for key in ("status", "priority", "kind", "escalation"):
            second.addWidget(pills[key])
        second.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for line in (first, second):
            line.setSpacing(8)
            column.addLayout(line)
        self.retranslate()

    def retranslate(self) -> None:
        """The digits may be others in another language."""
        self.reference.setProperty("data", True)
        self.reference.setAccessibleName(_("Follow-up reference"))
        self.reference.setToolTip(_("Ctrl+C copies the reference."))
        if self._digits:
            grouped = format_grouped(self._digits)
            self.reference.set_reference(grouped, i18n.digits(grouped))

    def show_reference(self, digits: str) -> None:
        """Shows a stored reference."""
        self._digits = digits
        self.retranslate()


def _caller(detail: TicketDetail) -> str:
    row = detail.row
    if detail.anonymous:
        return _("Anonymous")
    if row.caller_id is None:
        return _("Not known")
    return words.caller(row.caller_name_ar, row.caller_name_en)
