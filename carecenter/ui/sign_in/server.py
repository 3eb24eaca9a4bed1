"""Where the server is: at the first start, and when an address turns out to be wrong before anybody is in."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from carecenter.core.i18n import gettext as _
from carecenter.core.server_address import ServerAddress
from carecenter.ui.sign_in.card import Card, primary
from carecenter.ui.views.server_form import ServerForm


class ServerCard(Card):
    """`use_asked` and `alone_asked`; the page tests the address before it is used."""

    use_asked = Signal()
    alone_asked = Signal()
    given_up = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = ServerForm()
        self.use, self.alone, self.back = primary(), QPushButton(), QPushButton()
        self.use.clicked.connect(self.use_asked)
        self.alone.clicked.connect(self.alone_asked)
        self.back.clicked.connect(self.given_up)
        for line in (self.form.url, self.form.ca_bundle, self.form.proxy):
            line.returnPressed.connect(self.use_asked)
        self.body.addWidget(self.form)
        for button in (self.use, self.alone, self.back):
            self.buttons.addWidget(button)
        self.buttons.addStretch(1)
        self.retranslate()

    def retranslate(self) -> None:
        """All texts of the screen."""
        super().retranslate()
        self.heading.setText(_("This desk works with a server"))
        self.lead.setText(_("Ask your administrator for its address. Accounts are the server's."))
        self.use.setText(_("Use this server"))
        self.alone.setText(_("Work on its own"))
        self.back.setText(_("Back"))

    def offer(self, server: ServerAddress | None) -> None:
        """The address in use, or an empty form."""
        self.form.fill_in(server)
        self.alone.setVisible(server is not None)

    def focus_first(self) -> None:
        """The address."""
        self.form.url.setFocus(Qt.FocusReason.OtherFocusReason)
