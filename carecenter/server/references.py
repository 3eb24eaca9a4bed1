"""Follow-up references: blocks for workstations, scattered by a key that never leaves the centre."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.core import reference
from carecenter.core.ids import new_id
from carecenter.models.ticket import Ticket, TicketAlias
from carecenter.server import bulk, facts

_KEY = "scatter_key"


def reserve(session: Session, count: int) -> range:
    """The next payloads in order, nobody else's from now on. Others wait until this transaction ends."""
    following = facts.locked(session, "next_payload", "0")
    first = int(following.value)
    following.value = str(first + count)
    session.flush()
    return range(first, first + count)


def scattered(key: bytes, payloads: Iterable[int]) -> tuple[str, ...]:
    """The references of reserved payloads, all over the space. Long enough a work to do it outside a lock."""
    return tuple(reference.from_payload(reference.scatter(key, index)) for index in payloads)


def key(session: Session) -> bytes:
    """The key that scatters; made at the first call."""
    kept = facts.get(session, _KEY)
    if kept is None:
        kept = facts.locked(session, _KEY, secrets.token_hex(reference.KEY_BYTES)).value
    return bytes.fromhex(kept)


def allocate(session: Session, count: int) -> tuple[str, ...]:
    """References nobody else gets, in one step."""
    return scattered(key(session), reserve(session, count))


def holders(session: Session, wanted: Iterable[str]) -> dict[str, str]:
    """Reference → a ticket that answers to it already.

    Two tickets with one number happen only after disks were cloned, a desk joined another centre, or a backup
    was put back. Both are then found under it, and the second fact decides which is meant.
    """
    numbers = sorted(set(wanted))
    if not numbers:
        return {}
    statement = (
        select(Ticket.reference, Ticket.id)
        .where(bulk.among(session, Ticket.reference, numbers))
        .order_by(Ticket.id.desc())
    )
    return dict(session.execute(statement).all())


def keep_alias(session: Session, ticket_id: str, given: str) -> None:
    """The caller was told ``given``: the ticket answers to it for ever."""
    session.add(TicketAlias(id=new_id(), ticket_id=ticket_id, reference=given))
