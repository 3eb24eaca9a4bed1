"""Where an agent types during a call: plain text in either script, told to its owner when the keys pause."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QMimeData, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QTextEdit, QWidget

SETTLE_MS = 400


class NotesEdit(QTextEdit):
    """A plain-text editor; each paragraph runs and begins in the direction of its own first letter.

    That is why it is not a QPlainTextEdit, which leaves Arabic paragraphs at the left margin.

    `text_settled` carries the whole text once no key was pressed for 400 ms, when the focus leaves, and on
    `settle()`; never twice for the same text. Tab goes on to the next field.
    """

    text_settled = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SETTLE_MS)
        self._pause.timeout.connect(self.settle)
        self._told = ""
        self.textChanged.connect(self._pause.start)
        self.textChanged.connect(self._turn)
        self._turn()

    def show_text(self, text: str) -> None:
        """Replaces the text by what the owner already has; it is not told again."""
        self._told = text
        self.setPlainText(text)
        self._pause.stop()

    def settle(self) -> None:
        """Tells the text now, if it was not told yet."""
        self._pause.stop()
        text = self.toPlainText()
        if text != self._told:
            self._told = text
            self.text_settled.emit(text)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Another layout direction turns a field that is still empty."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._turn()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Leaving the field ends the pause."""
        super().focusOutEvent(event)
        self.settle()

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802 - Qt's name
        """Pastes and drops as plain text only."""
        if source.hasText():
            plain = QMimeData()
            plain.setText(source.text())
            super().insertFromMimeData(plain)

    def loadResource(self, kind: int, name: QUrl | str) -> QByteArray:  # noqa: N802 - Qt's signature
        """Loads nothing: text from outside must not make this program open a file or an address.

        The nothing has to be an empty value; after None Qt goes on and opens the file itself.
        """
        return QByteArray()

    def _turn(self) -> None:
        # Without a letter to tell its direction Qt would put the caret on the left of an Arabic form too.
        empty = self.document().isEmpty()
        direction = self.layoutDirection() if empty else Qt.LayoutDirection.LayoutDirectionAuto
        option = self.document().defaultTextOption()
        if option.textDirection() != direction:
            option.setTextDirection(direction)
            self.document().setDefaultTextOption(option)
