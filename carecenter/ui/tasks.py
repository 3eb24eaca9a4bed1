"""How slots start asynchronous work: kept until it ends, its failure told, the older search given up for the
newer.

Slots are plain functions. No coroutine calls `exec()`: a nested event loop inside a task hangs; `ask` awaits
instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtWidgets import QDialog


class Tasks:
    """The work that is under way. `on_failure` is called with whatever a task raised, cancellation excepted."""

    def __init__(self, on_failure: Callable[[BaseException], None]) -> None:
        self._on_failure = on_failure
        self._running: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Starts `work` on the running loop and keeps it alive; asyncio alone holds its tasks only weakly."""
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._on_done)
        return task

    def latest(self) -> Latest:
        """A lane in which only the newest work counts, for instance one search box."""
        return Latest(self)

    async def finished(self) -> None:
        """Returns when nothing runs any more."""
        while self._running:
            await asyncio.wait(self._running)

    async def close(self) -> None:
        """Cancels what still runs and waits until it has ended."""
        running = tuple(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _on_done(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            self._on_failure(failure)


class Latest:
    """Runs one piece of work at a time: a new one cancels the one before."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._task: asyncio.Task[Any] | None = None

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Gives up what runs and starts `work`."""
        self.cancel()
        self._task = self._tasks.spawn(work)
        return self._task

    def cancel(self) -> None:
        """Gives up what runs, for instance because the search box was emptied."""
        if self._task is not None:
            self._task.cancel()
            self._task = None


async def ask(dialog: QDialog) -> int:
    """Opens `dialog` and returns its result code once a person has finished it; cancelling rejects it."""
    finished: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def on_finished(result: int) -> None:
        if not finished.done():
            finished.set_result(result)

    dialog.finished.connect(on_finished)
    dialog.open()
    try:
        return await finished
    finally:
        dialog.finished.disconnect(on_finished)
        dialog.close()
