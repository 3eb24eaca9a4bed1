"""What the centre did not take: each operation with what was typed, why, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import N_
from carecenter.core.i18n import gettext as _
from carecenter.ui.messages import Messages
from carecenter.ui.settings.part import Part
from carecenter.ui.tasks import Tasks
from carecenter.ui.theme import icon, set_icon
from carecenter.ui.views import words
from carecenter.ui.widgets.empty_state import EmptyState
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from carecenter.store.desk import Attention, Desk, DeskStatus

_SPOKEN = ("text", "notes", "reason", "remedy", "name_ar", "name_en")
"""The fields of an operation that somebody typed, in the order of reading."""


class AttentionPart(Part):
    """Nothing here is lost: it stays until a person says that it is dealt with."""

    def __init__(self, tasks: Tasks, desk: Desk, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(tasks, parent)
        self._desk, self._messages = desk, messages
        self._items: tuple[Attention, ...] = ()
        self.list, self.empty = RowList(), EmptyState()
        self.list.setMinimumHeight(160)
        set_icon(self.empty.picture, "circle-check", "success")
        self.text, self.reason, self.advice = PlainLabel(), PlainLabel(), PlainLabel()
        for part in (self.text, self.reason, self.advice):
            part.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.reason.setProperty("tone", "warning")
        self.copy, self.done = QPushButton(), QPushButton()
        self.copy.clicked.connect(self._on_copy)
        self.done.clicked.connect(self._on_done)
        self._row = QWidget()
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        for button in (self.copy, self.done):
            row.addWidget(button)
        row.addStretch(1)
        parts: tuple[QWidget, ...] = (self.empty, self.list, self.reason, self.text, self.advice, self._row)
        for widget in parts:
            self.body.addWidget(widget)
        self.list.current_changed.connect(lambda _key: self._show_chosen())
        self._stop = desk.on_status(self._on_status)
        self.retranslate()

    def retranslate(self) -> None:
        """All texts of the part."""
        self.heading.setText(_("Needs attention"))
        self.lead.setText(_("The centre did not take these. What was typed is kept here, word for word."))
        self.empty.set_texts(_("The centre took everything that was sent from here."))
        self.list.setAccessibleName(_("Needs attention"))
        self.advice.setText(
            _("What to do: copy the text, enter it again where it belongs, then mark this as dealt with.")
        )
        self.copy.setText(_("Copy the text"))
        self.done.setText(_("Dealt with"))
        self._show()

    def shown(self) -> None:
        """Reads the list anew."""
        self.spawn(self._load())

    def close_part(self) -> None:
        """Listens no longer."""
        self._stop()

    async def _load(self) -> None:
        mine = self._desk.viewer
        items = await self._desk.attention()
        # Nobody sees what another agent typed, unless they answer for the others.
        self._items = tuple(item for item in items if mine.leads or item.account_id == mine.account_id)
        self._show()

    def _show(self) -> None:
        rows = [
            Row(
                key=str(item.number),
                title=_(_KINDS.get(item.tag, _OTHER_KIND)),
                subtitle=_typed(item.content).replace("\n", " "),
                meta=i18n.date_time(item.desk_at),
                icon=partial(icon, "triangle-alert", "warning"),
            )
            for item in self._items
        ]
        self.list.set_rows(rows)
        if rows and not self.list.current_key():
            self.list.set_current(rows[0].key, tell=False)
        self.empty.setVisible(not rows)
        for part in (self.list, self.reason, self.text, self.advice, self._row):
            part.setVisible(bool(rows))
        self._show_chosen()

    def _show_chosen(self) -> None:
        chosen = self._chosen()
        self.text.setText(_typed(chosen.content) if chosen else "")
        self.reason.setText(_("Why: {reason}").format(reason=_(chosen.reason)) if chosen else "")

    def _chosen(self) -> Attention | None:
        key = self.list.current_key()
        return next((item for item in self._items if str(item.number) == key), None)

    def _on_status(self, _status: DeskStatus) -> None:
        if self.isVisible():
            self.spawn(self._load())

    def _on_copy(self) -> None:
        if (chosen := self._chosen()) is not None:
            QGuiApplication.clipboard().setText(_typed(chosen.content, str))
            self._messages.success(_("The text is copied."))

    def _on_done(self) -> None:
        if (chosen := self._chosen()) is not None:
            self.spawn(self._dealt_with(chosen.number))

    async def _dealt_with(self, number: int) -> None:
        await self._desk.dealt_with(number)
        await self._load()


_OTHER_KIND = N_("Change")
_KINDS = {
    "OpenTicket": N_("New ticket"),
    "AddNote": N_("Note"),
    "WriteNotes": N_("Notes of a call"),
    "MoveTicket": N_("Status changed"),
    "AssignTicket": N_("Assigned"),
    "ChangeQueue": N_("Moved to another queue"),
    "RegisterCaller": N_("New caller"),
    "PromiseCallback": N_("Callback promised"),
}


def _typed(content: dict[str, Any], spelt: Callable[[str], str] = words.reference) -> str:
    """The words somebody typed, without the ids around them, under the reference that was told."""
    spoken = [str(content[key]) for key in _SPOKEN if content.get(key)]
    number = str(content.get("reference") or "")
    return "\n".join((*([spelt(number)] if number else []), *spoken))
