"""What a desk brings along is judged: in whose name, into which queue, under which number, over what is here."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from carecenter.core.ids import new_id
from carecenter.core.terms import Role
from carecenter.operations.brought import BringAuthor, BringCall, BringCallback, BringTicket
from carecenter.wire import GIVEN_TWICE, Outcome
from tests.houses import GENERAL, RESTRICTED, START, House, open_ticket
from tests.operations.samples import sample
from tests.operations.test_brought import line, ticket
from tests.server.devices import Device


def _ticket(opened_by: str, **more: Any) -> BringTicket:
    return ticket(opened_by=opened_by, lines=(line(author_id=opened_by),), **more)


@pytest.fixture
def agent(house: House) -> Device:
    house.account("noor")
    house.account("agent")
    return Device(house.centre, "agent")


def _noor(house: House) -> str:
    return house.centre.account_id("noor")


def test_an_agent_speaks_for_nobody_else(house: House, agent: Device) -> None:
    result = agent.send(forged := _ticket(_noor(house)))
    assert result.outcome is Outcome.IN_REVIEW
    assert "in the name of somebody else" in result.reason
    rows = house.rows("ticket", "ticket_entry")
    assert rows["ticket", forged.ticket_id]["opened_by"] == agent.account_id
    assert {row["author_id"] for (entity, _), row in rows.items() if entity == "ticket_entry"} == {agent.account_id}


def test_a_supervisor_says_who_is_who(house: House, agent: Device) -> None:
    house.account("huda", Role.SUPERVISOR)
    huda = Device(house.centre, "huda")
    assert huda.send(_ticket(_noor(house))).outcome is Outcome.ACCEPTED
    assert huda.send(_ticket(new_id())).outcome is Outcome.IN_REVIEW, "of whom nobody knows"


def test_whoever_is_only_a_name_is_named_by_all_and_signs_in_nowhere(house: House, agent: Device) -> None:
    salem = BringAuthor(account_id=new_id(), display_name_en="Salem")
    results = agent.push(*map(agent.envelope, (salem, brought := _ticket(salem.account_id))))
    assert [result.outcome for result in results] == [Outcome.ACCEPTED] * 2
    rows = house.rows("ticket", "account")
    assert rows["ticket", brought.ticket_id]["opened_by"] == salem.account_id
    assert not rows["account", salem.account_id]["active"]


def test_nothing_that_the_centre_holds_is_overwritten(house: House, agent: Device) -> None:
    noor = Device(house.centre, "noor")
    opening = open_ticket(reference="0000000002")
    noor.send(opening)
    before = house.rows("ticket", "ticket_entry", "account")
    forged = _ticket(agent.account_id, ticket_id=opening.ticket_id, text="forged")
    agent.push(*map(agent.envelope, (forged, BringAuthor(account_id=noor.account_id, display_name_en="Forged"))))
    assert house.rows("ticket", "ticket_entry", "account") == before


def test_into_a_restricted_queue_nothing_comes_unseen(house: House, agent: Device) -> None:
    result = agent.send(_ticket(agent.account_id, queue_id=RESTRICTED))
    assert result.outcome is Outcome.IN_REVIEW
    assert "restricted queue" in result.reason
    house.account("member", Role.AGENT, GENERAL, RESTRICTED)
    member = Device(house.centre, "member")
    theirs = _ticket(member.account_id, queue_id=RESTRICTED, reference="0000000002")
    assert member.send(theirs).outcome is Outcome.ACCEPTED


def test_the_later_of_two_tickets_gets_another_number_and_answers_to_both(house: House, agent: Device) -> None:
    opening = open_ticket(reference="0472915644")
    agent.send(opening)
    result = agent.send(brought := _ticket(agent.account_id, reference="0472915644"))
    assert (result.outcome, result.reason) == (Outcome.IN_REVIEW, GIVEN_TWICE)
    rows = house.rows("ticket", "ticket_alias")
    assert rows["ticket", opening.ticket_id]["reference"] == "0472915644"
    assert rows["ticket", brought.ticket_id]["reference"] != "0472915644"
    (alias,) = (row for (entity, _), row in rows.items() if entity == "ticket_alias")
    assert (alias["ticket_id"], alias["reference"]) == (brought.ticket_id, "0472915644")


def test_what_comes_again_with_other_words_is_neither_doubled_nor_put_up_for_review(
    house: House, agent: Device
) -> None:
    first = _ticket(agent.account_id, queue_id=RESTRICTED)
    agent.send(first)
    before = house.rows("ticket", "ticket_entry")
    again = agent.send(msgspec.structs.replace(first, text="moved on meanwhile"))
    assert again.outcome is Outcome.ACCEPTED
    assert house.rows("ticket", "ticket_entry") == before


def test_without_its_card_or_its_queue_it_stands_all_the_same(house: House, agent: Device) -> None:
    mine = agent.account_id
    call = BringCall(call_id=new_id(), agent_id=mine, caller_id=new_id(), started_at=START, ended_at=START)
    promise = sample("BringCallback", "")
    assert isinstance(promise, BringCallback)
    promise = msgspec.structs.replace(promise, caller_id=new_id(), owner_id=mine)
    brought = _ticket(mine, caller_id=new_id(), queue_id="closed down")
    results = agent.push(*map(agent.envelope, (call, brought, promise)))
    assert [result.outcome for result in results] == [Outcome.IN_REVIEW] * 3
    rows = house.rows("call", "ticket", "callback")
    assert {row["caller_id"] for row in rows.values()} == {None}
    assert rows["ticket", brought.ticket_id]["queue_id"] == GENERAL


def test_what_is_malformed_stops_nothing_else(house: House, agent: Device) -> None:
    naive = _ticket(agent.account_id, opened_at=dt.datetime(2026, 1, 1))  # noqa: DTZ001 - that is what is wrong
    good = _ticket(agent.account_id, reference="0000000002")
    results = agent.push(*map(agent.envelope, (naive, good)))
    assert [result.outcome for result in results] == [Outcome.QUARANTINED, Outcome.ACCEPTED]
    assert {entity_id for _, entity_id in house.rows("ticket")} == {good.ticket_id}
