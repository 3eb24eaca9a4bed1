"""Keeps what is being typed: on the disk within a second of the first unsaved key, again and again until it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Coroutine
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from carecenter.core.errors import UserError
from carecenter.ui.tasks import Tasks

KEPT_WITHIN_MS: Final = 700
"""From the first key on, however long somebody types on: with the write itself it stays under a second."""
AGAIN_AFTER_MS: Final = 3_000


class Keeping(QObject):
    """`touched()` says that there is something new; `saved` carries the moment it was on the disk.

    `failed` carries the `UserError` of a first failure; it is tried again until it succeeds.
    """

    saved = Signal(object)
    failed = Signal(object)

    def __init__(
        self, tasks: Tasks, save: Callable[[], Coroutine[Any, Any, dt.datetime]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks, self._save = tasks, save
        self._dirty, self._held, self._told = False, False, False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_time)

    def touched(self) -> None:
        """Something was typed."""
        self._dirty = True
        if not self._timer.isActive():
            self._timer.start(KEPT_WITHIN_MS)

    def hold(self, held: bool) -> None:
        """While it goes where it belongs, nothing is kept beside it."""
        self._held = held
        if not held and self._dirty:
            self.touched()

    def forget(self) -> None:
        """It went where it belongs, or nobody wants it any more."""
        self._dirty, self._held = False, False
        self._timer.stop()

    async def settle(self) -> None:
        """Keeps now what is not kept yet; what fails is tried again."""
        self._timer.stop()
        if not self._dirty or self._held:
            return
        self._dirty = False
        try:
            at = await self._save()
        except UserError as error:
            self._dirty = True
            self._timer.start(AGAIN_AFTER_MS)
            if not self._told:
                self._told = True
                self.failed.emit(error)
        else:
            self._told = False
            self.saved.emit(at)

    def _on_time(self) -> None:
        self._tasks.spawn(self.settle())
