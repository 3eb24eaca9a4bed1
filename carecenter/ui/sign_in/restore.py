"""A backup in place of what is here, before anybody has signed in: on a new computer, or after a loss."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from carecenter.core.backup_key import BackupLook
from carecenter.core.i18n import gettext as _
from carecenter.ui.sign_in.card import Card, primary
from carecenter.ui.views.restore_form import RestoreForm


class Restore(Card):
    """`restore_asked` carries the file and the key, a `BackupKey`."""

    restore_asked = Signal(object, object)
    given_up = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = Path()
        self.form = RestoreForm()
        self.go, self.back = primary(), QPushButton()
        self.form.entered.connect(self._on_go)
        self.go.clicked.connect(self._on_go)
        self.back.clicked.connect(self._on_back)
        self.body.addWidget(self.form)
        self.buttons.addWidget(self.go)
        self.buttons.addWidget(self.back)
        self.buttons.addStretch(1)
        self.retranslate()

    def retranslate(self) -> None:
        """All texts of the screen."""
        super().retranslate()
        self.heading.setText(_("Restore a backup"))
        self.lead.setText(
            _("Puts the backup in place of what is on this computer. What is here now is set aside, not deleted.")
        )
        self.go.setText(_("Restore the backup"))
        self.back.setText(_("Back"))

    def offer(self, source: Path, look: BackupLook) -> None:
        """The file that was chosen."""
        self._source = source
        self.complain()
        self.form.set_look(look)

    def focus_first(self) -> None:
        """The password or the code."""
        self.form.focus_first()

    def _on_back(self) -> None:
        self.form.forget()
        self.complain()
        self.given_up.emit()

    def _on_go(self) -> None:
        self.complain()
        if (key := self.form.key()) is not None:
            self.restore_asked.emit(self._source, key)
