"""The server of this desk: whether there is one, where it is, whether it answers, what is brought along to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.ui.settings.bring_along import BringAlong
from carecenter.ui.settings.office import Office
from carecenter.ui.settings.part import Part
from carecenter.ui.tasks import Tasks
from carecenter.ui.views.server_form import ServerForm

if TYPE_CHECKING:
    from carecenter.store.desk import Desk


class ServerPart(Part):
    """A server is used only after it has answered."""

    def __init__(self, tasks: Tasks, desk: Desk, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(tasks, parent)
        self._office = office
        self.form = ServerForm()
        self.use, self.alone = QPushButton(), QPushButton()
        self.use.setProperty("part", "primary")
        self.form.test_asked.connect(lambda: self.spawn(self.form.test(office.probe)))
        self.form.choose_asked.connect(lambda: self.spawn(self.form.choose()))
        self.use.clicked.connect(lambda: self.spawn(self._use()))
        self.alone.clicked.connect(lambda: self.spawn(office.use_server(None)))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.use)
        row.addWidget(self.alone)
        row.addStretch(1)
        self.body.addWidget(self.form)
        self.body.addLayout(row)
        self.bring_along = BringAlong(tasks, desk, office)
        self.body.addWidget(self.bring_along)
        self.alone.setHidden(office.server is None)
        self.form.fill_in(office.server)
        self.retranslate()

    def retranslate(self) -> None:
        """All texts of the part."""
        self.heading.setText(_("Server"))
        server = self._office.server
        if server is None:
            alone = _(
                "This desk works on its own. With a server it starts empty, with the server's accounts; what lies"
                " here now stays, can be brought along, and is there again when you go back."
            )
            self.lead.setText(alone)
        else:
            text = _("This desk works with the server {server}. Changing that signs you out; nothing is lost.")
            self.lead.setText(text.format(server=i18n.isolate(server.name)))
        self.use.setText(_("Sign out and use this server"))
        self.alone.setText(_("Sign out and work on its own"))

    def shown(self) -> None:
        """What is in use; what was only typed is forgotten."""
        self.form.fill_in(self._office.server)
        self.bring_along.shown()

    async def _use(self) -> None:
        address = await self.form.test(self._office.probe)
        if address is not None:
            await self._office.use_server(address)
