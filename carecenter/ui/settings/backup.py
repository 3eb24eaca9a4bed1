"""Everything of this desk in one file, and back; the recovery code anew."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QPushButton, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.ui.messages import Messages
from carecenter.ui.settings.office import Office
from carecenter.ui.settings.part import Part
from carecenter.ui.tasks import Tasks, ask
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.section import Section

SUFFIX = "ccbackup"


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
        self.code = PlainLabel()
        self.code.setProperty("scale", "title")
        self.code.setProperty("data", True)
        self.code.hide()
        self.sections["code"].body.addWidget(self.code)
        self.buttons["back_up"].clicked.connect(lambda: self.spawn(self.back_up()))
        self.buttons["restore"].clicked.connect(lambda: self.spawn(self.restore()))
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
        self.sections["code"].set_title(_("Recovery code"))
        self.texts["code"].setText(
            _("If the paper with the recovery code is lost, make a new one. The one before opens nothing any more.")
        )
        self.buttons["code"].setText(_("Make a new recovery code"))

    async def back_up(self) -> None:
        """Asks where to, and writes."""
        dialog = self._dialog(_("Back up to a file"), saving=True)
        day = dt.datetime.now(i18n.KUWAIT).date().isoformat()
        dialog.selectFile(f"carecenter-{day}.{SUFFIX}")
        target = await self._chosen(dialog)
        if target is None:
            return
        self._busy(True)
        try:
            await self._office.back_up(target, self._on_progress)
        finally:
            self._busy(False)
        self._messages.success(_("The backup is complete: {file}").format(file=i18n.isolate(target.name)))

    async def restore(self) -> None:
        """Asks for the file, and puts it in place."""
        source = await self._chosen(self._dialog(_("Restore from a file"), saving=False))
        if source is not None:
            await self._office.restore(source)

    async def renew_code(self) -> None:
        """Shows a fresh code until the part is left."""
        self.code.setText(i18n.isolate(await self._office.new_recovery_code()))
        self.code.show()

    def shown(self) -> None:
        """A code shown before is not shown again."""
        self.code.clear()
        self.code.hide()

    def _dialog(self, title: str, *, saving: bool) -> QFileDialog:
        dialog = QFileDialog(self, title, str(self._folder), _("Backups (*.{suffix})").format(suffix=SUFFIX))
        # The system's own dialog would speak the system's language, not the program's.
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setDefaultSuffix(SUFFIX)
        mode = QFileDialog.FileMode.AnyFile if saving else QFileDialog.FileMode.ExistingFile
        dialog.setFileMode(mode)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave if saving else QFileDialog.AcceptMode.AcceptOpen)
        return dialog

    async def _chosen(self, dialog: QFileDialog) -> Path | None:
        result = await ask(dialog)
        files = dialog.selectedFiles()
        dialog.deleteLater()
        return Path(files[0]) if result and files else None

    def _busy(self, busy: bool) -> None:
        self.bar.setRange(0, 0)
        self.bar.setVisible(busy)
        for button in self.buttons.values():
            button.setEnabled(not busy)

    def _on_progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
