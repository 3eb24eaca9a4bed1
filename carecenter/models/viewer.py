"""Who is acting or reading: the signed-in account and the queues whose tickets it may see.

Operations and queries both ask this module, on the workstation and at the centre.
"""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import ColumnElement, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from carecenter.core.errors import NotFound
from carecenter.core.i18n import N_
from carecenter.core.terms import Role
from carecenter.models.account import Account
from carecenter.models.desk import HeldRow
from carecenter.models.queue import Queue, QueueMember
from carecenter.models.ticket import Ticket

LEADING = (Role.SUPERVISOR, Role.ADMINISTRATOR)
EDITING = (Role.EDITOR, Role.ADMINISTRATOR)


# Made once: every request to the centre asks one of them.
_IN_MINE = Queue.id.in_(select(QueueMember.queue_id).where(QueueMember.account_id == bindparam("account_id")))
_OWN: Final = select(Queue.id).where(_IN_MINE).order_by(Queue.position, Queue.id)
_LED: Final = select(Queue.id).where(or_(_IN_MINE, Queue.restricted.is_(False))).order_by(Queue.position, Queue.id)


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
    queues = session.scalars(_LED if account.role in LEADING else _OWN, {"account_id": account_id})
    return Viewer(
        account_id=account.id,
        name=account.name,
        display_name_ar=account.display_name_ar,
        display_name_en=account.display_name_en,
        role=account.role,
        queue_ids=tuple(queues),
    )


def visible_tickets(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on ``Ticket`` for what a viewer may see on a workstation: their queues, what they opened
    themselves, and what the centre granted them for the day."""
    granted = exists().where(HeldRow.entity_id == Ticket.id, *_granted(viewer))
    return or_(Ticket.queue_id.in_(viewer.queue_ids), Ticket.opened_by == viewer.account_id, granted)


def sees(viewer: Viewer, ticket: Ticket) -> bool:
    """Whether a ticket is in the viewer's queues or was opened by them, so that they may work on it."""
    return ticket.queue_id in viewer.queue_ids or ticket.opened_by == viewer.account_id


def is_granted(session: Session, viewer: Viewer, ticket_id: str) -> bool:
    """Whether the centre granted this workstation's viewer a ticket after a look-up: the feed brought it in their
    own scope."""
    held = select(HeldRow.scope).where(HeldRow.entity_id == ticket_id, *_granted(viewer))
    return session.scalar(held) is not None


def knows(session: Session, viewer: Viewer, caller_id: str) -> bool:
    """Whether a viewer may know of a caller: not of one who has tickets in others' restricted queues alone."""
    with session.no_autoflush:  # at the centre a batch is written as one
        theirs = select(Ticket.id).where(Ticket.caller_id == caller_id)
        mine = or_(Ticket.queue_id.in_(viewer.queue_ids), Ticket.opened_by == viewer.account_id)
        open_to_all = Ticket.queue_id.in_(select(Queue.id).where(Queue.restricted.is_(False)))
        return (
            session.scalar(theirs.limit(1)) is None
            or session.scalar(theirs.where(or_(mine, open_to_all)).limit(1)) is not None
        )


def _granted(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    return HeldRow.entity == Ticket.__tablename__, HeldRow.scope == f"account:{viewer.account_id}"
