"""Notices that nobody has touched the window for a while. What is then done is the application's matter."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

_TOUCHES: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class IdleWatch(QObject):
    """`idled` comes once the window was left alone for the time set, and again after the same time."""

    idled = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.idled)
        # The native window sees each key and move once; a filter on the application would see every event.
        window.winId()
        window.windowHandle().installEventFilter(self)

    def start(self, seconds: float) -> None:
        """Count from now."""
        self._timer.start(round(seconds * 1000))

    def stop(self) -> None:
        """Count no longer."""
        self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """A key or the mouse begins the count anew; the event goes on its way."""
        if event.type() in _TOUCHES and self._timer.isActive():
            self._timer.start()
        return False
