"""The watchdog: tells when the same operation has been the next one to send for two minutes, the centre at hand."""

from __future__ import annotations

import logging
from typing import Final

log = logging.getLogger(__name__)

PATIENCE: Final = 120.0
"""Seconds without progress."""


class Watchdog:
    """Looks at the head of the queue. A queue that moves, however slowly, is none of its business."""

    def __init__(self) -> None:
        self._oldest = ""
        self._since = 0.0
        self._barked = False

    def looks(self, oldest: str, connected: bool, now: float) -> bool:
        """Whether nothing gets through. ``oldest``: the id of the operation to be sent next; ``now``: seconds."""
        if not oldest or not connected or oldest != self._oldest:
            self._oldest = oldest if connected else ""
            self._since, self._barked = now, False
            return False
        stuck = now - self._since >= PATIENCE
        if stuck and not self._barked:
            self._barked = True
            log.warning("operation %s has not got through for %.0f s", oldest, now - self._since)
        return stuck
