"""The second fact of an anonymous ticket: the PIN its owner was given, asked before anything is read out."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QWidget

from carecenter.core.i18n import gettext as _
from carecenter.queries.tickets import TicketDetail
from carecenter.ui.language import Translated
from carecenter.ui.theme import set_icon
from carecenter.ui.views.ticket_view_model import pin_is_right
from carecenter.ui.widgets.icon_label import IconLabel
from carecenter.ui.widgets.number_edit import NumberEdit
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.status_pill import Tone, set_tone


class PinPanel(Translated, QFrame):
    """Hidden for a ticket whose caller is known. `checked` tells whether the PIN was right."""

    checked = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._detail: TicketDetail | None = None
        self._right: bool | None = None
        self.setProperty("part", "message")
        self._picture = IconLabel(20)
        self._sentence = PlainLabel()
        self._sentence.setWordWrap(True)
        self.pin = NumberEdit()
        self.pin.setFixedWidth(96)
        self.pin.returnPressed.connect(self.check)
        self.button = QPushButton()
        self.button.clicked.connect(self.check)
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 8, 16, 8)
        grid.setSpacing(8)
        grid.setColumnStretch(1, 1)
        for column, part in enumerate((self._picture, self._sentence, self.pin, self.button)):
            grid.addWidget(part, 0, column)
        self.hide()
        self.retranslate()

    def retranslate(self) -> None:
        """The sentence says what holds now; what was typed stays."""
        self.pin.setAccessibleName(_("Spoken PIN"))
        self.pin.setPlaceholderText(_("PIN"))
        self.button.setText(_("Check the PIN"))
        self._say()

    def show_ticket(self, detail: TicketDetail) -> None:
        """Another ticket is asked anew; the same one keeps what was found."""
        if self._detail is None or self._detail.row.id != detail.row.id:
            self._right = None
            self.pin.clear()
        self._detail = detail
        self.setVisible(detail.anonymous)
        self._say()

    def sentence(self) -> str:
        """What the panel says."""
        return self._sentence.text()

    def check(self) -> None:
        """Compares what was typed with what the caller was given."""
        if self._detail is None or not self.pin.text().strip():
            self.pin.setFocus()
            return
        self._right = pin_is_right(self._detail, self.pin.text())
        if not self._right:
            self.pin.selectAll()
            self.pin.setFocus()
        self._say()
        self.checked.emit(self._right)

    def _say(self) -> None:
        says: dict[bool | None, tuple[str, str, Tone]] = {
            None: (_("Anonymous: ask for the PIN before anything is read out."), "lock", "warning"),
            True: (_("The PIN is right: this ticket may be read out."), "lock-open", "success"),
            False: (_("This is not the PIN of this ticket: read nothing out."), "lock", "danger"),
        }
        sentence, icon, tone = says[self._right]
        self._sentence.setText(sentence)
        set_icon(self._picture, icon, tone)
        set_tone(self, tone)
        self.pin.setVisible(self._right is not True)
        self.button.setVisible(self._right is not True)
