"""What the sign-in screens ask of this computer. The application's root gives it; nothing here opens a store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from carecenter.wire import NewAccount

Progress = Callable[[int, int], None]
"""Called on the loop's thread with how much is done and how much there is."""


@dataclass(frozen=True)
class Threshold:
    """What stands before a person here. `demo_password` is empty unless this is the demo desk."""

    is_set_up: bool
    names: tuple[str, ...] = ()
    secret_in_file: bool = False
    demo_password: str = ""


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
