"""The sheet of the keys of this screen, gathered from what the screen really has.

A shortcut is listed under what its owner says it does: a button's accessible name, an action's text, or a
QShortcut's `whatsThis`. One that says nothing is not listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from carecenter.core.i18n import gettext as _
from carecenter.ui.language import Translated
from carecenter.ui.theme import set_icon
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.section import Section

_WIDTH = 400
_MARGIN = 16


@dataclass(frozen=True)
class Key:
    """Keys as this system writes them, and what they do."""

    keys: str
    does: str


def keys_of(widget: QWidget, *, without: QWidget | None = None) -> list[Key]:
    """What can be pressed in `widget` now, each once, in the order of its parts; `without` leaves a part out."""
    found: dict[Key, None] = {}
    for child in _parts(widget, without):
        for key in _keys(child):
            found.setdefault(key)
    return list(found)


class KeysSheet(Translated, QFrame):
    """Lies over the page at its end; Esc, F1 or its button put it away. `closed` comes then."""

    closed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setProperty("part", "surface")
        self.setAutoFillBackground(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._title = PlainLabel()
        self._title.setProperty("scale", "title")
        self._close = QToolButton()
        set_icon(self._close, "x")
        self._close.clicked.connect(self.put_away)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._close)
        self.page, self.everywhere = Section(), Section()
        lists = QFrame()
        lists.setProperty("part", "surface")
        column = QVBoxLayout(lists)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(16)
        column.addWidget(self.page)
        column.addWidget(self.everywhere)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(lists)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(_MARGIN, _MARGIN, 8, _MARGIN)
        outer.setSpacing(_MARGIN)
        outer.addLayout(head)
        outer.addWidget(scroll, 1)
        self.hide()
        self.retranslate()
        window.installEventFilter(self)

    def retranslate(self) -> None:
        """Its own words; the lists are made anew whenever it is opened."""
        self._title.setText(_("Keys of this screen"))
        self.setAccessibleName(_("Keys of this screen"))
        self._close.setAccessibleName(_("Close the sheet"))
        self._close.setToolTip(_("Close the sheet (Esc)"))
        self.page.set_title(_("On this page"))
        self.everywhere.set_title(_("Everywhere"))
        if self.isVisible():
            self.put_away()

    def open(self, page: QWidget | None) -> None:
        """Lists the keys of `page`, and those of the window around it."""
        here = keys_of(page) if page is not None else []
        _fill(self.page, here)
        _fill(self.everywhere, [key for key in keys_of(self._window.window(), without=page) if key not in here])
        self.page.setVisible(bool(here))
        self._lay()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def put_away(self) -> None:
        """Hides the sheet."""
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc puts it away."""
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Follows the window's size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._lay()
        return False

    def _lay(self) -> None:
        window = self._window
        width = min(_WIDTH, window.width())
        at_left = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self.setGeometry(0 if at_left else window.width() - width, 0, width, window.height())


def _fill(section: Section, keys: list[Key]) -> None:
    while (item := section.body.takeAt(0)) is not None:
        if (old := item.widget()) is not None:
            old.hide()
            old.deleteLater()
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(8)
    grid.setColumnStretch(0, 1)
    for row, key in enumerate(keys):
        does, pressed = PlainLabel(key.does), PlainLabel(f"\u2066{key.keys}\u2069")
        does.setWordWrap(True)
        pressed.setProperty("tone", "muted")
        pressed.setProperty("data", True)
        pressed.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignTop)
        grid.addWidget(does, row, 0)
        grid.addWidget(pressed, row, 1)
    section.body.addWidget(table)


def _parts(widget: QWidget, without: QWidget | None) -> Iterator[QObject]:
    yield from widget.actions()
    for child in widget.children():
        if isinstance(child, QShortcut):
            yield child
        elif isinstance(child, QWidget) and child is not without and child.isVisible():
            yield child
            yield from _parts(child, without)


def _keys(part: QObject) -> Iterator[Key]:
    sequences: list[QKeySequence] = []
    does = ""
    match part:
        case QShortcut():
            sequences, does = (part.keys() if part.isEnabled() else []), part.whatsThis()
        case QAction():
            sequences, does = (part.shortcuts() if part.isEnabled() else []), part.text()
        case QAbstractButton():
            sequences, does = ([part.shortcut()] if part.isEnabled() else []), part.accessibleName() or part.text()
    for sequence in sequences:
        written = sequence.toString(QKeySequence.SequenceFormat.NativeText)
        # Alt and a letter is what an underlined letter made by itself.
        if written and does and not (isinstance(part, QAbstractButton) and written.startswith("Alt+")):
            yield Key(written, does.replace("&", ""))
