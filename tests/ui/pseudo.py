"""Finds what a screen shows without asking the catalogue: the language "qps" marks whatever came through it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

from carecenter.core.i18n import PSEUDO_CLOSE, PSEUDO_OPEN

_QTS_OWN = ("ScrollLeftButton", "ScrollRightButton")
"""The arrows of a tab bar that is too narrow: Qt names them, from its own catalogue."""
_KEYS = re.compile("\u2066(?:(?:Ctrl|Alt|Shift)\\+|F(?=\\d))*\\S{1,2}\u2069")
"""Keys as they stand on the keyboard, written from the left: `Ctrl+Shift+L`, `F2`."""


def unmarked_texts(widget: QWidget) -> list[str]:
    """The texts with letters in `widget` and its children that are not marked, in the order of the children.

    A widget whose dynamic property "data" is true shows people's data and is left out with all its children,
    as are the contents of edits and of item views; their headers, placeholders and names are not. Where it is
    "name", only the accessible name is people's data.
    """
    return [text for text in _texts(widget) if _has_letters(_outside_marks(text))]


def _texts(widget: QWidget) -> Iterator[str]:
    data = widget.property("data")
    if data and data != "name":
        return
    yield from _own_texts(widget)
    yield from (widget.windowTitle(), widget.toolTip(), widget.statusTip(), widget.whatsThis())
    yield from ("" if data == "name" else widget.accessibleName(), widget.accessibleDescription())
    for action in widget.actions():
        if not action.property("data"):
            yield from (action.text(), action.toolTip())
    for child in widget.children():
        if isinstance(child, QWidget) and child.objectName() not in _QTS_OWN:
            yield from _texts(child)


def _own_texts(widget: QWidget) -> Iterator[str]:
    match widget:
        case QLabel() | QAbstractButton():
            yield widget.text()
        case QLineEdit() | QPlainTextEdit() | QTextEdit():
            yield widget.placeholderText()
        case QComboBox():
            yield from (widget.itemText(index) for index in range(widget.count()))
            yield widget.placeholderText()
        case QAbstractSpinBox():
            yield widget.specialValueText()
        case QTabBar():
            for index in range(widget.count()):
                yield from (widget.tabText(index), widget.tabToolTip(index))
        case QGroupBox() | QMenu():
            yield widget.title()
        case QHeaderView():
            yield from _headers(widget.model(), widget.orientation())
        case QAbstractItemView() if widget.model() is not None:
            yield from _headers(widget.model(), Qt.Orientation.Horizontal)


def _headers(model: QAbstractItemModel, orientation: Qt.Orientation) -> Iterator[str]:
    if orientation == Qt.Orientation.Horizontal:
        # A list's model keeps its one column to itself, and has no header.
        count = model.columnCount(QModelIndex()) if isinstance(model, QAbstractTableModel) else 0
    else:
        count = model.rowCount(QModelIndex())
    for section in range(count):
        if (text := model.headerData(section, orientation)) is not None:
            yield str(text)


def _outside_marks(text: str) -> str:
    """What of `text` no mark encloses; marks may enclose others, where a text was put into another."""
    depth, outside = 0, []
    for letter in _KEYS.sub("", text):
        if letter == PSEUDO_OPEN:
            depth += 1
        elif letter == PSEUDO_CLOSE:
            depth -= 1
        elif depth <= 0:
            outside.append(letter)
    return "".join(outside)


def _has_letters(text: str) -> bool:
    return any(letter.isalpha() for letter in text)
