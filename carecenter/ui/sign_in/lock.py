"""The lock that falls when nobody has touched the desk for a while. Everything behind it stays as it was."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.ui.sign_in.card import Card, in_the_middle, primary
from carecenter.ui.views.password import Password
from carecenter.ui.views.words import name
from carecenter.ui.widgets.flow_form import FlowForm


class _LockCard(Card):
    def __init__(self, names: tuple[str, str]) -> None:
        super().__init__()
        self._names = names
        self.password = Password()
        self.form = FlowForm()
        self.form.add("password", self.password, wide=True)
        self.unlock, self.sign_out = primary(), QPushButton()
        self.body.addWidget(self.form)
        self.buttons.addWidget(self.unlock)
        self.buttons.addWidget(self.sign_out)
        self.buttons.addStretch(1)
        self.retranslate()

    def retranslate(self) -> None:
        super().retranslate()
        self.heading.setText(_("Locked"))
        text = _("{name} is signed in. What was typed is kept.")
        self.lead.setText(text.format(name=i18n.isolate(name(*self._names))))
        self.form.set_label("password", _("Password"))
        self.unlock.setText(_("Unlock"))
        self.sign_out.setText(_("Sign out"))


class Lock(QWidget):
    """`unlock_asked` carries the password; `sign_out_asked` lets somebody else sit down."""

    unlock_asked = Signal(str)
    sign_out_asked = Signal()

    def __init__(self, arabic: str, english: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card = _LockCard((arabic, english))
        self.card.unlock.clicked.connect(self._on_unlock)
        self.card.password.line.returnPressed.connect(self._on_unlock)
        self.card.sign_out.clicked.connect(self.sign_out_asked)
        self.setFocusProxy(self.card.password)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addLayout(in_the_middle(self.card))
        column.addStretch(2)

    def refuse(self, sentence: str) -> None:
        """The password was not the right one, or could not be checked."""
        self.card.complain(lambda: sentence)
        self.card.password.line.selectAll()
        self.card.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_unlock(self) -> None:
        if self.card.password.text():
            self.unlock_asked.emit(self.card.password.text())
