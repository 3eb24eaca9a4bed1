"""What a caller was promised stands under its reference, whatever changed at the centre meanwhile.

A centre that judges intake like anything else must lose it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete

from carecenter.core.ids import new_id
from carecenter.core.terms import Outcome, Role, TicketStatus
from carecenter.models.account import Account
from carecenter.models.caller import Caller
from carecenter.models.queue import Queue, QueueMember
from carecenter.models.ticket import Callback, TicketEntry
from carecenter.models.viewer import viewer_of
from carecenter.operations.callers import RegisterCaller
from carecenter.operations.tickets import CallbackWish, CloseTicket, OpenTicket
from carecenter.queries import tickets
from carecenter.server.centre import Centre
from tests.houses import TECHNICAL, House, Seat, add_note, house, lend_queries, open_ticket

Change = Callable[[House, "Promise"], None]


class Promise:
    """Noura, at a desk off the network, gives a reference and promises a call; an older ticket gets a note."""

    def __init__(self, built: House) -> None:
        built.account("noura", Role.AGENT, "general", TECHNICAL)
        self.seat: Seat = built.seat("noura")
        registered = self.seat.perform(RegisterCaller(caller_id=new_id(), name_en="Fahad"))
        self.caller_id = registered.caller_id
        self.older: OpenTicket = self.seat.perform(open_ticket("older", queue_id="general"))
        self.seat.synchronise()

    def give(self) -> None:
        """Offline from here on."""
        wish = CallbackWish(callback_id=new_id(), number="+96599887766", due_at=self.seat.workstation.now())
        opening = open_ticket("promised", queue_id=TECHNICAL, caller_id=self.caller_id, callback=wish)
        self.given: OpenTicket = self.seat.perform(opening)
        self.callback_id = wish.callback_id
        self.note = self.seat.perform(add_note(self.given.ticket_id, "the first note"))
        self.late_note = self.seat.perform(add_note(self.older.ticket_id, "a note for the older one"))


def rights_lost(built: House, promise: Promise) -> None:
    with built.centre.transaction() as unit:
        unit.session.get_one(Account, promise.seat.account_id).role = Role.EDITOR
        unit.publish()


def out_of_the_queue(built: House, promise: Promise) -> None:
    with built.centre.transaction() as unit:
        unit.session.execute(delete(QueueMember).where(QueueMember.account_id == promise.seat.account_id))
        unit.publish()


def queue_gone(built: House, promise: Promise) -> None:
    with built.centre.transaction() as unit:
        unit.session.execute(delete(QueueMember).where(QueueMember.queue_id == TECHNICAL))
        unit.session.execute(delete(Queue).where(Queue.id == TECHNICAL))


def caller_gone(built: House, promise: Promise) -> None:
    with built.centre.transaction() as unit:
        unit.session.execute(delete(Caller).where(Caller.id == promise.caller_id))


def ticket_closed(built: House, promise: Promise) -> None:
    leader = built.seat("leader")
    older = {"ticket_id": promise.older.ticket_id, "entry_id": new_id()}
    leader.perform(CloseTicket(was=TicketStatus.RECEIVED, outcome=Outcome.RESOLVED, **older))
    leader.synchronise()


def _found(centre: Centre, leader_id: str, promise: Promise) -> bool:
    """Whether who leads finds everything under the references."""
    with centre.transaction() as unit:
        session = unit.session
        viewer = viewer_of(session, leader_id)
        lend_queries(session)
        for ticket in (promise.given, promise.older):
            rows = tickets.by_reference(session, viewer, ticket.reference)
            if [row.id for row in rows] != [ticket.ticket_id]:
                return False
        kept = [session.get(TicketEntry, one.entry_id) for one in (promise.note, promise.late_note)]
        return None not in kept and session.get(Callback, promise.callback_id) is not None


@pytest.mark.parametrize("change", [rights_lost, out_of_the_queue, queue_gone, caller_gone, ticket_closed])
def test_what_was_promised_is_found_under_its_reference(tmp_path: Path, change: Change) -> None:
    with house(tmp_path) as built:
        promise = Promise(built)
        promise.give()
        change(built, promise)
        results = promise.seat.push()
        assert _found(built.centre, built.leader_id, promise), [(one.outcome, one.reason) for one in results]
        assert promise.seat.workstation.queue().waiting == 0


def test_judged_like_anything_else_it_would_be_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OpenTicket, "intake", False)
    with house(tmp_path) as built:
        promise = Promise(built)
        promise.give()
        rights_lost(built, promise)
        promise.seat.push()
        assert not _found(built.centre, built.leader_id, promise)
