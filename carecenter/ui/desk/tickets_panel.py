"""The tickets of a call: those opened in it, the reference just issued, and the form of a new one."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from carecenter.core import i18n
from carecenter.core.errors import UserError
from carecenter.core.i18n import gettext as _
from carecenter.core.terms import label
from carecenter.queries.accounts import BodyRow, QueueRow
from carecenter.queries.articles import ArticleRow
from carecenter.ui.desk.issued_panel import IssuedPanel
from carecenter.ui.desk.keeping import Keeping
from carecenter.ui.desk.model import CallState, DeskModel
from carecenter.ui.desk.ticket_content import TicketContent
from carecenter.ui.desk.ticket_form import TicketForm
from carecenter.ui.language import Translated
from carecenter.ui.messages import Messages, sentence
from carecenter.ui.tasks import Tasks
from carecenter.ui.views import words
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.row_list import Row, RowList
from carecenter.ui.widgets.section import Section

WIDTH: Final = 496
"""Enough for two columns of fields; what is larger, as large text is, scrolls."""
_ROWS_SHOWN = 3


@dataclass(frozen=True)
class Choices:
    """What a new ticket can name."""

    queues: tuple[QueueRow, ...] = ()
    services: tuple[ArticleRow, ...] = ()
    bodies: tuple[BodyRow, ...] = ()


class TicketsPanel(Translated, QWidget):
    """A form that is open holds a draft; it leaves the screen only saved or thrown away."""

    ticket_requested = Signal(str)
    form_shown = Signal(bool)

    def __init__(
        self,
        model: DeskModel,
        state: CallState,
        tasks: Tasks,
        messages: Messages,
        choices: Choices,
    ) -> None:
        super().__init__()
        self._model, self._state, self._tasks, self._messages = model, state, tasks, messages
        self._proposal: ArticleRow | None = None
        self._saving = False
        self._dropping: asyncio.Task[None] | None = None
        self.issued = IssuedPanel()
        self.issued.copied.connect(self._on_copied)
        self.rows = RowList()
        self.rows.setFrameShape(QFrame.Shape.NoFrame)
        self.rows.chosen.connect(self.ticket_requested)
        self._empty = PlainLabel()
        self._empty.setProperty("tone", "muted")
        self._empty.setWordWrap(True)
        self.new_button = QPushButton()
        self.new_button.clicked.connect(self.new_ticket)
        self.form = TicketForm(model.desk.now)
        self.form.save_asked.connect(self.save)
        self.form.discard_asked.connect(self.discard)
        self.form.hide()
        self._keeping = Keeping(tasks, self._keep, self)
        self._keeping.saved.connect(self.form.show_saved)
        self._keeping.failed.connect(messages.error)
        self.form.changed.connect(self._keeping.touched)
        self.form.set_choices(choices.queues, choices.services, choices.bodies)
        self._lay_out()
        if state.ticket_draft:
            self.form.show_content(TicketContent.restored(state.ticket_draft))
            self._show_form(True)
        self.retranslate()

    def _lay_out(self) -> None:
        self._section, self._new = Section(), Section()
        self._section.header.addWidget(self.new_button)
        self._section.body.addWidget(self.rows)
        self._section.body.addWidget(self._empty)
        self._new.body.addWidget(self.form)
        self._new.hide()
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(16)
        column.addWidget(self.issued)
        column.addWidget(self._section)
        column.addWidget(self._new, 1)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        scroll.setMinimumWidth(WIDTH)
        self._scroll = scroll
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def retranslate(self) -> None:
        """Words, and the rows anew."""
        self._section.set_title(_("Tickets of this call"))
        self._new.set_title(_("New ticket"))
        self.rows.setAccessibleName(_("Tickets of this call"))
        self.new_button.setText(_("New ticket"))
        self.new_button.setToolTip(_("New ticket (Ctrl+T)"))
        self._empty.setText(_("No ticket yet. Press Ctrl+T if the matter needs a follow-up."))
        self._show_rows()

    def show_state(self, state: CallState) -> None:
        """The tickets as they stand now."""
        self._state = state
        self._show_rows()

    def set_choices(self, choices: Choices) -> None:
        """What a ticket can name is other now."""
        self.form.set_choices(choices.queues, choices.services, choices.bodies)

    def new_ticket(self) -> None:
        """Opens the form, or goes back to the one that is open."""
        if not self._new.isVisibleTo(self):
            self.issued.put_away()
            self.form.start(self._state.call)
            if self._proposal is not None:
                self.form.propose(self._proposal)
                self._keeping.forget()  # a proposal alone is nothing to keep
            self._show_form(True)
        self.form.text.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self._show_first_row)  # the form has no place yet

    def propose(self, article: ArticleRow) -> None:
        """Service and body for the ticket being written, or for the next one."""
        self._proposal = article
        if self._new.isVisibleTo(self):
            self.form.propose(article)

    def save(self) -> None:
        """Saves the ticket; once, however often the key is pressed."""
        if not self._saving:
            self._saving = True
            self._tasks.spawn(self._save())

    def discard(self) -> None:
        """Throws the new ticket away."""
        self._keeping.forget()
        self._show_form(False)
        self._dropping = self._tasks.spawn(self._model.drop_ticket(self._state.call.id))
        self.new_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def may_leave(self) -> bool:
        """Whether no ticket waits to be saved; else it is said, and the keyboard is taken there."""
        if not self._new.isVisibleTo(self) or not self.form.content().is_typed():
            return True
        self.form.complain(_("Save this ticket with Ctrl+Enter, or discard it, before the call ends."))
        self.form.text.setFocus(Qt.FocusReason.OtherFocusReason)
        return False

    def copy_reference(self) -> None:
        """Copies the reference just issued."""
        if self.issued.issued is not None:
            self.issued.reference.copy()

    async def settle(self) -> None:
        """What is half-typed is on the disk, what was thrown away is not."""
        if self._dropping is not None:
            await self._dropping
        await self._keeping.settle()

    def _show_first_row(self) -> None:
        self._scroll.verticalScrollBar().setValue(self._new.y() - 8)

    async def _save(self) -> None:
        focused = self.form.focusWidget()
        content = self.form.content()
        self._keeping.hold(True)
        self.form.setEnabled(False)  # or what is typed meanwhile would belong to no ticket
        try:
            issued = await self._model.open_ticket(self._state.call, content)
        except UserError as error:
            self.form.complain(sentence(error))
            self._keeping.hold(False)
            self._keeping.touched()
        else:
            self._keeping.forget()
            self._proposal = None
            self.issued.show_issued(issued)
            self._show_form(False)
            self._scroll.ensureWidgetVisible(self.issued)
        finally:
            self._saving = False
            self.form.setEnabled(True)
        again = focused if self._new.isVisibleTo(self) else self.issued.reference
        if again is not None:
            again.setFocus(Qt.FocusReason.OtherFocusReason)

    async def _keep(self) -> dt.datetime:
        return await self._model.keep_ticket(self._state.call.id, self.form.content())

    def _show_form(self, shown: bool) -> None:
        self._new.setVisible(shown)
        self.form.setVisible(shown)
        self.new_button.setEnabled(not shown)
        self._show_rows()
        self.form_shown.emit(shown)

    def _show_rows(self) -> None:
        now = self._model.desk.now()
        rows = [
            Row(
                row.id,
                words.reference(row.reference),
                row.summary,
                f"{label(row.kind)} · {words.due(row.due_at, now)}",
            )
            for row in self._state.tickets
        ]
        self.rows.set_rows(rows)
        self.rows.setVisible(bool(rows))
        height = self.rows.sizeHintForRow(0) if rows else 0
        self.rows.setFixedHeight(min(len(rows), _ROWS_SHOWN) * height + 4)
        just_issued = self.issued.issued is not None  # it comes with the next state
        self._empty.setVisible(not rows and not just_issued)
        self._section.setVisible(bool(rows) or not self._new.isVisibleTo(self))

    def _on_copied(self, copied: str) -> None:
        self._messages.success(_("Copied: {reference}").format(reference=i18n.isolate(copied)))
