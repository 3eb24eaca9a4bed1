"""The room between the border of a spin box and its text.

Qt's style sheets keep a spin box's padding from the text in a right-to-left line only.
"""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit

_ROOM = 7


def give_room(box: QAbstractSpinBox) -> None:
    """The text begins as far from the border as in a plain field, in either direction."""
    edit = box.findChild(QLineEdit)
    if edit is not None:
        edit.setTextMargins(_ROOM, 0, _ROOM, 0)
