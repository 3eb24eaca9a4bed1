"""One of a few choices, all in sight: a row of joined buttons."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QRadioButton, QSizePolicy, QWidget


class Segmented(QFrame):
    """Radio buttons drawn as one strip; Tab stops once, arrow keys move along. `chosen` carries the key a
    person chose.
    """

    chosen = Signal(str)

    def __init__(self, keys: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "segmented")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        self._buttons: dict[str, QRadioButton] = {}
        for key in keys:
            button = QRadioButton()
            button.setProperty("part", "segment")
            button.clicked.connect(lambda _checked=False, key=key: self.chosen.emit(key))
            self._buttons[key] = button
            row.addWidget(button)
        self.choose(keys[0])

    def set_text(self, key: str, text: str) -> None:
        """The word on one button."""
        self._buttons[key].setText(text)
        self._buttons[key].setAccessibleName(text.replace("&", ""))

    def choose(self, key: str) -> None:
        """Selects a choice without telling anybody. Raises KeyError for a key that is not offered."""
        self._buttons[key].setChecked(True)
        self.setFocusProxy(self._buttons[key])

    def choice(self) -> str:
        """The key selected."""
        return next(key for key, button in self._buttons.items() if button.isChecked())

    def button(self, key: str) -> QRadioButton:
        """The button of one choice, for its icon, tool tip or shortcut."""
        return self._buttons[key]
