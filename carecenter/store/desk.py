"""``Desk``: what the screens do and see. It runs operations and queries on the store's worker thread and says
what changed. A page knows this object and nothing further in."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar

import msgspec
from sqlalchemy.orm import Session

from carecenter.core.errors import NotFound
from carecenter.models.viewer import Viewer
from carecenter.operations import Operation
from carecenter.store.workstation import Attention, Workstation
from carecenter.wire import CallerFound, LookupAnswer, TicketFound

__all__ = ["Attention", "Desk", "DeskStatus", "Elsewhere"]

P = ParamSpec("P")
T = TypeVar("T")
O = TypeVar("O", bound=Operation)  # noqa: E741  # the operation that comes back is of the kind that went in

_WHO: Final = frozenset({"account", "queue", "queue_member"})


class DeskStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What the status bar says. Times are UTC; ``since``: online or offline since.

    ``signed_out``: the centre answers, but no longer to this sign-in; what waits is kept. ``upgrade``: this
    program is too old for the centre. ``stuck``: the centre answers, and yet nothing of what waits gets through.
    ``indexing``: how many rows search does not find yet.
    """

    online: bool
    since: dt.datetime
    waiting: int = 0
    attention: int = 0
    last_sync: dt.datetime | None = None
    signed_out: bool = False
    upgrade: bool = False
    stuck: bool = False
    indexing: int = 0


class Elsewhere(Protocol):
    """Asks the centre of a hall for what this desk does not hold. Both raise ``UserError``."""

    async def find(self, question: str, call_id: str | None = None) -> LookupAnswer:
        """What a line of the search box finds at the centre; it is on record that it was asked."""

    async def bring(self, found: CallerFound | TicketFound, call_id: str | None = None) -> None:
        """Returns when what was found is in this desk's store."""


class Desk:
    """The signed-in account's store. Made when an account signs in, closed when it signs out.

    ``elsewhere``: what the centre holds beyond it, in a hall; a desk of its own holds everything.
    """

    def __init__(self, workstation: Workstation, viewer: Viewer) -> None:
        self.workstation = workstation
        self.viewer = viewer
        self.status = DeskStatus(online=False, since=workstation.now())
        self.elsewhere: Elsewhere | None = None
        self.meaning: Callable[[str], Awaitable[dict[str, float]]] | None = None
        """How the centre is asked what a question means, while there is one to ask."""
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._changed: list[Callable[[frozenset[str]], None]] = []
        self._status_changed: list[Callable[[DeskStatus], None]] = []
        self._owed: list[Callable[[], None]] = []
        self._performed: list[Callable[[], None]] = []

    def now(self) -> dt.datetime:
        """The centre's time as far as this desk knows it, UTC."""
        return self.workstation.now()

    async def perform(self, operation: O, *, done_with: str | None = None) -> O:
        """Save an operation; returned only after COMMIT, with its reference if it is a new ticket.

        ``done_with``: place of the draft it carries further. Raises ``UserError`` with nothing changed.
        """
        kept, entities = await self.run(self.workstation.perform, self.viewer, operation, done_with)
        self.announce(entities)
        await self._recount()
        for listener in list(self._performed):
            listener()
        return kept  # type: ignore[return-value]  # perform returns the same struct, its reference filled in

    async def ask(
        self, query: Callable[Concatenate[Session, Viewer, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The rows of a query of ``carecenter.queries``: ``await desk.ask(tickets.detail, ticket_id)``."""
        return await self.run(lambda: self.workstation.ask(query, self.viewer, *args, **kwargs))

    async def near(self, question: str) -> dict[str, float]:
        """Article → likeness, by meaning, as the centre sees it; empty offline and where the centre cannot."""
        if self.meaning is None or not self.status.online:
            return {}
        return await self.meaning(question)

    async def save_draft(self, place: str, content: dict[str, Any]) -> dt.datetime:
        """Keep what is being typed; returns when it was on the disk."""
        return await self.run(self.workstation.save_draft, self.viewer, place, content)

    async def drafts(self) -> dict[str, dict[str, Any]]:
        """Place → content of this account's drafts."""
        return await self.run(self.workstation.drafts, self.viewer)

    async def drop_draft(self, place: str) -> None:
        """Forget a draft."""
        await self.run(self.workstation.drop_draft, self.viewer, place)

    async def attention(self) -> tuple[Attention, ...]:
        """What the centre did not take."""
        return await self.run(self.workstation.attention)

    async def dealt_with(self, number: int) -> None:
        """A person has seen to one of these."""
        await self.run(self.workstation.dealt_with, number)
        await self._recount()

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Any call on the workstation, on its worker thread."""
        loop, mended = asyncio.get_running_loop(), self.workstation.mended
        try:
            whole = partial(self.workstation.mending, lambda: work(*args, **kwargs))
            return await loop.run_in_executor(self._worker, whole)
        finally:
            if self.workstation.mended != mended:
                for listener in list(self._owed):
                    listener()

    def on_changed(self, listener: Callable[[frozenset[str]], None]) -> Callable[[], None]:
        """Call ``listener`` with the entities (table names) whose rows changed; returns how to stop it."""
        return _subscribe(self._changed, listener)

    def on_status(self, listener: Callable[[DeskStatus], None]) -> Callable[[], None]:
        """Call ``listener`` whenever the status changes; returns how to stop it."""
        return _subscribe(self._status_changed, listener)

    def on_performed(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` after each saved operation; the sync engine wakes by it."""
        return _subscribe(self._performed, listener)

    def on_owed(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` when search has to index everything anew; returns how to stop it."""
        return _subscribe(self._owed, listener)

    async def heard(self, entities: frozenset[str]) -> None:
        """Rows of these entities came from the centre: who is signed in may do more or less from now on."""
        if entities & _WHO:
            with suppress(NotFound):  # disabled: the centre ends the sign-in
                self.viewer = await self.run(self.workstation.viewer, self.viewer.account_id)
        self.announce(entities)

    def announce(self, entities: frozenset[str]) -> None:
        """Rows of these entities changed. Runs on the loop's thread."""
        if entities:
            for listener in list(self._changed):
                listener(entities)

    def report(self, status: DeskStatus) -> None:
        """The sync engine knows better now."""
        if status != self.status:
            self.status = status
            for listener in list(self._status_changed):
                listener(status)

    async def _recount(self) -> None:
        """Tell at once how much waits; the sync engine may be resting."""
        queue = await self.run(self.workstation.queue)
        self.report(msgspec.structs.replace(self.status, waiting=queue.waiting, attention=queue.attention))

    def close(self) -> None:
        """Finish what the worker still does and close the store."""
        self._worker.shutdown(wait=True)
        self.workstation.close()


def _subscribe(listeners: list[Callable[..., None]], listener: Callable[..., None]) -> Callable[[], None]:
    listeners.append(listener)

    def stop() -> None:
        if listener in listeners:
            listeners.remove(listener)

    return stop
