"""The call itself: its clock, how it came, from which number, in which language, for whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from carecenter.core import i18n, phone
from carecenter.core.i18n import gettext as _
from carecenter.core.phone import PhoneNumber
from carecenter.core.terms import Language, label
from carecenter.queries.calls import CallRow
from carecenter.ui.language import Translated
from carecenter.ui.views import words
from carecenter.ui.widgets.clock_label import ClockLabel
from carecenter.ui.widgets.line_edit import LineEdit
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.segmented import Segmented


class CallCard(Translated, QWidget):
    """Emits what the agent changes: `language_chosen`, `described(anonymous, on_behalf_of)`, `end_asked`."""

    language_chosen = Signal(str)
    described = Signal(bool, str)
    end_asked = Signal()

    def __init__(self, now: Callable[[], dt.datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._call: CallRow | None = None
        self.clock = ClockLabel(i18n.duration, now=now)
        self._channel, self.number, self._warning = PlainLabel(), PlainLabel(), PlainLabel()
        self._channel.setProperty("tone", "muted")
        self.number.setProperty("scale", "title")
        self._warning.setProperty("tone", "warning")
        self._warning.setWordWrap(True)
        self.language = Segmented(tuple(Language))
        self.language.chosen.connect(self.language_chosen)
        self._language_label, self._behalf_label = QLabel(), QLabel()
        self.on_behalf_of = LineEdit()
        self.on_behalf_of.setMaxLength(200)
        self.on_behalf_of.editingFinished.connect(self._describe)
        self._behalf_label.setBuddy(self.on_behalf_of)
        for quiet in (self._language_label, self._behalf_label):
            quiet.setProperty("tone", "muted")
        self.anonymous = QCheckBox()
        self.anonymous.clicked.connect(self._describe)
        self.end_button = QPushButton()
        self.end_button.clicked.connect(self.end_asked)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        first, second, third = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.clock)
        first.addWidget(self._channel, 1)
        first.addWidget(self.end_button)
        second.addWidget(self._language_label)
        second.addStretch(1)
        second.addWidget(self.language)
        third.addWidget(self._behalf_label)
        third.addWidget(self.on_behalf_of, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(first)
        column.addWidget(self.number)
        column.addWidget(self._warning)
        for line in (second, third):
            column.addLayout(line)
        column.addWidget(self.anonymous)
        for line in (first, second, third):
            line.setSpacing(8)

    def retranslate(self) -> None:
        """Words; what was typed and chosen stays."""
        self.clock.setAccessibleName(_("Duration of the call"))
        self.clock.refresh()
        self._language_label.setText(_("Caller speaks"))
        self.language.setAccessibleName(_("Caller's language"))
        for language in Language:
            self.language.set_text(language, label(language))
        self._behalf_label.setText(_("On behalf of"))
        self.on_behalf_of.setAccessibleName(_("On behalf of"))
        self.on_behalf_of.setPlaceholderText(_("nobody else"))
        self.anonymous.setText(_("Wants to stay anonymous"))
        self.end_button.setText(_("End the call"))
        self.end_button.setToolTip(_("End the call (Ctrl+E)"))
        self._show_words()

    def show_call(self, call: CallRow) -> None:
        """Shows the call; a field with the keyboard in it keeps what is being typed there."""
        if self._call is None:
            self.clock.start(call.started_at)
        self._call = call
        self.language.choose(call.language)
        self.anonymous.setChecked(call.anonymous)
        if not self.on_behalf_of.hasFocus():
            self.on_behalf_of.setText(call.on_behalf_of)
        self._show_words()

    def settle(self) -> None:
        """Tells what is half-typed, before the call ends or its tab goes."""
        self._describe()

    def _show_words(self) -> None:
        if self._call is None:
            return
        self._channel.setText(label(self._call.channel))
        number = self._call.number
        unknown = _("Number not kept") if self._call.anonymous else _("Number withheld")
        self.number.setText(words.phone(number) if number else unknown)
        parsed = phone.parse(number) if number else None
        warning = parsed.warning.label() if isinstance(parsed, PhoneNumber) and parsed.warning else ""
        self._warning.setText(warning)
        self._warning.setVisible(bool(warning))

    def _describe(self) -> None:
        if self._call is None:
            return
        now = (self.anonymous.isChecked(), self.on_behalf_of.text())
        if now != (self._call.anonymous, self._call.on_behalf_of):
            self.described.emit(*now)
