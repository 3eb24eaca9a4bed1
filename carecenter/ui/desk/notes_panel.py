"""The notes of a call: kept as a draft while somebody types, sent on when they pause."""

from __future__ import annotations

import datetime as dt
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from carecenter.core import i18n
from carecenter.core.errors import UserError
from carecenter.core.i18n import gettext as _
from carecenter.core.text import plain
from carecenter.ui.desk.keeping import Keeping
from carecenter.ui.desk.model import CallState, DeskModel
from carecenter.ui.language import Translated
from carecenter.ui.messages import Messages
from carecenter.ui.tasks import Tasks
from carecenter.ui.widgets.notes_edit import NotesEdit
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.section import Section

WRITTEN_AFTER_MS: Final = 4_000
"""A pause after which notes go to the centre; each time is an operation, so that every breath is too often."""


class NotesPanel(Translated, QWidget):
    """Emits `settled(text)` when the keys pause, for what follows the notes."""

    settled = Signal(str)

    def __init__(
        self,
        model: DeskModel,
        state: CallState,
        tasks: Tasks,
        messages: Messages,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._call_id, self._tasks = model, state.call.id, tasks
        self._written = state.call.notes
        self._saved_at: dt.datetime | None = None
        self._failed = self._held = False
        self.edit = NotesEdit()
        self.edit.show_text(state.notes)
        self.edit.setMinimumHeight(72)
        self._saved = PlainLabel()
        self._saved.setProperty("tone", "muted")
        self._section = Section()
        self._section.header.addWidget(self._saved)
        self._section.body.addWidget(self.edit)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 8)
        column.addWidget(self._section)
        self._keeping = Keeping(tasks, self._keep, self)
        self._keeping.saved.connect(self._on_saved)
        self._keeping.failed.connect(self._on_failed)
        self._keeping.failed.connect(messages.error)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(WRITTEN_AFTER_MS)
        self._pause.timeout.connect(lambda: self._tasks.spawn(self.write()))
        self.edit.textChanged.connect(self._on_typed)
        self.edit.text_settled.connect(self.settled)
        if state.notes != state.call.notes:  # a draft that an interruption kept back
            self._pause.start()
        self.retranslate()

    def retranslate(self) -> None:
        """Words; the notes stay."""
        self._section.set_title(_("Notes"))
        self.edit.setAccessibleName(_("Notes of the call"))
        self.edit.setPlaceholderText(_("What the caller says. It is saved while you type."))
        self._say_saved()

    def text(self) -> str:
        """What stands in the field."""
        return self.edit.toPlainText()

    def saved(self) -> str:
        """What is said of saving."""
        return self._saved.text()

    def take_focus(self) -> None:
        """The keyboard goes on with the notes."""
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    async def write(self) -> None:
        """Sends the notes on, if they are not yet. Raises `UserError`; the draft stays then."""
        self._pause.stop()
        text = plain(self.text())
        if text == self._written or self._held:
            return
        await self._model.write_notes(self._call_id, text)
        self._written = text
        if plain(self.text()) == text:
            self._keeping.forget()
        self._on_saved(self._model.desk.now())

    async def settle(self) -> None:
        """Everything typed is on the disk and on its way."""
        try:
            await self.write()
        except UserError:
            await self._keeping.settle()  # as long as this is kept, nothing is lost

    def hold(self, held: bool) -> None:
        """While they go with the end of the call they stay as they are, neither kept nor sent beside it."""
        self._held = held
        self.edit.setReadOnly(held)
        self._keeping.hold(held)
        if held:
            self._pause.stop()
        elif plain(self.text()) != self._written:
            self._pause.start()

    def forget(self) -> None:
        """The notes went with the end of the call."""
        self._pause.stop()
        self._keeping.forget()
        self._written = plain(self.text())

    async def _keep(self) -> dt.datetime:
        return await self._model.keep_notes(self._call_id, self.text())

    def _on_typed(self) -> None:
        self._keeping.touched()
        self._pause.start()

    def _on_saved(self, at: dt.datetime) -> None:
        self._saved_at, self._failed = at, False
        self._say_saved()

    def _on_failed(self, _error: UserError) -> None:
        self._failed = True
        self._say_saved()

    def _say_saved(self) -> None:
        text = ""
        if self._failed:
            text = _("not saved yet")
        elif self._saved_at is not None:
            text = _("saved {time}").format(time=i18n.time(self._saved_at))
        self._saved.setText(text)
