"""The reference just issued, large, with the sentence in which the agent gives it to the caller."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from carecenter.core import i18n, reference, speech
from carecenter.core.i18n import gettext as _
from carecenter.ui.desk.model import Issued
from carecenter.ui.language import Translated
from carecenter.ui.theme import set_icon
from carecenter.ui.widgets.flow_row import FlowRow
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.reference_label import ReferenceLabel, in_order


class IssuedPanel(Translated, QFrame):
    """Shows one ticket's reference until another is issued or it is put away; `copied` tells what was copied."""

    copied = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "surface")
        self.issued: Issued | None = None
        self.reference = ReferenceLabel()
        self.reference.copied.connect(self.copied)
        self._title, self._pin_note = PlainLabel(), PlainLabel()
        self._title.setProperty("tone", "muted")
        self.sentence = PlainLabel(own_side=True)
        self.sentence.setProperty("scale", "title")
        self.sentence.setProperty("data", True)  # in the caller's language, not the screen's
        self.pin, self._pin_label = PlainLabel(), PlainLabel()
        self._pin_label.setProperty("tone", "muted")
        self.pin.setProperty("scale", "reference")
        self._pin_note.setProperty("tone", "warning")
        for lines in (self.sentence, self._pin_note):
            lines.setWordWrap(True)
        self.copy_button, self._close = QPushButton(), QToolButton()
        self.copy_button.clicked.connect(self.reference.copy)
        set_icon(self._close, "x")
        self._close.clicked.connect(self.put_away)
        first, second = QHBoxLayout(), FlowRow(16)
        self._pin_part = QWidget()
        beside = QHBoxLayout(self._pin_part)
        beside.setContentsMargins(0, 0, 0, 0)
        first.addWidget(self._title, 1)
        first.addWidget(self._close)
        beside.addWidget(self._pin_label)
        beside.addWidget(self.pin)
        for part in (self.reference, self.copy_button, self._pin_part):
            second.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(8)
        column.addLayout(first)
        column.addLayout(second)
        column.addWidget(self.sentence)
        column.addWidget(self._pin_note)
        self.hide()
        self.retranslate()

    def retranslate(self) -> None:
        """The agent's words change; the sentence stays in the caller's language."""
        self._title.setText(_("Follow-up reference: read it out"))
        self.copy_button.setText(_("Copy"))
        self.copy_button.setAccessibleName(_("Copy the reference"))
        self.copy_button.setToolTip(_("Copy the reference (Ctrl+Shift+.)"))
        self._close.setToolTip(_("Put away"))
        self._close.setAccessibleName(_("Put the reference away"))
        self._pin_note.setText(
            _("Say this PIN as well: it is shown only now, and proves at follow-up that the ticket is theirs.")
        )
        self._pin_label.setText(_("PIN"))
        self._show_words()

    def show_issued(self, issued: Issued) -> None:
        """A ticket was saved."""
        self.issued = issued
        self._show_words()
        self.show()

    def put_away(self) -> None:
        """It was read out. A PIN is gone for good."""
        self.issued = None
        self.pin.clear()
        self.hide()

    def _show_words(self) -> None:
        issued = self.issued
        if issued is None:
            return
        grouped = reference.format_grouped(issued.reference)
        self.reference.set_reference(grouped, i18n.digits(grouped))
        self.reference.setAccessibleName(_("Follow-up reference {number}").format(number=grouped))
        self.sentence.setText(speech.reference_aloud(issued.reference, issued.language))
        self.pin.setText(in_order(i18n.digits(issued.pin)) if issued.pin else "")
        self.pin.setAccessibleName(_("PIN"))
        for part in (self._pin_part, self._pin_note):
            part.setVisible(bool(issued.pin))
