"""Accepted operations are kept sealed, and offered again to a centre that was put back from a backup."""

from __future__ import annotations

import msgspec
from sqlalchemy import delete, select

from carecenter.models.centre import CentreFact, FeedHead, FeedPointer, OpBatch, OpLog
from carecenter.models.desk import SealedOperation
from carecenter.models.ticket import Ticket, TicketEntry
from carecenter.queries import tickets
from carecenter.store import sealed
from carecenter.wire import Hello, Outcome, Result
from tests.houses import House, Seat, open_ticket


def greet(seat: Seat) -> None:
    """The beginning of a connection, as the engine makes it."""
    request = Hello(version="1", generation=seat.workstation.generation())
    greeting = seat.transport.hello(seat.signed_in.token, request)
    seat.workstation.greeted(greeting, seat.account_id, 0.0)


def kept(seat: Seat) -> list[int]:
    with seat.workstation.transaction() as session:
        return list(session.scalars(select(SealedOperation.number).order_by(SealedOperation.number)))


def offer_again(seat: Seat, most: int = 100) -> list[Result]:
    results: list[Result] = []
    while (offer := seat.workstation.next_offer(most)) is not None:
        answered = seat.transport.push(seat.signed_in.token, offer.push).results
        seat.workstation.offered(offer, answered)
        results += answered
    return results


def _put_back(built: House) -> None:
    """The centre's database as it was before any ticket, with its new generation."""
    with built.centre.transaction() as unit:
        for table in (TicketEntry, Ticket, OpLog, OpBatch):
            unit.session.execute(delete(table))
        of_tickets = FeedPointer.entity.in_(("ticket", "ticket_entry"))
        gone = select(FeedPointer.scope).where(of_tickets)
        unit.session.execute(delete(FeedHead).where(FeedHead.scope.in_(gone)))
        unit.session.execute(delete(FeedPointer).where(of_tickets))
        unit.session.get_one(CentreFact, "generation").value = "after the restore"


def test_what_a_restored_centre_has_forgotten_is_offered_again_and_stands_once(built: House) -> None:
    """Naive: what was accepted is nobody's any more; the tickets are gone with the backup."""
    sara = built.seat("sara")
    greet(sara)
    opened = [sara.perform(open_ticket(f"ticket {number}")) for number in range(5)]
    sara.synchronise()
    assert sara.workstation.next_push().operations == ()
    assert kept(sara) == [1, 2, 3, 4, 5]

    _put_back(built)
    assert built.rows("ticket") == {}
    greet(sara)
    assert sara.workstation.is_offering_again()
    results = offer_again(sara, most=2)
    assert not sara.workstation.is_offering_again()
    sara.synchronise()

    assert {result.outcome for result in results} == {Outcome.ACCEPTED}
    numbers = {row["reference"]: row["text"] for row in built.rows("ticket").values()}
    assert numbers == {ticket.reference: ticket.text for ticket in opened}
    assert len(sara.ask(tickets.detail, opened[0].ticket_id).timeline) == 1

    greet(sara)  # and nothing is offered a third time
    assert not sara.workstation.is_offering_again()
    assert kept(sara) == [1, 2, 3, 4, 5]


def test_an_offer_that_was_broken_off_goes_on_where_it_was(built: House) -> None:
    sara = built.seat("sara")
    greet(sara)
    for number in range(3):
        sara.perform(open_ticket(f"ticket {number}"))
    sara.synchronise()
    _put_back(built)
    greet(sara)

    first = sara.workstation.next_offer(2)
    assert first is not None
    sara.workstation.offered(first, sara.transport.push(sara.signed_in.token, first.push).results)
    again = sara.workstation.next_offer(2)

    assert again is not None
    assert (first.numbers, again.numbers) == ((1, 2), (3,))


def test_what_is_kept_can_be_read_by_nobody_here(built: House) -> None:
    sara = built.seat("sara")
    greet(sara)
    sara.perform(open_ticket("confided"))
    sara.synchronise()

    with sara.workstation.transaction() as session:
        (content,) = session.scalars(select(SealedOperation.sealed))
    assert b"confided" not in content
    assert len(content) > 100


def test_without_a_key_nothing_is_kept(built: House) -> None:
    sara = built.seat("sara")
    sara.perform(open_ticket())
    sara.synchronise()

    assert kept(sara) == []


def test_after_the_backup_window_it_is_forgotten(built: House) -> None:
    sara = built.seat("sara")
    greet(sara)
    sara.perform(open_ticket())
    sara.synchronise()

    built.clock.advance(days=35)
    sara = built.seat("sara", at=sara.workstation)  # the first token has ended
    greet(sara)
    assert kept(sara) == [1]
    built.clock.advance(seconds=1)
    greet(sara)
    assert kept(sara) == []
    assert sealed.WINDOW.days == 35


def test_a_clock_that_jumps_by_years_throws_nothing_away(built: House) -> None:
    """Naive: the window is counted by the desk's own clock."""
    sara = built.seat("sara")
    greet(sara)
    sara.perform(open_ticket())
    sara.synchronise()

    sara.workstation.clock = lambda: built.clock().replace(year=2036)
    greet(sara)

    assert kept(sara) == [1]


def test_what_an_older_centre_does_not_know_is_offered_to_its_next_version(built: House) -> None:
    sara = built.seat("sara")
    greet(sara)
    for number in range(3):
        sara.perform(open_ticket(f"ticket {number}"))
    sara.synchronise()
    _put_back(built)
    greet(sara)
    offer = sara.workstation.next_offer()
    assert offer is not None
    outcomes = (Outcome.ACCEPTED, Outcome.LATER, Outcome.ACCEPTED)
    sara.workstation.offered(offer, tuple(Result(op_id="", outcome=outcome) for outcome in outcomes))
    assert sara.workstation.next_offer() is None
    greet(sara)
    assert not sara.workstation.is_offering_again()

    request = Hello(version="1", generation=sara.workstation.generation())
    greeting = sara.transport.hello(sara.signed_in.token, request)
    sara.workstation.greeted(msgspec.structs.replace(greeting, version="99"), sara.account_id, 0.0)

    again = sara.workstation.next_offer()
    assert again is not None
    assert again.numbers == (2, 3)
