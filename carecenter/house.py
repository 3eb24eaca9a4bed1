"""What the screens may ask of this computer: the blocking calls of its desk, as coroutines.

It fits the protocols `ui.sign_in.door.Door` and `ui.settings.office.Office`. Which screens there are, and what
signing in changes on them, is the application's matter.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from carecenter.core.backup_key import BackupKey, BackupLook, Restored
from carecenter.core.config import Paths
from carecenter.core.errors import NotAllowed
from carecenter.core.i18n import N_
from carecenter.core.joining import Belongings, Brought, OwnWork
from carecenter.core.secrets import Keyring, SecretPlace
from carecenter.core.server_address import ServerAddress
from carecenter.hall import HallDesk, HallOpened, probe
from carecenter.joining import Joining
from carecenter.opening import OpenDesk, Progress
from carecenter.standalone import Opened, Standalone
from carecenter.ui.sign_in.door import Threshold
from carecenter.wire import NewAccount, SignIn

T = TypeVar("T")


class Host(Protocol):
    """Who lives in the house: the application."""

    def opened(self) -> OpenDesk | None:
        """The desk of whoever is signed in."""

    async def begin(self, house: House, opened: OpenDesk) -> None:
        """Somebody has signed in."""

    def restore(self, source: Path, key: BackupKey) -> Awaitable[None]:
        """Sign out, and put a backup in place by `House.put_back`."""

    def use_server(self, address: ServerAddress | None) -> Awaitable[None]:
        """Sign out, and work with this server from now on; None: on its own."""


def computer(paths: Paths, keyring: Keyring | None, server: ServerAddress | None) -> Standalone | HallDesk:
    """The desk of this computer: with a server, or on its own."""
    return Standalone(paths, keyring) if server is None else HallDesk(paths, keyring, server)


class House:
    """One computer's desk. Every coroutine raises what the call of `Standalone` or `HallDesk` raises."""

    def __init__(self, computer: Standalone | HallDesk, host: Host, own: Standalone | None = None) -> None:
        """``own``: what lies on this computer of working without a server."""
        self._computer, self._host, self._own = computer, host, own

    def moved(self, computer: Standalone | HallDesk) -> House:
        """The same host with another desk."""
        return House(computer, self._host, self._own)

    @property
    def is_demo(self) -> bool:
        """Whether the people and the work here are made up."""
        return self._computer.is_demo

    @property
    def server(self) -> ServerAddress | None:
        """Where the centre is; None when it is embedded."""
        return self._computer.address if isinstance(self._computer, HallDesk) else None

    async def probe(self, address: ServerAddress) -> None:
        """Returns when a centre answers there."""
        await in_thread(probe, address)

    async def use_server(self, address: ServerAddress | None) -> None:
        """Everybody is signed out; what lies on this computer stays where it is."""
        # Not awaited: signing out closes the page, and this coroutine with it.
        self._host.use_server(address)

    async def own_work(self) -> OwnWork | None:
        """What was done here without a server."""
        return None if self._own is None else await in_thread(self._own.own_work)

    async def look_at_own(self, key: BackupKey) -> Belongings:
        """How much of it there is."""
        return await in_thread(self._joining().look, key)

    async def bring(self, key: BackupKey, people: Mapping[str, str], progress: Progress) -> Brought:
        """All of it to the server."""
        return await in_thread_with_progress(partial(self._joining().bring, key, people), progress)

    async def look(self) -> Threshold:
        """What stands before a person at this computer."""
        return await in_thread(self._look)

    async def set_up(self, first: NewAccount, *, in_file: bool) -> str:
        """The first account; returns the recovery code."""
        return await in_thread(self._alone.set_up, first, SecretPlace.FILE if in_file else None)

    async def set_up_demo(self, progress: Progress) -> str:
        """The demo desk; returns the recovery code."""
        return await in_thread_with_progress(self._alone.set_up_demo, progress)

    async def sign_in(self, name: str, password: str, progress: Progress) -> None:
        """Opens the desk and shows it."""
        work = partial(self._computer.sign_in, name, password)
        await self._host.begin(self, await in_thread_with_progress(work, progress))

    async def recover(self, code: str, name: str, new_password: str) -> None:
        """Lets an account in again."""
        await in_thread(self._alone.recover, code, name, new_password)

    async def add_account(self, new: NewAccount) -> None:
        """One more account."""
        await in_thread(self._alone.add_account, self._opened_alone(), new)

    async def set_active(self, account_id: str, active: bool) -> None:
        """Shuts an account out, or lets it in again."""
        await in_thread(self._alone.set_active, self._opened_alone(), account_id, active)

    async def set_password(self, account_id: str, name: str, password: str) -> None:
        """A new password for somebody else."""
        await in_thread(self._alone.set_password, self._opened_alone(), account_id, name, password)

    async def change_password(self, old: str, new: str) -> None:
        """One's own password."""
        await in_thread(self._alone.change_password, self._opened_alone(), old, new)

    async def new_recovery_code(self) -> str:
        """A fresh recovery code."""
        return await in_thread(self._alone.new_recovery_code, self._opened_alone())

    async def back_up(self, target: Path, progress: Progress) -> None:
        """Everything into one file."""
        work = partial(self._alone.back_up, self._opened_alone(), target)
        await in_thread_with_progress(work, progress)

    async def look_into(self, source: Path) -> BackupLook:
        """What a backup says of itself."""
        return await in_thread(self._alone.look_into, source)

    async def put_back(self, source: Path, key: BackupKey) -> Restored:
        """A backup in place of what is here; nobody is signed in."""
        return await in_thread(self._alone.restore, source, key)

    async def restore(self, source: Path, key: BackupKey) -> None:
        """While somebody is signed in: makes sure that nothing hinders it, before anybody is signed out."""
        await in_thread(self._alone.check_backup, source, key)
        # Not awaited: signing out closes the page, and this coroutine with it.
        self._host.restore(source, key)

    async def check_password(self, password: str) -> None:
        """Asks the centre, which also slows a guesser down. Raises WrongPassword."""
        await in_thread(_check, self._opened(), password)

    def _joining(self) -> Joining:
        opened = self._opened()
        if self._own is None or not isinstance(self._computer, HallDesk) or not isinstance(opened, HallOpened):
            raise NotAllowed(N_("This desk works on its own. Sign in to a server first."))
        return Joining(self._own, self._computer, opened)

    @property
    def _alone(self) -> Standalone:
        if not isinstance(self._computer, Standalone):
            raise NotAllowed(N_("This is done at the server. Ask your administrator."))
        return self._computer

    def _opened(self) -> OpenDesk:
        opened = self._host.opened()
        if opened is None:
            raise NotAllowed(N_("Nobody is signed in."))
        return opened

    def _opened_alone(self) -> Opened:
        opened = self._opened()
        if not isinstance(opened, Opened):
            raise NotAllowed(N_("This is done at the server. Ask your administrator."))
        return opened

    def _look(self) -> Threshold:
        from carecenter.server.demo import DEMO_PASSWORD

        desk = self._computer
        return Threshold(
            is_set_up=desk.is_set_up,
            names=desk.names(),
            secret_in_file=desk.secret_place is SecretPlace.FILE,
            demo_password=DEMO_PASSWORD if desk.is_demo else "",
            backups=desk.backups,
            server=self.server,
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


def _check(opened: OpenDesk, password: str) -> None:
    if isinstance(opened, HallOpened):
        opened.check_password(password)
        return
    request = SignIn(
        name=opened.viewer.name, password=password, device_id=opened.workstation.device_id(), device_name=""
    )
    opened.transport.sign_out(opened.transport.sign_in(request).token)
