"""The line in which a call is taken: a number in any writing, or none, and the channel it came by."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from carecenter.core import phone
from carecenter.core.i18n import gettext as _
from carecenter.core.phone import PhoneNumber, PhoneProblem
from carecenter.core.terms import Channel, label
from carecenter.ui.language import Translated
from carecenter.ui.theme import set_icon
from carecenter.ui.views import words
from carecenter.ui.widgets.choice_box import ChoiceBox
from carecenter.ui.widgets.number_edit import NumberEdit
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.status_pill import set_tone


class NumberBar(Translated, QWidget):
    """Emits `taken(e164, channel)`; the number is empty when the caller's is withheld or was not given.

    What cannot be a caller's number is told under the field and stays in it.
    """

    taken = Signal(str, str)
    put_away = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = NumberEdit()
        self.number.setMaxLength(64)
        self.number.setFixedWidth(240)
        self.number.textEdited.connect(self._on_edited)
        self.number.returnPressed.connect(self.submit)
        self._label = QLabel()
        self._label.setBuddy(self.number)
        self.channel = ChoiceBox()
        for channel in Channel:
            self.channel.addItem("", channel)
        self.open_button, self.without_button = QPushButton(), QPushButton()
        self.open_button.setProperty("part", "primary")
        self.open_button.clicked.connect(self.submit)
        self.without_button.setShortcut("Ctrl+Shift+N")
        self.without_button.clicked.connect(lambda: self._take(""))
        self.close_button = QToolButton()
        set_icon(self.close_button, "x")
        self.close_button.clicked.connect(self.leave)
        self._said = PlainLabel()
        self._said.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in (self._label, self.number, self.channel, self.open_button, self.without_button):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._said)
        self._problem: PhoneProblem | None = None
        self.retranslate()

    def retranslate(self) -> None:
        """Labels, and what is said of the number typed."""
        self.setAccessibleName(_("New call"))
        self._label.setText(_("Number calling"))
        self.number.setAccessibleName(_("Number calling"))
        self.number.setPlaceholderText(_("empty if withheld"))
        self.channel.setAccessibleName(_("Channel"))
        for at, channel in enumerate(Channel):
            self.channel.setItemText(at, label(channel))
        self.open_button.setText(_("Open the call"))
        self.open_button.setToolTip(_("Open the call (Enter)"))
        self.without_button.setText(_("Without a number"))
        self.without_button.setAccessibleName(_("Open the call without a number"))
        self.without_button.setToolTip(_("Open the call without a number (Ctrl+Shift+N)"))
        self.without_button.setShortcut("Ctrl+Shift+N")  # setText takes it away
        self.close_button.setToolTip(_("Close (Esc)"))
        self.close_button.setAccessibleName(_("Close"))
        self._say()

    def start(self, text: str = "") -> None:
        """Shows the bar with `text` in it, the keyboard on the number."""
        if text:
            self.number.setText(text)
        self._problem = None
        self._say()
        self.show()
        self.number.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.number.selectAll()

    def submit(self) -> None:
        """Takes the call, or tells why this is no number."""
        text = self.number.text()
        if phone.is_withheld(text):
            self._take("")
            return
        parsed = phone.parse(text)
        if isinstance(parsed, PhoneNumber):
            self._take(parsed.e164)
            return
        self._problem = parsed
        self._say()
        self.number.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> None:
        """The call stands: the number need not be kept here."""
        self.number.clear()
        self._problem = None
        self._say()

    def leave(self) -> None:
        """Puts the bar away; what was typed is there when it comes back."""
        self.hide()
        self.put_away.emit()

    def said(self) -> str:
        """What is told of the number."""
        return self._said.text()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc puts the bar away."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _take(self, e164: str) -> None:
        self.taken.emit(e164, self.channel.currentData())

    def _on_edited(self) -> None:
        self._problem = None
        self._say()

    def _say(self) -> None:
        text, tone = "", "muted"
        if self._problem is not None:
            text = _("{problem} Correct it, or open the call without a number.")
            text, tone = text.format(problem=self._problem.label()), "danger"
        elif isinstance(parsed := phone.parse(self.number.text()), PhoneNumber):
            text = words.phone(parsed.e164)
            if parsed.warning is not None:
                text, tone = f"{text} · {parsed.warning.label()}", "warning"
        self._said.setText(text)
        self._said.setVisible(bool(text))
        set_tone(self._said, tone)  # type: ignore[arg-type]  # "muted" is a tone of labels, not of pills
        self.number.setAccessibleDescription(text)
