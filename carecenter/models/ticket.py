"""Tickets, the lines of their timelines, the numbers they answer to, and callbacks promised."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from carecenter.core.terms import (
    CallbackState,
    EntryKind,
    Language,
    Outcome,
    Priority,
    TicketKind,
    TicketStatus,
)
from carecenter.models.base import Base, Json, Synced, TermType, UtcDateTime


class Ticket(Synced, Base):
    """A matter that needs subsequent help.

    ``reference`` is not unique: disks cloned offline or a centre put back from a backup can issue a number
    twice, and then a reference resolves to a list (see ``TicketAlias``). ``pin_hash`` is the second fact of
    an anonymous ticket.
    """

    __tablename__ = "ticket"

    reference: Mapped[str] = mapped_column(String(10), index=True)
    kind: Mapped[TicketKind] = mapped_column(TermType(TicketKind))
    status: Mapped[TicketStatus] = mapped_column(TermType(TicketStatus), index=True)
    priority: Mapped[Priority] = mapped_column(TermType(Priority))
    queue_id: Mapped[str] = mapped_column(ForeignKey("queue.id"), index=True)
    service_id: Mapped[str | None] = mapped_column(String(64))
    body_code: Mapped[str | None] = mapped_column(String(32))
    caller_id: Mapped[str | None] = mapped_column(ForeignKey("caller.id"), index=True)
    call_id: Mapped[str | None] = mapped_column(String(64), index=True)
    language: Mapped[Language] = mapped_column(TermType(Language))
    text: Mapped[str] = mapped_column(Text)
    remedy: Mapped[str] = mapped_column(Text, default="")
    pin_hash: Mapped[str | None] = mapped_column(String(64))
    opened_by: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    opened_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    assignee_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"), index=True)
    escalation: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[Outcome | None] = mapped_column(TermType(Outcome))
    closed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class TicketEntry(Synced, Base):
    """A line of the timeline. ``at`` is the centre's time, ``desk_at`` what the desk's clock said."""

    __tablename__ = "ticket_entry"

    ticket_id: Mapped[str] = mapped_column(ForeignKey("ticket.id"), index=True)
    kind: Mapped[EntryKind] = mapped_column(TermType(EntryKind))
    author_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    desk_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(Text, default="")
    was: Mapped[Any] = mapped_column(Json, nullable=True)
    now: Mapped[Any] = mapped_column(Json, nullable=True)


class TicketAlias(Synced, Base):
    """A number that a caller was given and that another ticket holds too."""

    __tablename__ = "ticket_alias"

    ticket_id: Mapped[str] = mapped_column(ForeignKey("ticket.id"), index=True)
    reference: Mapped[str] = mapped_column(String(10), index=True)


class Callback(Synced, Base):
    """A promise to call somebody back, with a clock of its own."""

    __tablename__ = "callback"

    ticket_id: Mapped[str | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    caller_id: Mapped[str | None] = mapped_column(ForeignKey("caller.id"), index=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    number: Mapped[str] = mapped_column(String(20))
    due_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    state: Mapped[CallbackState] = mapped_column(TermType(CallbackState))
    # Never read: it makes a flush insert a new ticket before its callback, which come in one operation.
    _ticket: Mapped[Ticket | None] = relationship()
