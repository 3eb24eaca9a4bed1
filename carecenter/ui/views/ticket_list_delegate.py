"""How a ticket is painted in a list: cell by cell in a wide table, or as a card of two lines in a narrow one."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from carecenter.queries.tickets import TicketRow
from carecenter.ui import theme
from carecenter.ui.views.ticket_list_model import Column, TicketTableModel
from carecenter.ui.views.ticket_view_marks import Mark

_PAD, _GAP, _ICON = 8, 4, 16


class TicketDelegate(QStyledItemDelegate):
    """Icon and word, each text in its own direction, from where the layout's lines begin."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.compact = False

    def height(self, font: QFont) -> int:
        """The height of every row: five thousand of them need no measuring."""
        lines = 2 if self.compact else 1
        return lines * QFontMetrics(font).height() + (lines - 1) * _GAP + 2 * _PAD

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802 - Qt's signature
        """The same for every cell."""
        return QSize(64, self.height(option.font))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Background by the style; icons, words and the thin line under the row here."""
        model = index.model()
        assert isinstance(model, TicketTableModel)  # noqa: S101 - the only model this delegate is given
        row = model.rows()[index.row()]
        opt = QStyleOptionViewItem(option)
        self.initStyleOption(opt, index)
        opt.text = ""
        opt.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, opt, painter, opt.widget)
        painter.save()
        painter.setPen(theme.colour("line"))
        painter.drawLine(opt.rect.bottomLeft(), opt.rect.bottomRight())
        painter.setFont(opt.font)
        if self.compact:
            self._paint_card(painter, opt, model, row)
        else:
            line = _Line(painter, opt, opt.rect.adjusted(_PAD, 0, -_PAD, -1))
            line.rest(model.mark(row, Column(index.column())))
        painter.restore()

    def _paint_card(
        self, painter: QPainter, opt: QStyleOptionViewItem, model: TicketTableModel, row: TicketRow
    ) -> None:
        upper, lower = opt.rect.adjusted(_PAD, _PAD, -_PAD, 0), opt.rect.adjusted(_PAD, 0, -_PAD, -_PAD)
        height = QFontMetrics(opt.font).height()
        upper.setHeight(height)
        lower.setTop(lower.bottom() - height)
        first = _Line(painter, opt, upper)
        strong = QFont(opt.font)
        strong.setWeight(QFont.Weight.DemiBold)
        painter.setFont(strong)
        first.start(model.mark(row, Column.REFERENCE))
        painter.setFont(opt.font)
        first.end(model.mark(row, Column.DUE))
        first.rest(model.mark(row, Column.STATUS))
        second = _Line(painter, opt, lower)
        second.end(model.mark(row, Column.ASSIGNEE), muted=True)
        second.rest(model.mark(row, Column.SUMMARY))


class _Line:
    """The room left in a line, taken from its beginning or its end whichever way the layout runs."""

    def __init__(self, painter: QPainter, opt: QStyleOptionViewItem, room: QRect) -> None:
        self._painter, self._opt, self._room = painter, opt, QRect(room)
        self._mirrored = opt.direction == Qt.LayoutDirection.RightToLeft
        self._selected = bool(opt.state & QStyle.StateFlag.State_Selected)

    def start(self, mark: Mark) -> None:
        """A mark at the beginning, as wide as it is."""
        self._draw(mark, self._take(self._width(mark), at_end=False))
        self._take(2 * _GAP, at_end=False)

    def end(self, mark: Mark, *, muted: bool = False) -> None:
        """A mark at the end, never more than half of the line."""
        self._draw(mark, self._take(min(self._width(mark), self._room.width() // 2), at_end=True), muted)
        self._take(2 * _GAP, at_end=True)

    def rest(self, mark: Mark) -> None:
        """A mark in all the room that is left."""
        self._draw(mark, self._room)

    def _width(self, mark: Mark) -> int:
        icon = _ICON + _GAP if mark.icon else 0
        return icon + QFontMetrics(self._painter.font()).horizontalAdvance(mark.word) + 2

    def _take(self, width: int, *, at_end: bool) -> QRect:
        taken = QRect(self._room)
        if at_end != self._mirrored:
            taken.setLeft(self._room.right() - width + 1)
            self._room.setRight(taken.left() - 1)
        else:
            taken.setWidth(width)
            self._room.setLeft(taken.right() + 1)
        return taken

    def _draw(self, mark: Mark, box: QRect, muted: bool = False) -> None:
        inside = _Line(self._painter, self._opt, box)
        if mark.icon:
            square = inside._take(_ICON, at_end=False)
            inside._take(_GAP, at_end=False)
            role = "muted" if mark.tone == "neutral" else mark.tone
            theme.icon(mark.icon, "on_selection" if self._selected else role).paint(self._painter, square)
        self._painter.setPen(self._colour("muted" if muted else mark.tone))
        box = inside._room
        metrics = QFontMetrics(self._painter.font())
        text = metrics.elidedText(mark.word, Qt.TextElideMode.ElideRight, box.width())
        side = QStyle.visualAlignment(self._opt.direction, Qt.AlignmentFlag.AlignLeft)
        option = QTextOption(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)
        option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        self._painter.drawText(QRectF(box), text, option)

    def _colour(self, tone: str) -> QColor:
        if self._selected:
            return self._opt.palette.color(QPalette.ColorRole.HighlightedText)
        return theme.colour("text" if tone == "neutral" else tone)
