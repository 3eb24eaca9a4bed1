"""What a chosen backup is, and what opens it: an account's password, or the recovery code."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from carecenter.core import i18n
from carecenter.core.backup_key import BackupKey, BackupLook, ByCode, ByPassword
from carecenter.core.i18n import gettext as _
from carecenter.ui.language import Translated
from carecenter.ui.views.password import Password
from carecenter.ui.widgets.flow_form import FlowForm
from carecenter.ui.widgets.number_edit import NumberEdit
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.segmented import Segmented


class RestoreForm(Translated, QWidget):
    """`entered` when Enter is pressed in the last field. What is typed stays until `forget`."""

    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: BackupLook | None = None
        self.facts, self.hint = PlainLabel(), PlainLabel()
        for label in (self.facts, self.hint):
            label.setWordWrap(True)
        self.hint.setProperty("tone", "muted")
        self.way = Segmented(("password", "code"))
        self.way.chosen.connect(lambda _way: self._on_way())
        self.name, self.password, self.code = QComboBox(), Password(), NumberEdit()
        self.name.setProperty("data", True)
        self.code.setInputMethodHints(Qt.InputMethodHint.ImhUppercaseOnly)
        self.by_password, self.by_code = FlowForm(), FlowForm()
        self.by_password.add("name", self.name)
        self.by_password.add("password", self.password)
        self.by_code.add("code", self.code, wide=True)
        for line in (self.password.line, self.code):
            line.returnPressed.connect(self.entered)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for part in (self.facts, self.way, self.by_password, self.by_code, self.hint):
            column.addWidget(part)
        self.retranslate()

    def retranslate(self) -> None:
        """All texts of the form."""
        self.way.setAccessibleName(_("Open the backup with"))
        self.way.set_text("password", _("Password"))
        self.way.set_text("code", _("Recovery code"))
        self.by_password.set_label("name", _("Account"))
        self.by_password.set_label("password", _("Password at the time of the backup"))
        self.by_code.set_label("code", _("Recovery code at the time of the backup"))
        if self._look is not None:
            self._tell(self._look)

    def set_look(self, look: BackupLook) -> None:
        """Another backup was chosen."""
        self.forget()
        self._look = look
        self.name.clear()
        self.name.addItems(list(look.names))
        self.way.choose("password" if look.made_here else "code")
        self._show_way()
        self._tell(look)

    def key(self) -> BackupKey | None:
        """What is to open it; None when nothing was typed, which is then told."""
        self.complain("")
        if self._by_code():
            if self.code.text().strip():
                return ByCode(self.code.text())
            self.complain(_("Type the recovery code."))
        elif self.password.text():
            return ByPassword(self.name.currentText(), self.password.text())
        else:
            self.complain(_("Type the password."))
        return None

    def complain(self, text: str) -> None:
        """What is wrong with what was typed, or nothing any more."""
        self.by_code.set_complaint("code", text if self._by_code() else "")
        self.by_password.set_complaint("password", "" if self._by_code() else text)

    def forget(self) -> None:
        """Empties what is secret."""
        self.complain("")
        self.password.clear()
        self.code.clear()

    def focus_first(self) -> None:
        """Where a person begins to type."""
        field = self.code if self._by_code() else self.password
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _by_code(self) -> bool:
        return self.way.choice() == "code"

    def _on_way(self) -> None:
        self._show_way()
        if self._look is not None:
            self._tell(self._look)
        self.focus_first()

    def _show_way(self) -> None:
        self.complain("")
        self.way.setVisible(self._look is None or self._look.made_here)
        self.by_password.setVisible(not self._by_code())
        self.by_code.setVisible(self._by_code())

    def _tell(self, look: BackupLook) -> None:
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
        elif self._by_code():
            self.hint.setText(_("Capitals, spaces and dashes do not matter."))
        else:
            self.hint.setText(
                _("If no password of that time is known, the recovery code opens the backup as well.")
            )
