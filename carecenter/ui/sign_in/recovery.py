"""The recovery code: shown once when it is made, and typed when a password is lost or the computer is another."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QGridLayout, QPushButton, QWidget

from carecenter.core.i18n import gettext as _
from carecenter.ui.sign_in.card import Card, primary
from carecenter.ui.sign_in.door import Threshold
from carecenter.ui.views import password
from carecenter.ui.widgets.flow_form import FlowForm
from carecenter.ui.widgets.line_edit import LineEdit
from carecenter.ui.widgets.number_edit import NumberEdit
from carecenter.ui.widgets.plain_label import PlainLabel

_COLUMNS = 3


class RecoveryCode(Card):
    """Shows a new code in large groups; `written_down` when the person says so, and the code is forgotten."""

    written_down = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._code = ""
        self.groups = QWidget()
        self.groups.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.groups.setProperty("data", True)
        self._grid = QGridLayout(self.groups)
        self._grid.setContentsMargins(0, 8, 0, 8)
        self._grid.setVerticalSpacing(8)
        self.warning = PlainLabel()
        self.warning.setWordWrap(True)
        self.warning.setProperty("tone", "warning")
        self.done, self.copy = primary(), QPushButton()
        self.done.clicked.connect(self._on_done)
        self.copy.clicked.connect(self._on_copy)
        self.body.addWidget(self.groups)
        self.body.addWidget(self.warning)
        self.buttons.addWidget(self.done)
        self.buttons.addWidget(self.copy)
        self.buttons.addStretch(1)
        self.retranslate()

    def retranslate(self) -> None:
        """All texts of the screen; the code is no text."""
        super().retranslate()
        self.heading.setText(_("Write down the recovery code"))
        self.lead.setText(
            _(
                "It opens this desk if every password is lost, if the keyring is gone, or from a backup on another"
                " computer. It is shown this once only."
            )
        )
        self.warning.setText(_("Keep it on paper, away from this computer. Whoever has it can read everything."))
        self.done.setText(_("I have written it down"))
        self.copy.setText(_("Copy"))

    def show_code(self, code: str) -> None:
        """`XXXX-XXXX-…-C`, as it was made."""
        self._code = code
        self._empty()
        for at, group in enumerate(code.split("-")):
            label = PlainLabel(group)
            label.setProperty("scale", "reference")
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._grid.addWidget(label, at // _COLUMNS, at % _COLUMNS)
        self.groups.setAccessibleName(" ".join(code))

    def focus_first(self) -> None:
        """Not the button that ends it: a stray Enter would take the code away."""
        self.copy.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._code)

    def _on_done(self) -> None:
        self._code = ""
        self._empty()
        self.written_down.emit()

    def _empty(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (label := item.widget()) is not None:
                label.hide()
                label.deleteLater()
        self.groups.setAccessibleName("")


class Recover(Card):
    """`recover_asked` carries code, name and new password."""

    recover_asked = Signal(str, str, str)
    given_up = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.code, self.name = NumberEdit(), QComboBox()
        self.code.setInputMethodHints(Qt.InputMethodHint.ImhUppercaseOnly)
        self.name.setProperty("data", True)
        self.name.setLineEdit(LineEdit())
        self.password, self.again = password.Password(), password.Password()
        self.form = FlowForm()
        self.form.add("code", self.code, wide=True)
        self.form.add("name", self.name, wide=True)
        self.form.add("password", self.password)
        self.form.add("again", self.again)
        self.rule = PlainLabel()
        self.rule.setWordWrap(True)
        self.rule.setProperty("tone", "muted")
        self.go, self.back = primary(), QPushButton()
        self.go.clicked.connect(self._on_go)
        self.again.line.returnPressed.connect(self._on_go)
        self.back.clicked.connect(self._on_back)
        self.body.addWidget(self.form)
        self.body.addWidget(self.rule)
        self.buttons.addWidget(self.go)
        self.buttons.addWidget(self.back)
        self.buttons.addStretch(1)
        self.retranslate()

    def retranslate(self) -> None:
        """All texts of the screen."""
        super().retranslate()
        self.heading.setText(_("Open with the recovery code"))
        self.lead.setText(_("Type it as it stands on the paper; capitals, spaces and dashes do not matter."))
        self.form.set_label("code", _("Recovery code"))
        self.form.set_label("name", _("Account"))
        self.form.set_label("password", _("New password"))
        self.form.set_label("again", _("New password again"))
        self.rule.setText(password.rule())
        self.go.setText(_("Set the new password"))
        self.back.setText(_("Back"))

    def set_threshold(self, threshold: Threshold) -> None:
        """Who has an account here; another name can be typed after a move to this computer."""
        self.name.clear()
        self.name.addItems(list(threshold.names))

    def fill_in(self, code: str) -> None:
        """The code that has just opened a backup."""
        self.code.setText(code)

    def focus_first(self) -> None:
        """The code, or what follows when it stands there already."""
        field = self.password if self.code.text() else self.code
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Empties what is secret."""
        self.code.clear()
        self.password.clear()
        self.again.clear()
        for key in ("password", "again"):
            self.form.set_complaint(key)

    def _on_back(self) -> None:
        self.forget()
        self.complain()
        self.given_up.emit()

    def _on_go(self) -> None:
        self.complain()
        short, different = password.problem(self.password.text(), self.again.text())
        self.form.set_complaint("password", short)
        self.form.set_complaint("again", different)
        if not (short or different):
            self.recover_asked.emit(self.code.text(), self.name.currentText(), self.password.text())
