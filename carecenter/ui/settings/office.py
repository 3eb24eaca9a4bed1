"""What the settings ask of this computer. The application's root gives it; nothing here opens a store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from carecenter.wire import NewAccount

Progress = Callable[[int, int], None]
"""Called on the loop's thread with how much is done and how much there is."""


class Office(Protocol):
    """Each coroutine may raise UserError, whose sentence says what to do."""

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

    async def restore(self, source: Path) -> None:
        """Puts a backup in place of what is here; everybody is signed out first. Returns when that is done."""
