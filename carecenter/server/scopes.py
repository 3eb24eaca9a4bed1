"""Which scopes a row belongs to, and which scopes an account may follow.

``everyone``: knowledge, directory, queues, accounts · ``callers``: cards and the ended calls of known callers ·
``queue:<id>``: its tickets · ``account:<id>``: what somebody opened or promised · ``work:<id>``: their calls.
A standalone centre lets every desk hold all callers; narrower scopes for a hall belong here and nowhere else.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.models.account import Account
from carecenter.models.base import Synced
from carecenter.models.call import Call
from carecenter.models.caller import Caller, CallerPhone
from carecenter.models.ticket import Callback, Ticket, TicketAlias, TicketEntry
from carecenter.models.viewer import Viewer
from carecenter.operations.base import DESK_ROLES

EVERYONE = "everyone"
CALLERS = "callers"


def scopes_of(session: Session, row: Synced) -> frozenset[str]:
    """The scopes that hold a row as it stands now."""
    if isinstance(row, Caller | CallerPhone):
        return frozenset({CALLERS})
    if isinstance(row, Call):
        shared = {CALLERS} if row.caller_id is not None and row.ended_at is not None else set()
        return frozenset({f"work:{row.agent_id}", *shared})
    if isinstance(row, Ticket):
        return frozenset({f"queue:{row.queue_id}", f"account:{row.opened_by}"})
    if isinstance(row, TicketEntry | TicketAlias):
        return _of_ticket(session, row.ticket_id)
    if isinstance(row, Callback):
        return _of_ticket(session, row.ticket_id) | {f"account:{row.owner_id}"}
    return frozenset({EVERYONE})


def _of_ticket(session: Session, ticket_id: str | None) -> frozenset[str]:
    ticket = session.get(Ticket, ticket_id) if ticket_id is not None else None
    return frozenset() if ticket is None else scopes_of(session, ticket)


def children_of(session: Session, ticket_id: str) -> list[Synced]:
    """What moves with a ticket when its scopes change."""
    found: list[Synced] = []
    for model in (TicketEntry, TicketAlias, Callback):
        found.extend(session.scalars(select(model).where(model.ticket_id == ticket_id)))
    return found


def scopes_for(session: Session, viewer: Viewer) -> tuple[str, ...]:
    """What an account may follow. Those who lead follow the calls of all accounts."""
    scopes = [EVERYONE]
    if viewer.role in DESK_ROLES:
        scopes.append(CALLERS)
    scopes.extend(f"queue:{queue_id}" for queue_id in viewer.queue_ids)
    scopes.append(f"account:{viewer.account_id}")
    workers = session.scalars(select(Account.id)) if viewer.leads else [viewer.account_id]
    scopes.extend(f"work:{account_id}" for account_id in workers)
    return tuple(scopes)
