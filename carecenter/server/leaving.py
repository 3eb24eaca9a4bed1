"""What the embedded centre of a desk hands on when the desk joins a hall: its rows as operations, each row once,
in an order in which what is named comes before what names it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, TypeVar

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from carecenter.core.joining import Author, Belongings
from carecenter.core.terms import CallbackState, Check, TicketStatus
from carecenter.models.account import Account
from carecenter.models.base import Synced
from carecenter.models.call import Call
from carecenter.models.caller import Caller, CallerPhone
from carecenter.models.queue import Queue
from carecenter.models.ticket import Callback, Ticket, TicketAlias, TicketEntry
from carecenter.operations.brought import (
    BringAuthor,
    BringCall,
    BringCallback,
    BringCaller,
    BringTicket,
    Brought,
    Line,
    Promise,
)

_PAGE: Final = 500
_REMARKS: Final = uuid.UUID("6f0d9a2e-52a7-4f6b-9f0a-8b6e0b1d2c35")

R = TypeVar("R", bound=Synced)


class Names(msgspec.Struct, frozen=True):
    """Whom the hall knows: account here → account there. The others are only names there.

    ``bringer``: the account there that brings everything, with ``remark`` at the end of each timeline.
    """

    people: Mapping[str, str]
    bringer: str
    remark: str


def belongings(session: Session) -> Belongings:
    """How much there is."""

    def count(model: type[Synced]) -> int:
        return session.scalar(select(func.count()).select_from(model)) or 0

    people = tuple(
        Author(row.id, row.name, row.display_name_ar, row.display_name_en)
        for row in session.scalars(select(Account).order_by(Account.name))
    )
    return Belongings(count(Caller), count(Call), count(Ticket), count(TicketEntry), count(Callback), people)


def is_made_up(session: Session) -> bool:
    """Whether there are people of the demonstration among the callers."""
    return session.scalar(select(Caller.id).where(Caller.demo).limit(1)) is not None


def count(session: Session, names: Names) -> int:
    """How many operations there are."""
    found = belongings(session)
    loose = session.scalar(select(func.count()).select_from(Callback).where(Callback.ticket_id.is_(None))) or 0
    authors = sum(author.id not in names.people for author in found.people)
    return authors + found.callers + found.calls + found.tickets + loose


def operations(session: Session, names: Names) -> Iterator[Brought]:
    """Everything. The same rows and names make the same operations."""
    told = chain(_authors(session, names), _callers(session), _calls(session), _tickets(session, names))
    for operation in chain(told, _callbacks(session, names)):
        yield operation.in_the_name_of(names.people)


def _authors(session: Session, names: Names) -> Iterator[Brought]:
    for row in session.scalars(select(Account).order_by(Account.id)):
        if row.id not in names.people:
            yield BringAuthor(
                account_id=row.id, display_name_ar=row.display_name_ar, display_name_en=row.display_name_en
            )


def _callers(session: Session) -> Iterator[Brought]:
    for page in _pages(session, Caller):
        phones = defaultdict(list)
        for phone in _of(session, CallerPhone, "caller_id", page):
            phones[phone.caller_id].append((phone.id, phone.e164))
        for row in page:
            yield BringCaller(
                caller_id=row.id,
                name_ar=row.name_ar,
                name_en=row.name_en,
                civil_id=row.civil_id,
                language=row.language,
                note=row.note,
                registered_at=row.registered_at,
                phones=tuple(phones[row.id]),
            )


def _calls(session: Session) -> Iterator[Brought]:
    for row in chain.from_iterable(_pages(session, Call)):
        yield BringCall(
            call_id=row.id,
            agent_id=row.agent_id,
            caller_id=row.caller_id,
            channel=row.channel,
            direction=row.direction,
            number=row.number,
            withheld=row.withheld,
            anonymous=row.anonymous,
            on_behalf_of=row.on_behalf_of,
            language=row.language,
            notes=row.notes,
            checks=tuple(map(Check, row.checks)),
            articles=tuple(row.articles),
            started_at=row.started_at,
            ended_at=row.ended_at or row.started_at,
            wrap_up=row.wrap_up,
        )


def _tickets(session: Session, names: Names) -> Iterator[Brought]:
    restricted = set(session.scalars(select(Queue.id).where(Queue.restricted)))
    for page in _pages(session, Ticket):
        lines, promises, aliases = defaultdict(list), defaultdict(list), defaultdict(list)
        for entry in _of(session, TicketEntry, "ticket_id", page):
            lines[entry.ticket_id].append(_line(entry))
        for callback in _of(session, Callback, "ticket_id", page):
            promises[callback.ticket_id].append(_promise(callback, names))
        for alias in _of(session, TicketAlias, "ticket_id", page):
            aliases[alias.ticket_id].append((alias.id, alias.reference))
        for row in page:
            yield msgspec.structs.replace(
                _ticket(row, names),
                confidential=row.queue_id in restricted,
                lines=tuple(lines[row.id]),
                promises=tuple(promises[row.id]),
                aliases=tuple(aliases[row.id]),
            )


def _ticket(row: Ticket, names: Names) -> BringTicket:
    """Of an open one, whoever worked on it there and is only a name here works on it no longer."""
    working = row.status is TicketStatus.CLOSED or row.assignee_id in names.people
    return BringTicket(
        ticket_id=row.id,
        entry_id=str(uuid.uuid5(_REMARKS, row.id)),
        remark=names.remark,
        reference=row.reference,
        kind=row.kind,
        status=row.status,
        queue_id=row.queue_id,
        text=row.text,
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        due_at=row.due_at,
        changed_at=row.changed_at,
        remedy=row.remedy,
        priority=row.priority,
        language=row.language,
        service_id=row.service_id,
        body_code=row.body_code,
        caller_id=row.caller_id,
        call_id=row.call_id,
        pin_hash=row.pin_hash,
        assignee_id=row.assignee_id if working else None,
        escalation=row.escalation,
        outcome=row.outcome,
        closed_at=row.closed_at,
    )


def _line(row: TicketEntry) -> Line:
    return Line(
        entry_id=row.id,
        kind=row.kind,
        author_id=row.author_id,
        at=row.at,
        desk_at=row.desk_at,
        text=row.text,
        was=row.was,
        now=row.now,
    )


def _promise(row: Callback, names: Names) -> Promise:
    """One that is still to be kept is kept by somebody who is there."""
    open_to_all = row.state is CallbackState.PROMISED and row.owner_id not in names.people
    return Promise(
        callback_id=row.id,
        owner_id=names.bringer if open_to_all else row.owner_id,
        number=row.number,
        due_at=row.due_at,
        state=row.state,
    )


def _callbacks(session: Session, names: Names) -> Iterator[Brought]:
    loose = select(Callback).where(Callback.ticket_id.is_(None)).order_by(Callback.id)
    for row in session.scalars(loose):
        promise = msgspec.structs.asdict(_promise(row, names))
        yield BringCallback(caller_id=row.caller_id, **promise)


def _pages(session: Session, model: type[R]) -> Iterator[list[R]]:
    """All rows in the order in which they were made, some at a time."""
    after = ""
    while page := list(session.scalars(select(model).where(model.id > after).order_by(model.id).limit(_PAGE))):
        after = page[-1].id
        yield page
        session.expunge_all()


def _of(session: Session, model: type[R], column: str, page: Sequence[Synced]) -> Iterator[R]:
    """What belongs to the rows of a page, in the order in which it was made."""
    ids = [row.id for row in page]
    belongs = getattr(model, column).in_(ids)
    yield from session.scalars(select(model).where(belongs).order_by(model.id))
