"""What opens the databases of a desk on its own: an account's password, or the recovery code."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from carecenter.core.backup_key import BackupKey, ByCode, ByPassword
from carecenter.core.i18n import gettext as _
from carecenter.ui.language import Translated
from carecenter.ui.views.password import Password
from carecenter.ui.widgets.flow_form import FlowForm
from carecenter.ui.widgets.number_edit import NumberEdit
from carecenter.ui.widgets.segmented import Segmented


class KeyForm(Translated, QWidget):
    """`entered` when Enter is pressed in the last field. What is typed stays until `forget`."""

    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.way = Segmented(("password", "code"))
        self.way.chosen.connect(lambda _way: self._on_way())
        self._has_choice = True
        self.name, self.password, self.code = QComboBox(), Password(), NumberEdit()
        self.name.setProperty("data", True)
        self.code.setInputMethodHints(Qt.InputMethodHint.ImhUppercaseOnly)
        self.by_password, self.by_code = FlowForm(), FlowForm()
        self.by_password.add("name", self.name)
        self.by_password.add("password", self.password)
        self.by_code.add("code", self.code, wide=True)
        for line in (self.password.line, self.code):
            line.returnPressed.connect(self.entered)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(16)
        for part in (self.way, self.by_password, self.by_code):
            self.column.addWidget(part)
        self.retranslate()

    def retranslate(self) -> None:
        """All texts of the form."""
        self.way.setAccessibleName(_("Open it with"))
        self.way.set_text("password", _("Password"))
        self.way.set_text("code", _("Recovery code"))
        self.by_password.set_label("name", _("Account"))
        self.by_password.set_label("password", _("Password"))
        self.by_code.set_label("code", _("Recovery code"))

    def offer(self, names: Sequence[str], *, by_password: bool) -> None:
        """Whose passwords open it; without `by_password` only the code does."""
        self.forget()
        self.name.clear()
        self.name.addItems(list(names))
        self._has_choice = by_password
        self.way.choose("password" if by_password else "code")
        self.show_way()

    def key(self) -> BackupKey | None:
        """What is to open it; None when nothing was typed, which is then told."""
        self.complain("")
        if self.is_by_code():
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
        self.by_code.set_complaint("code", text if self.is_by_code() else "")
        self.by_password.set_complaint("password", "" if self.is_by_code() else text)

    def forget(self) -> None:
        """Empties what is secret."""
        self.complain("")
        self.password.clear()
        self.code.clear()

    def focus_first(self) -> None:
        """Where a person begins to type."""
        field = self.code if self.is_by_code() else self.password
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def is_by_code(self) -> bool:
        """Whether the code was chosen."""
        return self.way.choice() == "code"

    def show_way(self) -> None:
        """The fields of the way that was chosen."""
        self.complain("")
        self.way.setVisible(self._has_choice)
        self.by_password.setVisible(not self.is_by_code())
        self.by_code.setVisible(self.is_by_code())

    def _on_way(self) -> None:
        self.show_way()
        self.focus_first()
