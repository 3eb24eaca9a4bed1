"""A whole house for tests: a centre on an encrypted file, workstations on theirs, one clock that tests turn.

Everything is real but for the cost of passwords, the clock, and the knowledge base, which only those who ask
for it get: it takes longer than the rest together.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from carecenter.core.ids import new_id
from carecenter.core.keyslots import KdfCost
from carecenter.core.terms import Role, TicketKind
from carecenter.migrations import bring_up_to_date
from carecenter.models.base import Base, Side, image_of
from carecenter.models.centre import CentreFact
from carecenter.models.desk import HeldRow
from carecenter.models.engine import sqlcipher_engine
from carecenter.models.queue import Queue
from carecenter.models.viewer import Viewer
from carecenter.operations import Operation, calls, tickets
from carecenter.server.centre import Centre
from carecenter.store.workstation import Workstation
from carecenter.sync.in_process import InProcess
from carecenter.wire import (
    BlockRequest,
    FeedPage,
    FeedRequest,
    NewAccount,
    Push,
    Result,
    SignedIn,
    SignIn,
)
from carecenter.wire.transport import Transport

P = ParamSpec("P")
T = TypeVar("T")
O = TypeVar("O", bound=Operation)  # noqa: E741  # the operation that comes back is of the kind that went in

KEY = b"a key of thirty-two bytes, tests"
PASSWORD = "password of the tests"
START = dt.datetime(2026, 3, 1, 6, 0, tzinfo=dt.UTC)
"""Sunday morning in Kuwait: a working day."""

GENERAL, TECHNICAL, RESTRICTED = "general", "technical", "confidential"


class Clock:
    """A clock that stands until somebody turns it."""

    def __init__(self, at: dt.datetime = START) -> None:
        self.at = at

    def __call__(self) -> dt.datetime:
        return self.at

    def advance(self, **by: float) -> None:
        """Turn it: ``advance(minutes=5)``; what ``timedelta`` takes."""
        self.at += dt.timedelta(**by)


@cache
def _migrated(side: Side) -> bytes:
    """The file of an empty database with the current schema, encrypted with ``KEY``: made once, then copied."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "database"
        engine = sqlcipher_engine(path, KEY, foreign_keys=False)
        bring_up_to_date(engine, side)
        engine.dispose()
        return path.read_bytes()


def open_engine(path: Path, side: Side) -> Engine:
    """An engine on an encrypted file with the current schema; the file is made if it is not there."""
    if not path.exists():
        path.write_bytes(_migrated(side))
    return sqlcipher_engine(path, KEY, foreign_keys=side is Side.CENTRE)


def open_store(path: Path, clock: Callable[[], dt.datetime] | None = None) -> Workstation:
    """A workstation's store on its own: no centre, nobody signed in."""
    return Workstation(open_engine(path, Side.DESK), clock)


def somebody(role: Role = Role.AGENT, *queue_ids: str) -> Viewer:
    """An account that no centre knows, for what needs no centre."""
    names = {"name": "salem", "display_name_ar": "سالم", "display_name_en": "Salem"}
    return Viewer(account_id=f"account-{role}", role=role, queue_ids=queue_ids or (GENERAL,), **names)


def open_centre(
    path: Path, clock: Callable[[], dt.datetime], *, knowledge: bool = False, engine: Engine | None = None
) -> Centre:
    """A centre with its queues; ``knowledge``: with the starter knowledge base as well."""
    centre = Centre(engine or open_engine(path, Side.CENTRE), clock, cost=KdfCost.MINIMAL)
    if not knowledge:
        with centre.transaction() as unit:
            if unit.session.get(CentreFact, "generation") is None:
                unit.session.add(CentreFact(name="generation", value=new_id()))
                for position, queue_id in enumerate((GENERAL, TECHNICAL, RESTRICTED)):
                    queue = Queue(id=queue_id, name_ar=queue_id, name_en=queue_id, position=position)
                    queue.restricted = queue_id == RESTRICTED
                    unit.session.add(queue)
            unit.publish()
    centre.initialise()
    return centre


class Seat:
    """Somebody signed in at a workstation, moved by hand: nothing is sent or heard unless a test says so."""

    def __init__(self, workstation: Workstation, transport: Transport, name: str) -> None:
        self.workstation = workstation
        self.transport = transport
        self.name = name
        self.signed_in: SignedIn = transport.sign_in(
            SignIn(name=name, password=PASSWORD, device_id=workstation.device_id(), device_name=name)
        )
        self.scopes = self.signed_in.scopes
        self.viewer = somebody()

    @property
    def account_id(self) -> str:
        return self.signed_in.account_id

    def perform(self, operation: O, done_with: str | None = None) -> O:
        """Save an operation, as the page does."""
        kept, _ = self.workstation.perform(self.viewer, operation, done_with)
        assert isinstance(kept, type(operation))
        return kept

    def ask(self, query: Callable[Concatenate[Session, Viewer, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The rows of a query, as its screen gets them."""
        return self.workstation.ask(query, self.viewer, *args, **kwargs)

    def send(self, push: Push | None = None) -> tuple[Result, ...]:
        """Push what waits and return the centre's results, which the workstation has not heard yet."""
        return self.transport.push(self.signed_in.token, push or self.workstation.next_push()).results

    def push(self) -> tuple[Result, ...]:
        """Everything that waits goes up and the results are noted."""
        results: list[Result] = []
        while (push := self.workstation.next_push()).operations:
            results += self.send(push)
            self.workstation.settle(tuple(results[-len(push.operations) :]))
        return tuple(results)

    def fetch(self, limit: int = 2_000, ahead: int = 0) -> FeedPage:
        """The next page, not yet applied; ``ahead`` asks for what comes after a gap."""
        after = {scope: seq + ahead for scope, seq in self.workstation.cursors(self.scopes).items()}
        page = self.transport.feed(self.signed_in.token, FeedRequest(after=after, limit=limit))
        self.scopes = page.scopes
        return page

    def pull(self, limit: int = 2_000) -> None:
        """Hear everything new, page by page."""
        more = True
        while more:
            known = set(self.scopes)
            page = self.fetch(limit)
            self.workstation.apply_page(page)
            more = page.more or bool(set(page.scopes) - known)

    def refill(self, count: int = 500) -> tuple[str, ...]:
        """Get a block of references."""
        block = self.transport.references(self.signed_in.token, BlockRequest(count=count)).references
        self.workstation.keep_references(block)
        return block

    def synchronise(self) -> None:
        """One round, as the engine makes it."""
        self.push()
        self.pull()


class House:
    """A centre and its workstations in one directory. Accounts sign in with their name."""

    def __init__(self, directory: Path, *, knowledge: bool = False) -> None:
        self.directory = directory
        self.clock = Clock()
        self._open = ExitStack()
        self.centre = self.open_centre(knowledge=knowledge)
        self._leader: str | None = None
        self.leader_id = self.centre.create_account(_account("leader", Role.ADMINISTRATOR))

    def open_centre(self, *, knowledge: bool = False) -> Centre:
        """The centre on this house's file, once more after a restart."""
        centre = open_centre(self.directory / "centre.db", self.clock, knowledge=knowledge)
        self._open.callback(centre.close)
        return centre

    def open_store(self, name: str, clock: Callable[[], dt.datetime] | None = None) -> Workstation:
        """The workstation on the file of this name."""
        workstation = open_store(self.directory / f"{name}.db", clock or self.clock)
        self._open.callback(workstation.close)
        return workstation

    def account(self, name: str, role: Role = Role.AGENT, *queue_ids: str) -> str:
        """A new account's id; works in the general queue unless told otherwise."""
        if self._leader is None:
            request = SignIn(name="leader", password=PASSWORD, device_id="leader", device_name="leader")
            self._leader = self.centre.sign_in(request).token
        return self.centre.create_account(_account(name, role, *(queue_ids or (GENERAL,))), self._leader)

    def seat(
        self,
        name: str,
        *,
        at: Workstation | None = None,
        transport: Transport | None = None,
        clock: Callable[[], dt.datetime] | None = None,
    ) -> Seat:
        """Sign an account in at a workstation of its own, or at one given; it has heard everything."""
        seat = Seat(at or self.open_store(name, clock), transport or InProcess(self.centre), name)
        seat.pull()
        if seat.workstation.references_wanted():
            seat.refill()
        seat.viewer = seat.workstation.viewer(seat.account_id)
        return seat

    def rows(self, *entities: str) -> dict[tuple[str, str], dict[str, Any]]:
        """The centre's rows of some tables."""
        with self.centre.transaction() as unit:
            return images(unit.session, *entities)

    def close(self) -> None:
        self._open.close()


@contextmanager
def house(directory: Path, *, knowledge: bool = False) -> Iterator[House]:
    """A house that is closed at the end."""
    built = House(directory, knowledge=knowledge)
    try:
        yield built
    finally:
        built.close()


def _account(name: str, role: Role, *queue_ids: str) -> NewAccount:
    return NewAccount(name=name, password=PASSWORD, role=role, display_name_en=name.title(), queue_ids=queue_ids)


def images(session: Session, *entities: str) -> dict[tuple[str, str], dict[str, Any]]:
    """(entity, id) → image of every row of some tables."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for entity in entities:
        table = Base.metadata.tables[entity]
        for row in session.connection().execute(select(table)).mappings():
            found[entity, row["id"]] = image_of(entity, dict(row))
    return found


def lend_queries(session: Session) -> None:
    """Let a test ask the centre's rows by the workstation's queries, which look up what its scopes hold."""
    Base.metadata.tables[HeldRow.__tablename__].create(session.connection(), checkfirst=True)


def open_ticket(text: str = "The card did not arrive.", **more: Any) -> tickets.OpenTicket:
    """A complaint for the general queue."""
    fields: dict[str, Any] = {"kind": TicketKind.COMPLAINT, "queue_id": GENERAL, "text": text, **more}
    return tickets.OpenTicket(ticket_id=new_id(), entry_id=new_id(), **fields)


def add_note(ticket_id: str, text: str) -> tickets.AddNote:
    """A line for a timeline."""
    return tickets.AddNote(ticket_id=ticket_id, entry_id=new_id(), text=text)


def open_call(number: str = "+96599887766") -> calls.OpenCall:
    """A call from a Kuwaiti mobile phone."""
    return calls.OpenCall(call_id=new_id(), number=number)
