"""A clock that counts up from the moment something began: a call, a wait, a break."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from carecenter.ui.widgets.plain_label import PlainLabel


def _utc_now() -> datetime:
    return datetime.now(UTC)


class ClockLabel(PlainLabel):
    """Shows the seconds since `start(since)` through `spell`, once a second; `ticked` carries them.

    `now` must carry a time zone, as `since` does. A clock set back shows zero rather than a negative time.
    """

    ticked = Signal(int)

    def __init__(
        self,
        spell: Callable[[float], str],
        parent: QWidget | None = None,
        *,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        super().__init__("", parent)
        self._spell, self._now = spell, now
        self._since: datetime | None = None
        self.setProperty("scale", "clock")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tick)

    def start(self, since: datetime) -> None:
        """Counts from `since` on."""
        self._since = since
        self._tick()

    def stop(self) -> None:
        """Stands still at the time reached."""
        self._timer.stop()
        self.refresh()

    def running(self) -> bool:
        """Whether the clock goes on."""
        return self._timer.isActive()

    def seconds(self) -> int:
        """Whole seconds since the start; 0 before it."""
        return int(self._elapsed())

    def refresh(self) -> None:
        """Spells the present time anew, for instance in other digits."""
        self.setText(self._spell(self.seconds()) if self._since else "")

    def _elapsed(self) -> float:
        return max(0.0, (self._now() - self._since).total_seconds()) if self._since else 0.0

    def _tick(self) -> None:
        self.refresh()
        self.ticked.emit(self.seconds())
        # To the next whole second, so that no second is skipped when a tick came late.
        self._timer.start(1000 - int(self._elapsed() % 1 * 1000))
