"""Follow-up references: blocks for workstations, scattered by a key that never leaves the centre."""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.core import reference
from carecenter.core.ids import new_id
from carecenter.models.ticket import Ticket, TicketAlias
from carecenter.server import facts


def allocate(session: Session, count: int) -> tuple[str, ...]:
    """References nobody else gets: the next payloads in order, scattered over the whole space."""
    key = bytes.fromhex(facts.locked(session, "scatter_key", secrets.token_hex(reference.KEY_BYTES)).value)
    following = facts.locked(session, "next_payload", "0")
    first = int(following.value)
    following.value = str(first + count)
    session.flush()
    return tuple(reference.from_payload(reference.scatter(key, index)) for index in range(first, first + count))


def settle_collision(session: Session, ticket_id: str, wanted: str) -> str:
    """The number a new ticket gets: ``wanted``, or a fresh one with ``wanted`` as its alias.

    Two tickets with one number happen only after disks were cloned, a desk joined another centre, or a backup
    was put back. Both are then found under it, and the second fact decides which is meant.
    """
    holder = session.scalar(select(Ticket.id).where(Ticket.reference == wanted, Ticket.id != ticket_id).limit(1))
    return wanted if holder is None else allocate(session, 1)[0]


def keep_alias(session: Session, ticket_id: str, given: str) -> None:
    """The caller was told ``given``: the ticket answers to it for ever."""
    session.add(TicketAlias(id=new_id(), ticket_id=ticket_id, reference=given))
