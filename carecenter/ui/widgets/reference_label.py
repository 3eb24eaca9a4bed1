"""A reference number large enough to be read out, always in the order in which it is said."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from carecenter.ui.widgets.plain_label import PlainLabel

INSET: Final = 8  # pixels between the widget's side and its digits: two of the frame's line, six beside it
_LEFT_TO_RIGHT_ISOLATE, _POP_ISOLATE, _NO_BREAK_SPACE = "\u2066", "\u2069", "\u00a0"


def in_order(grouped: str) -> str:
    """`grouped` such that its groups keep their order in a right-to-left line.

    The isolate holds European digits together; Arabic-Indic ones need the NO-BREAK SPACE as well, which bidi
    counts as part of the number, unlike a space or a hyphen.
    """
    joined = grouped.replace(" ", _NO_BREAK_SPACE).replace("-", _NO_BREAK_SPACE)
    return f"{_LEFT_TO_RIGHT_ISOLATE}{joined}{_POP_ISOLATE}"


class ReferenceLabel(PlainLabel):
    """Shows a grouped reference; Ctrl+C copies it, in ASCII digits and with plain spaces.

    `copied` tells what went to the clipboard.
    """

    copied = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._reference = ""
        self.setProperty("scale", "reference")
        self.setContentsMargins(6, 0, 6, 0)  # between the digits and the line around them
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_reference(self, grouped: str, shown: str = "") -> None:
        """Shows `shown` (the reader's digits) or else `grouped`, and copies `grouped`."""
        self._reference = grouped.replace(_NO_BREAK_SPACE, " ")
        self.setText(in_order(shown or grouped) if grouped else "")

    def reference(self) -> str:
        """The reference as it is copied."""
        return self._reference

    def copy(self) -> None:
        """Puts the reference on the clipboard."""
        QGuiApplication.clipboard().setText(self._reference)
        self.copied.emit(self._reference)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Ctrl+C copies what `reference()` says, without the invisible characters that keep its order."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)
