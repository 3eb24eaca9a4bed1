"""People's text on the screen: shown as typed, each paragraph in its own direction, to be selected and copied."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSize, Qt, QUrl
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget


class PeopleText(QTextEdit):
    """A read-only text as high as its lines. It is never markup and asks for no picture or address.

    The mouse selects in it; Tab goes past it, since there can be hundreds in a timeline.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("data", True)
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        # Without border and padding of the field that it would be if one could type in it; no colours here.
        self.setStyleSheet("QTextEdit, QTextEdit:focus { border: 0; padding: 0; background: transparent; }")

    def show_text(self, text: str) -> None:
        """Shows `text`; the same text again leaves a selection alone."""
        if text != self.toPlainText():
            self.setPlainText(text)
            self._fit()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A scroll area's own minimum would be higher than one line."""
        return QSize(64, 16)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width breaks the lines elsewhere."""
        super().resizeEvent(event)
        self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """The page around it scrolls, not the text."""
        event.ignore()

    def loadResource(self, kind: int, name: QUrl | str) -> QByteArray:  # noqa: N802 - Qt's signature
        """Loads nothing: a note must not make this program open a file or an address.

        The nothing has to be an empty value; after None Qt goes on and opens the file itself.
        """
        return QByteArray()

    def _fit(self) -> None:
        height = round(self.document().size().height() + 0.5)
        if height != self.height():
            self.setFixedHeight(height)
