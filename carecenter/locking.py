"""The lock over the desk of whoever is away: when it falls, which password opens it, and who stays away for good.

It does not fall while a call is open: an agent may listen for long without a key.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from carecenter.core.errors import UserError
from carecenter.queries import calls
from carecenter.store.desk import Desk
from carecenter.ui.idle import IdleWatch
from carecenter.ui.main_window import MainWindow
from carecenter.ui.messages import sentence
from carecenter.ui.pages import Pages
from carecenter.ui.preferences import Preferences
from carecenter.ui.sign_in.lock import Lock
from carecenter.ui.tasks import Tasks


class Locking:
    """Of one session; ``names``: the Arabic and the English one of who is signed in.

    ``check_password`` raises ``UserError`` for a wrong one; `unlocked` is called once the desk is seen again.
    """

    def __init__(
        self,
        window: MainWindow,
        preferences: Preferences,
        tasks: Tasks,
        *,
        desk: Desk,
        pages: Pages,
        names: tuple[str, str],
        check_password: Callable[[str], Awaitable[None]],
        sign_out: Callable[[], Coroutine[Any, Any, None]],
        unlocked: Callable[[], None],
    ) -> None:
        self._window, self._preferences, self._tasks = window, preferences, tasks
        self._desk, self._pages, self._names = desk, pages, names
        self._check_password, self._sign_out, self._unlocked = check_password, sign_out, unlocked
        self.lock: Lock | None = None
        self._stopped = False
        self._idle = IdleWatch(window)
        self._idle.idled.connect(lambda: self._tasks.spawn(self.lock_up()))
        self._preferences.changed.connect(self._count)
        self._count()

    def stop(self) -> None:
        """Somebody leaves: nothing is locked any more. A lock that has fallen stays until it is dropped."""
        self._stopped = True
        self._preferences.changed.disconnect(self._count)
        self._idle.stop()
        self._idle.deleteLater()

    def drop(self) -> None:
        """Take the lock away, and let something else be seen."""
        if self.lock is not None:
            self.lock.deleteLater()
            self.lock = None

    async def lock_up(self) -> None:
        """Ask for the password again, unless a call is open.

        Who is still away the next time is signed out, once nothing waits to be sent: the keys leave memory.
        """
        if self._stopped:
            return
        if self.lock is not None:
            queue = await self._desk.run(self._desk.workstation.queue)
            if not queue.waiting:
                await self._sign_out()
            return
        if await self._desk.ask(calls.open_calls):
            return
        await self._pages.settle()
        if not self._stopped:
            self._fall()

    def _fall(self) -> None:
        self.lock = Lock(*self._names)
        self.lock.unlock_asked.connect(lambda password: self._tasks.spawn(self._unlock(password)))
        self.lock.sign_out_asked.connect(lambda: self._tasks.spawn(self._sign_out()))
        self._window.show_front(self.lock)

    async def _unlock(self, password: str) -> None:
        try:
            await self._check_password(password)
        except UserError as error:
            if self.lock is not None:
                self.lock.refuse(sentence(error))
            return
        self.drop()
        self._window.back_to_desk()
        self._unlocked()

    def _count(self) -> None:
        self._idle.start(self._preferences.settings.idle_lock_minutes * 60)
