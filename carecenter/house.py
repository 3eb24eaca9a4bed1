"""What the screens may ask of this computer: the standalone desk's blocking calls, as coroutines.

It fits the protocols `ui.sign_in.door.Door` and `ui.settings.office.Office`. Which screens there are, and what
signing in changes on them, is the application's matter.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from carecenter.core.errors import NotAllowed
from carecenter.core.i18n import N_
from carecenter.core.secrets import SecretPlace
from carecenter.standalone import Opened, Progress, Standalone
from carecenter.ui.sign_in.door import Threshold
from carecenter.wire import NewAccount, SignIn

T = TypeVar("T")


class Host(Protocol):
    """Who lives in the house: the application."""

    def opened(self) -> Opened | None:
        """The desk of whoever is signed in."""

    async def begin(self, house: House, opened: Opened) -> None:
        """Somebody has signed in."""

    def restore(self, source: Path) -> Awaitable[None]:
        """Put a backup in place."""


class House:
    """One computer's desk. Every coroutine raises what the call of `Standalone` raises."""

    def __init__(self, standalone: Standalone, host: Host) -> None:
        self._standalone, self._host = standalone, host

    @property
    def is_demo(self) -> bool:
        """Whether the people and the work here are made up."""
        return self._standalone.is_demo

    async def look(self) -> Threshold:
        """What stands before a person at this computer."""
        return await in_thread(self._look)

    async def set_up(self, first: NewAccount, *, in_file: bool) -> str:
        """The first account; returns the recovery code."""
        return await in_thread(self._standalone.set_up, first, SecretPlace.FILE if in_file else None)

    async def set_up_demo(self, progress: Progress) -> str:
        """The demo desk; returns the recovery code."""
        return await in_thread_with_progress(self._standalone.set_up_demo, progress)

    async def sign_in(self, name: str, password: str, progress: Progress) -> None:
        """Opens the desk and shows it."""
        work = partial(self._standalone.sign_in, name, password)
        await self._host.begin(self, await in_thread_with_progress(work, progress))

    async def recover(self, code: str, name: str, new_password: str) -> None:
        """Lets an account in again."""
        await in_thread(self._standalone.recover, code, name, new_password)

    async def add_account(self, new: NewAccount) -> None:
        """One more account."""
        await in_thread(self._standalone.add_account, self._opened(), new)

    async def set_active(self, account_id: str, active: bool) -> None:
        """Shuts an account out, or lets it in again."""
        await in_thread(self._standalone.set_active, self._opened(), account_id, active)

    async def set_password(self, account_id: str, name: str, password: str) -> None:
        """A new password for somebody else."""
        await in_thread(self._standalone.set_password, self._opened(), account_id, name, password)

    async def change_password(self, old: str, new: str) -> None:
        """One's own password."""
        await in_thread(self._standalone.change_password, self._opened(), old, new)

    async def new_recovery_code(self) -> str:
        """A fresh recovery code."""
        return await in_thread(self._standalone.new_recovery_code, self._opened())

    async def back_up(self, target: Path, progress: Progress) -> None:
        """Everything into one file."""
        work = partial(self._standalone.back_up, self._opened(), target)
        await in_thread_with_progress(work, progress)

    async def restore(self, source: Path) -> None:
        """Looks whether the file is a whole backup; the application then signs out and puts it in place."""
        from carecenter.server.backup import inspect_backup

        await in_thread(inspect_backup, source)
        # Not awaited: signing out closes the page, and this coroutine with it.
        self._host.restore(source)

    async def check_password(self, password: str) -> None:
        """Asks the centre, which also slows a guesser down. Raises WrongPassword."""
        await in_thread(_check, self._opened(), password)

    def _opened(self) -> Opened:
        opened = self._host.opened()
        if opened is None:
            raise NotAllowed(N_("Nobody is signed in."))
        return opened

    def _look(self) -> Threshold:
        from carecenter.server.demo import DEMO_PASSWORD

        desk = self._standalone
        return Threshold(
            is_set_up=desk.is_set_up,
            names=desk.names(),
            secret_in_file=desk.secret_place is SecretPlace.FILE,
            demo_password=DEMO_PASSWORD if desk.is_demo else "",
        )


class _GivenUpError(Exception):
    """Ends work on its thread at the next step of its progress."""


async def in_thread(work: Callable[..., T], *args: object) -> T:
    """Blocking work off the loop's thread. It cannot be interrupted: a cancelled wait waits for its end."""
    return await _ended(asyncio.get_running_loop().run_in_executor(None, partial(work, *args)), threading.Event())


async def in_thread_with_progress(work: Callable[[Progress], T], progress: Progress) -> T:
    """The same, telling `progress` on the loop's thread. Cancelled, it stops at the work's next step.

    Work that had no further step has been done all the same, and its result counts.
    """
    loop, given_up = asyncio.get_running_loop(), threading.Event()

    def step(done: int, total: int) -> None:
        if given_up.is_set():
            raise _GivenUpError
        loop.call_soon_threadsafe(progress, done, total)

    return await _ended(loop.run_in_executor(None, work, step), given_up)


async def _ended(future: asyncio.Future[T], given_up: threading.Event) -> T:
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        given_up.set()
        await asyncio.wait([future])
        if isinstance(future.exception(), _GivenUpError):
            raise
        return future.result()


def _check(opened: Opened, password: str) -> None:
    request = SignIn(
        name=opened.viewer.name, password=password, device_id=opened.workstation.device_id(), device_name=""
    )
    opened.transport.sign_out(opened.transport.sign_in(request).token)
