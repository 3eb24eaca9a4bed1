"""Giving several selected tickets to one person at once."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.queries.accounts import AccountRow
from carecenter.ui.language import Translated
from carecenter.ui.views import words
from carecenter.ui.widgets.choice_box import ChoiceBox
from carecenter.ui.widgets.plain_label import PlainLabel


class BulkAssign(Translated, QWidget):
    """Under the list while rows are selected. `wanted` carries the account that is to get them."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._selected = 0
        self._people: tuple[AccountRow, ...] = ()
        self._sentence = PlainLabel()
        self.people = ChoiceBox(12)
        self.people.setProperty("data", True)
        self.people.currentIndexChanged.connect(self._on_chosen)
        self.button = QPushButton()
        self.button.clicked.connect(self._on_assign)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._sentence, 1)
        row.addWidget(self.people)
        row.addWidget(self.button)
        self.retranslate()
        self.hide()

    def retranslate(self) -> None:
        """Words; the person chosen stays chosen."""
        self.people.setAccessibleName(_("Assign the selected tickets to"))
        self.people.setPlaceholderText(_("Who works on them"))
        self.button.setText(_("Assign"))
        self._say()
        self._offer()

    def show_selection(self, selected: int, people: tuple[AccountRow, ...]) -> None:
        """How many rows are selected, and who can be given all of them."""
        self._selected, self._people = selected, people
        self._say()
        self._offer()
        self.setVisible(selected > 0)

    def sentence(self) -> str:
        """What is said of the selection."""
        return self._sentence.text()

    def _say(self) -> None:
        text = i18n.ngettext("{count} ticket selected", "{count} tickets selected", self._selected)
        self._sentence.setText(text.format(count=i18n.number(self._selected)))

    def _offer(self) -> None:
        chosen = self.people.currentData()
        self.people.clear()
        for person in self._people:
            self.people.addItem(words.name(person.display_name_ar, person.display_name_en), person.id)
        self.people.setCurrentIndex(self.people.findData(chosen) if chosen is not None else -1)
        self._on_chosen()

    def _on_chosen(self) -> None:
        self.button.setEnabled(self.people.currentIndex() >= 0)

    def _on_assign(self) -> None:
        if self.people.currentData() is not None:
            self.wanted.emit(self.people.currentData())
