"""A list of two-line rows for the keyboard: search results, tickets, articles, calls.

The rows are values handed in as a whole; what they stand for, and asking for them, is the page's matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QCursor,
    QFont,
    QFontMetrics,
    QIcon,
    QKeyEvent,
    QPainter,
    QPalette,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from carecenter.ui.widgets.plain_label import plain_tool_tip

ROW_ROLE = Qt.ItemDataRole.UserRole
_PAD, _GAP, _ICON = 8, 8, 16

Marks = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Row:
    """One row: `key` says which, `meta` stands at the end of its first line (a time, a state, a number).

    `icon` is asked whenever the row is painted: in another theme it is another. `marks`: from where to where the
    title is marked, in characters.
    """

    key: str
    title: str
    subtitle: str = ""
    meta: str = ""
    icon: Callable[[], QIcon] | None = field(default=None, compare=False)
    marks: Marks = ()


class RowModel(QAbstractListModel):
    """The rows as Qt's views ask for them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()

    def rows(self) -> tuple[Row, ...]:
        """All rows, in order."""
        return self._rows

    def _comma(self) -> str:
        parent = self.parent()
        mirrored = isinstance(parent, QWidget) and parent.layoutDirection() == Qt.LayoutDirection.RightToLeft
        return "، " if mirrored else ", "

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Replaces all rows."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:  # noqa: N802 - Qt's name
        """How many rows there are; rows have no children."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The row itself (ROW_ROLE), or what a person sees or hears of it."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.UserRole:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return row.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._comma().join(part for part in (row.title, row.subtitle, row.meta) if part)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tool_tip("\n".join(part for part in (row.title, row.subtitle) if part))
        return None


class RowDelegate(QStyledItemDelegate):
    """Paints a row. Each text runs in its own direction and begins where the layout's lines begin."""

    def __init__(self, parent: QWidget, *, numbered: bool = False, spell: Callable[[int], str] = str) -> None:
        super().__init__(parent)
        self.numbered = numbered
        self._spell = spell
        self.two_lines = True

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802 - Qt's signature
        """The same height for every row, so that ten thousand of them need no measuring."""
        title, small = QFontMetrics(_title_font(option.font)), QFontMetrics(_small_font(option.font))
        height = title.height() + (small.height() if self.two_lines else 0) + 2 * _PAD
        return QSize(160, height)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Background and focus by the style; texts and icon here."""
        row: Row = index.data(ROW_ROLE)
        opt = QStyleOptionViewItem(option)
        self.initStyleOption(opt, index)
        opt.text = ""
        opt.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, opt, painter, opt.widget)
        selected = bool(opt.state & QStyle.StateFlag.State_Selected)
        text = opt.palette.color(QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text)
        muted = text if selected else opt.palette.color(QPalette.ColorRole.PlaceholderText)
        line = _Line(painter, opt.direction, opt.rect.adjusted(_PAD, _PAD, -_PAD, -_PAD))
        painter.save()
        if self.numbered:
            painter.setPen(muted)
            painter.setFont(_small_font(opt.font))
            number = self._spell(index.row() + 1) if index.row() < 9 else ""
            metrics = QFontMetrics(painter.font())  # an Arabic-Indic zero is narrower than the rest
            line.start(number, max(metrics.horizontalAdvance(self._spell(digit)) for digit in range(1, 10)))
        if row.icon is not None:
            line.start_icon(row.icon())
        painter.setPen(text)
        painter.setFont(_title_font(opt.font))
        self._paint_texts(painter, line, row, opt.font, (text, muted, _marked(opt.palette, selected=selected)))
        painter.restore()

    def _paint_texts(self, painter: QPainter, line: _Line, row: Row, base: QFont, looks: tuple[Any, ...]) -> None:
        text, muted, marked = looks
        small = _small_font(base)
        title_height = QFontMetrics(_title_font(base)).height()
        top, bottom = line.split(title_height)
        painter.setPen(muted)
        painter.setFont(small)
        if row.meta:
            top.end(row.meta)
        bottom.rest(row.subtitle)
        painter.setPen(text)
        painter.setFont(_title_font(base))
        top.rest(row.title, row.marks, marked)


class _Line:
    """The room left in a line, taken from its beginning or its end whichever way the layout runs."""

    def __init__(self, painter: QPainter, direction: Qt.LayoutDirection, room: QRect) -> None:
        self._painter, self._direction, self._room = painter, direction, QRect(room)

    def split(self, height: int) -> tuple[_Line, _Line]:
        """The first `height` pixels, and what is under them."""
        top, bottom = QRect(self._room), QRect(self._room)
        top.setHeight(height)
        bottom.setTop(top.bottom() + 1)
        return _Line(self._painter, self._direction, top), _Line(self._painter, self._direction, bottom)

    def start(self, text: str, width: int) -> None:
        """Text in a column at the beginning."""
        self._draw(text, self._take(width, at_end=False), Qt.AlignmentFlag.AlignLeft)

    def start_icon(self, icon: QIcon) -> None:
        """An icon at the beginning, in the middle of the height."""
        icon.paint(self._painter, self._take(_ICON, at_end=False), Qt.AlignmentFlag.AlignCenter)

    def end(self, text: str) -> None:
        """Text at the end, never more than half of the line."""
        width = QFontMetrics(self._painter.font()).horizontalAdvance(text) + 2
        self._draw(text, self._take(min(width, self._room.width() // 2), at_end=True), Qt.AlignmentFlag.AlignRight)

    def rest(self, text: str, marks: Marks = (), marked: QTextCharFormat | None = None) -> None:
        """Text in all the room that is left, parts of it `marked`."""
        if marks and marked is not None and self._room.width() > 0:
            self._draw_marked(text, marks, marked)
        else:
            self._draw(text, self._room, Qt.AlignmentFlag.AlignLeft)

    def _take(self, width: int, *, at_end: bool) -> QRect:
        taken = QRect(self._room)
        if at_end == (self._direction == Qt.LayoutDirection.LeftToRight):
            taken.setLeft(self._room.right() - width + 1)
            self._room.setRight(taken.left() - _GAP - 1)
        else:
            taken.setWidth(width)
            self._room.setLeft(taken.right() + _GAP + 1)
        return taken

    def _draw_marked(self, text: str, marks: Marks, marked: QTextCharFormat) -> None:
        """As `_draw` would. Whole words are marked: no letter loses the shape it has beside its neighbours."""
        line, option = self._fitted(text, self._room), self._option(Qt.AlignmentFlag.AlignLeft)
        layout = QTextLayout(line, self._painter.font())
        layout.setTextOption(option)
        seen = len(line) if line == text else len(line) - 1  # the ellipsis is nobody's word
        ranges = []
        for start, end in ((start, min(end, seen)) for start, end in marks if start < seen):
            found = QTextLayout.FormatRange()
            found.start, found.length = _units(line[:start]), _units(line[start:end])
            found.format = marked
            ranges.append(found)
        layout.setFormats(ranges)
        layout.beginLayout()
        written = layout.createLine()
        written.setLineWidth(self._room.width())
        layout.endLayout()
        above = (self._room.height() - written.height()) / 2
        layout.draw(self._painter, QPointF(self._room.left(), self._room.top() + above))

    def _draw(self, text: str, box: QRect, side: Qt.AlignmentFlag) -> None:
        if not text or box.width() <= 0:
            return
        self._painter.drawText(QRectF(box), self._fitted(text, box), self._option(side))

    def _fitted(self, text: str, box: QRect) -> str:
        metrics = QFontMetrics(self._painter.font())
        return metrics.elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, box.width())

    def _option(self, side: Qt.AlignmentFlag) -> QTextOption:
        side = QStyle.visualAlignment(self._direction, side)
        option = QTextOption(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)
        option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        return option


class RowList(QListView):
    """Shows rows; Enter, a double click, or a digit when `numbered`, chooses one.

    `spell` writes the numbers beside the rows. `chosen` and `current_changed` carry the row's key.
    """

    chosen = Signal(str)
    current_changed = Signal(str)

    def __init__(
        self, parent: QWidget | None = None, *, numbered: bool = False, spell: Callable[[int], str] = str
    ) -> None:
        super().__init__(parent)
        self._model = RowModel(self)
        self._delegate = RowDelegate(self, numbered=numbered, spell=spell)
        self.setModel(self._model)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.doubleClicked.connect(lambda index: self._choose(index.row()))
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Replaces the rows; the current one stays current if it is among them, and nobody is told."""
        key = self.current_key()
        blocked = self.selectionModel().blockSignals(True)
        self._delegate.two_lines = any(row.subtitle for row in rows)
        self._model.set_rows(rows)
        self.selectionModel().blockSignals(blocked)
        if key:
            self.set_current(key, tell=False)

    def rows(self) -> tuple[Row, ...]:
        """The rows shown."""
        return self._model.rows()

    def current_key(self) -> str:
        """The key of the row the keyboard is on; empty if it is on none."""
        index = self.currentIndex()
        return self._model.rows()[index.row()].key if index.isValid() else ""

    def key_at_hand(self) -> str:
        """The row that a person is about to choose: under the mouse, or else where the keyboard is."""
        if self.underMouse():
            index = self.indexAt(self.viewport().mapFromGlobal(QCursor.pos()))
            if index.isValid():
                return self._model.rows()[index.row()].key
        return self.current_key()

    def set_current(self, key: str, *, tell: bool = True) -> None:
        """Moves to the row with this key, if there is one."""
        at = next((i for i, row in enumerate(self._model.rows()) if row.key == key), None)
        if at is None:
            return
        blocked = self.blockSignals(not tell)
        self.setCurrentIndex(self._model.index(at, 0))
        self.blockSignals(blocked)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter chooses the current row, a digit from 1 to 9 the row beside it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.currentIndex().row())
        elif self._delegate.numbered and (digit := event.text()).isdecimal() and digit != "0":
            self._choose(int(digit) - 1)
        else:
            super().keyPressEvent(event)

    def _choose(self, at: int) -> None:
        if 0 <= at < len(self._model.rows()):
            self.chosen.emit(self._model.rows()[at].key)

    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self.current_changed.emit(self._model.rows()[current.row()].key)


def _marked(palette: QPalette, *, selected: bool) -> QTextCharFormat:
    """How a marked word looks: as selected rows do, and in a selected row as the others."""
    roles = QPalette.ColorRole
    ground, text = (roles.Base, roles.Text) if selected else (roles.Highlight, roles.HighlightedText)
    marked = QTextCharFormat()
    marked.setBackground(palette.color(ground))
    marked.setForeground(palette.color(text))
    return marked


def _units(text: str) -> int:
    """How long Qt takes `text` for: it counts in UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _title_font(base: QFont) -> QFont:
    font = QFont(base)
    font.setWeight(QFont.Weight.DemiBold)
    return font


def _small_font(base: QFont) -> QFont:
    font = QFont(base)
    if base.pixelSize() > 0:
        font.setPixelSize(max(11, base.pixelSize() - 1))
    return font
