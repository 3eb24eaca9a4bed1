"""One turn of sending: what a restored centre may have forgotten, what waits, references for the next calls."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from carecenter.core.errors import Busy, SignedOut, TooLarge
from carecenter.core.i18n import N_
from carecenter.store.desk import Desk
from carecenter.sync.network import Network
from carecenter.wire import OPERATIONS_PER_PUSH, BlockRequest, Outcome, Result

log = logging.getLogger(__name__)

_TOO_LARGE: Final = N_("The centre does not take an operation this large. Save its text in smaller parts.")
_COPIED: Final = N_("This workstation's disk was copied. Sign in again; what waits to be sent is kept.")


class Sending:
    """Sends for whoever is signed in, whoever wrote it. One turn at a time."""

    def __init__(self, desk: Desk, network: Network, token: str) -> None:
        self._desk = desk
        self._workstation = desk.workstation
        self._network = network
        self._token = token
        self._turn = asyncio.Lock()

    async def turn(self) -> None:
        """Send everything that waits. Raises what the transport raises; what was answered is settled."""
        async with self._turn:
            await self._offer_again()
            await self._push()
            await self._refill()

    async def _offer_again(self) -> None:
        most = OPERATIONS_PER_PUSH
        transport = self._network.transport
        while (offer := await self._desk.run(self._workstation.next_offer, most)) is not None:
            try:
                answer = await self._network.send(transport.push, self._token, offer.push)
                results = answer.results
            except TooLarge:
                if len(offer.numbers) > 1:
                    most = len(offer.numbers) // 2
                    continue
                results = ()
            refused = sum(result.outcome in {Outcome.REFUSED, Outcome.QUARANTINED} for result in results)
            log.info("offered again: %d operations, not taken: %d", len(offer.numbers), refused)
            await self._desk.run(self._workstation.offered, offer, results)

    async def _push(self) -> None:
        most = OPERATIONS_PER_PUSH
        before: list[str] = []
        while True:
            push = await self._desk.run(self._workstation.next_push, most)
            ids = [operation.op_id for operation in push.operations]
            if not ids or ids == before:  # the second: the answer settled nothing, and would not now
                return
            try:
                pushed = await self._network.send(self._network.transport.push, self._token, push)
            except TooLarge:
                if len(ids) == 1:
                    self._desk.announce(await self._desk.run(self._workstation.put_aside, ids[0], _TOO_LARGE))
                most = max(len(ids) // 2, 1)
                continue
            await self._settle(pushed.results)
            before = ids

    async def _settle(self, results: tuple[Result, ...]) -> None:
        self._desk.announce(await self._desk.run(self._workstation.settle, results))
        if any(result.outcome is Outcome.CLONED for result in results):
            log.warning("the disk of this workstation was copied: it is another device from now on")
            await self._refill()  # those it had are the other copy's; this token still gets new ones
            raise SignedOut(_COPIED)

    async def _refill(self) -> None:
        wanted = await self._desk.run(self._workstation.references_wanted)
        if wanted:
            request = BlockRequest(count=wanted)
            try:
                block = await self._network.send(self._network.transport.references, self._token, request)
            except Busy as error:  # what was typed does not wait for numbers; the next turn asks again
                log.warning("no references: %s", error.message)
                return
            await self._desk.run(self._workstation.keep_references, block.references)
