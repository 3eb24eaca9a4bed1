"""What a hall's workstations no longer need leaves them; doing it twice is doing it once."""

from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from carecenter.core.errors import SignedOut
from carecenter.core.ids import new_id
from carecenter.core.terms import Outcome, Role, TicketStatus
from carecenter.models.centre import CentreFact, FeedHead, FeedKind, FeedPointer, LookupGrant, Token
from carecenter.operations import callers, tickets
from carecenter.server import ageing
from carecenter.server.ageing import Aged
from carecenter.server.slips import Slips
from carecenter.wire import OpenFound
from tests.houses import GENERAL, TECHNICAL, House, open_call, open_ticket
from tests.server.devices import Device
from tests.server.halls import hall, held, seen


@pytest.fixture
def building(house: House) -> House:
    hall(house)
    house.account("agent", Role.AGENT, GENERAL)
    house.account("engineer", Role.AGENT, TECHNICAL)
    return house


def _matter(device: Device, queue_id: str) -> tuple[str, str]:
    card = callers.RegisterCaller(caller_id=new_id(), name_en="Caller")
    opening = open_ticket(caller_id=card.caller_id, queue_id=queue_id, reference="0000000002")
    device.send(card)
    device.send(opening)
    return card.caller_id, opening.ticket_id


def _close(device: Device, ticket_id: str) -> None:
    how: dict[str, Any] = {"was": TicketStatus.RECEIVED, "outcome": Outcome.RESOLVED}
    device.send(tickets.CloseTicket(ticket_id=ticket_id, entry_id=new_id(), **how))


def _open_found(device: Device, ticket_id: str) -> None:
    with device.centre.transaction() as unit:
        slip = Slips(unit.session, device.account_id, device.centre.clock()).write(("ticket", ticket_id))
    device.centre.open_found(device.token, OpenFound(entity="ticket", id=ticket_id, slip=slip))


def _heads(house: House) -> dict[str, int]:
    with house.centre.transaction() as unit:
        return dict(unit.session.execute(select(FeedHead.scope, FeedHead.seq)).all())


def test_a_ticket_leaves_its_queue_thirty_days_after_it_was_closed(building: House) -> None:
    agent = Device(building.centre, "agent")
    caller_id, ticket_id = _matter(agent, GENERAL)
    _close(agent, ticket_id)
    agent.hear()
    building.clock.advance(days=29, hours=23)
    ageing.run(building.centre)
    assert f"closed:{GENERAL}" in held(building, "ticket", ticket_id)
    building.clock.advance(hours=1)
    assert ageing.run(building.centre).tickets == 1
    assert held(building, "ticket", ticket_id) == set()
    assert held(building, "caller", caller_id) == set()
    agent.sign_in_again()
    news = seen(agent)
    assert [news.get(one) for one in (ticket_id, caller_id)] == [False, False]


def test_a_closed_ticket_of_an_earlier_version_leaves_the_open_ones(building: House) -> None:
    agent = Device(building.centre, "agent")
    caller_id, ticket_id = _matter(agent, GENERAL)
    _close(agent, ticket_id)
    with building.centre.transaction() as unit:
        left = FeedPointer.scope == f"queue:{GENERAL}"
        unit.session.execute(delete(FeedPointer).where(left, FeedPointer.kind == FeedKind.REMOVE))
        earlier = update(FeedPointer).where(FeedPointer.scope == f"closed:{GENERAL}")
        unit.session.execute(earlier.values(scope=f"queue:{GENERAL}", kind=FeedKind.PUT))
        unit.session.execute(delete(CentreFact).where(CentreFact.name == ageing.CLOSED_APART))
    assert ageing.run(building.centre).tickets == 1
    for key in (("ticket", ticket_id), ("caller", caller_id)):
        assert f"closed:{GENERAL}" in held(building, *key), key
        assert f"queue:{GENERAL}" not in held(building, *key), key
    assert ageing.run(building.centre).tickets == 0


def test_an_open_ticket_never_ages(building: House) -> None:
    caller_id, ticket_id = _matter(Device(building.centre, "agent"), GENERAL)
    building.clock.advance(days=400)
    assert ageing.run(building.centre).tickets == 0
    assert f"queue:{GENERAL}" in held(building, "ticket", ticket_id)
    assert f"queue:{GENERAL}" in held(building, "caller", caller_id)


def test_what_was_looked_up_leaves_after_the_day(building: House) -> None:
    caller_id, ticket_id = _matter(Device(building.centre, "engineer"), TECHNICAL)
    agent = Device(building.centre, "agent")
    _open_found(agent, ticket_id)
    assert seen(agent)[ticket_id]
    building.clock.advance(hours=14)  # from nine in the morning to eleven at night
    ageing.run(building.centre)
    assert ticket_id not in seen(agent)
    building.clock.advance(hours=1)
    assert ageing.run(building.centre).grants >= 1
    news = seen(agent)
    assert [news.get(one) for one in (ticket_id, caller_id)] == [False, False]
    assert f"queue:{TECHNICAL}" in held(building, "ticket", ticket_id)


def test_who_looks_up_at_night_has_it_for_a_shift(building: House) -> None:
    _, ticket_id = _matter(Device(building.centre, "engineer"), TECHNICAL)
    building.clock.advance(hours=14, minutes=59)
    agent = Device(building.centre, "agent")
    _open_found(agent, ticket_id)
    building.clock.advance(hours=7)
    ageing.run(building.centre)
    assert f"account:{agent.account_id}" in held(building, "ticket", ticket_id)
    building.clock.advance(hours=1)
    ageing.run(building.centre)
    assert f"account:{agent.account_id}" not in held(building, "ticket", ticket_id)


def test_a_call_leaves_its_agent_after_thirty_days(building: House) -> None:
    agent = Device(building.centre, "agent")
    call = open_call()
    agent.send(call)
    building.clock.advance(days=30)
    ageing.run(building.centre)
    assert held(building, "call", call.call_id) == set()


def test_more_than_a_batch_ages_and_a_second_run_moves_nothing(
    building: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ageing, "BATCH", 2)
    agent = Device(building.centre, "agent")
    openings = [open_ticket(reference=f"{number:010}") for number in range(5)]
    agent.push(*map(agent.envelope, openings))
    for opening in openings:
        _close(agent, opening.ticket_id)
    building.clock.advance(days=31)
    assert ageing.run(building.centre).tickets == 5
    heads = _heads(building)
    assert ageing.run(building.centre) == Aged()
    assert _heads(building) == heads


def test_a_token_ends(building: House) -> None:
    agent, other = Device(building.centre, "agent"), Device(building.centre, "engineer")
    with building.centre.transaction() as unit:
        token = unit.session.scalars(select(Token).where(Token.account_id == agent.account_id)).one()
        token.expires_at = building.clock()
    assert ageing.run(building.centre).tokens == 1
    with pytest.raises(SignedOut):
        agent.hear()
    other.hear()


def test_for_one_desk_only_tokens_end(local_house: House) -> None:
    local_house.account("agent")
    agent = Device(local_house.centre, "agent")
    _, ticket_id = _matter(agent, GENERAL)
    _close(agent, ticket_id)
    local_house.clock.advance(days=400)
    assert ageing.run(local_house.centre) == Aged(tokens=2)  # the agent's and the leader's
    assert f"queue:{GENERAL}" in held(local_house, "ticket", ticket_id)
    with local_house.centre.transaction() as unit:
        assert unit.session.scalar(select(func.count()).select_from(LookupGrant)) == 0
