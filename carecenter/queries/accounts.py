"""Accounts and queues as lists to choose from and names to show."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.core.terms import Language, Role
from carecenter.models.account import Account
from carecenter.models.directory import Body
from carecenter.models.queue import Queue, QueueMember
from carecenter.queries.base import Row, Viewer, columns


class AccountRow(Row, frozen=True, kw_only=True):
    """A person who signs in."""

    id: str
    name: str
    display_name_ar: str
    display_name_en: str
    role: Role
    language: Language
    active: bool


class QueueRow(Row, frozen=True, kw_only=True):
    """A queue the viewer may see."""

    id: str
    name_ar: str
    name_en: str
    restricted: bool


class BodyRow(Row, frozen=True, kw_only=True):
    """A government body."""

    code: str
    name_ar: str
    name_en: str


def accounts(session: Session, viewer: Viewer) -> tuple[AccountRow, ...]:
    """All accounts, active ones first, by name."""
    del viewer
    rows = session.scalars(select(Account).order_by(Account.active.desc(), Account.name))
    names = ("id", "name", "display_name_ar", "display_name_en", "role", "language", "active")
    return tuple(AccountRow(**columns(row, *names)) for row in rows)


def members(session: Session, viewer: Viewer, queue_id: str) -> tuple[AccountRow, ...]:
    """Who a ticket of this queue can be assigned to: its members and, if it is not restricted, who leads."""
    queue = session.get(Queue, queue_id)
    inside = set(session.scalars(select(QueueMember.account_id).where(QueueMember.queue_id == queue_id)))
    is_open = queue is not None and not queue.restricted
    leading = (Role.SUPERVISOR, Role.ADMINISTRATOR)
    return tuple(
        account
        for account in accounts(session, viewer)
        if account.active and (account.id in inside or (is_open and account.role in leading))
    )


def queues(session: Session, viewer: Viewer) -> tuple[QueueRow, ...]:
    """The queues whose tickets the viewer may see, in their own order."""
    rows = session.scalars(select(Queue).where(Queue.id.in_(viewer.queue_ids)).order_by(Queue.position, Queue.id))
    return tuple(QueueRow(**columns(row, "id", "name_ar", "name_en", "restricted")) for row in rows)


def all_queues(session: Session, viewer: Viewer) -> tuple[QueueRow, ...]:
    """Every queue a ticket can be put in, also those the viewer will not see it in again."""
    del viewer
    rows = session.scalars(select(Queue).order_by(Queue.position, Queue.id))
    return tuple(QueueRow(**columns(row, "id", "name_ar", "name_en", "restricted")) for row in rows)


def bodies(session: Session, viewer: Viewer) -> tuple[BodyRow, ...]:
    """The directory of bodies, by English name."""
    del viewer
    rows = session.scalars(select(Body).order_by(Body.name_en))
    return tuple(BodyRow(code=row.id, name_ar=row.name_ar, name_en=row.name_en) for row in rows)
