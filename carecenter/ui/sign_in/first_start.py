"""The very first screen: language, the first account, or the demo desk in one click."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.ui.sign_in.card import Card, primary
from carecenter.ui.sign_in.door import Threshold
from carecenter.ui.views import password
from carecenter.ui.widgets.flow_form import FlowForm
from carecenter.ui.widgets.line import Line
from carecenter.ui.widgets.line_edit import LineEdit
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.segmented import Segmented

_OWN_NAMES: Final = {"ar": "العربية", "en": "English"}


class FirstStart(Card):
    """Emits what was chosen; `account_asked` carries name, Arabic name, English name, password, and whether the
    secret may lie in a file.
    """

    language_chosen = Signal(str)
    account_asked = Signal(str, str, str, str, bool)
    demo_asked = Signal()
    restore_asked = Signal()
    server_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.language = Segmented(tuple(_OWN_NAMES))
        self.language.setProperty("data", True)  # each language's own name for itself
        for code, own in _OWN_NAMES.items():
            self.language.set_text(code, own)
        self.language.chosen.connect(self.language_chosen)
        self.name, self.arabic, self.english = LineEdit(), LineEdit(), LineEdit()
        self.password, self.again = password.Password(), password.Password()
        self.form = FlowForm()
        self.form.add("arabic", self.arabic)
        self.form.add("english", self.english)
        self.form.add("name", self.name, wide=True)
        self.form.add("password", self.password)
        self.form.add("again", self.again)
        self.rule, self.secret, self.demo_text = PlainLabel(), PlainLabel(), PlainLabel()
        for label in (self.rule, self.secret, self.demo_text):
            label.setWordWrap(True)
            label.setProperty("tone", "muted")
        self.in_file = QCheckBox()
        self.in_file.hide()
        self.make, self.demo, self.restore = primary(), QPushButton(), QPushButton()
        self.make.clicked.connect(self._on_create)
        self.server = QPushButton()
        self.server.clicked.connect(self.server_asked)
        self.demo.clicked.connect(self.demo_asked)
        self.restore.clicked.connect(self.restore_asked)
        self.again.line.returnPressed.connect(self._on_create)
        self._put_language_first()
        for part in (self.form, self.rule, self.secret, self.in_file):
            self.body.addWidget(part)
        self.buttons.addWidget(self.make)
        self.buttons.addStretch(1)
        self._add_demo()
        self._threshold: Threshold | None = None
        self.retranslate()
        self.set_threshold(None)

    def _put_language_first(self) -> None:
        """The choice of language stands over everything, where somebody looks who cannot read the rest."""
        self.column.removeWidget(self.heading)
        self.column.removeWidget(self.lead)
        self.body.insertWidget(0, self.language, 0, Qt.AlignmentFlag.AlignLeading)
        self.body.insertWidget(1, self.heading)
        self.body.insertWidget(2, self.lead)

    def retranslate(self) -> None:
        """All texts of the screen."""
        super().retranslate()
        self.language.choose("ar" if i18n.language() == "ar" else "en")
        self.language.setAccessibleName(_("Language"))
        self.heading.setText(_("Set up this desk"))
        self.lead.setText(
            _("Create the first account. Whoever has it leads this desk, adds people and makes backups.")
        )
        self.form.set_label("arabic", _("Your name in Arabic"))
        self.form.set_label("english", _("Your name in English"))
        self.form.set_label("name", _("Name to sign in with"))
        self.form.set_label("password", _("Password"))
        self.form.set_label("again", _("Password again"))
        self.rule.setText(password.rule())
        self.in_file.setText(_("Keep the secret in a file of my own instead of the keyring"))
        self.in_file.setAccessibleName(self.in_file.text())
        self.make.setText(_("Create the account"))
        self.server.setText(_("Work with a server…"))
        self.demo.setText(_("Open the demo desk"))
        self.restore.setText(_("Restore a backup…"))
        self.demo_text.setText(
            _(
                "Just looking? The demo desk is full of made-up callers, calls and tickets. Nothing in it is real."
                " Or bring back a desk from its backup."
            )
        )
        self._tell_secret()

    def set_threshold(self, threshold: Threshold | None) -> None:
        """None while this computer is still being looked at: everything can be typed already, nothing done."""
        self._threshold = threshold
        for button in (self.make, self.demo, self.restore, self.server):
            button.setEnabled(threshold is not None)
        self._tell_secret()

    def offer_file(self) -> None:
        """The keyring refused: the person may do without it."""
        self.in_file.show()

    def focus_first(self) -> None:
        """The first name in the order of reading."""
        self.arabic.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add_demo(self) -> None:
        for part in (Line(), self.demo_text):
            self.column.addWidget(part)
        others = QHBoxLayout()
        others.setSpacing(8)
        others.addWidget(self.demo)
        others.addWidget(self.restore)
        others.addWidget(self.server)
        others.addStretch(1)
        self.column.addLayout(others)

    def _tell_secret(self) -> None:
        if self._threshold is None:
            self.secret.setText(_("Looking at this computer…"))
        elif self._threshold.secret_in_file:
            self.secret.setText(
                _(
                    "This computer has no keyring, so the key's secret is kept in a file that only you can read."
                    " The risk: whoever copies this folder and knows a password can read everything."
                    " Use an encrypted disk."
                )
            )
        else:
            self.secret.setText(
                _("Everything is encrypted. The key's secret lies in this computer's keyring, not beside the data.")
            )
        tone = "warning" if self._threshold and self._threshold.secret_in_file else "muted"
        if self.secret.property("tone") != tone:
            self.secret.setProperty("tone", tone)
            self.secret.style().polish(self.secret)

    def _on_create(self) -> None:
        if self._threshold is None:
            return
        self.complain()
        typed = (self.password.text(), self.again.text())
        short, different = password.problem(*typed)
        nameless = "" if self.name.text().strip() else _("Enter a name to sign in with.")
        for key, text in (("name", nameless), ("password", short), ("again", different)):
            self.form.set_complaint(key, text)
        if not (nameless or short or different):
            names = (self.name.text(), self.arabic.text(), self.english.text())
            self.account_asked.emit(*names, typed[0], self.in_file.isChecked())
