"""What an empty list shows instead of nothing: a picture, one sentence, one thing to do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from carecenter.ui.widgets.icon_label import IconLabel
from carecenter.ui.widgets.plain_label import PlainLabel


class EmptyState(QWidget):
    """Emits `acted` when its button is pressed; without an action text there is no button."""

    acted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = IconLabel(40)
        self._sentence = PlainLabel()
        self._sentence.setProperty("tone", "muted")
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._action = QPushButton()
        self._action.clicked.connect(self.acted)
        self._action.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addStretch()
        column.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._sentence)  # at full width: an aligned item does not get the height it needs
        column.addWidget(self._action, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()
        self.setFocusProxy(self._action)

    def set_texts(self, sentence: str, action: str = "") -> None:
        """Shows the sentence and, if there is something to do, the button."""
        self._sentence.setText(sentence)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self.setAccessibleName(sentence)
