"""The narrow column of pages at the window's edge."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFrame, QSizePolicy, QToolButton, QVBoxLayout, QWidget

RAIL_WIDTH = 80


class Rail(QFrame):
    """Icons over their words; one page is current. `chosen` carries the key of the page a person chose.

    Up and Down move from page to page, and each page can have a shortcut of its own.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "rail")
        self.setFixedWidth(RAIL_WIDTH)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        self._names: dict[str, str] = {}
        self._shortcuts: dict[str, QShortcut] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(4, 8, 4, 8)
        self._column.setSpacing(4)
        self._column.addStretch()

    def add(self, key: str, shortcut: QKeySequence | None = None) -> QToolButton:
        """A page at the end of the rail; the button is returned for its icon."""
        button = QToolButton()
        button.setProperty("part", "page")
        button.setCheckable(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setIconSize(QSize(20, 20))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self.chosen.emit(key))
        self._group.addButton(button)
        self._buttons[key] = button
        self._column.insertWidget(self._column.count() - 1, button)
        # A button's own shortcut presses it for 100 ms first; a page must come with the key.
        self._shortcuts[key] = QShortcut(self)
        self._shortcuts[key].activated.connect(button.click)
        self.set_shortcut(key, shortcut or QKeySequence())
        return button

    def set_text(self, key: str, text: str) -> None:
        """The page's word."""
        button = self._buttons[key]
        button.setText(text)
        button.setAccessibleName(text)
        self._names[key] = text
        self._shortcuts[key].setWhatsThis(text)
        self.set_shortcut(key, self._shortcuts[key].key())

    def set_icon(self, key: str, icon: QIcon) -> None:
        """The page's icon."""
        self._buttons[key].setIcon(icon)

    def set_shortcut(self, key: str, shortcut: QKeySequence) -> None:
        """The keys that lead to the page; they stand in its tool tip, as this system writes them."""
        button = self._buttons[key]
        self._shortcuts[key].setKey(shortcut)
        keys = shortcut.toString(QKeySequence.SequenceFormat.NativeText)
        name = self._names.get(key, "")
        button.setToolTip(f"{name}  \u2066{keys}\u2069" if keys else name)

    def choose(self, key: str) -> None:
        """Makes a page current without telling anybody. Raises KeyError for a page that is not there."""
        self._buttons[key].setChecked(True)

    def choice(self) -> str:
        """The current page's key; empty before one was chosen."""
        return next((key for key, button in self._buttons.items() if button.isChecked()), "")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Up and Down go to the neighbouring page, and round at the ends."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._buttons:
            super().keyPressEvent(event)
            return
        keys = list(self._buttons)
        at = next((i for i, key in enumerate(keys) if self._buttons[key].hasFocus()), 0)
        button = self._buttons[keys[(at + step) % len(keys)]]
        button.setFocus(Qt.FocusReason.TabFocusReason)
        button.click()
