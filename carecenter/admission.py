"""Whether whoever is signed in may stay: the centre ends a sign-in, or a lease runs out while it is out of reach.

The first is told by the sync engine and counts at once, in the middle of a call too: what is typed is in the
store. The second is looked for every half minute and waits for the end of an open call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from carecenter.core.errors import SignedOut, UserError
from carecenter.core.i18n import N_
from carecenter.opening import OpenDesk
from carecenter.queries import calls
from carecenter.store.desk import Desk, DeskStatus

LOOK_EVERY: Final = 30.0
"""Seconds between two looks at the lease."""


class Admission:
    """Calls `shut_out` once, on the loop, with the reason."""

    def __init__(
        self,
        desk: Desk,
        opened: OpenDesk,
        shut_out: Callable[[UserError], None],
        every: float = LOOK_EVERY,
    ) -> None:
        self._desk, self._opened, self._shut_out, self._every = desk, opened, shut_out, every
        self._stop_listening = desk.on_status(self._on_status)
        self._task = asyncio.get_running_loop().create_task(self._look())
        self._told = False

    def stop(self) -> None:
        """Somebody leaves of their own accord."""
        self._told = True
        self._stop_listening()
        self._task.cancel()

    def _on_status(self, status: DeskStatus) -> None:
        if status.signed_out:
            text = N_("The centre has ended this sign-in. Sign in again; what waits to be sent is kept.")
            self._tell(self._opened.refusal() or SignedOut(text))

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            reason = await self._desk.run(self._opened.ended)
            if reason is not None and not await self._desk.ask(calls.open_calls):
                self._tell(reason)

    def _tell(self, reason: UserError) -> None:
        if not self._told:
            self._told = True
            self._shut_out(reason)
