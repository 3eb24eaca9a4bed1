"""The second fact of an anonymous ticket: the PIN its owner was given, asked before anything is read out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.queries.tickets import TicketDetail
from carecenter.ui.language import Translated
from carecenter.ui.theme import set_icon
from carecenter.ui.views.pin_tries import PinTries
from carecenter.ui.views.ticket_view_model import pin_is_right
from carecenter.ui.widgets.icon_label import IconLabel
from carecenter.ui.widgets.number_edit import NumberEdit
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.status_pill import Tone, set_tone


class PinPanel(Translated, QFrame):
    """Hidden for a ticket whose caller is known. `checked` carries the ticket's id and whether the PIN was right.

    After some wrong ones the field waits.
    """

    checked = Signal(str, bool)

    def __init__(self, now: Callable[[], dt.datetime], tries: PinTries, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now, self._tries = now, tries
        self._detail: TicketDetail | None = None
        self._right: bool | None = None
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.timeout.connect(self.tick)
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
        """Compares what was typed with what the caller was given, unless the next try has to wait."""
        if self._detail is None or self._wait_until() is not None:
            return
        if not self.pin.text().strip():
            self.pin.setFocus()
            return
        ticket_id = self._detail.row.id
        self._right = pin_is_right(self._detail, self.pin.text())
        self._tries.tried(ticket_id, self._right, self._now())
        if not self._right:
            self.pin.selectAll()
            self.pin.setFocus()
        self._say()
        self.checked.emit(ticket_id, self._right)

    def tick(self) -> None:
        """Time has passed: the field may be free again."""
        self._say()

    def _wait_until(self) -> dt.datetime | None:
        return self._tries.wait_until(self._detail.row.id, self._now()) if self._detail is not None else None

    def _say(self) -> None:
        says: dict[bool | None, tuple[str, str, Tone]] = {
            None: (_("Anonymous: ask for the PIN before anything is read out."), "lock", "warning"),
            True: (_("The PIN is right: this ticket may be read out."), "lock-open", "success"),
            False: (_("This is not the PIN of this ticket: read nothing out."), "lock", "danger"),
        }
        sentence, icon, tone = says[self._right]
        until = self._wait_until()
        if until is not None:
            sentence = _("Too many wrong PINs. The next one can be checked at {time}; read nothing out.").format(
                time=i18n.isolate(i18n.time(_whole_minute(until)))
            )
            self._waiting.start(int((until - self._now()).total_seconds() * 1000) + 1)
        self._sentence.setText(sentence)
        set_icon(self._picture, icon, tone)
        set_tone(self, tone)
        for part in (self.pin, self.button):
            part.setVisible(self._right is not True)
            part.setEnabled(until is None)


def _whole_minute(moment: dt.datetime) -> dt.datetime:
    """The next full minute: a clock without seconds must not promise too much."""
    return moment + dt.timedelta(minutes=1) - dt.timedelta(seconds=moment.second, microseconds=moment.microsecond)
