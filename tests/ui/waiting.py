"""Waiting for what a screen will show, without a fixed time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

PATIENCE = 20.0
"""Seconds; only a defect needs them."""


async def until(condition: Callable[[], object]) -> None:
    """Return as soon as `condition()` is true; the loop, and with it Qt, works on meanwhile."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110  # any state of a widget, not only an event
            await asyncio.sleep(0.005)
