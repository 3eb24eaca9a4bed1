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
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPalette, QTextOption
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from carecenter.core.i18n import gettext as _
from carecenter.queries.tickets import QueueOrder, TicketRow
from carecenter.ui import theme
from carecenter.ui.language import Translated
from carecenter.ui.views.ticket_list_model import Column, TicketTableModel

_PAD, _GAP, _ICON = 8, 4, 16


ALL_COLUMNS: Final = tuple(Column)
NARROW: Final = (Column.REFERENCE, Column.SUMMARY, Column.STATUS, Column.DUE)
"""What is left where an opened ticket stands beside the list."""

ORDERS: Final = {
    Column.QUEUE: QueueOrder.QUEUE,
    Column.ASSIGNEE: QueueOrder.ASSIGNEE,
    Column.STATUS: QueueOrder.STATUS,
    Column.PRIORITY: QueueOrder.PRIORITY,
    Column.DUE: QueueOrder.DUE,
}
"""The headers that sort; ``QueueOrder.OPENED`` has no column and is chosen elsewhere."""

_WIDTHS: Final = {
    Column.REFERENCE: 14,
    Column.KIND: 20,
    Column.CALLER: 18,
    Column.QUEUE: 17,
    Column.ASSIGNEE: 13,
    Column.STATUS: 20,
    Column.PRIORITY: 11,
    Column.DUE: 27,
}
"""In average letters; the summary takes what is left."""


class TicketDelegate(QStyledItemDelegate):
    """Paints a cell: icon and word, each text in its own direction from where the layout's lines begin."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802 - Qt's signature
        """The same for every cell: five thousand rows need no measuring."""
        return QSize(64, option.fontMetrics.height() + 2 * _PAD)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Background by the style; icon, text and the thin line under the row here."""
        model = index.model()
        assert isinstance(model, TicketTableModel)  # noqa: S101 - the only model this delegate is given
        mark = model.mark(model.rows()[index.row()], Column(index.column()))
        opt = QStyleOptionViewItem(option)
        self.initStyleOption(opt, index)
        opt.text = ""
        opt.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, opt, painter, opt.widget)
        selected = bool(opt.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setPen(theme.colour("line"))
        painter.drawLine(opt.rect.bottomLeft(), opt.rect.bottomRight())
        role = "text" if mark.tone == "neutral" else mark.tone
        box = opt.rect.adjusted(_PAD, 0, -_PAD, -1)
        if mark.icon:
            icon_role = "on_selection" if selected else ("muted" if mark.tone == "neutral" else mark.tone)
            theme.icon(mark.icon, icon_role).paint(painter, _start(box, _ICON, opt.direction))
            box = _rest(box, _ICON + _GAP, opt.direction)
        painter.setPen(opt.palette.color(QPalette.ColorRole.HighlightedText) if selected else theme.colour(role))
        painter.setFont(opt.font)
        _draw(painter, mark.word, box, opt.direction)
        painter.restore()


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
        self.setItemDelegate(TicketDelegate(self))
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

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Shows these columns and hides the others."""
        for column in Column:
            self.setColumnHidden(column, column not in columns)

    def set_rows(self, rows: Sequence[TicketRow]) -> None:
        """Replaces the rows; current row, selection and scroll position stay where their tickets still are."""
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
                index = self._table.index(position, Column.REFERENCE)
                self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
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
                self.setCurrentIndex(self._table.index(position, Column.REFERENCE))

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
            self.setCurrentIndex(self._table.index(row, Column.REFERENCE))
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
        self.verticalHeader().setDefaultSectionSize(metrics.height() + 2 * _PAD)
        letter = metrics.averageCharWidth()
        for column, letters in _WIDTHS.items():
            self.setColumnWidth(column, letters * letter + 2 * _PAD)


def _start(box: QRect, width: int, direction: Qt.LayoutDirection) -> QRect:
    """A square of `width` at the beginning of the line, in the middle of its height."""
    square = QRect(0, 0, width, width)
    square.moveCenter(box.center())
    if direction == Qt.LayoutDirection.RightToLeft:
        square.moveRight(box.right())
    else:
        square.moveLeft(box.left())
    return square


def _rest(box: QRect, taken: int, direction: Qt.LayoutDirection) -> QRect:
    if direction == Qt.LayoutDirection.RightToLeft:
        return box.adjusted(0, 0, -taken, 0)
    return box.adjusted(taken, 0, 0, 0)


def _draw(painter: QPainter, text: str, box: QRect, direction: Qt.LayoutDirection) -> None:
    line = QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    side = QStyle.visualAlignment(direction, Qt.AlignmentFlag.AlignLeft)
    option = QTextOption(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    painter.drawText(QRectF(box), line, option)
