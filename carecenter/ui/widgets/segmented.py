"""One of a few choices, all in sight: a row of joined buttons."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QRadioButton, QSizePolicy, QWidget

from carecenter.ui.widgets.flow_row import FlowRow


class Segmented(QFrame):
    """Radio buttons drawn as one strip, in several lines where it is narrow; Tab stops once, arrow keys move along.
    `chosen` carries the key a person chose.
    """

    chosen = Signal(str)

    def __init__(self, keys: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "segmented")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._row = row = FlowRow(2, self)
        row.setContentsMargins(2, 2, 2, 2)  # within the frame's line
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

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width may need other lines."""
        super().resizeEvent(event)
        self._take_height()

    def event(self, event: QEvent) -> bool:
        """Other words, a button shown or hidden, or another frame may need other lines."""
        done = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.ContentsRectChange):
            self._take_height()
        return done

    def _take_height(self) -> None:
        # Layouts ask what has a height for its width to be free in its height, and then let it grow too much.
        inside = self.contentsRect()  # the frame's line takes its part
        height = self._row.heightForWidth(inside.width()) + self.height() - inside.height()
        if (self.minimumHeight(), self.maximumHeight()) != (height, height):
            self.setFixedHeight(height)

    def button(self, key: str) -> QRadioButton:
        """The button of one choice, for its icon, tool tip or shortcut."""
        return self._buttons[key]
