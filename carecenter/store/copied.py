"""A copied disk: two workstations go by one device id, and the centre has met a number twice.

This one becomes another device. What waits gets new numbers, in the same order, and keeps its ids, so that the
centre knows again what the other copy has sent already.
"""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from carecenter.core.ids import new_id
from carecenter.models.base import Base
from carecenter.models.desk import FreeReference, Outbox, OutboxState
from carecenter.store import facts, outbox, sealed

_FAR = 2**60


def become_another_device(session: Session) -> None:
    """Take a new device id. Sealed operations and references stay with the other copy, which has them too."""
    facts.put(session, "device_id", new_id())
    session.execute(delete(FreeReference))
    sealed.drop_all(session)
    outbox.offer_again(session)
    session.flush()
    # What needs attention is not sent any more: it makes room for numbers without gaps.
    aside = select(Outbox.op_id).where(Outbox.state == OutboxState.ATTENTION).order_by(Outbox.number.desc())
    going = select(Outbox.op_id).where(Outbox.state != OutboxState.ATTENTION).order_by(Outbox.number)
    numbers = {op_id: -place for place, op_id in enumerate(session.scalars(aside), 1)}
    sent = {op_id: place for place, op_id in enumerate(session.scalars(going), 1)}
    _renumber(session, numbers | sent)
    facts.put(session, "next_number", str(len(sent) + 1))


def _renumber(session: Session, numbers: dict[str, int]) -> None:
    table = Base.metadata.tables["outbox"]
    connection = session.connection()
    # Out of the way first: a number may be another one's until that has moved as well.
    connection.execute(update(table).values(number=table.c.number + _FAR))
    for op_id, number in numbers.items():
        connection.execute(update(table).where(table.c.op_id == op_id).values(number=number))
    session.expunge_all()
