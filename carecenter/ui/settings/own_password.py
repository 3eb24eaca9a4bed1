"""One's own password."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from carecenter.core.errors import UserError
from carecenter.core.i18n import gettext as _
from carecenter.ui.messages import Messages, sentence
from carecenter.ui.settings.office import Office
from carecenter.ui.settings.part import Part
from carecenter.ui.tasks import Tasks
from carecenter.ui.views import password
from carecenter.ui.widgets.flow_form import FlowForm


class PasswordPart(Part):
    """The old one once, the new one twice."""

    def __init__(self, tasks: Tasks, messages: Messages, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(tasks, parent)
        self._messages, self._office = messages, office
        self.old, self.new, self.again = password.Password(), password.Password(), password.Password()
        self.form = FlowForm()
        self.form.add("old", self.old, wide=True)
        self.form.add("new", self.new)
        self.form.add("again", self.again)
        self.change = QPushButton()
        self.change.setProperty("part", "primary")
        self.change.clicked.connect(self._on_change)
        self.again.line.returnPressed.connect(self._on_change)
        buttons = QHBoxLayout()
        buttons.addWidget(self.change)
        buttons.addStretch(1)
        self.body.addWidget(self.form)
        self.body.addLayout(buttons)
        self.retranslate()

    def retranslate(self) -> None:
        """All texts of the part."""
        self.heading.setText(_("Your password"))
        self.lead.setText(password.rule())
        self.form.set_label("old", _("Present password"))
        self.form.set_label("new", _("New password"))
        self.form.set_label("again", _("New password again"))
        self.change.setText(_("Change the password"))

    def shown(self) -> None:
        """Nothing secret waits on a part that was left."""
        for key, field in (("old", self.old), ("new", self.new), ("again", self.again)):
            field.clear()
            self.form.set_complaint(key)

    def _on_change(self) -> None:
        if not self.change.isEnabled():
            return
        short, different = password.problem(self.new.text(), self.again.text())
        self.form.set_complaint("old", "" if self.old.text() else _("Enter your password."))
        self.form.set_complaint("new", short)
        self.form.set_complaint("again", different)
        if self.old.text() and not (short or different):
            self.spawn(self._change())

    async def _change(self) -> None:
        self.change.setEnabled(False)
        try:
            await self._office.change_password(self.old.text(), self.new.text())
        except UserError as error:
            self.form.set_complaint("old", sentence(error))
            return
        finally:
            self.change.setEnabled(True)
        for field in (self.old, self.new, self.again):
            field.clear()
        self._messages.success(_("Your password is changed."))
