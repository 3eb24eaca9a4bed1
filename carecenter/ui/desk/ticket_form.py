"""The form of a new ticket, inside the call's middle column; everything in it is one `TicketContent`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QDate, QDateTime, QSignalBlocker, QTime, QTimeZone, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDateTimeEdit,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from carecenter.core import i18n, phone
from carecenter.core.i18n import gettext as _
from carecenter.core.kuwait import KUWAIT
from carecenter.core.terms import ArticleKind, Language, Priority, TicketKind, label
from carecenter.queries.accounts import BodyRow, QueueRow
from carecenter.queries.articles import ArticleRow
from carecenter.queries.calls import CallRow
from carecenter.ui.desk.ticket_content import TicketContent
from carecenter.ui.language import Translated
from carecenter.ui.views import article_texts, words
from carecenter.ui.widgets.choice_box import ChoiceBox
from carecenter.ui.widgets.flow_form import FlowForm
from carecenter.ui.widgets.notes_edit import NotesEdit
from carecenter.ui.widgets.number_edit import NumberEdit
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.segmented import Segmented
from carecenter.ui.widgets.spin_room import give_room

CALLBACK_AFTER = dt.timedelta(hours=2)
"""What is proposed when somebody wants to be called back."""
_NO_ZONE: Final = QTimeZone(QTimeZone.Initialization.UTC)
"""For the field that shows Kuwait's clock, whatever zone the workstation is set to."""


class TicketForm(Translated, QWidget):
    """Emits `changed` with every change a person makes, `save_asked` and `discard_asked`."""

    changed = Signal()
    save_asked = Signal()
    discard_asked = Signal()

    def __init__(self, now: Callable[[], dt.datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._queues: tuple[QueueRow, ...] = ()
        self._services: tuple[ArticleRow, ...] = ()
        self._bodies: tuple[BodyRow, ...] = ()
        self.kind, self.priority = Segmented(tuple(TicketKind)), Segmented(tuple(Priority))
        self.language = Segmented(tuple(Language))
        self.queue, self.service, self.body = ChoiceBox(12), ChoiceBox(12), ChoiceBox(12)
        for box in (self.queue, self.service, self.body):
            box.setProperty("data", True)
            box.activated.connect(self.changed)
        self.service.activated.connect(self._on_service)
        self.text, self.remedy = NotesEdit(), NotesEdit()
        self.text.setMinimumHeight(120)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # what the rest leaves
        self.remedy.setFixedHeight(52)
        self.anonymous, self.callback = QCheckBox(), QCheckBox()
        self.callback_number, self.callback_at = NumberEdit(), QDateTimeEdit()
        self.callback_at.setTimeZone(_NO_ZONE)
        give_room(self.callback_at)
        self._complaint, self._saved = PlainLabel(), PlainLabel()
        self._complaint.setProperty("tone", "danger")
        self._complaint.setWordWrap(True)
        self._saved.setProperty("tone", "muted")
        self.save_button, self.discard_button = QPushButton(), QPushButton()
        self.save_button.setProperty("part", "primary")
        self._saved_at: dt.datetime | None = None
        self._connect()
        self._lay_out()
        self.retranslate()

    def _connect(self) -> None:
        for segmented in (self.kind, self.priority, self.language):
            segmented.chosen.connect(self.changed)
        for text in (self.text, self.remedy):
            text.textChanged.connect(self.changed)
        for box in (self.anonymous, self.callback):
            box.clicked.connect(self.changed)
        self.callback.toggled.connect(self._show_callback)
        self.callback_number.textChanged.connect(self.changed)
        self.callback_at.dateTimeChanged.connect(self.changed)
        self.save_button.clicked.connect(self.save_asked)
        self.discard_button.clicked.connect(self.discard_asked)

    def _lay_out(self) -> None:
        self.form = FlowForm()
        for key, editor in (("queue", self.queue), ("service", self.service)):
            self.form.add(key, editor)
        self.form.add("body", self.body)
        self.form.add("language", self.language)
        self.form.add("priority", self.priority)
        texts = FlowForm()
        texts.add("text", self.text, wide=True)
        texts.add("remedy", self.remedy, wide=True)
        self._texts = texts
        self._wish = FlowForm()
        self._wish.add("number", self.callback_number)
        self._wish.add("at", self.callback_at)
        boxes, ending = QHBoxLayout(), QHBoxLayout()
        for part in (self.callback, self.anonymous):
            boxes.addWidget(part)
        boxes.addStretch(1)
        ending.addWidget(self._saved)
        ending.addWidget(self._complaint, 1)
        ending.addWidget(self.discard_button)
        ending.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.kind)
        column.addWidget(texts, 1)
        column.addWidget(self.form)
        column.addLayout(boxes)
        column.addWidget(self._wish)
        column.addLayout(ending)

    def retranslate(self) -> None:
        """Words, and the names in the lists; what was typed and chosen stays."""
        self.setAccessibleName(_("New ticket"))
        self.kind.setAccessibleName(_("Kind"))
        for kind in TicketKind:
            self.kind.set_text(kind, label(kind))
        for priority in Priority:
            self.priority.set_text(priority, label(priority))
        for language in Language:
            self.language.set_text(language, label(language))
        for key, text in (
            ("queue", _("Queue")),
            ("service", i18n.pgettext("field", "Service")),
            ("body", i18n.pgettext("field", "Government body")),
            ("language", _("Caller's language")),
            ("priority", _("Priority")),
        ):
            self.form.set_label(key, text)
        self._texts.set_label("text", _("What happened"))
        self._texts.set_label("remedy", _("What remedy is asked for"))
        self.callback.setText(_("Wants to be called back"))
        self.anonymous.setText(_("Anonymous, with a spoken PIN"))
        self._wish.set_label("number", _("Number to call back"))
        self._wish.set_label("at", _("When, Kuwait time"))
        self.callback_at.setDisplayFormat("d MMM yyyy  HH:mm")
        self.callback_at.setLocale(self.locale())
        self.save_button.setText(_("Save the ticket"))
        self.save_button.setToolTip(_("Save the ticket (Ctrl+Enter)"))
        self.discard_button.setText(i18n.pgettext("ticket", "Discard"))
        self.discard_button.setToolTip(_("Throw the new ticket away"))
        self._fill()
        self._say_saved()

    def set_choices(
        self, queues: tuple[QueueRow, ...], services: tuple[ArticleRow, ...], bodies: tuple[BodyRow, ...]
    ) -> None:
        """What can be chosen; what is chosen already stays."""
        self._queues, self._services, self._bodies = queues, services, bodies
        self._fill()

    def start(self, call: CallRow) -> None:
        """An empty form, as far as the call does not say more."""
        number = "" if call.anonymous else phone.display(call.number)
        queue_id = self._queues[0].id if self._queues else ""
        self.show_content(
            TicketContent(
                queue_id=queue_id,
                language=call.language,
                anonymous=call.anonymous,
                callback_number=number,
                callback_at=_next_hour(self._now() + CALLBACK_AFTER),
            )
        )

    def show_content(self, content: TicketContent) -> None:
        """Shows a draft; nobody is told of a change."""
        with QSignalBlocker(self):
            self.kind.choose(content.kind)
            self.priority.choose(content.priority)
            self.language.choose(content.language)
            _choose(self.queue, content.queue_id)
            _choose(self.service, content.service_id)
            _choose(self.body, content.body_code)
            self.text.show_text(content.text)
            self.remedy.show_text(content.remedy)
            self.anonymous.setChecked(content.anonymous)
            self.callback.setChecked(content.callback)
            self.callback_number.setText(content.callback_number)
            self.callback_at.setDateTime(_shown(content.callback_at))
        self._show_callback()
        self._saved_at = None
        self.complain("")

    def content(self) -> TicketContent:
        """What stands in the form."""
        shown = self.callback_at.dateTime()
        day, clock = shown.date(), shown.time()
        at = dt.datetime(day.year(), day.month(), day.day(), clock.hour(), clock.minute(), tzinfo=KUWAIT)
        return TicketContent(
            kind=TicketKind(self.kind.choice()),
            queue_id=self.queue.currentData() or "",
            service_id=self.service.currentData(),
            body_code=self.body.currentData(),
            text=self.text.toPlainText(),
            remedy=self.remedy.toPlainText(),
            priority=Priority(self.priority.choice()),
            language=Language(self.language.choice()),
            anonymous=self.anonymous.isChecked(),
            callback=self.callback.isChecked(),
            callback_number=self.callback_number.text(),
            callback_at=at.astimezone(dt.UTC),
        )

    def propose(self, article: ArticleRow) -> None:
        """Service and body of an article, over what was proposed before."""
        if article.kind is ArticleKind.SERVICE:
            _choose(self.service, article.id)
        if article.body_code is not None:
            _choose(self.body, article.body_code)
        self.changed.emit()

    def complain(self, text: str) -> None:
        """What is in the way of saving, or nothing."""
        self._complaint.setText(text)
        self._saved.setVisible(not text)
        self._say_saved()

    def complaint(self) -> str:
        """What is in the way of saving."""
        return self._complaint.text()

    def show_saved(self, at: dt.datetime) -> None:
        """The draft is on the disk."""
        self._saved_at = at
        self._say_saved()

    def saved(self) -> str:
        """What is said of the draft."""
        return self._saved.text()

    def _say_saved(self) -> None:
        at = self._saved_at
        self._saved.setText(_("draft saved {time}").format(time=i18n.time(at)) if at is not None else "")

    def _show_callback(self) -> None:
        self._wish.setVisible(self.callback.isChecked())

    def _on_service(self) -> None:
        chosen = next((row for row in self._services if row.id == self.service.currentData()), None)
        if chosen is not None and chosen.body_code is not None:
            _choose(self.body, chosen.body_code)

    def _fill(self) -> None:
        queues = [(row.id, words.name(row.name_ar, row.name_en)) for row in self._queues]
        services = [(row.id, article_texts.name(row.title_ar, row.title_en)) for row in self._services]
        bodies = [(row.code, words.name(row.name_ar, row.name_en)) for row in self._bodies]
        _offer(self.queue, queues)
        _offer(self.service, [(None, _("none named")), *sorted(services, key=lambda item: item[1])])
        _offer(self.body, [(None, _("none named")), *sorted(bodies, key=lambda item: item[1])])


def _offer(box: ChoiceBox, items: list[tuple[str, str]] | list[tuple[str | None, str]]) -> None:
    chosen = box.currentData()
    box.clear()
    for key, text in items:
        box.addItem(text, key)
    _choose(box, chosen)


def _choose(box: ChoiceBox, key: str | None) -> None:
    # By hand: findData does not tell None from a missing key.
    at = next((index for index in range(box.count()) if box.itemData(index) == key), 0)
    box.setCurrentIndex(at if box.count() else -1)


def _next_hour(moment: dt.datetime) -> dt.datetime:
    return moment.replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1)


def _shown(moment: dt.datetime) -> QDateTime:
    """Kuwait's clock as Qt's field shows it."""
    local = moment.astimezone(KUWAIT)
    day, clock = QDate(local.year, local.month, local.day), QTime(local.hour, local.minute)
    return QDateTime(day, clock, _NO_ZONE)
