"""What can be read of an opened ticket and done with it, without a widget: its steps, who may take them, drafts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from carecenter.core.decoding import converted
from carecenter.core.i18n import gettext as _
from carecenter.core.ids import new_id
from carecenter.core.terms import CallbackState, TicketStatus
from carecenter.core.text import ascii_digits, plain, visible
from carecenter.operations import Operation
from carecenter.operations import tickets as steps
from carecenter.operations.callbacks import SettleCallback
from carecenter.operations.looks import CheckPin
from carecenter.queries import accounts, tickets
from carecenter.queries.base import Viewer
from carecenter.store.desk import Desk
from carecenter.ui.views.ticket_view_sentences import Names

NOBODY: Final = ""
"""The choice of an assignment that takes the ticket from everybody."""

NEXT: Final[dict[TicketStatus, tuple[TicketStatus, ...]]] = {
    TicketStatus.RECEIVED: (
        TicketStatus.ACKNOWLEDGED,
        TicketStatus.ASSESSED,
        TicketStatus.IN_WORK,
        TicketStatus.REFERRED,
        TicketStatus.WAITING_FOR_CALLER,
        TicketStatus.ANSWERED,
    ),
    TicketStatus.ACKNOWLEDGED: (
        TicketStatus.ASSESSED,
        TicketStatus.IN_WORK,
        TicketStatus.REFERRED,
        TicketStatus.WAITING_FOR_CALLER,
        TicketStatus.ANSWERED,
    ),
    TicketStatus.ASSESSED: (
        TicketStatus.IN_WORK,
        TicketStatus.REFERRED,
        TicketStatus.WAITING_FOR_CALLER,
        TicketStatus.ANSWERED,
    ),
    TicketStatus.IN_WORK: (TicketStatus.REFERRED, TicketStatus.WAITING_FOR_CALLER, TicketStatus.ANSWERED),
    TicketStatus.REFERRED: (TicketStatus.IN_WORK, TicketStatus.WAITING_FOR_CALLER, TicketStatus.ANSWERED),
    TicketStatus.WAITING_FOR_CALLER: (TicketStatus.IN_WORK, TicketStatus.REFERRED, TicketStatus.ANSWERED),
    TicketStatus.ANSWERED: (TicketStatus.DECISION_TOLD, TicketStatus.IN_WORK, TicketStatus.WAITING_FOR_CALLER),
    TicketStatus.DECISION_TOLD: (TicketStatus.IN_WORK,),
    TicketStatus.CLOSED: (),
}
"""The steps of ISO 10002 that lie ahead, and the way back into work; closing and reopening are acts of their
own.
"""


class Act(StrEnum):
    """What a person can do with an opened ticket."""

    NOTE = "note"
    STATUS = "status"
    ASSIGN = "assign"
    ESCALATE = "escalate"
    QUEUE = "queue"
    CLOSE = "close"
    REOPEN = "reopen"


_OPERATIONS: Final[dict[Act, type[Operation]]] = {
    Act.NOTE: steps.AddNote,
    Act.STATUS: steps.MoveTicket,
    Act.ASSIGN: steps.AssignTicket,
    Act.ESCALATE: steps.EscalateTicket,
    Act.QUEUE: steps.ChangeQueue,
    Act.CLOSE: steps.CloseTicket,
    Act.REOPEN: steps.ReopenTicket,
}
_OF_OPEN: Final = (Act.NOTE, Act.STATUS, Act.ASSIGN, Act.ESCALATE, Act.QUEUE, Act.CLOSE)
_OF_CLOSED: Final = (Act.NOTE, Act.REOPEN)


@dataclass(frozen=True)
class Opened:
    """A ticket with the names in its timeline and the people it can be assigned to."""

    detail: tickets.TicketDetail
    names: Names
    members: tuple[accounts.AccountRow, ...]

    def acts(self) -> tuple[Act, ...]:
        """What makes sense in the ticket's present state; of another queue's ticket, only writing to it."""
        if self.detail.looked_up:
            return (Act.NOTE,)
        return _OF_CLOSED if self.detail.row.status is TicketStatus.CLOSED else _OF_OPEN


def may(viewer: Viewer, act: Act) -> bool:
    """Whether the viewer's role takes this step at all; the centre decides again."""
    return viewer.role in _OPERATIONS[act].allowed


def operation(opened: Opened, act: Act, choice: str | None, text: str) -> Operation:
    """The step as it is saved. ``choice``: a status, an account (or ``NOBODY``), a queue or an outcome.

    Raises msgspec.ValidationError for a choice the act does not know; ask ``complaint`` first.
    """
    row = opened.detail.row
    facts: dict[Act, dict[str, Any]] = {
        Act.NOTE: {},
        Act.REOPEN: {},
        Act.STATUS: {"was": row.status, "now": choice},
        Act.ASSIGN: {"was": row.assignee_id, "now": choice or None},
        Act.ESCALATE: {"was": row.escalation, "now": row.escalation + 1},
        Act.QUEUE: {"was": row.queue_id, "now": choice},
        Act.CLOSE: {"was": row.status, "outcome": choice},
    }
    fields = {"ticket_id": row.id, "entry_id": new_id(), "text": plain(text).strip(), **facts[act]}
    return converted(fields, _OPERATIONS[act])


def complaint(act: Act, choice: str | None, text: str) -> str:
    """What is still missing, as a sentence; empty when the step can be taken."""
    if choice is None and act in (Act.STATUS, Act.ASSIGN, Act.QUEUE, Act.CLOSE):
        return {
            Act.STATUS: _("Choose the next step."),
            Act.ASSIGN: _("Choose who works on it."),
            Act.QUEUE: _("Choose the queue that answers for it."),
            Act.CLOSE: _("Choose the outcome: a ticket is not closed without one."),
        }[act]
    if not visible(text) and act is Act.NOTE:
        return _("Write the note first.")
    if not visible(text) and act is Act.ESCALATE:
        return _("Write why it is escalated.")
    return ""


class TicketModel:
    """Reads and changes one opened ticket at a time through the desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def load(self, ticket_id: str) -> Opened:
        """The ticket and all names in it, as of one moment. Raises ``NotFound``."""
        return await self.desk.ask(_opened, ticket_id)

    async def draft(self, ticket_id: str) -> str:
        """The text half-typed for this ticket, or nothing."""
        content = (await self.desk.drafts()).get(place(ticket_id), {})
        return str(content.get("text", ""))

    async def keep_draft(self, ticket_id: str, text: str) -> dt.datetime:
        """Keeps what is being typed, or forgets it when it was emptied; returns when."""
        if text:
            return await self.desk.save_draft(place(ticket_id), {"text": text})
        await self.desk.drop_draft(place(ticket_id))
        return self.desk.now()

    async def take(self, opened: Opened, act: Act, choice: str | None, text: str) -> None:
        """Saves a step; the draft went into it. Raises ``UserError`` with nothing changed."""
        await self.desk.perform(operation(opened, act, choice, text), done_with=place(opened.detail.row.id))

    async def settle_callback(self, callback_id: str, now: CallbackState) -> None:
        """The promise was kept or taken back."""
        await self.desk.perform(SettleCallback(callback_id=callback_id, now=now))

    async def note_pin(self, ticket_id: str, right: bool) -> None:
        """Puts on record that a PIN was tried."""
        await self.desk.perform(CheckPin(ticket_id=ticket_id, right=right))


def place(ticket_id: str) -> str:
    """Where the draft of a ticket's note is kept."""
    return f"ticket:{ticket_id}:note"


def pin_is_right(detail: tickets.TicketDetail, pin: str) -> bool:
    """Whether a spoken PIN, in any digits, is the second fact of an anonymous ticket."""
    return detail.pin_hash == steps.pin_hash(detail.row.id, ascii_digits(visible(pin)))


def _opened(session: Any, viewer: Viewer, ticket_id: str) -> Opened:
    """One read for the whole view, so that no part of it is older than another."""
    detail = tickets.detail(session, viewer, ticket_id)
    known = {row.id: row for row in accounts.accounts(session, viewer)}
    queues = {row.id: row for row in accounts.all_queues(session, viewer)}
    return Opened(detail, Names(known, queues), accounts.members(session, viewer, detail.row.queue_id))
