"""The callbacks of an opened ticket: whom to call and when, and what became of each promise."""

from __future__ import annotations

import datetime as dt
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.core.terms import CallbackState, label
from carecenter.queries.tickets import CallbackRow
from carecenter.ui.language import Translated
from carecenter.ui.theme import set_icon
from carecenter.ui.views import words
from carecenter.ui.widgets.plain_label import PlainLabel

_LINE = 24
"""The height of a line in pixels, with buttons or without."""


class _Line(QWidget):
    """One callback; while it is still promised, with a button for each end it can have."""

    settled = Signal(CallbackState)

    def __init__(self) -> None:
        super().__init__()
        self.words = PlainLabel("", elide=True)
        self.words.setProperty("data", True)
        self.words.setMinimumHeight(_LINE)
        self.kept, self.cancelled = QToolButton(), QToolButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.words)
        for button, name, role, state in (
            (self.kept, "check", "success", CallbackState.KEPT),
            (self.cancelled, "x", "danger", CallbackState.CANCELLED),
        ):
            set_icon(button, name, role)
            button.setFixedSize(_LINE, _LINE)
            button.clicked.connect(partial(self.settled.emit, state))
            row.addWidget(button)
        row.addStretch()

    def show_callback(self, callback: CallbackRow, now: dt.datetime) -> None:
        state = CallbackState(callback.state)
        promised = state is CallbackState.PROMISED
        number = words.phone(callback.number)
        self.words.setText(
            _("{number}, {moment}: {state}").format(
                number=number,
                moment=i18n.date_time(callback.due_at),
                state=_("overdue") if promised and callback.due_at < now else label(state),
            )
        )
        for button, text in (
            (self.kept, _("{number} was called back").format(number=number)),
            (self.cancelled, _("{number} need not be called back any more").format(number=number)),
        ):
            button.setVisible(promised)
            button.setToolTip(text)
            button.setAccessibleName(text)


class CallbackLines(Translated, QWidget):
    """Hidden for a ticket without callbacks. `settled` carries a callback's id and what became of it."""

    settled = Signal(str, CallbackState)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[CallbackRow, ...] = ()
        self._now = dt.datetime.now(dt.UTC)
        self._lines: list[_Line] = []
        self._label = PlainLabel()
        self._label.setProperty("tone", "muted")
        self._label.setContentsMargins(0, 8, 0, 0)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._label)
        self.hide()
        self.retranslate()

    def retranslate(self) -> None:
        """The heading and every line."""
        self._label.setText(_("Callbacks"))
        for line, row in zip(self._lines, self._rows, strict=True):
            line.show_callback(row, self._now)

    def show_callbacks(self, rows: tuple[CallbackRow, ...], now: dt.datetime) -> None:
        """Shows the callbacks as of `now` (UTC), by which a promise is overdue or not."""
        self._now = now
        for line in self._lines[len(rows) :]:
            self._column.removeWidget(line)
            line.deleteLater()
        del self._lines[len(rows) :]
        while len(self._lines) < len(rows):
            self._add()
        self._rows = rows
        self.setVisible(bool(rows))
        self.retranslate()

    def line(self, at: int) -> _Line:
        """One callback's line, soonest first."""
        return self._lines[at]

    def sentences(self) -> list[str]:
        """What the lines say."""
        return [line.words.text() for line in self._lines]

    def _add(self) -> None:
        line, at = _Line(), len(self._lines)
        line.settled.connect(lambda state: self.settled.emit(self._rows[at].id, state))
        self._lines.append(line)
        self._column.addWidget(line)
