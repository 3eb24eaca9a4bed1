"""What a desk that worked on its own brings along to a hall: names, cards, calls, tickets with all that belongs to
them, promises. Each brings rows as they stand there and leaves a row that is here already as it is
(``docs/decisions/016-joining-a-hall.md``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar, Self
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from carecenter.core.terms import (
    CallbackState,
    Channel,
    Check,
    Direction,
    EntryKind,
    Language,
    Outcome,
    Priority,
    Role,
    TicketKind,
    TicketStatus,
    WrapUp,
)
from carecenter.models.account import Account
from carecenter.models.base import synced_models
from carecenter.models.call import Call
from carecenter.models.caller import Caller, CallerPhone
from carecenter.models.ticket import Callback, Ticket, TicketAlias, TicketEntry
from carecenter.operations.base import Actor, Operation, Rows


class Brought(Operation, frozen=True, kw_only=True):
    """``entity`` and the first subject name the row that it is all about.

    Times are those of the desk it comes from; what would lie in the future is now.
    """

    intake: ClassVar[bool] = True
    entity: ClassVar[str]
    people: ClassVar[tuple[str, ...]] = ()
    """The fields that name an account."""

    def row(self) -> tuple[str, str]:
        """Entity and id of what it brings."""
        return self.entity, getattr(self, self.subject[0])

    def rows(self) -> Rows:
        return (self.row(),)

    def is_here(self, session: Session) -> bool:
        """Whether it was brought before; whatever else it says is left alone then."""
        entity, entity_id = self.row()
        return session.get(synced_models()[entity], entity_id) is not None

    def accounts(self) -> frozenset[str]:
        """Whom it names as having done something."""
        return frozenset(value for name in self.people if (value := getattr(self, name)) is not None)

    def in_the_name_of(self, others: Mapping[str, str]) -> Self:
        """The same with other accounts in the place of some."""
        changed = {name: others.get(value, value) for name in self.people if (value := getattr(self, name))}
        return msgspec.structs.replace(self, **changed)

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        if not self.is_here(session):
            self.bring(session, actor, at)

    def bring(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        """Add the rows. What belongs to the first one and is here already belongs to something else."""
        raise NotImplementedError


class BringAuthor(Brought, frozen=True, kw_only=True):
    """Somebody who wrote things there and has no account here: a name that stands in timelines, and no login."""

    entity: ClassVar[str] = "account"
    subject: ClassVar[tuple[str, ...]] = ("account_id",)
    account_id: str
    display_name_ar: str = ""
    display_name_en: str = ""

    def __post_init__(self) -> None:
        UUID(self.account_id)  # it is also the name, and must be none that somebody would sign in by

    def bring(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        del actor, at
        session.add(
            Account(
                id=self.account_id,
                name=self.account_id,
                display_name_ar=self.display_name_ar,
                display_name_en=self.display_name_en,
                role=Role.AGENT,
                active=False,
            )
        )


class BringCaller(Brought, frozen=True, kw_only=True):
    """A card with its numbers: (id of the phone's row, E.164)."""

    entity: ClassVar[str] = "caller"
    subject: ClassVar[tuple[str, ...]] = ("caller_id",)
    caller_id: str
    name_ar: str = ""
    name_en: str = ""
    civil_id: str | None = None
    language: Language = Language.ARABIC
    note: str = ""
    registered_at: dt.datetime
    phones: tuple[tuple[str, str], ...] = ()

    def rows(self) -> Rows:
        return (self.row(), *(("caller_phone", phone_id) for phone_id, _ in self.phones))

    def bring(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        del actor
        session.add(
            Caller(
                id=self.caller_id,
                name_ar=self.name_ar,
                name_en=self.name_en,
                civil_id=self.civil_id,
                language=self.language,
                note=self.note,
                demo=False,
                registered_at=min(self.registered_at, at),
            )
        )
        for phone_id, e164 in self.phones:
            if session.get(CallerPhone, phone_id) is None:
                session.add(CallerPhone(id=phone_id, caller_id=self.caller_id, e164=e164))


class BringCall(Brought, frozen=True, kw_only=True):
    """A call that is over; of one without a name neither caller nor number is kept."""

    entity: ClassVar[str] = "call"
    subject: ClassVar[tuple[str, ...]] = ("call_id", "caller_id", "agent_id")
    people: ClassVar[tuple[str, ...]] = ("agent_id",)
    call_id: str
    agent_id: str
    caller_id: str | None = None
    channel: Channel = Channel.LINE_164
    direction: Direction = Direction.INCOMING
    number: str = ""
    withheld: bool = False
    anonymous: bool = False
    on_behalf_of: str = ""
    language: Language = Language.ARABIC
    notes: str = ""
    checks: tuple[Check, ...] = ()
    articles: tuple[str, ...] = ()
    started_at: dt.datetime
    ended_at: dt.datetime
    wrap_up: WrapUp | None = None

    def rows(self) -> Rows:
        caller = () if self.caller_id is None else (("caller", self.caller_id),)
        return (self.row(), *caller)

    def bring(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        del actor
        session.add(
            Call(
                id=self.call_id,
                agent_id=self.agent_id,
                caller_id=None if self.anonymous else self.caller_id,
                channel=self.channel,
                direction=self.direction,
                number="" if self.anonymous else self.number,
                withheld=self.withheld,
                anonymous=self.anonymous,
                on_behalf_of=self.on_behalf_of,
                language=self.language,
                notes=self.notes,
                checks=[check.value for check in self.checks],
                articles=list(self.articles),
                started_at=min(self.started_at, at),
                ended_at=min(self.ended_at, at),
                wrap_up=self.wrap_up,
            )
        )


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of a timeline as it was written. ``was`` and ``now`` are ids, values of terms or levels, by kind."""

    entry_id: str
    kind: EntryKind
    author_id: str
    at: dt.datetime
    desk_at: dt.datetime
    text: str = ""
    was: str | int | None = None
    now: str | int | None = None

    def __post_init__(self) -> None:
        facts = [fact for fact in (self.was, self.now) if fact is not None]
        if self.kind is not EntryKind.OUTDATED and any(
            isinstance(fact, int) != (self.kind is EntryKind.ESCALATED) for fact in facts
        ):
            raise ValueError("the facts of a line are not of its kind")

    def accounts(self) -> frozenset[str]:
        """Whom it names."""
        assigned = (self.was, self.now) if self.kind is EntryKind.ASSIGNED else ()
        return frozenset({self.author_id, *(one for one in assigned if isinstance(one, str))})

    def in_the_name_of(self, others: Mapping[str, str]) -> Line:
        """The same with other accounts in the place of some."""
        changed: dict[str, Any] = {"author_id": others.get(self.author_id, self.author_id)}
        if self.kind is EntryKind.ASSIGNED:
            changed |= {"was": others.get(str(self.was), self.was), "now": others.get(str(self.now), self.now)}
        return msgspec.structs.replace(self, **changed)

    def entry(self, ticket_id: str, at: dt.datetime) -> TicketEntry:
        """The row."""
        return TicketEntry(
            id=self.entry_id,
            ticket_id=ticket_id,
            kind=self.kind,
            author_id=self.author_id,
            at=min(self.at, at),
            desk_at=self.desk_at,
            text=self.text,
            was=self.was,
            now=self.now,
        )


class Promise(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A callback of a ticket, kept or not."""

    callback_id: str
    owner_id: str
    number: str
    due_at: dt.datetime
    state: CallbackState

    def row(self, ticket_id: str | None, caller_id: str | None) -> Callback:
        """The row."""
        return Callback(
            id=self.callback_id,
            ticket_id=ticket_id,
            caller_id=caller_id,
            owner_id=self.owner_id,
            number=self.number,
            due_at=self.due_at,
            state=self.state,
        )


class BringTicket(Brought, frozen=True, kw_only=True):
    """A ticket as it stands, with its whole timeline, its promises and the other numbers it answers to.

    ``confidential``: it lay in a restricted queue, and comes into none that is not. ``aliases``: (id of the row,
    reference). The timeline ends with a note of whoever brings it, so that nobody
    takes it for one that was kept here from the start: ``remark``, under the id ``entry_id``.
    """

    entity: ClassVar[str] = "ticket"
    subject: ClassVar[tuple[str, ...]] = ("ticket_id", "caller_id", "call_id", "queue_id", "opened_by")
    people: ClassVar[tuple[str, ...]] = ("opened_by", "assignee_id")
    ticket_id: str
    entry_id: str
    remark: str
    reference: str
    kind: TicketKind
    status: TicketStatus
    queue_id: str
    text: str
    opened_by: str
    opened_at: dt.datetime
    due_at: dt.datetime
    changed_at: dt.datetime
    remedy: str = ""
    priority: Priority = Priority.NORMAL
    language: Language = Language.ARABIC
    service_id: str | None = None
    body_code: str | None = None
    caller_id: str | None = None
    call_id: str | None = None
    pin_hash: str | None = None
    assignee_id: str | None = None
    escalation: int = 0
    outcome: Outcome | None = None
    closed_at: dt.datetime | None = None
    confidential: bool = False
    lines: tuple[Line, ...] = ()
    promises: tuple[Promise, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()

    def rows(self) -> Rows:
        caller = () if self.caller_id is None else (("caller", self.caller_id),)
        lines = (("ticket_entry", line.entry_id) for line in self.lines)
        promises = (("callback", promise.callback_id) for promise in self.promises)
        aliases = (("ticket_alias", alias_id) for alias_id, _ in self.aliases)
        return (self.row(), ("ticket_entry", self.entry_id), *caller, *lines, *promises, *aliases)

    def accounts(self) -> frozenset[str]:
        return (
            super()
            .accounts()
            .union(*(line.accounts() for line in self.lines), (promise.owner_id for promise in self.promises))
        )

    def in_the_name_of(self, others: Mapping[str, str]) -> Self:
        return msgspec.structs.replace(
            super().in_the_name_of(others),
            lines=tuple(line.in_the_name_of(others) for line in self.lines),
            promises=tuple(_owned(promise, others) for promise in self.promises),
        )

    def bring(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        session.add(self._ticket(at))
        remark = Line(
            entry_id=self.entry_id,
            kind=EntryKind.NOTE,
            author_id=actor.account_id,
            at=at,
            desk_at=actor.desk_at,
            text=self.remark,
        )
        for line in (*self.lines, remark):
            if session.get(TicketEntry, line.entry_id) is None:
                session.add(line.entry(self.ticket_id, at))
        for promise in self.promises:
            if session.get(Callback, promise.callback_id) is None:
                session.add(promise.row(self.ticket_id, self.caller_id))
        for alias_id, reference in self.aliases:
            if session.get(TicketAlias, alias_id) is None:
                session.add(TicketAlias(id=alias_id, ticket_id=self.ticket_id, reference=reference))

    def _ticket(self, at: dt.datetime) -> Ticket:
        closed = self.status is TicketStatus.CLOSED
        return Ticket(
            id=self.ticket_id,
            reference=self.reference,
            kind=self.kind,
            status=self.status,
            priority=self.priority,
            queue_id=self.queue_id,
            service_id=self.service_id,
            body_code=self.body_code,
            caller_id=self.caller_id,
            call_id=self.call_id,
            language=self.language,
            text=self.text,
            remedy=self.remedy,
            pin_hash=self.pin_hash,
            opened_by=self.opened_by,
            opened_at=min(self.opened_at, at),
            changed_at=min(self.changed_at, at),
            due_at=self.due_at,
            assignee_id=self.assignee_id,
            escalation=self.escalation,
            outcome=self.outcome if closed else None,
            closed_at=min(self.closed_at or at, at) if closed else None,
        )


class BringCallback(Brought, frozen=True, kw_only=True):
    """A promise to call somebody that belongs to no ticket."""

    entity: ClassVar[str] = "callback"
    subject: ClassVar[tuple[str, ...]] = ("callback_id", "caller_id", "owner_id")
    people: ClassVar[tuple[str, ...]] = ("owner_id",)
    callback_id: str
    owner_id: str
    number: str
    due_at: dt.datetime
    state: CallbackState
    caller_id: str | None = None

    def rows(self) -> Rows:
        caller = () if self.caller_id is None else (("caller", self.caller_id),)
        return (self.row(), *caller)

    def bring(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        del actor, at
        promise = Promise(
            callback_id=self.callback_id,
            owner_id=self.owner_id,
            number=self.number,
            due_at=self.due_at,
            state=self.state,
        )
        session.add(promise.row(None, self.caller_id))


def _owned(promise: Promise, others: Mapping[str, str]) -> Promise:
    return msgspec.structs.replace(promise, owner_id=others.get(promise.owner_id, promise.owner_id))
