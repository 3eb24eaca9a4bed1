"""A form of labelled fields in two columns, in one where there is no room for two."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from carecenter.ui.widgets.plain_label import PlainLabel

COLUMN_MIN_WIDTH = 224


class _Field(NamedTuple):
    cell: QWidget
    label: PlainLabel
    complaint: PlainLabel
    editor: QWidget
    wide: bool


class FlowForm(QWidget):
    """Labels stand over their fields, and a complaint about a field under it. Mirrors with the layout
    direction.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: dict[str, _Field] = {}
        self._columns = 2
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)

    def add(self, key: str, editor: QWidget, *, wide: bool = False) -> None:
        """Adds a field after the others; a `wide` one takes the whole row."""
        cell = QWidget()
        label, complaint = PlainLabel(), PlainLabel()
        label.setProperty("tone", "muted")
        label.setBuddy(editor)
        complaint.setProperty("tone", "danger")
        complaint.setWordWrap(True)
        complaint.hide()
        column = QVBoxLayout(cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (label, editor, complaint):
            column.addWidget(part)
        column.addStretch()
        self._fields[key] = _Field(cell, label, complaint, editor, wide)
        self._arrange()

    def set_label(self, key: str, text: str) -> None:
        """The field's label, which is also its accessible name; an `&` marks the key that leads to it."""
        field = self._fields[key]
        field.label.setText(text)
        field.editor.setAccessibleName(text.replace("&", ""))

    def set_complaint(self, key: str, text: str = "") -> None:
        """What is wrong with the field's content, or nothing; a screen reader reads it with the field."""
        field = self._fields[key]
        field.complaint.setText(text)
        field.complaint.setVisible(bool(text))
        field.editor.setAccessibleDescription(text)

    def columns(self) -> int:
        """How many columns there is room for."""
        return self._columns

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Flows into as many columns as fit."""
        super().resizeEvent(event)
        columns = 2 if event.size().width() >= 2 * COLUMN_MIN_WIDTH + self._grid.horizontalSpacing() else 1
        if columns != self._columns:
            self._columns = columns
            self._arrange()

    def _arrange(self) -> None:
        row = column = 0
        for field in self._fields.values():
            if column and (field.wide or column == self._columns):
                row, column = row + 1, 0
            span = self._columns if field.wide else 1
            self._grid.addWidget(field.cell, row, column, 1, span, Qt.AlignmentFlag(0))
            column += span
        for index in range(2):
            self._grid.setColumnStretch(index, 1 if index < self._columns else 0)
