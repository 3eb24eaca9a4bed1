"""Who is acting or reading: the signed-in account and the queues whose tickets it may see.

Operations and queries both ask this module, on the workstation and at the centre.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from carecenter.core.errors import NotFound
from carecenter.core.i18n import N_
from carecenter.core.terms import Role
from carecenter.models.account import Account
from carecenter.models.queue import Queue, QueueMember
from carecenter.models.ticket import Ticket

LEADING = (Role.SUPERVISOR, Role.ADMINISTRATOR)
EDITING = (Role.EDITOR, Role.ADMINISTRATOR)


class Viewer(msgspec.Struct, frozen=True, kw_only=True):
    """The signed-in account and the queues whose tickets it may see."""

    account_id: str
    name: str
    display_name_ar: str
    display_name_en: str
    role: Role
    queue_ids: tuple[str, ...]

    @property
    def leads(self) -> bool:
        """Whether this account answers for queues and for the work of others."""
        return self.role in LEADING

    @property
    def edits(self) -> bool:
        """Whether this account answers for what the knowledge base says."""
        return self.role in EDITING


def viewer_of(session: Session, account_id: str) -> Viewer:
    """The viewer of an account. Those who lead see every queue but the restricted ones they are no member of.

    Raises ``NotFound`` for an account that is unknown here or no longer active.
    """
    account = session.get(Account, account_id)
    if account is None or not account.active:
        raise NotFound(N_("This account is not active. Ask a supervisor."))
    member = select(QueueMember.queue_id).where(QueueMember.account_id == account_id)
    visible = [Queue.id.in_(member)]
    if account.role in LEADING:
        visible.append(Queue.restricted.is_(False))
    queues = session.scalars(select(Queue.id).where(or_(*visible)).order_by(Queue.position, Queue.id))
    return Viewer(
        account_id=account.id,
        name=account.name,
        display_name_ar=account.display_name_ar,
        display_name_en=account.display_name_en,
        role=account.role,
        queue_ids=tuple(queues),
    )


def visible_tickets(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on ``Ticket`` for what a viewer may see: their queues, and what they opened themselves."""
    return or_(Ticket.queue_id.in_(viewer.queue_ids), Ticket.opened_by == viewer.account_id)


def sees(viewer: Viewer, ticket: Ticket) -> bool:
    """``visible_tickets`` for a ticket that is at hand."""
    return ticket.queue_id in viewer.queue_ids or ticket.opened_by == viewer.account_id
