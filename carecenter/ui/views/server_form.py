"""The fields in which a person says where the server is, and what a try to reach it has found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from carecenter.core.errors import UserError
from carecenter.core.i18n import gettext as _
from carecenter.core.server_address import ServerAddress
from carecenter.ui.language import Translated
from carecenter.ui.messages import sentence
from carecenter.ui.tasks import ask
from carecenter.ui.widgets.flow_form import FlowForm
from carecenter.ui.widgets.line_edit import LineEdit
from carecenter.ui.widgets.plain_label import PlainLabel


class ServerForm(Translated, QWidget):
    """`test_asked` and `choose_asked` are answered by whoever runs work: `test` and `choose`."""

    test_asked = Signal()
    choose_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._said: Callable[[], str] = str
        self.url, self.ca_bundle, self.proxy = LineEdit(), LineEdit(), LineEdit()
        self.url.setProperty("data", True)  # the example is the same in every language
        self.url.setPlaceholderText("https://centre.example:8164")
        self.form = FlowForm()
        self.form.add("url", self.url, wide=True)
        self.form.add("ca_bundle", self.ca_bundle)
        self.form.add("proxy", self.proxy)
        self.test_button, self.choose_button = QPushButton(), QPushButton()
        self.test_button.clicked.connect(self.test_asked)
        self.choose_button.clicked.connect(self.choose_asked)
        self.outcome = PlainLabel()
        self.outcome.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.test_button)
        buttons.addWidget(self.choose_button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.form)
        column.addLayout(buttons)
        column.addWidget(self.outcome)
        self.outcome.hide()
        self.retranslate()

    def retranslate(self) -> None:
        """All texts of the form."""
        self.form.set_label("url", _("Address of the server"))
        self.form.set_label("ca_bundle", _("File of its certificate authority (optional)"))
        self.form.set_label("proxy", _("Proxy (optional)"))
        self.test_button.setText(_("Test the connection"))
        self.choose_button.setText(_("Choose the file…"))
        self.outcome.setText(self._said())

    def fill_in(self, address: ServerAddress | None) -> None:
        """What is in use, or nothing yet."""
        self.url.setText(address.url if address else "")
        self.ca_bundle.setText((address.ca_bundle or "") if address else "")
        self.proxy.setText((address.proxy or "") if address else "")
        self.form.set_complaint("url")
        self._tell(str, "muted")

    def address(self) -> ServerAddress | None:
        """What was typed; None, and told, when nothing was. Without a scheme, https is meant."""
        typed = self.url.text().strip()
        self.form.set_complaint("url", "" if typed else _("Enter the address of the server."))
        if not typed:
            return None
        url = typed if "://" in typed else f"https://{typed}"
        return ServerAddress(url, self.ca_bundle.text().strip() or None, self.proxy.text().strip() or None)

    async def test(self, probe: Callable[[ServerAddress], Awaitable[None]]) -> ServerAddress | None:
        """Tries to reach the server and says what was found; returns the address when it answered as a centre."""
        address = self.address()
        if address is None:
            return None
        self._tell(lambda: _("Asking {server}…").format(server=address.name), "muted")
        self.test_button.setEnabled(False)
        try:
            await probe(address)
        except UserError as error:
            failure = error
            self._tell(lambda: sentence(failure), "danger")
            return None
        finally:
            self.test_button.setEnabled(True)
        self._tell(lambda: _("A CareCenter centre answers at {server}.").format(server=address.name), "success")
        return address

    async def choose(self) -> None:
        """Asks for the file of the authority."""
        dialog = QFileDialog(self, _("File of the certificate authority"), str(Path.home()))
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)  # it would not speak the program's language
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        result, files = await ask(dialog), dialog.selectedFiles()
        dialog.deleteLater()
        if result and files:
            self.ca_bundle.setText(files[0])

    def _tell(self, say: Callable[[], str], tone: str) -> None:
        self._said = say
        self.outcome.setText(say())
        self.outcome.setVisible(bool(say()))
        self.outcome.setProperty("tone", tone)
        self.outcome.style().polish(self.outcome)
