"""What can be done with an opened ticket, in one place under its timeline: one text, and the step it goes with.

The text is the note, the reason of an escalation or what the caller was told, by the step chosen; so there is
one draft to keep and nothing to type twice.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.core.terms import Outcome, label
from carecenter.queries.base import Viewer
from carecenter.ui.language import Translated
from carecenter.ui.views import words
from carecenter.ui.views.ticket_view_model import NEXT, NOBODY, Act, Opened, complaint, may
from carecenter.ui.widgets.choice_box import ChoiceBox
from carecenter.ui.widgets.notes_edit import NotesEdit
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.segmented import Segmented

KEPT_WITHIN_MS: Final = 700
"""From the first key on, however long somebody types on: with the write itself it stays under a second."""
_CHOOSING: Final = (Act.STATUS, Act.ASSIGN, Act.QUEUE, Act.CLOSE)


class TicketActions(Translated, QWidget):
    """Emits `wanted` when a complete step is to be taken, and `typed` when the text should be kept."""

    wanted = Signal()
    typed = Signal()

    def __init__(self, viewer: Viewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._opened: Opened | None = None
        self._saved_at: dt.datetime | None = None
        self.segments = Segmented(tuple(Act))
        self.segments.chosen.connect(self._on_act)
        self.choice_box = ChoiceBox(12)
        self.choice_box.activated.connect(lambda _index: self._complain())
        self.to_me = QPushButton()
        self.to_me.clicked.connect(self._on_to_me)
        self._hint = PlainLabel()
        self._hint.setProperty("tone", "muted")
        self._hint.setWordWrap(True)
        self.text = NotesEdit()
        self.text.setFixedHeight(72)
        self.text.installEventFilter(self)
        self.text.textChanged.connect(self._on_typed)
        self._complaint = PlainLabel()
        self._complaint.setProperty("tone", "danger")
        self._complaint.setWordWrap(True)
        self._saved = PlainLabel()
        self._saved.setProperty("tone", "muted")
        self.button = QPushButton()
        self.button.setProperty("part", "primary")
        self.button.clicked.connect(self.submit)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(KEPT_WITHIN_MS)
        self._pause.timeout.connect(self.typed)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        choosing, ending = QHBoxLayout(), QHBoxLayout()
        choosing.addWidget(self.choice_box, 1)
        choosing.addWidget(self.to_me)
        ending.addWidget(self._saved)
        ending.addWidget(self._complaint, 1)
        ending.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.segments)
        column.addLayout(choosing)
        column.addWidget(self._hint)
        column.addWidget(self.text)
        column.addLayout(ending)
        for line in (choosing, ending):
            line.setSpacing(8)

    def retranslate(self) -> None:
        """Words of the steps and of the one chosen; what was typed and chosen stays."""
        for act, text in (
            (Act.NOTE, _("Note")),
            (Act.STATUS, _("Status")),
            (Act.ASSIGN, _("Assign")),
            (Act.ESCALATE, _("Escalate")),
            (Act.QUEUE, _("Queue")),
            (Act.CLOSE, _("Close")),
            (Act.REOPEN, _("Reopen")),
        ):
            self.segments.set_text(act, text)
        self.segments.setAccessibleName(_("What to do with the ticket"))
        self.to_me.setText(_("Assign to me"))
        self._say_saved()
        self._show_act()

    def show_ticket(self, opened: Opened) -> None:
        """Offers what makes sense now; a choice that still makes sense stays chosen."""
        self._opened = opened
        acts = opened.acts()
        for act in Act:
            self.segments.button(act).setVisible(act in acts)
        if self.act() not in acts:
            self.choose(Act.NOTE)
        else:
            self._show_act()

    def start(self, text: str) -> None:
        """Another ticket: its draft, and nothing chosen."""
        self._saved_at = None
        self.text.show_text(text)
        self._pause.stop()
        self.choice_box.setCurrentIndex(-1)
        self.choose(Act.NOTE)
        self._say_saved()

    def choose(self, act: Act) -> None:
        """Turns to a step, as if a person had chosen it."""
        self.segments.choose(act)
        self._on_act()

    def act(self) -> Act:
        """The step chosen."""
        return Act(self.segments.choice())

    def choice(self) -> str | None:
        """What the step is to lead to; nothing if nothing is chosen, or there is nothing to choose."""
        return None if self.act() not in _CHOOSING else self.choice_box.currentData()

    def submit(self) -> None:
        """Takes the step, or says what is missing."""
        allowed = self._opened is not None and may(self._viewer, self.act())
        if allowed and self.isEnabled() and not self._complain():
            self._pause.stop()
            self.wanted.emit()
        elif self.choice_box.isVisibleTo(self) and self.choice() is None:
            self.choice_box.setFocus()
        else:
            self.text.setFocus()

    def settle(self) -> bool:
        """Whether something typed was still to be kept; it is the caller's to keep now."""
        waiting = self._pause.isActive()
        self._pause.stop()
        return waiting

    def saved(self, at: dt.datetime) -> None:
        """The text is on the disk."""
        self._saved_at = at
        self._say_saved()

    def kept(self) -> str:
        """What is said about the text being kept; empty while a key press is newer than that."""
        return self._saved.text()

    def hint(self) -> str:
        """What is said about the step chosen."""
        return self._hint.text() if self._hint.isVisibleTo(self) else ""

    def complaint(self) -> str:
        """What is said to be missing."""
        return self._complaint.text()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Ctrl+Enter in the text takes the step."""
        if watched is self.text and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.submit()
                return True
        return super().eventFilter(watched, event)

    def _on_typed(self) -> None:
        self._saved.setText("")
        self._complaint.setText("")
        if not self._pause.isActive():
            self._pause.start()

    def _on_act(self) -> None:
        self._complaint.setText("")
        self.choice_box.clear()
        self._show_act()

    def _on_to_me(self) -> None:
        self.choice_box.setCurrentIndex(self.choice_box.findData(self._viewer.account_id))
        self.submit()

    def _complain(self) -> str:
        said = complaint(self.act(), self.choice(), self.text.toPlainText())
        self._complaint.setText(said)
        self.text.setAccessibleDescription(said)
        return said

    def _show_act(self) -> None:
        act, opened = self.act(), self._opened
        if opened is None:
            return
        allowed = may(self._viewer, act)
        name, button, hint = _wording(act, opened)
        self.text.setAccessibleName(name)
        self.text.setPlaceholderText(name)
        self.button.setText(button)
        self.button.setToolTip(_("Ctrl+Enter"))
        self.button.setVisible(allowed)
        self._hint.setText(hint if allowed else _refused(act))
        self._hint.setVisible(bool(self._hint.text()))
        self.choice_box.setVisible(allowed and act in _CHOOSING)
        if act in _CHOOSING:
            self._offer(act, _choices(act, opened))
        me = any(member.id == self._viewer.account_id for member in opened.members)
        mine = opened.detail.row.assignee_id == self._viewer.account_id
        self.to_me.setVisible(allowed and act is Act.ASSIGN and me and not mine)

    def _offer(self, act: Act, choices: tuple[tuple[str, str], ...]) -> None:
        box = self.choice_box
        chosen = box.currentData()
        box.setProperty("data", act in (Act.ASSIGN, Act.QUEUE))
        box.clear()
        for value, text in choices:
            box.addItem(text, value)
        box.setPlaceholderText(_placeholder(act))
        box.setAccessibleName(_placeholder(act))
        box.setCurrentIndex(box.findData(chosen) if chosen is not None else -1)

    def _say_saved(self) -> None:
        at = self._saved_at
        self._saved.setText(_("saved {time}").format(time=i18n.time(at)) if at is not None else "")


def _wording(act: Act, opened: Opened) -> tuple[str, str, str]:
    """What the text is, what the button says, what is worth knowing before."""
    level = i18n.number(opened.detail.row.escalation + 1)
    rises = _("It rises to level {level}: it is worked on before others, and a supervisor answers for it.")
    looked_up = _(
        "Another queue works on this ticket. It is here for today; write in a note what they should know."
    )
    table = {
        Act.NOTE: (_("Write a note"), _("Add the note"), looked_up if opened.detail.looked_up else ""),
        Act.STATUS: (_("A note with this step, if there is one"), _("Set the status"), ""),
        Act.ASSIGN: (_("A note for who works on it, if there is one"), _("Assign"), ""),
        Act.ESCALATE: (_("Why it is escalated"), _("Escalate"), rises.format(level=level)),
        Act.QUEUE: (
            _("Why it belongs there, if it needs saying"),
            _("Change the queue"),
            _("Nobody there holds it yet; who works on it now is released."),
        ),
        Act.CLOSE: (_("What was done, and what the caller was told"), _("Close the ticket"), ""),
        Act.REOPEN: (_("Why it is opened again"), _("Reopen the ticket"), ""),
    }
    return table[act]


def _refused(act: Act) -> str:
    if act in (Act.ESCALATE, Act.QUEUE):
        return _(
            "Only a senior agent or a supervisor does this. Write in a note what is needed; they read it in the"
            " queue."
        )
    return _("Your role reads tickets and does not change them.")


def _placeholder(act: Act) -> str:
    return {
        Act.STATUS: _("Next step"),
        Act.ASSIGN: _("Who works on it"),
        Act.QUEUE: _("Another queue"),
        Act.CLOSE: _("Outcome"),
    }[act]


def _choices(act: Act, opened: Opened) -> tuple[tuple[str, str], ...]:
    row = opened.detail.row
    if act is Act.STATUS:
        return tuple((status.value, label(status)) for status in NEXT[row.status])
    if act is Act.CLOSE:
        return tuple((outcome.value, label(outcome)) for outcome in Outcome)
    if act is Act.QUEUE:
        queues = opened.names.queues.values()
        return tuple((q.id, words.name(q.name_ar, q.name_en)) for q in queues if q.id != row.queue_id)
    people = tuple(
        (member.id, words.name(member.display_name_ar, member.display_name_en))
        for member in opened.members
        if member.id != row.assignee_id
    )
    return (*people, (NOBODY, _("Nobody"))) if row.assignee_id is not None else people
