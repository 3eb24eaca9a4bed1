"""Tickets as a table: read at a glance, walked by the keyboard, opened with Enter, sorted by its headers.

The rows are handed in, sorted; asking for them in another order is the page's matter.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QWidget,
)

from carecenter.core.i18n import gettext as _
from carecenter.queries.tickets import QueueOrder, TicketRow
from carecenter.ui.language import Translated
from carecenter.ui.views.ticket_list_delegate import TicketDelegate
from carecenter.ui.views.ticket_list_model import Column, TicketTableModel

_PAD = 8


ORDERS: Final = {
    Column.QUEUE: QueueOrder.QUEUE,
    Column.ASSIGNEE: QueueOrder.ASSIGNEE,
    Column.STATUS: QueueOrder.STATUS,
    Column.PRIORITY: QueueOrder.PRIORITY,
    Column.DUE: QueueOrder.DUE,
}
"""The headers that sort; ``QueueOrder.OPENED`` has no column and is chosen elsewhere."""

_WIDTHS: Final = {
    Column.REFERENCE: 11,
    Column.KIND: 11,
    Column.CALLER: 12,
    Column.QUEUE: 11,
    Column.ASSIGNEE: 10,
    Column.STATUS: 15,
    Column.PRIORITY: 8,
    Column.DUE: 23,
}
"""In average letters; the summary takes what is left."""


class TicketList(Translated, QTableView):
    """`chosen` carries the ticket that Enter or a double click opens (a single click too, unless several can be
    selected), `order_wanted` what a header asks for, `selection_changed` that other rows are selected.
    """

    chosen = Signal(str)
    order_wanted = Signal(QueueOrder, bool)
    selection_changed = Signal()

    def __init__(
        self,
        now: Callable[[], dt.datetime],
        parent: QWidget | None = None,
        *,
        several: bool = False,
        sortable: bool = False,
    ) -> None:
        super().__init__(parent)
        self._table = TicketTableModel(now, self)
        self._sortable = sortable
        self._order, self._descending = QueueOrder.DUE, False
        self.setModel(self._table)
        self._delegate = TicketDelegate(self)
        self.setItemDelegate(self._delegate)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if several else mode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.doubleClicked.connect(lambda index: self._choose(index.row()))
        if not several:
            self.clicked.connect(lambda index: self._choose(index.row()))
        self._dress_headers()
        self.retranslate()

    def _dress_headers(self) -> None:
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(Column.SUMMARY, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(48)
        header.setSectionsClickable(self._sortable)
        header.sectionClicked.connect(self._on_header)
        self._measure()

    def retranslate(self) -> None:
        """Names of the columns and words of the cells; the selection stays."""
        self.setAccessibleName(_("Tickets"))
        self._table.say_anew()
        self._show_order()

    def set_compact(self, compact: bool) -> None:
        """Cards of two lines, for a list beside an opened ticket, instead of columns."""
        self._delegate.compact = compact
        for column in Column:
            self.setColumnHidden(column, compact and column is not Column.SUMMARY)
        self.horizontalHeader().setVisible(not compact)
        self._measure()

    def set_rows(self, rows: Sequence[TicketRow]) -> None:
        """Replaces the rows; current row, selection and scroll position stay where their tickets still are.

        The keyboard goes from a ticket that is gone to the one that took its place, which is not selected by that:
        nothing is to be done to a ticket that nobody chose.
        """
        place = self.currentIndex().row()
        current, selected, at = self.current_id(), set(self.selected_ids()), self.verticalScrollBar().value()
        same = [row.id for row in rows] == [row.id for row in self._table.rows()]
        self._table.set_rows(rows)
        if same:
            return
        chosen = QItemSelection()
        for position, row in enumerate(rows):
            if row.id in selected:
                chosen.select(self._table.index(position, 0), self._table.index(position, len(Column) - 1))
            if row.id == current:
                index = self._table.index(position, Column.SUMMARY)
                self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if current and current not in {row.id for row in rows}:
            index = self._table.index(min(place, len(rows) - 1), Column.SUMMARY)  # none where no row is left
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            at -= at % self.verticalHeader().defaultSectionSize()  # no row is left to keep the place of
        self.verticalScrollBar().setValue(at)
        self.selection_changed.emit()

    def rows(self) -> tuple[TicketRow, ...]:
        """The rows shown."""
        return self._table.rows()

    def tick(self) -> None:
        """Looks at the clock again."""
        self._table.tick()

    def cell(self, row: int, column: Column) -> str:
        """What a cell says."""
        return self._table.mark(self._table.rows()[row], column).word

    def current_id(self) -> str:
        """The ticket the keyboard is on; empty if it is on none."""
        index = self.currentIndex()
        return self._table.rows()[index.row()].id if index.isValid() else ""

    def selected_ids(self) -> tuple[str, ...]:
        """The tickets selected, from the top."""
        rows = sorted({index.row() for index in self.selectionModel().selectedIndexes()})
        return tuple(self._table.rows()[row].id for row in rows)

    def set_current(self, ticket_id: str) -> None:
        """Moves to a ticket, if it is in the list; nobody is told."""
        for position, row in enumerate(self._table.rows()):
            if row.id == ticket_id:
                self.setCurrentIndex(self._table.index(position, Column.SUMMARY))

    def set_order(self, order: QueueOrder, descending: bool) -> None:
        """Shows by which column the rows are sorted."""
        self._order, self._descending = order, descending
        self._show_order()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Larger letters need wider columns."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._measure()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:  # noqa: N802 - Qt's name
        """Tells the page."""
        super().selectionChanged(selected, deselected)
        self.selection_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter opens the current ticket; Home and End go to the first and the last one."""
        last = len(self._table.rows()) - 1
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.currentIndex().row())
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and last >= 0:
            row = 0 if event.key() == Qt.Key.Key_Home else last
            self.setCurrentIndex(self._table.index(row, Column.SUMMARY))
        else:
            super().keyPressEvent(event)

    def _choose(self, at: int) -> None:
        if 0 <= at < len(self._table.rows()):
            self.chosen.emit(self._table.rows()[at].id)

    def _on_header(self, section: int) -> None:
        order = ORDERS.get(Column(section))
        if order is not None:
            self.order_wanted.emit(order, order == self._order and not self._descending)
        self._show_order()  # Qt has moved the arrow already, also to a column that does not sort

    def _show_order(self) -> None:
        header = self.horizontalHeader()
        column = next((column for column, order in ORDERS.items() if order == self._order), None)
        shown = self._sortable and column is not None
        header.setSortIndicatorShown(shown)
        if shown and column is not None:
            sides = Qt.SortOrder
            header.setSortIndicator(column, sides.DescendingOrder if self._descending else sides.AscendingOrder)

    def _measure(self) -> None:
        metrics = QFontMetrics(self.font())
        self.verticalHeader().setDefaultSectionSize(self._delegate.height(self.font()))
        letter = metrics.averageCharWidth()
        for column, letters in _WIDTHS.items():
            self.setColumnWidth(column, letters * letter + 2 * _PAD)
