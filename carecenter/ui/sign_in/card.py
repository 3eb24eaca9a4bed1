"""The sheet in the middle of the window on which a person signs in: a heading, a body, a line for what is wrong."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from carecenter.ui.language import Translated
from carecenter.ui.widgets.plain_label import PlainLabel

_WIDTH = 560


class Card(Translated, QFrame):
    """`body` takes the parts, `buttons` what leads on. What is wrong stands between them.

    The sentence is handed in as a function, so that it follows a change of language.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "surface")
        self.setFixedWidth(_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._say: Callable[[], str] | None = None
        self.heading, self.lead, self.complaint = PlainLabel(), PlainLabel(), PlainLabel()
        self.heading.setProperty("scale", "name")
        self.lead.setProperty("tone", "muted")
        self.complaint.setProperty("tone", "danger")
        self.body, self.buttons = QVBoxLayout(), QHBoxLayout()
        self.body.setSpacing(16)
        self.buttons.setSpacing(8)
        self.column = column = QVBoxLayout(self)
        column.setContentsMargins(32, 24, 32, 32)
        column.setSpacing(16)
        for label in (self.heading, self.lead, self.complaint):
            label.setWordWrap(True)
        column.addWidget(self.heading)
        column.addWidget(self.lead)
        column.addLayout(self.body)
        column.addWidget(self.complaint)
        column.addLayout(self.buttons)
        self.complaint.hide()

    def complain(self, say: Callable[[], str] | None = None) -> None:
        """Says what is wrong, or nothing any more; a screen reader is told at once."""
        self._say = say
        text = say() if say is not None else ""
        self.complaint.setText(text)
        self.complaint.setVisible(bool(text))
        if text:
            from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent  # not for the first picture

            event = QAccessibleAnnouncementEvent(self, text)
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
            QAccessible.updateAccessibility(event)

    def retranslate(self) -> None:
        """What is wrong, said anew; each card sets its other texts."""
        if self._say is not None:
            self.complaint.setText(self._say())

    def focus_first(self) -> None:
        """Puts the keyboard where a person begins."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)


def in_the_middle(card: Card) -> QHBoxLayout:
    """A row with the card. An alignment instead would not ask the card how high it is at its width."""
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(card)
    row.addStretch(1)
    return row


def primary() -> QPushButton:
    """The one button that goes on."""
    button = QPushButton()
    button.setProperty("part", "primary")
    return button
