"""What the settings ask of this computer. The application's root gives it; nothing here opens a store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from carecenter.core.backup_key import BackupKey, BackupLook
    from carecenter.core.joining import Belongings, Brought, OwnWork
    from carecenter.core.server_address import ServerAddress
    from carecenter.wire import NewAccount

Progress = Callable[[int, int], None]
"""Called on the loop's thread with how much is done and how much there is."""


class Office(Protocol):
    """Each coroutine may raise UserError, whose sentence says what to do."""

    @property
    def server(self) -> ServerAddress | None:
        """Where the centre is; None when it is embedded."""

    async def probe(self, address: ServerAddress) -> None:
        """Returns when a centre answers there."""

    async def use_server(self, address: ServerAddress | None) -> None:
        """Signs out, and works with this server from now on; None: on its own."""

    async def own_work(self) -> OwnWork | None:
        """What was done on this computer without a server; None when it never worked without one."""

    async def look_at_own(self, key: BackupKey) -> Belongings:
        """How much of it there is."""

    async def bring(self, key: BackupKey, people: Mapping[str, str], progress: Progress) -> Brought:
        """All of it to the server; `people`: account there → account of the server. Cancelled, it can be gone
        on with.
        """

    async def add_account(self, new: NewAccount) -> None:
        """One more account on this computer."""

    async def set_active(self, account_id: str, active: bool) -> None:
        """Shuts an account out, or lets it in again (with a new password)."""

    async def set_password(self, account_id: str, name: str, password: str) -> None:
        """A new password for somebody else."""

    async def change_password(self, old: str, new: str) -> None:
        """One's own."""

    async def new_recovery_code(self) -> str:
        """A fresh code; the one before opens nothing any more."""

    async def back_up(self, target: Path, progress: Progress) -> None:
        """Everything in one encrypted file."""

    async def look_into(self, source: Path) -> BackupLook:
        """What a backup says of itself, before anything is put in place."""

    async def restore(self, source: Path, key: BackupKey) -> None:
        """Returns once it is sure that `key` opens the backup; signing out and putting it in place follow."""
