"""Tickets: opened with a follow-up reference, then every step of their life as a line of the timeline."""

from __future__ import annotations

import datetime as dt
from hashlib import blake2b
from typing import Any, ClassVar

import msgspec
from sqlalchemy.orm import Session

from carecenter.core.promises import due_at
from carecenter.core.terms import (
    CallbackState,
    EntryKind,
    Language,
    Outcome,
    Priority,
    Role,
    TicketKind,
    TicketStatus,
)
from carecenter.models.ticket import Callback, Ticket, TicketEntry
from carecenter.operations.base import LEADING_ROLES, Actor, Operation, Rows


def pin_hash(ticket_id: str, pin: str) -> str:
    """The second fact of an anonymous ticket as it is kept. Four digits are no secret: look-ups are audited."""
    return blake2b(pin.encode(), key=ticket_id.encode(), digest_size=16).hexdigest()


class CallbackWish(msgspec.Struct, frozen=True, kw_only=True):
    """The caller asked to be called back: row id, E.164 number, when (UTC)."""

    callback_id: str
    number: str
    due_at: dt.datetime


class OpenTicket(Operation, frozen=True, kw_only=True):
    """A matter that needs subsequent help.

    ``reference`` is left empty by the page: the store takes it from the workstation's block in the
    transaction that saves the ticket.
    """

    intake: ClassVar[bool] = True
    subject: ClassVar[tuple[str, ...]] = ("ticket_id", "caller_id", "call_id", "queue_id")
    ticket_id: str
    entry_id: str
    reference: str = ""
    kind: TicketKind
    queue_id: str
    text: str
    remedy: str = ""
    priority: Priority = Priority.NORMAL
    language: Language = Language.ARABIC
    service_id: str | None = None
    body_code: str | None = None
    caller_id: str | None = None
    call_id: str | None = None
    callback: CallbackWish | None = None
    pin_hash: str | None = None

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        # Each row for itself: a page of the feed may have brought the ticket and not yet its first line.
        if session.get(Ticket, self.ticket_id) is None:
            session.add(self._ticket(actor, at))
        if session.get(TicketEntry, self.entry_id) is None:
            session.add(_entry(self.entry_id, self.ticket_id, EntryKind.OPENED, actor, at, now=self.kind.value))
        if self.callback is not None and session.get(Callback, self.callback.callback_id) is None:
            session.add(
                Callback(
                    id=self.callback.callback_id,
                    ticket_id=self.ticket_id,
                    caller_id=self.caller_id,
                    owner_id=actor.account_id,
                    number=self.callback.number,
                    due_at=self.callback.due_at,
                    state=CallbackState.PROMISED,
                )
            )

    def rows(self) -> Rows:
        caller = () if self.caller_id is None else (("caller", self.caller_id),)
        callback = () if self.callback is None else (("callback", self.callback.callback_id),)
        return (("ticket", self.ticket_id), ("ticket_entry", self.entry_id), *caller, *callback)

    def _ticket(self, actor: Actor, at: dt.datetime) -> Ticket:
        return Ticket(
            id=self.ticket_id,
            reference=self.reference,
            kind=self.kind,
            status=TicketStatus.RECEIVED,
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
            opened_by=actor.account_id,
            opened_at=at,
            changed_at=at,
            due_at=due_at(self.kind, self.priority, at),
            escalation=0,
        )


def _entry(
    entry_id: str,
    ticket_id: str,
    kind: EntryKind,
    actor: Actor,
    at: dt.datetime,
    *,
    text: str = "",
    was: Any = None,
    now: Any = None,
) -> TicketEntry:
    return TicketEntry(
        id=entry_id,
        ticket_id=ticket_id,
        kind=kind,
        author_id=actor.account_id,
        at=at,
        desk_at=actor.desk_at,
        text=text,
        was=was,
        now=now,
    )


class _OfTicket(Operation, frozen=True, kw_only=True):
    """A line of the timeline; ``change`` does the rest, or answers that the change came too late."""

    entry_kind: ClassVar[EntryKind]
    subject: ClassVar[tuple[str, ...]] = ("ticket_id",)
    ticket_id: str
    entry_id: str
    text: str = ""

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        if session.get(TicketEntry, self.entry_id) is not None:
            return
        ticket = session.get(Ticket, self.ticket_id)
        in_time = ticket is None or self.change(ticket, at)
        if ticket is not None and in_time:
            ticket.changed_at = at
        was, now = self.facts()
        kind = self.entry_kind if in_time else EntryKind.OUTDATED
        session.add(_entry(self.entry_id, self.ticket_id, kind, actor, at, text=self.text, was=was, now=now))

    def rows(self) -> Rows:
        return (("ticket", self.ticket_id), ("ticket_entry", self.entry_id))

    def change(self, ticket: Ticket, at: dt.datetime) -> bool:
        """Change the ticket; False when its present state is neither ``was`` nor ``now``."""
        raise NotImplementedError

    def facts(self) -> tuple[Any, Any]:
        """What the timeline says: before, after."""
        return getattr(self, "was", None), getattr(self, "now", None)


class AddNote(_OfTicket, frozen=True, kw_only=True):
    """Somebody wrote something; a note is never too late."""

    intake: ClassVar[bool] = True
    entry_kind: ClassVar[EntryKind] = EntryKind.NOTE

    def change(self, ticket: Ticket, at: dt.datetime) -> bool:
        del ticket, at
        return True


class MoveTicket(_OfTicket, frozen=True, kw_only=True):
    """The next step; closing has an operation of its own."""

    entry_kind: ClassVar[EntryKind] = EntryKind.STATUS
    was: TicketStatus
    now: TicketStatus

    def change(self, ticket: Ticket, at: dt.datetime) -> bool:
        del at
        if ticket.status not in (self.was, self.now) or TicketStatus.CLOSED in (self.was, self.now):
            return False
        ticket.status = self.now
        return True


class AssignTicket(_OfTicket, frozen=True, kw_only=True):
    """From one account, or nobody, to another, or nobody."""

    entry_kind: ClassVar[EntryKind] = EntryKind.ASSIGNED
    subject: ClassVar[tuple[str, ...]] = ("ticket_id", "now")
    was: str | None
    now: str | None

    def change(self, ticket: Ticket, at: dt.datetime) -> bool:
        del at
        if ticket.assignee_id not in (self.was, self.now):
            return False
        ticket.assignee_id = self.now
        return True


class EscalateTicket(_OfTicket, frozen=True, kw_only=True):
    """One level up: it is worked on before others, and a supervisor answers for it."""

    allowed: ClassVar[frozenset[Role]] = LEADING_ROLES | {Role.SENIOR_AGENT}
    entry_kind: ClassVar[EntryKind] = EntryKind.ESCALATED
    was: int
    now: int

    def change(self, ticket: Ticket, at: dt.datetime) -> bool:
        del at
        if ticket.escalation not in (self.was, self.now):
            return False
        ticket.escalation = self.now
        return True


class ChangeQueue(_OfTicket, frozen=True, kw_only=True):
    """Another queue answers for the ticket; nobody there holds it yet."""

    allowed: ClassVar[frozenset[Role]] = LEADING_ROLES | {Role.SENIOR_AGENT}
    entry_kind: ClassVar[EntryKind] = EntryKind.QUEUE
    subject: ClassVar[tuple[str, ...]] = ("ticket_id", "was", "now")
    was: str
    now: str

    def change(self, ticket: Ticket, at: dt.datetime) -> bool:
        del at
        if ticket.queue_id not in (self.was, self.now):
            return False
        if ticket.queue_id != self.now:
            ticket.queue_id = self.now
            ticket.assignee_id = None
        return True


class CloseTicket(_OfTicket, frozen=True, kw_only=True):
    """The matter ended; how is compulsory."""

    entry_kind: ClassVar[EntryKind] = EntryKind.CLOSED
    was: TicketStatus
    outcome: Outcome

    def change(self, ticket: Ticket, at: dt.datetime) -> bool:
        if ticket.status is not self.was or ticket.status is TicketStatus.CLOSED:
            return False
        ticket.status = TicketStatus.CLOSED
        ticket.outcome = self.outcome
        ticket.closed_at = at
        return True

    def facts(self) -> tuple[Any, Any]:
        return self.was.value, self.outcome.value


class ReopenTicket(_OfTicket, frozen=True, kw_only=True):
    """A closed matter is open again."""

    entry_kind: ClassVar[EntryKind] = EntryKind.REOPENED

    def change(self, ticket: Ticket, at: dt.datetime) -> bool:
        del at
        if ticket.status is not TicketStatus.CLOSED:
            return False
        ticket.status = TicketStatus.IN_WORK
        ticket.outcome = None
        ticket.closed_at = None
        return True
