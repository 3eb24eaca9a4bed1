"""A ticket's life: every step is a line of the timeline, and a step that came too late says so."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from carecenter import operations
from carecenter.core.ids import new_id
from carecenter.core.promises import due_at
from carecenter.core.terms import CallbackState, EntryKind, Outcome, Priority, TicketKind, TicketStatus
from carecenter.models.ticket import Callback, Ticket, TicketEntry
from carecenter.operations import Actor, tickets
from carecenter.operations.tickets import (
    AddNote,
    AssignTicket,
    CallbackWish,
    ChangeQueue,
    CloseTicket,
    EscalateTicket,
    MoveTicket,
    ReopenTicket,
    pin_hash,
)
from tests.houses import GENERAL, RESTRICTED, START, TECHNICAL, open_ticket
from tests.operations.records import ALI, LATER, SARA, Records

RECEIVED, IN_WORK, ANSWERED, CLOSED = (
    TicketStatus.RECEIVED,
    TicketStatus.IN_WORK,
    TicketStatus.ANSWERED,
    TicketStatus.CLOSED,
)


def test_a_new_ticket_is_received_promised_and_has_its_first_line(desk: Records) -> None:
    operation = open_ticket(reference="0472915644", priority=Priority.HIGH, remedy="Send it again.")
    desk.apply(operation)

    ticket = desk.row(Ticket, operation.ticket_id)
    assert (ticket.status, ticket.reference, ticket.queue_id) == (RECEIVED, "0472915644", GENERAL)
    assert (ticket.opened_by, ticket.opened_at, ticket.assignee_id) == ("sara", START, None)
    assert ticket.due_at == due_at(TicketKind.COMPLAINT, Priority.HIGH, START)
    line = desk.row(TicketEntry, operation.entry_id)
    assert (line.kind, line.author_id, line.now) == (EntryKind.OPENED, "sara", "complaint")


def test_a_caller_who_wants_to_be_called_back_gets_a_promise_with_the_ticket(desk: Records) -> None:
    wish = CallbackWish(callback_id=new_id(), number="+96599887766", due_at=LATER)
    operation = open_ticket(callback=wish, caller_id="caller")
    desk.apply(operation)

    callback = desk.row(Callback, wish.callback_id)
    assert (callback.ticket_id, callback.caller_id) == (operation.ticket_id, "caller")
    assert (callback.number, callback.due_at, callback.owner_id) == ("+96599887766", LATER, "sara")
    assert callback.state is CallbackState.PROMISED


@pytest.mark.parametrize("missing", ["ticket", "ticket_entry", "callback"])
def test_what_the_feed_brought_so_far_is_left_and_the_rest_stays(desk: Records, missing: str) -> None:
    """A page can end between a ticket, its line and its callback; nothing may blink."""
    wish = CallbackWish(callback_id=new_id(), number="+96599887766", due_at=LATER)
    operation = open_ticket(callback=wish)
    desk.apply(operation)
    ids = {"ticket": operation.ticket_id, "ticket_entry": operation.entry_id, "callback": wish.callback_id}
    before = desk.rows()
    model: Any = {"ticket": Ticket, "ticket_entry": TicketEntry, "callback": Callback}[missing]
    desk.session.delete(desk.row(model, ids[missing]))
    desk.session.flush()

    desk.apply(operation)

    assert desk.rows() == before


def test_a_note_is_never_too_late(desk: Records) -> None:
    ticket_id = desk.ticket(status=CLOSED)

    line = desk.step(AddNote, ticket_id, text="He called again.")

    assert (line.kind, line.text, line.author_id) == (EntryKind.NOTE, "He called again.", "ali")
    assert (line.at, line.desk_at) == (LATER, START)
    assert desk.row(Ticket, ticket_id).changed_at == LATER


def test_a_step_moves_the_ticket_and_says_from_where_to_where(desk: Records) -> None:
    ticket_id = desk.ticket()

    line = desk.step(MoveTicket, ticket_id, was=RECEIVED, now=IN_WORK, text="We have it.")

    assert desk.row(Ticket, ticket_id).status is IN_WORK
    assert (line.kind, line.was, line.now, line.text) == (EntryKind.STATUS, "received", "in_work", "We have it.")


@dataclass(frozen=True)
class Step:
    """A step, what somebody else may have done to the ticket before it, what it makes of it, and its line."""

    kind: type[tickets._OfTicket]
    fields: dict[str, Any]
    meanwhile: dict[str, Any]
    made: dict[str, Any]
    line: EntryKind


STEPS = [
    Step(
        MoveTicket,
        {"was": RECEIVED, "now": IN_WORK},
        meanwhile={"status": ANSWERED},
        made={"status": IN_WORK},
        line=EntryKind.STATUS,
    ),
    Step(
        AssignTicket,
        {"was": None, "now": "ali"},
        meanwhile={"assignee_id": "noura"},
        made={"assignee_id": "ali"},
        line=EntryKind.ASSIGNED,
    ),
    Step(
        EscalateTicket,
        {"was": 0, "now": 1},
        meanwhile={"escalation": 2},
        made={"escalation": 1},
        line=EntryKind.ESCALATED,
    ),
    Step(
        ChangeQueue,
        {"was": GENERAL, "now": TECHNICAL},
        meanwhile={"queue_id": RESTRICTED},
        made={"queue_id": TECHNICAL},
        line=EntryKind.QUEUE,
    ),
    Step(
        CloseTicket,
        {"was": RECEIVED, "outcome": Outcome.RESOLVED},
        meanwhile={"status": ANSWERED},
        made={"status": CLOSED, "outcome": Outcome.RESOLVED},
        line=EntryKind.CLOSED,
    ),
]
every_step = pytest.mark.parametrize("step", STEPS, ids=lambda step: step.kind.__name__)


@every_step
def test_a_step_that_came_too_late_changes_nothing_and_stands_in_the_timeline(desk: Records, step: Step) -> None:
    ticket_id = desk.ticket()
    ticket = desk.row(Ticket, ticket_id)
    for name, value in step.meanwhile.items():
        setattr(ticket, name, value)
    desk.session.flush()
    before = desk.rows()["ticket", ticket_id]

    line = desk.step(step.kind, ticket_id, text="typed in vain?", **step.fields)

    assert (line.kind, line.text) == (EntryKind.OUTDATED, "typed in vain?")
    assert desk.rows()["ticket", ticket_id] == before


@every_step
def test_a_step_in_time_is_taken_and_taken_once(desk: Records, step: Step) -> None:
    ticket_id = desk.ticket()
    operation = step.kind(ticket_id=ticket_id, entry_id=new_id(), **step.fields)

    desk.apply(operation, actor=ALI, at=LATER)

    ticket = desk.row(Ticket, ticket_id)
    assert {name: getattr(ticket, name) for name in step.made} == step.made
    assert ticket.changed_at == LATER
    assert desk.row(TicketEntry, operation.entry_id).kind is step.line
    once = desk.rows()
    desk.apply(operation, actor=SARA, at=LATER + dt.timedelta(days=1))
    assert desk.rows() == once


@every_step
def test_two_people_who_want_the_same_agree_but_nobody_closes_twice(desk: Records, step: Step) -> None:
    ticket_id = desk.ticket()
    desk.step(step.kind, ticket_id, **step.fields)

    line = desk.step(step.kind, ticket_id, **step.fields)

    assert line.kind is (EntryKind.OUTDATED if step.kind is CloseTicket else step.line)


def test_a_ticket_in_another_queue_is_nobodys_until_somebody_there_takes_it(desk: Records) -> None:
    ticket_id = desk.ticket()
    desk.step(AssignTicket, ticket_id, was=None, now="ali")
    desk.step(ChangeQueue, ticket_id, was=GENERAL, now=GENERAL)
    assert desk.row(Ticket, ticket_id).assignee_id == "ali"

    desk.step(ChangeQueue, ticket_id, was=GENERAL, now=TECHNICAL)

    assert desk.row(Ticket, ticket_id).assignee_id is None


def test_closing_needs_an_outcome() -> None:
    with pytest.raises(msgspec.ValidationError, match="outcome"):
        operations.decode("CloseTicket", b'{"ticket_id":"1","entry_id":"2","was":"answered"}')


def test_a_closed_ticket_says_how_and_when(desk: Records) -> None:
    ticket_id = desk.ticket(status=ANSWERED)

    line = desk.step(CloseTicket, ticket_id, was=ANSWERED, outcome=Outcome.EXPLAINED)

    ticket = desk.row(Ticket, ticket_id)
    assert (ticket.status, ticket.outcome, ticket.closed_at) == (CLOSED, Outcome.EXPLAINED, LATER)
    assert (line.was, line.now) == ("answered", "explained")


@pytest.mark.parametrize(("was", "now"), [(RECEIVED, CLOSED), (CLOSED, IN_WORK)])
def test_no_step_closes_or_reopens_by_the_back_door(desk: Records, was: TicketStatus, now: TicketStatus) -> None:
    ticket_id = desk.ticket(status=was)

    line = desk.step(MoveTicket, ticket_id, was=was, now=now)

    assert line.kind is EntryKind.OUTDATED
    assert desk.row(Ticket, ticket_id).status is was


def test_closing_twice_keeps_the_first_outcome(desk: Records) -> None:
    ticket_id = desk.ticket()
    desk.step(CloseTicket, ticket_id, was=RECEIVED, outcome=Outcome.RESOLVED)

    line = desk.step(CloseTicket, ticket_id, was=CLOSED, outcome=Outcome.WITHDRAWN)

    assert line.kind is EntryKind.OUTDATED
    assert desk.row(Ticket, ticket_id).outcome is Outcome.RESOLVED


def test_a_closed_ticket_can_be_opened_again_and_an_open_one_cannot(desk: Records) -> None:
    ticket_id = desk.ticket()
    desk.step(CloseTicket, ticket_id, was=RECEIVED, outcome=Outcome.RESOLVED)

    line = desk.step(ReopenTicket, ticket_id, text="It is broken again.")

    ticket = desk.row(Ticket, ticket_id)
    assert (line.kind, ticket.status, ticket.outcome, ticket.closed_at) == (EntryKind.REOPENED, IN_WORK, None, None)
    assert desk.step(ReopenTicket, ticket_id).kind is EntryKind.OUTDATED


def test_a_line_for_a_ticket_that_is_not_on_this_desk_is_kept(desk: Records) -> None:
    line = desk.step(MoveTicket, "elsewhere", was=RECEIVED, now=IN_WORK)

    assert (line.ticket_id, line.kind) == ("elsewhere", EntryKind.STATUS)


def test_a_spoken_pin_is_kept_as_a_hash_that_fits_one_ticket_only() -> None:
    assert pin_hash("ticket-1", "4711") == pin_hash("ticket-1", "4711")
    assert len({pin_hash("ticket-1", "4711"), pin_hash("ticket-2", "4711"), pin_hash("ticket-1", "4712")}) == 3
    assert "4711" not in pin_hash("ticket-1", "4711")


def test_the_desks_own_time_is_kept_beside_the_centres(desk: Records) -> None:
    ticket_id = desk.ticket()
    wrong = Actor(account_id="ali", device_id="desk", desk_at=START - dt.timedelta(days=3650))
    note = AddNote(ticket_id=ticket_id, entry_id=new_id(), text="from a desk with a flat battery")

    desk.apply(note, actor=wrong, at=LATER)

    line = desk.row(TicketEntry, note.entry_id)
    assert (line.at, line.desk_at) == (LATER, wrong.desk_at)
