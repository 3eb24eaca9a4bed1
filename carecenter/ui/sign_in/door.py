"""What the sign-in screens ask of this computer. The application's root gives it; nothing here opens a store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from carecenter.core.backup_key import BackupKey, BackupLook, Restored
    from carecenter.core.server_address import ServerAddress
    from carecenter.wire import NewAccount

Progress = Callable[[int, int], None]
"""Called on the loop's thread with how much is done and how much there is."""


class Threshold(NamedTuple):
    """What stands before a person here. `demo_password` is empty unless this is the demo desk; `backups` is the
    folder in which a backup is looked for first; with a `server`, whoever that knows can sign in.
    """

    is_set_up: bool
    names: tuple[str, ...] = ()
    secret_in_file: bool = False
    demo_password: str = ""
    backups: Path = Path()
    server: ServerAddress | None = None


class Door(Protocol):
    """Each coroutine may raise UserError, whose sentence says what to do. Cancelling one is safe."""

    async def look(self) -> Threshold:
        """What this computer is like now."""

    async def set_up(self, first: NewAccount, *, in_file: bool) -> str:
        """The first account; returns the recovery code. `in_file`: a keyring that refuses is done without."""

    async def set_up_demo(self, progress: Progress) -> str:
        """A desk of sample people and work; returns the recovery code."""

    async def sign_in(self, name: str, password: str, progress: Progress) -> None:
        """Opens the desk; the screens change before it returns."""

    async def recover(self, code: str, name: str, new_password: str) -> None:
        """Lets an account in again by the recovery code."""

    async def look_into(self, source: Path) -> BackupLook:
        """What a backup says of itself, before anything is put in place."""

    async def probe(self, address: ServerAddress) -> None:
        """Returns when a centre answers there."""

    async def use_server(self, address: ServerAddress | None) -> None:
        """Works with this server from now on, or on its own; another door is opened."""

    async def put_back(self, source: Path, key: BackupKey) -> Restored:
        """A backup in place of what is here, which is kept aside."""
