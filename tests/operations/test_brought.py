"""What comes along from a desk that worked on its own: kept as it was there, and never over what is here."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from carecenter import operations
from carecenter.core.ids import new_id
from carecenter.core.terms import CallbackState, EntryKind, Outcome, TicketKind, TicketStatus
from carecenter.models.account import Account
from carecenter.models.call import Call
from carecenter.models.caller import Caller, CallerPhone
from carecenter.models.ticket import Callback, Ticket, TicketEntry
from carecenter.operations.brought import BringAuthor, BringCall, BringCaller, BringTicket, Line, Promise
from tests.houses import GENERAL, START
from tests.operations.records import ALI, SARA, Records

BEFORE = START - dt.timedelta(days=40)
SOON = START + dt.timedelta(days=400)


def line(kind: EntryKind = EntryKind.NOTE, **more: Any) -> Line:
    return Line(entry_id=new_id(), kind=kind, **{"author_id": "salem", "at": BEFORE, "desk_at": BEFORE, **more})


def ticket(**more: Any) -> BringTicket:
    fields: dict[str, Any] = {
        "ticket_id": new_id(),
        "entry_id": new_id(),
        "remark": "brought along",
        "reference": "0472915644",
        "kind": TicketKind.COMPLAINT,
        "status": TicketStatus.IN_WORK,
        "queue_id": GENERAL,
        "text": "no card",
        "opened_by": "salem",
        "opened_at": BEFORE,
        "due_at": BEFORE,
        "changed_at": BEFORE,
    }
    return BringTicket(**fields | more)


def test_a_ticket_keeps_its_times_and_authors_and_tells_who_brought_it(desk: Records) -> None:
    promise = Promise(callback_id=new_id(), owner_id="salem", number="1", due_at=SOON, state=CallbackState.KEPT)
    brought = ticket(lines=(line(EntryKind.OPENED, now="complaint"), line(text="asked again")), promises=(promise,))
    desk.apply(brought)
    kept = desk.row(Ticket, brought.ticket_id)
    assert (kept.status, kept.opened_at, kept.opened_by) == (TicketStatus.IN_WORK, BEFORE, "salem")
    entries = [desk.row(TicketEntry, one.entry_id) for one in brought.lines]
    assert [(entry.author_id, entry.at) for entry in entries] == [("salem", BEFORE)] * 2
    remark = desk.row(TicketEntry, brought.entry_id)
    assert (remark.author_id, remark.at, remark.text) == (SARA.account_id, START, "brought along")
    assert desk.row(Callback, promise.callback_id).due_at == SOON


def test_what_would_lie_in_the_future_is_now(desk: Records) -> None:
    closed = {"status": TicketStatus.CLOSED, "outcome": Outcome.RESOLVED, "closed_at": SOON}
    brought = ticket(opened_at=SOON, changed_at=SOON, lines=(line(at=SOON),), **closed)
    desk.apply(brought)
    kept = desk.row(Ticket, brought.ticket_id)
    assert {kept.opened_at, kept.changed_at, kept.closed_at} == {START}
    assert desk.row(TicketEntry, brought.lines[0].entry_id).at == START


def test_an_open_ticket_has_no_end(desk: Records) -> None:
    brought = ticket(outcome=Outcome.RESOLVED, closed_at=BEFORE)
    desk.apply(brought)
    kept = desk.row(Ticket, brought.ticket_id)
    assert (kept.outcome, kept.closed_at) == (None, None)


def test_what_is_here_stays_as_it_is(desk: Records) -> None:
    mine = ticket(text="mine", lines=(line(text="mine"),))
    card = BringCaller(caller_id=new_id(), name_en="mine", registered_at=BEFORE, phones=((new_id(), "+9651"),))
    desk.apply(mine, card)
    before = desk.rows()
    forged = ticket(ticket_id=mine.ticket_id, text="forged", lines=(line(text="forged"),))
    desk.apply(forged, BringCaller(caller_id=card.caller_id, registered_at=BEFORE, phones=((new_id(), "+9652"),)))
    assert desk.rows() == before
    stealing = ticket(lines=(msgspec.structs.replace(mine.lines[0], text="forged"),))
    desk.apply(stealing)
    assert desk.row(TicketEntry, mine.lines[0].entry_id).ticket_id == mine.ticket_id
    desk.apply(BringCaller(caller_id=new_id(), registered_at=BEFORE, phones=((card.phones[0][0], "+9653"),)))
    assert desk.row(CallerPhone, card.phones[0][0]).e164 == "+9651"


def test_an_author_is_a_name_and_no_login(desk: Records) -> None:
    salem = BringAuthor(account_id=new_id(), display_name_en="Salem")
    desk.apply(salem)
    account = desk.row(Account, salem.account_id)
    assert account.is_only_a_name
    assert not account.active
    payload = b'{"account_id":"administrator"}'
    with pytest.raises(msgspec.ValidationError):
        operations.decode("BringAuthor", payload)


def test_of_a_call_without_a_name_neither_caller_nor_number_is_kept(desk: Records) -> None:
    card = BringCaller(caller_id=new_id(), registered_at=SOON)
    call = BringCall(
        call_id=new_id(),
        agent_id="salem",
        caller_id=card.caller_id,
        number="+96599887766",
        anonymous=True,
        started_at=BEFORE,
        ended_at=BEFORE,
    )
    desk.apply(card, call)
    kept = desk.row(Call, call.call_id)
    assert (kept.caller_id, kept.number, kept.started_at) == (None, "", BEFORE)
    assert desk.row(Caller, card.caller_id).registered_at == START


def test_other_names_reach_every_place_where_somebody_is_named() -> None:
    promise = Promise(callback_id=new_id(), owner_id="salem", number="1", due_at=SOON, state=CallbackState.KEPT)
    assigned = line(EntryKind.ASSIGNED, was="noor", now="salem")
    brought = ticket(assignee_id="salem", lines=(assigned, line()), promises=(promise,))
    assert brought.accounts() == {"salem", "noor"}
    renamed = brought.in_the_name_of({"salem": ALI.account_id, "noor": "huda"})
    assert renamed.accounts() == {ALI.account_id, "huda"}
    assert renamed.in_the_name_of({}) == renamed


@pytest.mark.parametrize(
    ("kind", "now"), [(EntryKind.ESCALATED, "high"), (EntryKind.STATUS, 3), (EntryKind.ASSIGNED, 1)]
)
def test_a_line_whose_facts_are_not_of_its_kind_is_not_understood(kind: EntryKind, now: str | int) -> None:
    with pytest.raises(ValueError, match="not of its kind"):
        line(kind, now=now)
    line(EntryKind.OUTDATED, now=now)
