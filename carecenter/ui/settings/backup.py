"""Everything of this desk in one file, and back; the recovery code anew."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from carecenter.core import i18n
from carecenter.core.errors import UserError
from carecenter.core.i18n import gettext as _
from carecenter.core.kuwait import KUWAIT
from carecenter.ui.messages import Messages, sentence
from carecenter.ui.settings.office import Office
from carecenter.ui.settings.part import Part
from carecenter.ui.tasks import Tasks
from carecenter.ui.views import backup_file
from carecenter.ui.views.restore_form import RestoreForm
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.section import Section


class BackupPart(Part):
    """Files are chosen in a dialog of the program's own, in its language; `folder` is where it begins."""

    def __init__(
        self, tasks: Tasks, messages: Messages, office: Office, folder: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(tasks, parent)
        self._messages, self._office, self._folder = messages, office, folder
        self.sections = {key: Section() for key in ("back_up", "restore", "code")}
        self.texts = {key: PlainLabel() for key in self.sections}
        self.buttons = {key: QPushButton() for key in self.sections}
        for key, section in self.sections.items():
            self.texts[key].setWordWrap(True)
            row = QHBoxLayout()
            row.addWidget(self.buttons[key])
            row.addStretch(1)
            section.body.addWidget(self.texts[key])
            section.body.addLayout(row)
            self.body.addWidget(section)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.hide()
        self.sections["back_up"].body.addWidget(self.bar)
        self._add_restore()
        self.code = PlainLabel()
        self.code.setProperty("scale", "title")
        self.code.setProperty("data", True)
        self.code.hide()
        self.sections["code"].body.addWidget(self.code)
        self.buttons["back_up"].clicked.connect(lambda: self.spawn(self.back_up()))
        self.buttons["restore"].clicked.connect(lambda: self.spawn(self.choose()))
        self.buttons["code"].clicked.connect(lambda: self.spawn(self.renew_code()))
        self.retranslate()

    def retranslate(self) -> None:
        """All texts of the part."""
        self.heading.setText(_("Backup"))
        self.lead.setText(_("Make one regularly and keep it on another disk."))
        self.sections["back_up"].set_title(_("Make a backup"))
        self.texts["back_up"].setText(
            _(
                "One file with the desk's databases as they stand at this moment, encrypted as they are, and the"
                " sealed keys. It does not contain this computer's secret: elsewhere the recovery code opens it."
            )
        )
        self.buttons["back_up"].setText(_("Back up to a file…"))
        self.bar.setAccessibleName(_("Making a backup"))
        self.sections["restore"].set_title(_("Restore a backup"))
        self.texts["restore"].setText(
            _(
                "Puts the backup in place of what is on this computer and signs everybody out. What is here now is"
                " set aside, not deleted."
            )
        )
        self.buttons["restore"].setText(_("Restore from a file…"))
        self.go.setText(_("Sign out and restore"))
        self.cancel.setText(_("Cancel"))
        self.sections["code"].set_title(_("Recovery code"))
        self.texts["code"].setText(
            _("If the paper with the recovery code is lost, make a new one. The one before opens nothing any more.")
        )
        self.buttons["code"].setText(_("Make a new recovery code"))

    async def back_up(self) -> None:
        """Asks where to, and writes."""
        day = dt.datetime.now(KUWAIT).date().isoformat()
        target = await backup_file.to_write(self, self._folder, f"carecenter-{day}")
        if target is None:
            return
        self._busy(True)
        try:
            await self._office.back_up(target, self._on_progress)
        finally:
            self._busy(False)
        self._messages.success(_("The backup is complete: {file}").format(file=i18n.isolate(target.name)))

    async def choose(self) -> None:
        """Asks for the file, and shows what it is and what opens it."""
        source = await backup_file.to_read(self, self._folder)
        if source is None:
            return
        self._enable(False)
        try:
            look = await self._office.look_into(source)
        finally:
            self._enable(True)
        self._source = source
        self.form.set_look(look)
        self._offer(True)
        self.form.focus_first()
        self.ensureWidgetVisible(self.confirm)

    async def restore(self) -> None:
        """Signs out and puts the backup in place, unless what was typed does not open it."""
        key = self.form.key()
        if key is None:
            return
        self.go.setEnabled(False)
        try:
            await self._office.restore(self._source, key)
        except UserError as error:
            self.form.complain(sentence(error))
        finally:
            self.go.setEnabled(True)

    async def renew_code(self) -> None:
        """Shows a fresh code until the part is left."""
        self.code.setText(i18n.isolate(await self._office.new_recovery_code()))
        self.code.show()

    def shown(self) -> None:
        """A code shown before is not shown again, and no backup is half restored."""
        self._offer(False)
        self.code.clear()
        self.code.hide()

    def _add_restore(self) -> None:
        self._source = Path()
        self.form = RestoreForm()
        self.form.entered.connect(self._on_restore)
        self.go, self.cancel = QPushButton(), QPushButton()
        self.go.setProperty("part", "primary")
        self.go.clicked.connect(self._on_restore)
        self.cancel.clicked.connect(lambda: self._offer(False))
        self.confirm = QWidget()
        row = QHBoxLayout(self.confirm)
        row.setContentsMargins(0, 8, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.go)
        row.addWidget(self.cancel)
        row.addStretch(1)
        self.sections["restore"].body.addWidget(self.form)
        self.sections["restore"].body.addWidget(self.confirm)
        self._offer(False)

    def _offer(self, offered: bool) -> None:
        """A chosen backup, or the button to choose one."""
        self.form.forget()
        for part in (self.form, self.confirm):
            part.setVisible(offered)
        self.buttons["restore"].setVisible(not offered)

    def _on_restore(self) -> None:
        if self.go.isEnabled():
            self.spawn(self.restore())

    def _busy(self, busy: bool) -> None:
        self.bar.setRange(0, 0)
        self.bar.setVisible(busy)
        self._enable(not busy)

    def _enable(self, enabled: bool) -> None:
        for button in self.buttons.values():
            button.setEnabled(enabled)

    def _on_progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
