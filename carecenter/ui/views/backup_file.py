"""The dialog in which the file of a backup is chosen, in the program's own language."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QFileDialog, QWidget

from carecenter.core.i18n import gettext as _
from carecenter.ui.tasks import ask

SUFFIX: Final = "ccbackup"


async def to_write(parent: QWidget, folder: Path, name: str) -> Path | None:
    """Where a backup is to go; None when the person thought better of it."""
    dialog = _dialog(parent, _("Back up to a file"), folder)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(f"{name}.{SUFFIX}")
    return await _chosen(dialog)


async def to_read(parent: QWidget, folder: Path) -> Path | None:
    """Which backup is to be read; None when the person thought better of it."""
    dialog = _dialog(parent, _("Restore from a file"), folder)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptOpen)
    return await _chosen(dialog)


def _dialog(parent: QWidget, title: str, folder: Path) -> QFileDialog:
    filters = (_("Backups (*.{suffix})").format(suffix=SUFFIX), _("All files (*)"))
    dialog = QFileDialog(parent, title, str(folder), ";;".join(filters))
    # The system's own dialog would speak the system's language, not the program's.
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setDefaultSuffix(SUFFIX)
    return dialog


async def _chosen(dialog: QFileDialog) -> Path | None:
    result = await ask(dialog)
    files = dialog.selectedFiles()
    dialog.deleteLater()
    return Path(files[0]) if result and files else None
