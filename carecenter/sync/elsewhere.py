"""What the centre of a hall holds and this desk does not: found by a look-up, brought by the feed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from carecenter.core.errors import Unreachable
from carecenter.core.i18n import N_
from carecenter.queries import callers, tickets
from carecenter.store.desk import Desk
from carecenter.sync.network import Network
from carecenter.wire import CallerFound, LookupAnswer, LookupRequest, OpenFound, TicketFound

R = TypeVar("R")
A = TypeVar("A")

PATIENCE: Final = 15.0
"""Seconds after which whoever asked is told that the centre is too slow."""
_OFFLINE: Final = N_("Offline: only what is on this workstation was searched.")
_SLOW: Final = N_("The centre takes too long to answer. Try again in a moment.")
_NOT_YET: Final = N_("The centre has not sent it yet. Try again in a moment.")


class Elsewhere:
    """Asks for whoever is signed in. The centre keeps on record that it was asked, and lets an account ask only
    so often: not at every key press."""

    def __init__(self, desk: Desk, network: Network, token: str, patience: float = PATIENCE) -> None:
        """``patience``: seconds until a question or the feed counts as too slow."""
        self._desk = desk
        self._network = network
        self._token = token
        self._patience = patience

    async def find(self, question: str, call_id: str | None = None) -> LookupAnswer:
        """What a line of the search box finds at the centre. Raises ``Unreachable`` also for too many questions
        (``Busy``) and for none in time, and what the centre refuses."""
        request = LookupRequest(question=question, call_id=call_id)
        return await self._ask(self._network.transport.lookup, request)

    async def bring(self, found: CallerFound | TicketFound, call_id: str | None = None) -> None:
        """Returns when what was found is in this desk's store. Raises ``UserError``: it is not, and why."""
        entity = "ticket" if isinstance(found, TicketFound) else "caller"
        told = asyncio.Event()
        stop = self._desk.on_changed(lambda entities: told.set() if entity in entities else None)
        try:
            if await self._is_here(found):
                return
            wanted = OpenFound(entity=entity, id=found.id, slip=found.slip, call_id=call_id)  # type: ignore[arg-type]  # one of the two
            await self._ask(self._network.transport.open_found, wanted)
            async with asyncio.timeout(self._patience):
                while not await self._is_here(found):
                    await told.wait()
                    told.clear()
        except TimeoutError as error:
            raise Unreachable(_NOT_YET) from error
        finally:
            stop()

    async def _ask(self, call: Callable[[str, R], A], request: R) -> A:
        if not self._desk.status.online:
            raise Unreachable(_OFFLINE)
        try:
            async with asyncio.timeout(self._patience):
                return await self._network.ask(call, self._token, request)
        except TimeoutError as error:
            raise Unreachable(_SLOW) from error

    async def _is_here(self, found: CallerFound | TicketFound) -> bool:
        if isinstance(found, TicketFound):
            return bool(await self._desk.ask(tickets.by_ids, (found.id,)))
        return bool(await self._desk.ask(callers.by_ids, (found.id,)))
