"""What hangs under the search box: remarks on what was typed, and what was found, in groups.

A part of the window rather than a window: it takes no focus but for the line that asks the editors. The keys come
from the box.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from carecenter.core.i18n import gettext as _
from carecenter.ui.language import Translated
from carecenter.ui.search.model import Found, Group, Hint, Hit
from carecenter.ui.theme import icon, set_icon
from carecenter.ui.views.request_line import RequestLine
from carecenter.ui.widgets.icon_label import IconLabel
from carecenter.ui.widgets.line import Line
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.row_list import Row, RowList

_ICONS: Final = {
    Group.CALL: "phone-incoming",
    Group.TICKETS: "ticket",
    Group.CALLERS: "user",
    Group.KNOWLEDGE: "book-open",
    Group.EDITORS: "pencil",
    Group.CENTRE_CALLERS: "user",
    Group.CENTRE_TICKETS: "ticket",
    Group.CENTRE: "search",
}
_NARROWEST, _GAP, _MARGIN = 480, 4, 8


class SearchPopup(Translated, QFrame):
    """Hangs under `box`, in its window. `chosen` carries the Hit a person chose. `request` is the line that asks
    the editors; `begin_request` shows it in the place of its row."""

    chosen = Signal(object)

    def __init__(self, box: QWidget, request: RequestLine) -> None:
        super().__init__(box.window())
        self._box, self._window = box, box.window()
        self._found = Found("")
        self._current: Hit | None = None
        self.setProperty("part", "line")  # its edge: what shows around the surface
        self._hints = QVBoxLayout()
        self._hints.setSpacing(4)
        self._hints.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        self._hint_lines: list[_HintLine] = []
        self._remarks = QVBoxLayout()
        self._remarks.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        self._remark: _HintLine | None = None
        self._groups = {group: _Group(group) for group in Group}
        self._foot = PlainLabel()
        self.request = request
        self._lay_out()
        for group in self._groups.values():
            group.list.clicked.connect(partial(self._on_clicked, group))
        self.hide()
        box.window().installEventFilter(self)
        self.retranslate()

    def _lay_out(self) -> None:
        inside = QFrame()
        inside.setProperty("part", "surface")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, _MARGIN, 0, _MARGIN)
        column.setSpacing(_MARGIN)
        column.addLayout(self._hints)
        asking = QVBoxLayout()
        asking.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        asking.addWidget(self.request)
        for name, group in self._groups.items():
            column.addWidget(group)
            if name is Group.EDITORS:
                column.addLayout(asking)
        column.addLayout(self._remarks)
        column.addStretch()
        self._inside = inside
        self._scroll = QScrollArea()
        self._scroll.setWidget(inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._foot_line = Line()
        self._foot.setProperty("tone", "muted")
        self._foot.setProperty("scale", "small")
        self._foot.setContentsMargins(_MARGIN, 4, _MARGIN, 4)
        surface = QFrame()
        surface.setProperty("part", "surface")
        whole = QVBoxLayout(surface)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        for part in (self._scroll, self._foot_line, self._foot):
            whole.addWidget(part)
        edge = QVBoxLayout(self)
        edge.setContentsMargins(1, 1, 1, 1)
        edge.addWidget(surface)

    def retranslate(self) -> None:
        """Its own words; the box hands in what was found anew."""
        self.setAccessibleName(_("Search results"))
        self._foot.setText(_("↑ ↓ choose · Enter open · Esc close"))
        for group in self._groups.values():
            group.retranslate()

    def show_found(self, found: Found) -> None:
        """Shows what was found; what the keyboard is on stays, if it is still found and the line is the same, or a
        person moved there."""
        stays = found.line == self._found.line or self._current != self._found.likeliest
        moved = self._current if stays else None
        self._found = found
        self._show_hints(found.hints)
        self._show_remark(found.remark)
        for group, part in self._groups.items():
            part.show_hits(() if self.is_asking() and group is Group.EDITORS else found.of(group))
        keys = {(hit.group, hit.key): hit for hit in found.hits}
        kept = keys.get((moved.group, moved.key)) if moved else None
        self._select(kept or found.likeliest)
        self._foot.setVisible(self._has_keys())
        self._foot_line.setVisible(self._has_keys())
        if found.hits or found.hints or found.remark:
            self.place()
            self.show()
            self.raise_()
        else:
            self.hide()

    def begin_request(self, question: str) -> None:
        """Proposes a question for the editors."""
        self.request.begin(question)
        self.show_found(self._found)
        self._select(None)
        self._scroll.ensureWidgetVisible(self.request)

    def offers_request(self) -> bool:
        """Whether the editors can be asked about what was typed."""
        return bool(self._found.of(Group.EDITORS))

    def is_asking(self) -> bool:
        """Whether a question for the editors is being written."""
        return not self.request.isHidden()

    def current(self) -> Hit | None:
        """What Enter opens."""
        return self._current

    def key_at_hand(self, group: Group) -> str:
        """What a person is about to choose in a group; empty if it is in none of its rows."""
        return self.list_of(group).key_at_hand()

    def hints(self) -> tuple[str, ...]:
        """The remarks shown."""
        return tuple(hint.text for hint in self._found.hints)

    def remark(self) -> str:
        """What is said under the rows."""
        return self._found.remark.text if self._found.remark is not None else ""

    def rows(self, group: Group) -> tuple[Row, ...]:
        """What one group shows."""
        return self.list_of(group).rows()

    def list_of(self, group: Group) -> RowList:
        """The rows of one group."""
        return self._groups[group].list

    def move_by(self, step: int) -> None:
        """To the neighbouring row, across the groups, and round at the ends; a screen reader is told."""
        hits = self._found.hits
        if not hits:
            return
        at = hits.index(self._current) if self._current in hits else min(-step, 0)
        self._select(hits[(at + step) % len(hits)])
        if self._current is not None:
            said = _(", ").join(filter(None, (self._current.title, self._current.subtitle, self._current.meta)))
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._box, said))

    def place(self) -> None:
        """Under the box, as wide as it is, not beyond the window."""
        window = self._window
        width = min(max(self._box.width(), _NARROWEST), window.width())
        corner = self._box.mapTo(window, QPoint(0, self._box.height() + _GAP))
        left = corner.x()
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            left += self._box.width() - width
        left = max(0, min(left, window.width() - width))
        height = self._content_height(width - 2) + 2
        if self._has_keys():
            height += self._foot.sizeHint().height() + self._foot_line.height()
        self.setGeometry(left, corner.y(), width, min(height, window.height() - corner.y() - _MARGIN))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Follows the window's size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.place()
        return False

    def _content_height(self, width: int) -> int:
        """Reckoned part by part: the layout knows only after its events what has just been put into it."""
        heights = [group.content_height() for group in self._groups.values() if group.hits]
        if self.is_asking():
            heights.append(self.request.heightForWidth(width - 2 * _MARGIN))
        lines = [line.heightForWidth(width - 2 * _MARGIN) for line in self._hint_lines]
        if lines:
            heights.append(sum(lines) + (len(lines) - 1) * self._hints.spacing())
        if self._remark is not None:
            heights.append(self._remark.heightForWidth(width - 2 * _MARGIN))
        return sum(heights) + (len(heights) + 1) * _MARGIN

    def _has_keys(self) -> bool:
        """Whether there is something to choose, by the keys that the foot tells."""
        return bool(self._found.hits) and not self.is_asking()

    def _show_hints(self, hints: tuple[Hint, ...]) -> None:
        for old in self._hint_lines:
            self._hints.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._hint_lines = [_HintLine(hint) for hint in hints]
        for line in self._hint_lines:
            self._hints.addWidget(line)

    def _show_remark(self, remark: Hint | None) -> None:
        if self._remark is not None:
            self._remarks.removeWidget(self._remark)
            self._remark.hide()
            self._remark.deleteLater()
        self._remark = _HintLine(remark) if remark is not None else None
        if self._remark is not None:
            self._remarks.addWidget(self._remark)

    def _select(self, hit: Hit | None) -> None:
        self._current = hit
        for group, part in self._groups.items():
            part.select(hit.key if hit is not None and hit.group is group else "")
        if hit is not None:
            part = self._groups[hit.group]
            box = part.list.visualRect(part.list.currentIndex())
            at = part.list.viewport().mapTo(self._inside, box.center())
            self._scroll.ensureVisible(at.x(), at.y(), 0, box.height())

    def _on_clicked(self, group: _Group, index: QModelIndex) -> None:
        self.chosen.emit(group.hits[index.row()])


class _Group(QWidget):
    """A title over its rows; hidden without any."""

    def __init__(self, group: Group) -> None:
        super().__init__()
        self._group = group
        self.hits: tuple[Hit, ...] = ()
        self._title = PlainLabel()
        self._title.setProperty("scale", "section")
        self._title.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        self.list = RowList()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._title)
        column.addWidget(self.list)

    def retranslate(self) -> None:
        """The group's name."""
        self._title.setText(self._group.label())
        self.list.setAccessibleName(self._group.label())

    def show_hits(self, hits: tuple[Hit, ...]) -> None:
        """Shows `hits` at full height: the popup scrolls as a whole."""
        if hits != self.hits or not hits:
            self.hits = hits
            picture = partial(icon, _ICONS[self._group], "muted")
            self.list.set_rows(
                [Row(hit.key, hit.title, hit.subtitle, hit.meta, picture, hit.marks) for hit in hits]
            )
        self.setVisible(bool(hits))
        height = self.list.sizeHintForRow(0) * len(hits) if hits else 0
        self.list.setFixedHeight(height + 2 * self.list.frameWidth())

    def content_height(self) -> int:
        """The height of title and rows."""
        return self._title.sizeHint().height() + self.list.height()

    def select(self, key: str) -> None:
        """Puts the keyboard's mark on one row, or on none."""
        if key:
            self.list.set_current(key)
        else:
            self.list.setCurrentIndex(QModelIndex())
            self.list.clearSelection()


class _HintLine(QWidget):
    """A remark in as many lines as it needs."""

    def __init__(self, hint: Hint) -> None:
        super().__init__()
        warning = hint.tone == "warning"
        picture = IconLabel(parent=self)  # without a parent it would be shown as a window
        set_icon(picture, "triangle-alert" if warning else "info", hint.tone)
        text = PlainLabel(hint.text)
        text.setProperty("tone", hint.tone)
        text.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(text, 1)
