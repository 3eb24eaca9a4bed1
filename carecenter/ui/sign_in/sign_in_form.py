"""Who are you: the accounts of this computer, a password, and the way in without one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QPushButton, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.ui.sign_in.card import Card, primary
from carecenter.ui.sign_in.door import Threshold
from carecenter.ui.views.password import Password
from carecenter.ui.widgets.flow_form import FlowForm
from carecenter.ui.widgets.line_edit import LineEdit
from carecenter.ui.widgets.plain_label import PlainLabel


class SignInForm(Card):
    """`sign_in_asked` carries name and password. What is typed before the computer is ready counts."""

    sign_in_asked = Signal(str, str)
    recovery_asked = Signal()
    restore_asked = Signal()
    server_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.password = QComboBox(), Password()
        self.name.setProperty("data", True)
        self.form = FlowForm()
        self.form.add("name", self.name, wide=True)
        self.form.add("password", self.password, wide=True)
        self.demo = PlainLabel()
        self.demo.setWordWrap(True)
        self.demo.setProperty("tone", "info")
        self.demo.hide()
        self.enter, self.recover, self.restore = primary(), QPushButton(), QPushButton()
        self.enter.clicked.connect(self._on_enter)
        self.password.line.returnPressed.connect(self._on_enter)
        self.server = QPushButton()
        self.server.clicked.connect(self.server_asked)
        self.recover.clicked.connect(self.recovery_asked)
        self.restore.clicked.connect(self.restore_asked)
        self.body.addWidget(self.demo)
        self.body.addWidget(self.form)
        self.buttons.addWidget(self.enter)
        self.buttons.addWidget(self.recover)
        self.buttons.addWidget(self.restore)
        self.buttons.addWidget(self.server)
        self.server.hide()
        self.buttons.addStretch(1)
        self._threshold: Threshold | None = None
        self._entered_early = False
        self.retranslate()

    def retranslate(self) -> None:
        """All texts of the screen."""
        super().retranslate()
        self.heading.setText(_("Sign in"))
        self.lead.setText(_("What you type is kept here, encrypted, and sent when the centre answers."))
        self.form.set_label("name", _("Account"))
        self.form.set_label("password", _("Password"))
        self.enter.setText(_("Sign in"))
        self.recover.setText(_("Use the recovery code"))
        self.server.setText(_("Server…"))
        if self._threshold and self._threshold.server:
            text = _("With the server {server}. What you type is kept here, encrypted, until the server has it.")
            self.lead.setText(text.format(server=i18n.isolate(self._threshold.server.name)))
        self.restore.setText(_("Restore a backup…"))
        if self._threshold and self._threshold.demo_password:
            text = _("Demo desk: choose an account. The password of all of them is {password}")
            self.demo.setText(text.format(password=i18n.isolate(self._threshold.demo_password)))

    def set_threshold(self, threshold: Threshold) -> None:
        """The computer is ready; the account chosen before stays chosen."""
        chosen = self.name.currentText()
        self._let_type(threshold.server is not None)
        self._threshold = threshold
        self.name.clear()
        self.name.addItems(list(threshold.names))
        if chosen in threshold.names:
            self.name.setCurrentText(chosen)
        self._show_ways_in(with_server=threshold.server is not None)
        self.demo.setVisible(bool(threshold.demo_password))
        self.retranslate()
        if self._entered_early:
            self._entered_early = False
            self._on_enter()

    def choose(self, name: str) -> None:
        """Proposes an account, for instance the one that has just been made."""
        self.name.setCurrentText(name)

    def focus_first(self) -> None:
        """Most people are the only account here: the password. Whoever is new types a name first."""
        nameless = self.name.isEditable() and not self.name.currentText()
        (self.name if nameless else self.password).setFocus(Qt.FocusReason.OtherFocusReason)

    def wrong(self) -> None:
        """The password is to be typed again; nothing else is lost."""
        self.password.line.selectAll()
        self.password.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _let_type(self, editable: bool) -> None:
        """A server knows more people than this computer."""
        if editable != self.name.isEditable():
            self.name.setEditable(editable)
            if editable:
                self.name.setLineEdit(LineEdit())

    def _show_ways_in(self, *, with_server: bool) -> None:
        """Codes and backups are a desk's of its own."""
        self.recover.setHidden(with_server)
        self.restore.setHidden(with_server)
        self.server.setVisible(with_server)

    def _on_enter(self) -> None:
        if self._threshold is None:
            self._entered_early = True
            return
        self.complain()
        if not self.name.currentText().strip():
            self.complain(lambda: _("Enter a name to sign in with."))
            self.focus_first()
        elif self.password.text():
            self.sign_in_asked.emit(self.name.currentText(), self.password.text())
        else:
            self.complain(lambda: _("Enter your password."))
            self.focus_first()
