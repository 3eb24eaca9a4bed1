"""The person of the tour at the program: the keyboard, the mouse, and what stands on the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QAbstractScrollArea, QApplication, QTableView, QWidget

from carecenter.app import Application, Session
from carecenter.core.text import ascii_digits, visible
from carecenter.ui.messages import Message

PATIENCE_S: Final = 90
"""How long a thing may take to be seen; the demo desk is filled in one of the waits."""
_FRAME_S: Final = 0.05
_ROWS_IN_SIGHT: Final = 100

P = TypeVar("P", bound=QWidget)


class NotSeen(Exception):
    """What should have appeared on the screen did not, or what should not did."""


class Person:
    """Acts only through keys and clicks. Reads the screen whatever digits it is written in."""

    def __init__(self, program: Application) -> None:
        self.program, self.window = program, program.window
        self._windows = Windows(self.window)
        self._errors: list[str] = []
        program.messages.said.connect(self._on_said)

    @property
    def session(self) -> Session:
        """Of whoever is signed in. Raises NotSeen when nobody is."""
        if self.program.session is None:
            raise NotSeen("somebody signed in")
        return self.program.session

    def page(self, key: str, kind: type[P]) -> P:
        """One of the window's pages."""
        page = self.session.pages.page(key)
        if not isinstance(page, kind):
            raise NotSeen(f"the page {key}")
        return page

    def press(self, keys: str, target: QWidget | None = None) -> None:
        """A combination such as Ctrl+K, by default where the keyboard is."""
        QTest.keySequence(target or self._focus(), QKeySequence(keys))

    def type(self, text: str) -> None:
        """Key after key, where the keyboard is."""
        target = self._focus()
        if text.isascii():
            QTest.keyClicks(target, text)
            return
        for letter in text:  # keyClicks knows the letters of a Latin keyboard only
            QTest.sendKeyEvent(QTest.KeyAction.Click, target, Qt.Key.Key_unknown, letter, Qt.KeyboardModifier(0))

    def click(self, widget: QWidget) -> None:
        """Into the middle of it. Raises NotSeen where a person could not."""
        if not clickable(widget):
            raise NotSeen(f"a {type(widget).__name__} that can be clicked")
        target = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
        QTest.mouseClick(target, Qt.MouseButton.LeftButton)

    def click_row(self, view: QAbstractItemView, at: int = 0) -> None:
        """A row of a list, the first by default."""
        place = view.visualRect(view.model().index(at, 0)).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0), place)

    async def see(self, text: str, whole: QWidget | None = None) -> None:
        """Wait until a text stands in the window, or in a part of it. Raises NotSeen."""
        await self.until(lambda: shows(whole or self.window, text), f"“{text}”")

    async def until(self, seen: Callable[[], bool], what: str) -> None:
        """Wait until something is so; `what` names it when it never is. Raises NotSeen."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not seen():  # noqa: ASYNC110 - what is painted tells nobody
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise NotSeen(what) from None
        await asyncio.sleep(_FRAME_S)  # one frame more, so that the picture shows what was seen

    def look_for_trouble(self) -> None:
        """Raises NotSeen for a window beside the window, and for an error in the message bar."""
        if self._windows.found:
            raise NotSeen(f"one window only; there was {', '.join(self._windows.found)}")
        if self._errors:
            raise NotSeen(f"no error; there was “{self._errors[0]}”")

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window

    def _on_said(self, message: Message) -> None:
        if message.tone == "danger":
            self._errors.append(message.say())


class Windows(QObject):
    """Notices every window but the one: a part shown before it has its place takes the keyboard away."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.found: list[str] = []
        if (app := QApplication.instance()) is not None:
            app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Looks at what is shown, and lets it pass."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            beside = watched is not self._window and watched.windowType() is not Qt.WindowType.ToolTip
            self.found.extend([type(watched).__name__] * beside)
        return False


def clickable(widget: QWidget) -> bool:
    """Whether a click does anything; Qt drops those that do not, and the keys after them would go elsewhere."""
    return widget.isVisible() and widget.isEnabled()


def shows(whole: QWidget, text: str) -> bool:
    """Whether a visible part of a widget shows the text, in whichever digits."""
    wanted = _as_read(text)
    parts = (whole, *whole.findChildren(QWidget))
    return any(wanted in _as_read(said) for part in parts if part.isVisible() for said in _said(part))


def _as_read(text: str) -> str:
    return ascii_digits(visible(text))


def _said(part: QWidget) -> Iterator[str]:
    for name in ("text", "toPlainText", "currentText", "title", "content"):
        ask = getattr(part, name, None)
        if callable(ask):
            try:
                said = ask()
            except TypeError:
                continue
            if isinstance(said, str):
                yield said
    if isinstance(part, QAbstractItemView) and part.model() is not None:
        yield from _cells(part)


def _cells(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    # A list's model keeps its one column to itself.
    columns = model.columnCount(QModelIndex()) if isinstance(view, QTableView) else 1
    for row in range(min(model.rowCount(QModelIndex()), _ROWS_IN_SIGHT)):
        for column in range(columns):
            yield str(model.index(row, column).data() or "")
