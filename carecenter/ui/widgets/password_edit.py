"""A password field whose text can be looked at while a button says so."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QToolButton, QWidget

from carecenter.ui.widgets.number_edit import NumberEdit


class PasswordEdit(QWidget):
    """A line edit and a reveal button that the keyboard reaches; a window left hides the password again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = NumberEdit()  # a password is typed from left to right in every layout, too
        self.line.setInputMethodHints(Qt.InputMethodHint.ImhNone)
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.reveal = QToolButton()
        self.reveal.setCheckable(True)
        self.reveal.toggled.connect(self._on_reveal_toggled)
        self._names = ("", "")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.line, 1)
        row.addWidget(self.reveal)
        # As high as a field without a button, and on one line with those beside it.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.reveal.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
        self.setFocusProxy(self.line)

    def set_texts(self, reveal: str, hide: str) -> None:
        """What the button does now, as its tool tip and accessible name."""
        self._names = (reveal, hide)
        self._name_button()

    def set_icon(self, icon: QIcon) -> None:
        """The button's icon."""
        self.reveal.setIcon(icon)

    def text(self) -> str:
        """The password typed."""
        return self.line.text()

    def clear(self) -> None:
        """Forgets and hides the password."""
        self.line.clear()
        self.reveal.setChecked(False)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """A window left alone does not go on showing a password."""
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.reveal.setChecked(False)
        super().changeEvent(event)

    def _on_reveal_toggled(self, shown: bool) -> None:
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._name_button()

    def _name_button(self) -> None:
        name = self._names[self.reveal.isChecked()]
        self.reveal.setToolTip(name)
        self.reveal.setAccessibleName(name)
