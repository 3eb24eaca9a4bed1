"""The cells of a list of tickets: what stands in which column, in words, and when it is overdue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from carecenter.core.i18n import gettext as _
from carecenter.queries.tickets import TicketRow
from carecenter.ui.views import ticket_view_marks as marks
from carecenter.ui.views import words
from carecenter.ui.views.ticket_view_marks import Mark
from carecenter.ui.widgets.plain_label import plain_tool_tip


class Column(IntEnum):
    """What stands in a column, in the order of the columns."""

    REFERENCE = 0
    KIND = 1
    SUMMARY = 2
    CALLER = 3
    QUEUE = 4
    ASSIGNEE = 5
    STATUS = 6
    PRIORITY = 7
    DUE = 8


class TicketTableModel(QAbstractTableModel):
    """The rows as Qt's table asks for them. ``now`` (UTC) decides what is overdue."""

    def __init__(self, now: Callable[[], dt.datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = now
        self._now = now()
        self._rows: tuple[TicketRow, ...] = ()

    def rows(self) -> tuple[TicketRow, ...]:
        """All rows, in order."""
        return self._rows

    def set_rows(self, rows: Sequence[TicketRow]) -> None:
        """Replaces all rows; where the same tickets stand in the same order, only their contents."""
        self._now = self._clock()
        if [row.id for row in rows] == [row.id for row in self._rows]:
            self._rows = tuple(rows)
            self.say_anew()
            return
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def tick(self) -> None:
        """Looks at the clock again: what was due soon may be overdue."""
        self._now = self._clock()
        self.say_anew()

    def say_anew(self) -> None:
        """Every word may be another one, in another language or at another time."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(Column) - 1))

    def mark(self, row: TicketRow, column: Column) -> Mark:
        """What a cell says, with its icon and tone where it has them."""
        if column is Column.DUE:
            return marks.due(row, self._now)
        return _CELLS[column](row)

    def _spoken(self, row: TicketRow, column: Column) -> str:
        """The summary stands for the whole ticket: a narrow list has no other column."""
        if column is not Column.SUMMARY:
            return f"{heading(column)}: {self.mark(row, column).word}"
        told = (Column.REFERENCE, Column.SUMMARY, Column.STATUS, Column.PRIORITY, Column.DUE, Column.ASSIGNEE)
        return _(", ").join(self.mark(row, part).word for part in told)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:  # noqa: N802 - Qt's name
        """How many tickets there are; they have no children."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:  # noqa: N802 - Qt's name
        """How many columns there are, hidden ones included."""
        return 0 if parent is not None and parent.isValid() else len(Column)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The columns' names; rows have none."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return heading(Column(section))

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The row itself (UserRole), or what a person sees or hears of a cell."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.UserRole:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return self.mark(row, column).word
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(row, column)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tool_tip(self.mark(row, column).word)
        return None


def heading(column: Column) -> str:
    """What the column is called."""
    return {
        Column.REFERENCE: _("Reference"),
        Column.KIND: _("Kind"),
        Column.SUMMARY: _("What happened"),
        Column.CALLER: _("Caller"),
        Column.QUEUE: _("Queue"),
        Column.ASSIGNEE: _("Assigned to"),
        Column.STATUS: _("Status"),
        Column.PRIORITY: _("Priority"),
        Column.DUE: _("Due"),
    }[column]


def _assignee(row: TicketRow) -> Mark:
    return Mark(words.name(row.assignee_name_ar, row.assignee_name_en) or _("Nobody yet"))


def _caller(row: TicketRow) -> Mark:
    return Mark(words.name(row.caller_name_ar, row.caller_name_en) or "–")


_CELLS: Final[dict[Column, Callable[[TicketRow], Mark]]] = {
    Column.REFERENCE: lambda row: Mark(words.reference(row.reference)),
    Column.KIND: lambda row: marks.kind(row.kind),
    Column.SUMMARY: lambda row: Mark(row.summary, "lock" if row.restricted else ""),
    Column.CALLER: _caller,
    Column.QUEUE: lambda row: Mark(words.name(row.queue_name_ar, row.queue_name_en)),
    Column.ASSIGNEE: _assignee,
    Column.STATUS: lambda row: marks.status(row.status),
    Column.PRIORITY: lambda row: marks.priority(row.priority),
}
