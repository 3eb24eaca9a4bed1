"""The accounts of this computer, for those who lead: who can sign in, one more, one less."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from carecenter.core.errors import UserError
from carecenter.core.i18n import gettext as _
from carecenter.core.terms import Role, label
from carecenter.ui.messages import Messages, sentence
from carecenter.ui.settings.office import Office
from carecenter.ui.settings.part import Part
from carecenter.ui.tasks import Tasks
from carecenter.ui.theme import icon
from carecenter.ui.views import password
from carecenter.ui.views.words import name
from carecenter.ui.widgets.choice_box import ChoiceBox
from carecenter.ui.widgets.flow_form import FlowForm
from carecenter.ui.widgets.line_edit import LineEdit
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.row_list import Row, RowList
from carecenter.ui.widgets.section import Section

if TYPE_CHECKING:
    from carecenter.queries.accounts import AccountRow, QueueRow
    from carecenter.store.desk import Desk


class AccountsPart(Part):
    """The list, a form for one more, and what can be done about the chosen one."""

    def __init__(
        self, tasks: Tasks, desk: Desk, messages: Messages, office: Office, parent: QWidget | None = None
    ) -> None:
        super().__init__(tasks, parent)
        self._desk, self._messages, self._office = desk, messages, office
        self._accounts: tuple[AccountRow, ...] = ()
        self._queues: tuple[QueueRow, ...] = ()
        self._boxes: dict[str, QCheckBox] = {}
        self.list = RowList()
        self.list.setMinimumHeight(200)
        self.active = QPushButton()
        self.active.clicked.connect(self._on_active)
        self.list.current_changed.connect(lambda _key: self._on_chosen())
        beside = QHBoxLayout()
        beside.addWidget(self.active)
        beside.addStretch(1)
        self.body.addWidget(self.list)
        self.body.addLayout(beside)
        self.body.addWidget(self._form_of_password())
        self.body.addWidget(self._form_of_new())
        self._stop = desk.on_changed(self._on_changed)
        self.retranslate()

    def retranslate(self) -> None:
        """All texts of the part."""
        self.heading.setText(_("Accounts of this computer"))
        self.lead.setText(_("Whoever stands here can sign in at this computer. No account is ever deleted."))
        self.list.setAccessibleName(_("Accounts"))
        self.fresh.set_title(_("Set a new password"))
        self.fresh_form.set_label("password", _("New password"))
        self.fresh_form.set_label("again", _("New password again"))
        self.set.setText(_("Set the password"))
        self.new.set_title(_("New account"))
        self.form.set_label("arabic", _("Name in Arabic"))
        self.form.set_label("english", _("Name in English"))
        self.form.set_label("name", _("Name to sign in with"))
        self.form.set_label("role", _("Role"))
        self.form.set_label("password", _("Password"))
        self.form.set_label("again", _("Password again"))
        self.queues_label.setText(_("Queues"))
        self.add.setText(_("Add the account"))
        for at, role in enumerate(self._roles()):
            self.role.setItemText(at, label(role))
        self._show()

    def shown(self) -> None:
        """Reads the list anew."""
        self.spawn(self._load())

    def close_part(self) -> None:
        """Listens no longer."""
        self._stop()

    def _form_of_password(self) -> QWidget:
        self.fresh, self.fresh_form = Section(), FlowForm()
        self.fresh_password, self.fresh_again = password.Password(), password.Password()
        self.fresh_form.add("password", self.fresh_password)
        self.fresh_form.add("again", self.fresh_again)
        self.set = QPushButton()
        self.set.clicked.connect(self._on_set)
        self.fresh_again.line.returnPressed.connect(self._on_set)
        buttons = QHBoxLayout()
        buttons.addWidget(self.set)
        buttons.addStretch(1)
        self.fresh.body.addWidget(self.fresh_form)
        self.fresh.body.addLayout(buttons)
        return self.fresh

    def _form_of_new(self) -> QWidget:
        self.new = Section()
        self.form = FlowForm()
        self.arabic, self.english, self.name, self.role = LineEdit(), LineEdit(), LineEdit(), ChoiceBox()
        self.password, self.again = password.Password(), password.Password()
        for role in self._roles():
            self.role.addItem("", role)
        for key, field in (
            ("arabic", self.arabic),
            ("english", self.english),
            ("name", self.name),
            ("role", self.role),
            ("password", self.password),
            ("again", self.again),
        ):
            self.form.add(key, field)
        self.queues_label = PlainLabel()
        self.queues_label.setProperty("tone", "muted")
        self.queues = QVBoxLayout()
        self.queues.setSpacing(8)
        self.add = QPushButton()
        self.add.setProperty("part", "primary")
        self.add.clicked.connect(self._on_add)
        buttons = QHBoxLayout()
        buttons.addWidget(self.add)
        buttons.addStretch(1)
        self.new.body.addWidget(self.form)
        self.new.body.addWidget(self.queues_label)
        self.new.body.addLayout(self.queues)
        self.new.body.addLayout(buttons)
        return self.new

    def _roles(self) -> tuple[Role, ...]:
        """Only an administrator makes administrators."""
        leads = self._desk.viewer.role is Role.ADMINISTRATOR
        return tuple(role for role in Role if leads or role is not Role.ADMINISTRATOR)

    async def _load(self) -> None:
        from carecenter.queries import accounts

        self._accounts = await self._desk.ask(accounts.accounts)
        self._queues = await self._desk.ask(accounts.all_queues)
        for queue in self._queues:
            if queue.id not in self._boxes:
                box = self._boxes[queue.id] = QCheckBox()
                box.setProperty("data", True)
                self.queues.addWidget(box)
        self._show()

    def _show(self) -> None:
        rows = []
        for account in self._accounts:
            state = (
                label(account.role) if account.active else _("{role}, disabled").format(role=label(account.role))
            )
            title = name(account.display_name_ar, account.display_name_en)
            rows.append(
                Row(key=account.id, title=title, subtitle=account.name, meta=state, icon=partial(icon, "user"))
            )
        self.list.set_rows(rows)
        for queue in self._queues:
            text = name(queue.name_ar, queue.name_en)
            self._boxes[queue.id].setText(
                _("{queue} (restricted)").format(queue=text) if queue.restricted else text
            )
        self._show_chosen()

    def _show_chosen(self) -> None:
        chosen = self._chosen()
        mine = chosen is not None and chosen.id == self._desk.viewer.account_id
        self.active.setEnabled(chosen is not None and not mine)
        self.fresh.setVisible(chosen is not None and not mine)  # one's own is changed with the old one
        off = chosen is None or chosen.active
        self.active.setText(_("Disable the account") if off else _("Enable the account"))

    def _chosen(self) -> AccountRow | None:
        key = self.list.current_key()
        return next((account for account in self._accounts if account.id == key), None)

    def _on_changed(self, entities: frozenset[str]) -> None:
        if entities & {"account", "queue", "queue_member"} and self.isVisible():
            self.spawn(self._load())

    def _on_active(self) -> None:
        if (chosen := self._chosen()) is not None:
            self.spawn(self._set_active(chosen))

    async def _set_active(self, account: AccountRow) -> None:
        await self._office.set_active(account.id, not account.active)
        shown = name(account.display_name_ar, account.display_name_en)
        text = (
            _("{name} can no longer sign in here.")
            if account.active
            else _("{name} is enabled. Set a new password below.")
        )
        self._messages.success(text.format(name=shown))

    def _on_chosen(self) -> None:
        for field in (self.fresh_password, self.fresh_again):
            field.clear()  # what was typed was meant for somebody else
        for key in ("password", "again"):
            self.fresh_form.set_complaint(key, "")
        self._show_chosen()

    def _on_set(self) -> None:
        short, different = password.problem(self.fresh_password.text(), self.fresh_again.text())
        self.fresh_form.set_complaint("password", short)
        self.fresh_form.set_complaint("again", different)
        chosen = self._chosen()
        if chosen is not None and not (short or different):
            self.spawn(self._set(chosen))

    async def _set(self, account: AccountRow) -> None:
        self.set.setEnabled(False)
        try:
            await self._office.set_password(account.id, account.name, self.fresh_password.text())
        except UserError as error:
            self.fresh_form.set_complaint("password", sentence(error))
            return
        finally:
            self.set.setEnabled(True)
        for field in (self.fresh_password, self.fresh_again):
            field.clear()
        shown = name(account.display_name_ar, account.display_name_en)
        self._messages.success(_("The new password of {name} is set.").format(name=shown))

    def _on_add(self) -> None:
        short, different = password.problem(self.password.text(), self.again.text())
        nameless = "" if self.name.text().strip() else _("Enter a name to sign in with.")
        for key, text in (("name", nameless), ("password", short), ("again", different)):
            self.form.set_complaint(key, text)
        if not (nameless or short or different):
            self.spawn(self._add())

    async def _add(self) -> None:
        from carecenter.wire import NewAccount

        new = NewAccount(
            name=self.name.text(),
            password=self.password.text(),
            role=self.role.currentData(),
            display_name_ar=self.arabic.text(),
            display_name_en=self.english.text(),
            queue_ids=tuple(key for key, box in self._boxes.items() if box.isChecked()),
        )
        self.add.setEnabled(False)
        try:
            await self._office.add_account(new)
        except UserError as error:
            self.form.set_complaint("name", sentence(error))
            return
        finally:
            self.add.setEnabled(True)
        for field in (self.arabic, self.english, self.name, self.password, self.again):
            field.clear()
        self._messages.success(_("{name} can sign in at this computer now.").format(name=new.name.strip()))
        await self._load()
