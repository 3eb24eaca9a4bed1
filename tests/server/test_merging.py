"""Provisional callers at the centre of a hall: who is proposed to whom, and what a merge does to everybody."""

from __future__ import annotations

from typing import Any

import pytest

from carecenter.core.errors import NotFound
from carecenter.core.ids import new_id
from carecenter.core.terms import Role
from carecenter.operations.callbacks import PromiseCallback
from carecenter.operations.callers import CorrectCaller, RegisterCaller
from carecenter.operations.calls import EndCall, IdentifyCaller
from carecenter.operations.merging import DismissMerge, MergeCallers, UnmergeCallers
from carecenter.queries import callers, merging, tickets
from carecenter.wire import LookupRequest, Outcome
from tests.houses import GENERAL, RESTRICTED, START, TECHNICAL, House, Seat, open_call, open_ticket
from tests.server.halls import hall, held

PHONE = "+96599887766"
CIVIL_ID = "282040701483"


@pytest.fixture
def building(house: House) -> House:
    hall(house)
    house.account("sara", Role.AGENT, GENERAL)
    house.account("noor", Role.AGENT, TECHNICAL)
    house.account("member", Role.AGENT, RESTRICTED)
    return house


def _card(seat: Seat, **more: Any) -> str:
    card = RegisterCaller(caller_id=new_id(), **{"name_en": "Mariam", "phone": (new_id(), PHONE), **more})
    seat.perform(card)
    seat.push()
    return card.caller_id


def _two(building: House) -> tuple[Seat, Seat, Seat, str, str]:
    """Noor's caller with a ticket, and Sara's provisional card of the same person with another; who leads."""
    noor, sara, leader = building.seat("noor"), building.seat("sara"), building.seat("leader")
    known = _card(noor, name_en="Mariam Al-Salem", civil_id=CIVIL_ID)
    noor.perform(open_ticket("first", caller_id=known, queue_id=TECHNICAL))
    noor.push()
    written = _card(sara, provisional=True)
    sara.perform(open_ticket("second", caller_id=written, queue_id=GENERAL))
    sara.push()
    for seat in (noor, sara, leader):
        seat.pull()
    return noor, sara, leader, known, written


def _proposed(seat: Seat) -> list[tuple[str, str]]:
    return [(row.written.id, row.known.id) for row in seat.ask(merging.proposals)]


def _texts(seat: Seat, caller_id: str) -> set[str]:
    card = seat.ask(callers.card, caller_id)
    return {row.summary for row in (*card.open_tickets, *card.closed_tickets)}


def test_a_card_is_provisional_until_the_centre_has_it(building: House) -> None:
    sara = building.seat("sara")
    card = RegisterCaller(caller_id=new_id(), name_en="Mariam", provisional=True)
    sara.perform(card)
    assert sara.ask(callers.card, card.caller_id).provisional
    sara.synchronise()
    assert not sara.ask(callers.card, card.caller_id).provisional


def test_who_wrote_it_and_who_leads_are_told_with_both_cards(building: House) -> None:
    noor, sara, leader, known, written = _two(building)
    for seat in (sara, leader):
        assert _proposed(seat) == [(written, known)]
        pair = seat.ask(merging.pair, known, written)
        assert (pair.kept.card.id, pair.merged.card.id, pair.is_possible) == (known, written, True)
    assert _proposed(noor) == []


@pytest.mark.parametrize(
    ("more", "proposed"),
    [
        ({}, 1),
        ({"phone": None, "civil_id": CIVIL_ID}, 1),
        ({"civil_id": "290010100019"}, 0),  # two people with one phone
        ({"phone": (new_id(), "+96599887700")}, 0),
        ({"provisional": False}, 0),  # the centre was asked
    ],
)
def test_a_card_is_known_again_by_phone_or_civil_id(building: House, more: dict[str, Any], proposed: int) -> None:
    sara = building.seat("sara")
    _card(building.seat("noor"), civil_id=CIVIL_ID)
    _card(sara, **{"provisional": True, **more})
    sara.pull()
    assert len(_proposed(sara)) == proposed


def test_a_caller_behind_a_wall_is_proposed_to_nobody(building: House) -> None:
    member, sara, leader = building.seat("member"), building.seat("sara"), building.seat("leader")
    hidden = _card(member)
    member.perform(open_ticket("a bribe", caller_id=hidden, queue_id=RESTRICTED))
    member.push()
    written = _card(sara, provisional=True)
    for seat in (sara, leader):
        seat.pull()
        assert _proposed(seat) == []
        with pytest.raises(NotFound):
            seat.ask(callers.card, hidden)
    leader.perform(MergeCallers(kept_id=written, merged_id=hidden))  # an id seen elsewhere
    assert [result.outcome for result in leader.push()] == [Outcome.REFUSED]


def test_a_merge_gathers_everything_at_every_desk_and_is_undone_exactly(building: House) -> None:
    noor, sara, leader, known, written = _two(building)
    rows = building.rows("caller_phone", "ticket", "call", "callback")
    leader.perform(MergeCallers(kept_id=known, merged_id=written))
    assert [result.outcome for result in leader.push()] == [Outcome.ACCEPTED]
    for seat in (noor, sara, leader):
        seat.pull()
        assert _proposed(seat) == []
        for card_id in (known, written):  # every id that was given out leads there
            card = seat.ask(callers.card, card_id)
            assert (card.id, card.name_en, card.phones) == (known, "Mariam Al-Salem", (PHONE,))
        assert [row.id for row in seat.ask(callers.by_phone, PHONE)] == [known]
    assert _texts(leader, written) == {"first", "second"}
    (row,) = sara.ask(tickets.of_caller, known)
    assert (row.summary, row.caller_id, row.caller_name_en) == ("second", known, "Mariam Al-Salem")

    leader.perform(UnmergeCallers(kept_id=known, merged_id=written))
    leader.push()
    for seat in (noor, sara, leader):
        seat.pull()
    assert building.rows("caller_phone", "ticket", "call", "callback") == rows
    assert (_texts(leader, known), _texts(leader, written)) == ({"first"}, {"second"})
    assert _proposed(leader) == _proposed(sara) == [(written, known)]


def test_what_still_comes_for_the_merged_card_is_found_at_the_other(building: House) -> None:
    _, sara, leader, known, written = _two(building)
    leader.perform(MergeCallers(kept_id=known, merged_id=written))
    leader.push()
    call = sara.perform(open_call())  # Sara is offline and knows nothing of it
    sara.perform(IdentifyCaller(call_id=call.call_id, caller_id=written))
    late = sara.perform(open_ticket("third", caller_id=written, call_id=call.call_id))
    sara.perform(PromiseCallback(callback_id=new_id(), caller_id=written, number=PHONE, due_at=START))
    sara.perform(EndCall(call_id=call.call_id, wrap_up="answered", notes=""))  # type: ignore[arg-type]  # by value
    sara.perform(CorrectCaller(caller_id=written, field="note", was="", now="prefers mornings"))
    assert {result.outcome for result in sara.push()} == {Outcome.ACCEPTED}
    for seat in (sara, leader):
        seat.pull()
    card = sara.ask(callers.card, known)
    assert late.ticket_id in {row.id for row in card.open_tickets}
    assert ([row.id for row in card.last_calls], len(card.callbacks)) == ([call.call_id], 1)
    assert card.note == "prefers mornings"
    assert _texts(leader, known) == {"first", "second", "third"}


def test_two_people_are_not_proposed_again(building: House) -> None:
    _, sara, leader, known, written = _two(building)
    leader.perform(DismissMerge(kept_id=known, merged_id=written))
    leader.push()
    for seat in (sara, leader):
        seat.pull()
        assert _proposed(seat) == []
    with pytest.raises(NotFound):  # what was here only for the proposal is gone
        sara.ask(callers.card, known)


def test_a_merge_that_comes_too_late_changes_nothing_and_is_reviewed(building: House) -> None:
    *_, leader, known, written = _two(building)
    boss = building.seat("leader", at=building.open_store("second"))
    third = _card(leader, phone=None)
    boss.pull()
    leader.perform(MergeCallers(kept_id=known, merged_id=written))
    leader.push()
    boss.perform(MergeCallers(kept_id=third, merged_id=known))
    assert [result.outcome for result in boss.push()] == [Outcome.IN_REVIEW]
    boss.pull()
    cards = building.rows("caller")
    assert [cards["caller", card]["merged_into"] for card in (known, written, third)] == [None, known, None]


def test_the_centre_finds_a_merged_person_once_with_all_tickets(building: House) -> None:
    *_, leader, known, written = _two(building)
    leader.perform(MergeCallers(kept_id=known, merged_id=written))
    leader.push()
    building.account("fresh", Role.AGENT, GENERAL)
    fresh = building.seat("fresh")
    answer = fresh.transport.lookup(fresh.signed_in.token, LookupRequest(question=PHONE))
    assert [row.id for row in answer.callers] == [known]
    assert len(answer.tickets) == 2


def test_all_cards_of_a_person_go_together_from_queue_to_queue(building: House) -> None:
    *_, leader, known, written = _two(building)
    leader.perform(MergeCallers(kept_id=known, merged_id=written))
    leader.push()
    assert held(building, "caller", known) == held(building, "caller", written)
    assert {f"queue:{GENERAL}", f"queue:{TECHNICAL}"} <= held(building, "caller", known)
