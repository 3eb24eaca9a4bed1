"""A desk's database without a desk: operations are applied to it, and its rows read back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from carecenter.core.ids import new_id
from carecenter.core.terms import TicketStatus
from carecenter.models.base import Base, Side, synced_models, tables_of
from carecenter.models.engine import memory_engine
from carecenter.models.ticket import Ticket, TicketEntry
from carecenter.operations import Actor, Operation, tickets
from tests.houses import START, images, open_ticket

Row = TypeVar("Row", bound=Base)

SARA = Actor(account_id="sara", device_id="desk", desk_at=START)
ALI = Actor(account_id="ali", device_id="desk", desk_at=START)
LATER = START + dt.timedelta(minutes=10)


class Records:
    """Rows in memory."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def apply(self, *operations: Operation, actor: Actor = SARA, at: dt.datetime = START) -> None:
        """Apply operations in order, each seen by the next."""
        for operation in operations:
            operation.apply(self.session, actor, at)
            self.session.flush()

    def row(self, model: type[Row], row_id: str) -> Row:
        self.session.expire_all()
        return self.session.get_one(model, row_id)

    def rows(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Everything there is."""
        return images(self.session, *synced_models())

    def ticket(self, *, status: TicketStatus | None = None, **fields: Any) -> str:
        """The id of an open ticket in the status given."""
        operation = open_ticket(reference="0472915644", **fields)
        self.apply(operation)
        if status is not None:
            self.row(Ticket, operation.ticket_id).status = status
        return operation.ticket_id

    def step(self, kind: type[tickets._OfTicket], ticket_id: str, **fields: Any) -> TicketEntry:
        """Apply a step of a ticket by Ali, ten minutes later; the line it left in the timeline."""
        operation = kind(ticket_id=ticket_id, entry_id=new_id(), **fields)
        self.apply(operation, actor=ALI, at=LATER)
        return self.row(TicketEntry, operation.entry_id)


@contextmanager
def records() -> Iterator[Records]:
    """An empty set of records."""
    engine = memory_engine()
    Base.metadata.create_all(engine, tables_of(Side.DESK))
    with Session(engine) as session:
        yield Records(session)
    engine.dispose()
