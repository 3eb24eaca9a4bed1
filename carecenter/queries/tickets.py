"""Tickets: found by their number, by their caller, in a queue; one with its timeline."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, UnaryExpression, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from carecenter.core.errors import NotFound
from carecenter.core.i18n import N_
from carecenter.core.promises import SOON
from carecenter.core.terms import EntryKind, Language, Outcome, Priority, TicketKind, TicketStatus
from carecenter.models.account import Account
from carecenter.models.article import Article
from carecenter.models.caller import Caller
from carecenter.models.directory import Body
from carecenter.models.queue import Queue
from carecenter.models.ticket import Callback, Ticket, TicketAlias, TicketEntry
from carecenter.queries import persons
from carecenter.queries.base import Row, Viewer, sees, visible_tickets

_Assignee = aliased(Account)
_Written = aliased(Caller)  # the card a ticket was written for; another may stand for it by now


class TicketRow(Row, frozen=True, kw_only=True):
    """A ticket in a list. Names are empty where there is none; ``summary`` is the first line of its text."""

    id: str
    reference: str
    kind: TicketKind
    status: TicketStatus
    priority: Priority
    summary: str
    caller_id: str | None
    caller_name_ar: str
    caller_name_en: str
    queue_id: str
    queue_name_ar: str
    queue_name_en: str
    restricted: bool
    assignee_id: str | None
    assignee_name_ar: str
    assignee_name_en: str
    escalation: int
    opened_at: dt.datetime
    due_at: dt.datetime
    closed_at: dt.datetime | None


class EntryRow(Row, frozen=True, kw_only=True):
    """A line of a timeline; ``was`` and ``now`` are ids or values of terms, by ``kind``."""

    id: str
    kind: EntryKind
    author_id: str
    author_name_ar: str
    author_name_en: str
    at: dt.datetime
    desk_at: dt.datetime
    text: str
    was: Any
    now: Any


class CallbackRow(Row, frozen=True, kw_only=True):
    """A promise to call back."""

    id: str
    number: str
    due_at: dt.datetime
    state: str
    ticket_id: str | None
    caller_id: str | None


class TicketDetail(Row, frozen=True, kw_only=True):
    """A ticket opened, with its timeline, oldest line first.

    ``looked_up``: another queue's, here for the day because the centre found it for the viewer, who may only write
    to it.
    """

    row: TicketRow
    text: str
    remedy: str
    language: Language
    anonymous: bool
    pin_hash: str | None
    service_id: str | None
    service_title_ar: str
    service_title_en: str
    body_code: str | None
    body_name_ar: str
    body_name_en: str
    outcome: Outcome | None
    aliases: tuple[str, ...]
    callbacks: tuple[CallbackRow, ...]
    timeline: tuple[EntryRow, ...]
    looked_up: bool


class QueueFocus(StrEnum):
    """What a supervisor looks at."""

    ALL_OPEN = "all_open"
    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    UNASSIGNED = "unassigned"
    RESTRICTED = "restricted"
    ESCALATED = "escalated"
    CLOSED = "closed"


class QueueOrder(StrEnum):
    """How a list of tickets is sorted."""

    DUE = "due"
    OPENED = "opened"
    PRIORITY = "priority"
    STATUS = "status"
    QUEUE = "queue"
    ASSIGNEE = "assignee"


class QueueFilter(Row, frozen=True, kw_only=True):
    """What to list; nothing given means no restriction. ``assignee_id`` narrows to one person's work."""

    focus: QueueFocus = QueueFocus.ALL_OPEN
    queue_id: str | None = None
    kind: TicketKind | None = None
    status: TicketStatus | None = None
    assignee_id: str | None = None
    order: QueueOrder = QueueOrder.DUE
    descending: bool = False
    limit: int = 500


class QueueCounts(Row, frozen=True, kw_only=True):
    """How many tickets each focus holds."""

    all_open: int
    overdue: int
    due_soon: int
    unassigned: int
    restricted: int
    escalated: int
    closed: int


def by_reference(session: Session, viewer: Viewer, reference: str) -> tuple[TicketRow, ...]:
    """Every ticket a caller may mean by this number (10 ASCII digits): usually one, rarely more."""
    aliases = select(TicketAlias.ticket_id).where(TicketAlias.reference == reference)
    return _rows(session, viewer, or_(Ticket.reference == reference, Ticket.id.in_(aliases)))


def of_caller(session: Session, viewer: Viewer, caller_id: str, limit: int = 50) -> tuple[TicketRow, ...]:
    """A caller's tickets, open ones first, newest first."""
    return _rows(session, viewer, Ticket.caller_id.in_(persons.ids(session, caller_id)), limit=limit)


def of_call(session: Session, viewer: Viewer, call_id: str) -> tuple[TicketRow, ...]:
    """The tickets opened in a call."""
    return _rows(session, viewer, Ticket.call_id == call_id)


def by_ids(session: Session, viewer: Viewer, ids: tuple[str, ...]) -> tuple[TicketRow, ...]:
    """Tickets in the order of ``ids``; what the viewer may not see is left out."""
    found = {row.id: row for row in _rows(session, viewer, Ticket.id.in_(ids), limit=len(ids) or 1)}
    return tuple(found[ticket_id] for ticket_id in ids if ticket_id in found)


def recent(session: Session, viewer: Viewer, limit: int = 200) -> tuple[TicketRow, ...]:
    """What the viewer opened or holds, last changed first."""
    mine = or_(Ticket.opened_by == viewer.account_id, Ticket.assignee_id == viewer.account_id)
    statement = _statement(viewer).where(mine).order_by(Ticket.changed_at.desc()).limit(limit)
    return tuple(_row(record) for record in session.execute(statement))


def in_queue(session: Session, viewer: Viewer, wanted: QueueFilter, now: dt.datetime) -> tuple[TicketRow, ...]:
    """The tickets of a queue view at ``now`` (UTC), sorted as wanted, ties by due date and reference."""
    statement = _statement(viewer).where(_focus(wanted.focus, now))
    for column, value in (
        (Ticket.queue_id, wanted.queue_id),
        (Ticket.kind, wanted.kind),
        (Ticket.status, wanted.status),
        (Ticket.assignee_id, wanted.assignee_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    first = _sort_key(wanted.order)
    ordered: UnaryExpression[Any] = first.desc() if wanted.descending else first.asc()
    statement = statement.order_by(ordered, Ticket.due_at, Ticket.reference).limit(wanted.limit)
    return tuple(_row(record) for record in session.execute(statement))


def counts(session: Session, viewer: Viewer, now: dt.datetime, queue_id: str | None = None) -> QueueCounts:
    """How many tickets each focus would list."""
    sums = [func.coalesce(func.sum(case((_focus(focus, now), 1), else_=0)), 0) for focus in QueueFocus]
    statement = select(*sums).select_from(Ticket).join(Queue, Queue.id == Ticket.queue_id)
    statement = statement.where(visible_tickets(viewer))
    if queue_id is not None:
        statement = statement.where(Ticket.queue_id == queue_id)
    values = session.execute(statement).one()
    return QueueCounts(**{focus.value: int(value) for focus, value in zip(QueueFocus, values, strict=True)})


def detail(session: Session, viewer: Viewer, ticket_id: str) -> TicketDetail:
    """One ticket with its timeline. Raises ``NotFound`` when the viewer may not see it, or it is not here."""
    record = session.execute(_statement(viewer).where(Ticket.id == ticket_id)).first()
    if record is None:
        raise NotFound(N_("This ticket is not on this workstation, or another queue holds it."))
    ticket: Ticket = record[0]
    service = session.get(Article, ticket.service_id) if ticket.service_id else None
    body = session.get(Body, ticket.body_code) if ticket.body_code else None
    aliases = session.scalars(select(TicketAlias.reference).where(TicketAlias.ticket_id == ticket_id))
    return TicketDetail(
        row=_row(record),
        text=ticket.text,
        remedy=ticket.remedy,
        language=ticket.language,
        anonymous=ticket.pin_hash is not None,
        pin_hash=ticket.pin_hash,
        service_id=ticket.service_id,
        service_title_ar=service.title_ar if service else "",
        service_title_en=service.title_en if service else "",
        body_code=ticket.body_code,
        body_name_ar=body.name_ar if body else "",
        body_name_en=body.name_en if body else "",
        outcome=ticket.outcome,
        aliases=tuple(aliases),
        callbacks=callbacks_of(session, Callback.ticket_id == ticket_id),
        timeline=_timeline(session, ticket_id),
        looked_up=not sees(viewer, ticket),
    )


def callbacks_of(session: Session, condition: ColumnElement[bool]) -> tuple[CallbackRow, ...]:
    """Callbacks that meet a condition, soonest first."""
    rows = session.scalars(select(Callback).where(condition).order_by(Callback.due_at))
    return tuple(
        CallbackRow(
            id=row.id,
            number=row.number,
            due_at=row.due_at,
            state=row.state.value,
            ticket_id=row.ticket_id,
            caller_id=row.caller_id,
        )
        for row in rows
    )


def _timeline(session: Session, ticket_id: str) -> tuple[EntryRow, ...]:
    statement = (
        select(TicketEntry, Account.display_name_ar, Account.display_name_en)
        .outerjoin(Account, Account.id == TicketEntry.author_id)
        .where(TicketEntry.ticket_id == ticket_id)
        .order_by(TicketEntry.at, TicketEntry.id)
    )
    return tuple(
        EntryRow(
            id=entry.id,
            kind=entry.kind,
            author_id=entry.author_id,
            author_name_ar=author_ar or "",
            author_name_en=author_en or "",
            at=entry.at,
            desk_at=entry.desk_at,
            text=entry.text,
            was=entry.was,
            now=entry.now,
        )
        for entry, author_ar, author_en in session.execute(statement)
    )


def _statement(viewer: Viewer) -> Select[Any, Any, Any, Any]:
    return (
        select(Ticket, Caller, Queue, _Assignee)
        .join(Queue, Queue.id == Ticket.queue_id)
        .outerjoin(_Written, _Written.id == Ticket.caller_id)
        .outerjoin(Caller, Caller.id == func.coalesce(_Written.merged_into, _Written.id))
        .outerjoin(_Assignee, _Assignee.id == Ticket.assignee_id)
        .where(visible_tickets(viewer))
    )


def _rows(
    session: Session, viewer: Viewer, condition: ColumnElement[bool], limit: int = 50
) -> tuple[TicketRow, ...]:
    open_first = case((Ticket.status == TicketStatus.CLOSED, 1), else_=0)
    statement = _statement(viewer).where(condition).order_by(open_first, Ticket.opened_at.desc()).limit(limit)
    return tuple(_row(record) for record in session.execute(statement))


def _row(record: Any) -> TicketRow:
    ticket, caller, queue, assignee = record
    return TicketRow(
        id=ticket.id,
        reference=ticket.reference,
        kind=ticket.kind,
        status=ticket.status,
        priority=ticket.priority,
        summary=ticket.text.strip().partition("\n")[0][:160],
        caller_id=caller.id if caller else ticket.caller_id,
        caller_name_ar=caller.name_ar if caller else "",
        caller_name_en=caller.name_en if caller else "",
        queue_id=ticket.queue_id,
        queue_name_ar=queue.name_ar,
        queue_name_en=queue.name_en,
        restricted=queue.restricted,
        assignee_id=ticket.assignee_id,
        assignee_name_ar=assignee.display_name_ar if assignee else "",
        assignee_name_en=assignee.display_name_en if assignee else "",
        escalation=ticket.escalation,
        opened_at=ticket.opened_at,
        due_at=ticket.due_at,
        closed_at=ticket.closed_at,
    )


def _focus(focus: QueueFocus, now: dt.datetime) -> ColumnElement[bool]:
    is_open = Ticket.status != TicketStatus.CLOSED
    conditions: dict[QueueFocus, ColumnElement[bool]] = {
        QueueFocus.ALL_OPEN: is_open,
        QueueFocus.OVERDUE: is_open & (Ticket.due_at < now),
        QueueFocus.DUE_SOON: is_open & (Ticket.due_at >= now) & (Ticket.due_at < now + SOON),
        QueueFocus.UNASSIGNED: is_open & Ticket.assignee_id.is_(None),
        QueueFocus.RESTRICTED: is_open & Queue.restricted.is_(True),
        QueueFocus.ESCALATED: is_open & (Ticket.escalation > 0),
        QueueFocus.CLOSED: ~is_open,
    }
    return conditions[focus]


def _sort_key(order: QueueOrder) -> ColumnElement[Any]:
    keys: dict[QueueOrder, ColumnElement[Any]] = {
        QueueOrder.DUE: Ticket.due_at.expression,
        QueueOrder.OPENED: Ticket.opened_at.expression,
        QueueOrder.PRIORITY: _rank(Ticket.priority.expression, reversed(Priority)),
        QueueOrder.STATUS: _rank(Ticket.status.expression, TicketStatus),
        QueueOrder.QUEUE: Queue.position.expression,
        QueueOrder.ASSIGNEE: func.coalesce(_Assignee.name, ""),
    }
    return keys[order]


def _rank(column: ColumnElement[Any], terms: Any) -> ColumnElement[int]:
    return case(*((column == term, rank) for rank, term in enumerate(terms)), else_=99)
