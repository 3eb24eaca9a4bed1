"""Scopes that nobody at a workstation follows any more take their rows with them, index included."""

from __future__ import annotations

from sqlalchemy import delete, select

from carecenter.core.terms import Role
from carecenter.models.desk import ScopeCursor
from carecenter.models.queue import QueueMember
from carecenter.operations.tickets import OpenTicket
from tests.houses import GENERAL, TECHNICAL, House, Seat, add_note, open_ticket
from tests.store.test_feed import found_by_words, rows_here

QUEUE = f"queue:{TECHNICAL}"


def _leave(built: House, account_id: str, queue_id: str) -> None:
    """The centre takes an account out of a queue."""
    with built.centre.transaction() as unit:
        left = (QueueMember.account_id == account_id, QueueMember.queue_id == queue_id)
        unit.session.execute(delete(QueueMember).where(*left))
        unit.publish()


def _technical(built: House) -> OpenTicket:
    built.account("leads", Role.SUPERVISOR, GENERAL, TECHNICAL)
    leads = built.seat("leads")
    ticket = leads.perform(open_ticket("quibbling", queue_id=TECHNICAL))
    leads.synchronise()
    return ticket


def _cursors(seat: Seat) -> set[str]:
    with seat.workstation.transaction() as session:
        return set(session.scalars(select(ScopeCursor.scope)))


def test_who_leaves_a_queue_keeps_none_of_its_tickets(built: House) -> None:
    """Naive: a scope that is no longer named is no longer asked for, and its rows stay for ever."""
    _technical(built)
    built.account("noura", Role.AGENT, GENERAL, TECHNICAL)
    noura = built.seat("noura")
    assert len(rows_here(noura)) == 2

    _leave(built, noura.account_id, TECHNICAL)
    noura.pull()

    assert rows_here(noura) == set()
    assert found_by_words(noura, "quibbling") == 0
    assert QUEUE not in _cursors(noura)


def test_what_is_being_sent_keeps_its_ticket_until_it_was_judged(built: House) -> None:
    ticket = _technical(built)
    built.account("noura", Role.AGENT, GENERAL, TECHNICAL)
    noura = built.seat("noura")
    built.clock.advance(minutes=1)
    noura.perform(add_note(ticket.ticket_id, "typed just before"))

    _leave(built, noura.account_id, TECHNICAL)
    noura.pull()
    assert ("ticket", ticket.ticket_id) in rows_here(noura)

    noura.synchronise()
    assert rows_here(noura) == set()
    lines = [line["text"] for line in built.rows("ticket_entry").values()]
    assert "typed just before" in lines


def test_a_colleague_at_the_same_desk_who_follows_the_queue_keeps_its_rows(built: House) -> None:
    """Naive: whatever the one who is signed in may not follow goes."""
    _technical(built)
    built.account("noura", Role.AGENT, GENERAL, TECHNICAL)
    noura = built.seat("noura")
    sara = built.seat("sara", at=noura.workstation)

    sara.pull()
    assert len(rows_here(noura)) == 2

    _leave(built, noura.account_id, TECHNICAL)
    sara.pull()
    assert len(rows_here(noura)) == 2  # nobody has told this desk yet

    built.seat("noura", at=noura.workstation)
    assert rows_here(noura) == set()


def test_a_disabled_account_follows_nothing(built: House) -> None:
    _technical(built)
    built.account("noura", Role.AGENT, GENERAL, TECHNICAL)
    noura, leads = built.seat("noura"), built.seat("leads")
    sara = built.seat("sara", at=noura.workstation)

    built.centre.set_active(noura.account_id, False, leads.signed_in.token)
    sara.pull()

    assert rows_here(noura) == set()
    assert QUEUE not in _cursors(noura)


def test_who_comes_back_to_a_queue_hears_it_from_the_start(built: House) -> None:
    ticket = _technical(built)
    built.account("noura", Role.AGENT, GENERAL, TECHNICAL)
    noura = built.seat("noura")
    _leave(built, noura.account_id, TECHNICAL)
    noura.pull()

    with built.centre.transaction() as unit:
        unit.session.add(QueueMember(id="again", queue_id=TECHNICAL, account_id=noura.account_id))
        unit.publish()
    noura.pull()

    assert ("ticket", ticket.ticket_id) in rows_here(noura)
