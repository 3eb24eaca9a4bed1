"""How a centre is: what an administrator or a monitor wants to know at a glance. No personal data."""

from __future__ import annotations

import datetime as dt

import msgspec
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

import carecenter
from carecenter import migrations
from carecenter.core.terms import TicketStatus
from carecenter.models.account import Account
from carecenter.models.centre import Audit, Device, FeedHead, OpBatch, Quarantine, Review
from carecenter.models.queue import Queue
from carecenter.models.ticket import Ticket
from carecenter.server import bulk, facts

RECENTLY = dt.timedelta(minutes=10)


class QueueLength(msgspec.Struct, frozen=True, kw_only=True):
    """How many tickets of a queue are open, and of them past their time."""

    id: str
    open: int
    overdue: int


class Archive(msgspec.Struct, frozen=True, kw_only=True):
    """How the archiving of WAL goes; ``failing``: the last try did not succeed, and WAL gathers on the disk."""

    last: dt.datetime | None
    failing: bool


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """Moments are UTC; ``oldest_…``: since when somebody should have looked, None when nothing waits.

    ``devices_seen``: workstations heard of in the last ten minutes. ``last_operation``: when the last operations of
    workstations were judged. ``feed_rows``: the sum of all heads. ``archive``: None where PostgreSQL keeps none.
    """

    program: str
    schema: str
    generation: str
    scoping: str
    at: dt.datetime
    accounts: int
    accounts_active: int
    devices: int
    devices_seen: int
    devices_revoked: int
    last_operation: dt.datetime | None
    queues: tuple[QueueLength, ...]
    quarantined: int
    oldest_quarantined: dt.datetime | None
    in_review: int
    oldest_in_review: dt.datetime | None
    audit_lines: int
    feed_scopes: int
    feed_rows: int
    database_bytes: int | None
    archive: Archive | None


def condition(session: Session, at: dt.datetime) -> Condition:
    """The centre as it is at this moment (UTC)."""
    accounts = session.execute(select(func.count(), func.count().filter(Account.active)).select_from(Account)).one()
    recently = func.count().filter(Device.last_seen > at - RECENTLY)
    devices = session.execute(
        select(func.count(), recently, func.count().filter(Device.revoked)).select_from(Device)
    ).one()
    quarantined = session.execute(select(func.count(), func.min(Quarantine.at)).select_from(Quarantine)).one()
    reviews = session.execute(select(func.count(), func.min(Review.at)).select_from(Review)).one()
    heads = session.execute(select(func.count(), func.coalesce(func.sum(FeedHead.seq), 0))).one()
    size = text("SELECT pg_database_size(current_database())")
    return Condition(
        program=carecenter.__version__,
        schema=migrations.HEAD,
        generation=facts.get(session, "generation") or "",
        scoping=facts.get(session, "scoping") or "desk",
        at=at,
        accounts=accounts[0],
        accounts_active=accounts[1],
        devices=devices[0],
        devices_seen=devices[1],
        devices_revoked=devices[2],
        last_operation=session.scalar(select(func.max(OpBatch.at))),
        queues=_lengths(session, at),
        quarantined=quarantined[0],
        oldest_quarantined=quarantined[1],
        in_review=reviews[0],
        oldest_in_review=reviews[1],
        audit_lines=session.scalar(select(func.coalesce(func.max(Audit.number), 0))) or 0,
        feed_scopes=heads[0],
        feed_rows=int(heads[1]),
        database_bytes=session.scalar(size) if bulk.is_postgres(session) else None,
        archive=_archive(session) if bulk.is_postgres(session) else None,
    )


def _archive(session: Session) -> Archive | None:
    if session.scalar(text("SHOW archive_mode")) == "off":
        return None
    tried = text(
        "SELECT last_archived_time, coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false)"
        " FROM pg_stat_archiver"
    )
    last, failing = session.execute(tried).one()
    return Archive(last=last, failing=failing)


def _lengths(session: Session, at: dt.datetime) -> tuple[QueueLength, ...]:
    is_open = Ticket.status != TicketStatus.CLOSED
    late = func.count(Ticket.id).filter(Ticket.due_at < at)
    statement = (
        select(Queue.id, func.count(Ticket.id), late)
        .outerjoin(Ticket, (Ticket.queue_id == Queue.id) & is_open)
        .group_by(Queue.id, Queue.position)
        .order_by(Queue.position, Queue.id)
    )
    return tuple(QueueLength(id=one, open=count, overdue=due) for one, count, due in session.execute(statement))
