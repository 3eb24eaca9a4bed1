"""The timeline of an opened ticket: who did what and when, the newest line at the bottom."""

from __future__ import annotations

import datetime as dt
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.core.terms import EntryKind
from carecenter.queries.tickets import EntryRow
from carecenter.ui.language import Translated
from carecenter.ui.theme import set_icon
from carecenter.ui.views import ticket_view_sentences as sentences
from carecenter.ui.views.ticket_view_sentences import Names
from carecenter.ui.views.ticket_view_text import PeopleText
from carecenter.ui.widgets.icon_label import IconLabel
from carecenter.ui.widgets.line import Line
from carecenter.ui.widgets.plain_label import PlainLabel, plain_tool_tip

_CLOCKS_AGREE: Final = dt.timedelta(minutes=1)
"""A desk's clock that differs by less is not worth telling."""


class TimelineLine(QWidget):
    """One line: an icon, who, what, when, and under it the text that belongs to it."""

    def __init__(self, entry: EntryRow, names: Names, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("data", "name")  # it begins with who wrote the line
        self._picture = IconLabel()
        self._author = PlainLabel()
        self._what = PlainLabel()
        self._what.setWordWrap(True)
        self._when = PlainLabel()
        self._when.setProperty("tone", "muted")
        self._text = PeopleText()
        for part in (self._author, self._what, self._when):
            part.setProperty("data", True)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 8, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(2, 1)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self._picture, 0, 0, top)
        grid.addWidget(self._author, 0, 1, top)
        grid.addWidget(self._what, 0, 2, top)
        grid.addWidget(self._when, 0, 3, top)
        grid.addWidget(self._text, 1, 1, 1, 3)
        grid.addWidget(Line(), 2, 0, 1, 4)
        self.show_entry(entry, names)

    def show_entry(self, entry: EntryRow, names: Names) -> None:
        """Says the entry in the present language."""
        self.entry = entry
        muted = entry.kind is EntryKind.OUTDATED
        set_icon(self._picture, sentences.ICONS[entry.kind], "warning" if muted else "muted")
        font = self._author.font()
        font.setWeight(QFont.Weight.DemiBold)
        self._author.setFont(font)
        self._author.setText(sentences.author(entry))
        self._when.setText(i18n.date_time(entry.at))
        self._when.setToolTip(_clocks(entry))
        what = sentences.what(entry, names)
        self._what.setText(what)
        self._text.setVisible(bool(entry.text))
        self._text.show_text(entry.text)
        self._text.setAccessibleName(what)
        self.setAccessibleName(_(", ").join((sentences.author(entry), what, i18n.date_time(entry.at))))

    def words(self) -> str:
        """The whole line as a person reads it."""
        parts = (sentences.author(self.entry), self._what.text(), self._when.text(), self._text.toPlainText())
        return "\n".join(part for part in parts if part)

    def when_tool_tip(self) -> str:
        """What the time's tool tip says; empty where both clocks agree."""
        return self._when.toolTip()


class Timeline(Translated, QWidget):
    """The lines of one ticket. Those that stand already are left standing when new ones come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = Names()
        self._lines: list[TimelineLine] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.retranslate()

    def retranslate(self) -> None:
        """Every line says itself anew; its text stays as typed."""
        self.setAccessibleName(_("Timeline"))
        for line in self._lines:
            line.show_entry(line.entry, self._names)

    def show_entries(self, entries: tuple[EntryRow, ...], names: Names) -> None:
        """Shows the timeline, oldest line first."""
        renamed = names != self._names
        self._names = names
        kept = 0
        for line, entry in zip(self._lines, entries, strict=False):
            if line.entry.id != entry.id:
                break
            if renamed or line.entry != entry:
                line.show_entry(entry, names)
            kept += 1
        self._forget(kept)
        for entry in entries[kept:]:
            line = TimelineLine(entry, names)
            self._column.addWidget(line)
            self._lines.append(line)

    def lines(self) -> tuple[TimelineLine, ...]:
        """The lines shown, oldest first."""
        return tuple(self._lines)

    def _forget(self, kept: int) -> None:
        for line in self._lines[kept:]:
            self._column.removeWidget(line)
            line.deleteLater()
        del self._lines[kept:]


def _clocks(entry: EntryRow) -> str:
    if abs(entry.at - entry.desk_at) < _CLOCKS_AGREE:
        return ""
    text = _("The centre received it at {centre}; the desk's clock said {desk}.")
    return plain_tool_tip(text.format(centre=i18n.date_time(entry.at), desk=i18n.date_time(entry.desk_at)))
