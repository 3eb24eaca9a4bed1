"""Python's garbage collection, kept on the thread of the window.

Whatever thread allocates may start a collection, and a collection destroys the Qt objects it finds there and then.
Qt cannot bear that on another thread than its own: a worker of the store took the program down with it. So nothing
is collected by itself, and a timer of the main thread does at once what has fallen due.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

_LOOK_MS: Final = 250
_GENERATIONS: Final = (2, 1, 0)


class Garbage(QObject):
    """From `start` to `stop` the automatic collection is off in the whole process. Make it on the main thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.collect_due)

    def start(self) -> None:
        """What stands now stays until the end and is looked at no more; from here on the timer collects."""
        self._was_enabled = gc.isenabled()
        gc.disable()
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        """As it was before."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_enabled:
            gc.enable()

    def collect_due(self) -> None:
        """The oldest generation whose usual threshold is passed, with the younger ones; often none."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in _GENERATIONS:
            if 0 < thresholds[generation] < counts[generation]:
                gc.collect(generation)
                return
