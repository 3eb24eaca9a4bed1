"""What a chosen backup is, and what opens it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from carecenter.core import i18n
from carecenter.core.backup_key import BackupLook
from carecenter.core.i18n import gettext as _
from carecenter.ui.views.key_form import KeyForm
from carecenter.ui.widgets.plain_label import PlainLabel


class RestoreForm(KeyForm):
    """The key must be of the backup's time."""

    _look: BackupLook | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.facts, self.hint = PlainLabel(), PlainLabel()
        for label in (self.facts, self.hint):
            label.setWordWrap(True)
        self.hint.setProperty("tone", "muted")
        self.column.insertWidget(0, self.facts)
        self.column.addWidget(self.hint)

    def retranslate(self) -> None:
        """All texts of the form."""
        super().retranslate()
        self.way.setAccessibleName(_("Open the backup with"))
        self.by_password.set_label("password", _("Password at the time of the backup"))
        self.by_code.set_label("code", _("Recovery code at the time of the backup"))
        self._tell()

    def set_look(self, look: BackupLook) -> None:
        """Another backup was chosen."""
        self._look = look
        self.offer(look.names, by_password=look.made_here)

    def show_way(self) -> None:
        """The fields of the way that was chosen, and what is to be known about it."""
        super().show_way()
        self._tell()

    def _tell(self) -> None:
        look = self._look
        if look is None:
            return
        names = i18n.isolate(_(", ").join(look.names))
        text = _("Backup of {time}. Accounts in it: {names}")
        self.facts.setText(text.format(time=i18n.date_time(look.made_at), names=names))
        if not look.made_here:
            self.hint.setText(
                _(
                    "It was made on another computer, or this computer's secret is lost: only that desk's recovery"
                    " code opens it. Afterwards you set a new password."
                )
            )
        elif self.is_by_code():
            self.hint.setText(_("Capitals, spaces and dashes do not matter."))
        else:
            self.hint.setText(
                _("If no password of that time is known, the recovery code opens the backup as well.")
            )
