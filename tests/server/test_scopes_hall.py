"""In a hall a workstation holds a card where its caller's matters are, and nowhere else."""

import pytest

from carecenter.core.ids import new_id
from carecenter.core.terms import CallbackState, Outcome, Role, TicketStatus, WrapUp
from carecenter.operations import callbacks, callers, calls, tickets
from carecenter.server.scopes import CALLERS
from tests.houses import GENERAL, RESTRICTED, START, TECHNICAL, House, open_call, open_ticket
from tests.server.devices import Device
from tests.server.halls import hall, held, seen


@pytest.fixture
def building(house: House) -> House:
    hall(house)
    house.account("agent", Role.SENIOR_AGENT, GENERAL)
    house.account("colleague", Role.AGENT, GENERAL)
    house.account("engineer", Role.AGENT, TECHNICAL)
    house.account("member", Role.AGENT, RESTRICTED)
    return house


def _card() -> callers.RegisterCaller:
    return callers.RegisterCaller(caller_id=new_id(), name_en="Caller", phone=(new_id(), "+96599887766"))


def _matter(device: Device, number: int, **more: str) -> tuple[callers.RegisterCaller, tickets.OpenTicket]:
    card = _card()
    opening = open_ticket(caller_id=card.caller_id, reference=f"{number:010}", **more)
    device.send(card)
    device.send(opening)
    return card, opening


def _queue(ticket_id: str, was: str, now: str) -> tickets.ChangeQueue:
    return tickets.ChangeQueue(ticket_id=ticket_id, entry_id=new_id(), was=was, now=now)


def test_nobody_follows_all_callers(building: House) -> None:
    building.account("boss", Role.SUPERVISOR)
    for name in ("agent", "boss", "leader"):
        assert CALLERS not in Device(building.centre, name).signed_in.scopes


def test_a_supervisor_follows_the_work_of_the_members_of_their_queues(building: House) -> None:
    building.account("boss", Role.SUPERVISOR)
    scopes = set(Device(building.centre, "boss").signed_in.scopes)
    ids = {name: Device(building.centre, name).account_id for name in ("agent", "engineer", "member")}
    assert {f"work:{ids['agent']}", f"work:{ids['engineer']}"} <= scopes
    assert f"work:{ids['member']}" not in scopes


def test_a_new_card_is_with_who_wrote_it_and_goes_where_its_ticket_goes(building: House) -> None:
    agent, colleague, engineer = (Device(building.centre, name) for name in ("agent", "colleague", "engineer"))
    card = _card()
    agent.send(card)
    assert card.phone is not None
    both = {card.caller_id, card.phone[0]}
    assert both <= seen(agent).keys()
    assert not both & seen(colleague).keys()
    agent.send(open_ticket(caller_id=card.caller_id, reference="0000000002"))
    assert both <= seen(colleague).keys()
    assert not both & seen(engineer).keys()


def test_a_card_moves_with_its_ticket_in_the_same_transaction(building: House) -> None:
    agent, colleague, engineer = (Device(building.centre, name) for name in ("agent", "colleague", "engineer"))
    card, opening = _matter(agent, 2)
    colleague.hear()
    assert card.phone is not None
    moved = {card.caller_id, card.phone[0], opening.ticket_id, opening.entry_id}
    result = agent.send(_queue(opening.ticket_id, GENERAL, TECHNICAL))
    assert result.outcome == "accepted", result
    gone, come = seen(colleague), seen(engineer)
    assert {key: gone.get(key) for key in moved} == dict.fromkeys(moved, False)
    assert {key: come.get(key) for key in moved} == dict.fromkeys(moved, True)


def test_a_card_stays_while_another_ticket_of_its_caller_is_there(building: House) -> None:
    agent, colleague = Device(building.centre, "agent"), Device(building.centre, "colleague")
    card, opening = _matter(agent, 2)
    agent.send(open_ticket(caller_id=card.caller_id, reference="0000000133"))
    colleague.hear()
    agent.send(_queue(opening.ticket_id, GENERAL, TECHNICAL))
    gone = seen(colleague)
    assert gone[opening.ticket_id] is False
    assert card.caller_id not in gone


def test_the_call_that_led_to_a_ticket_goes_with_it(building: House) -> None:
    agent, colleague, engineer = (Device(building.centre, name) for name in ("agent", "colleague", "engineer"))
    call = open_call()
    agent.send(call)
    agent.send(open_ticket(call_id=call.call_id, reference="0000000002"))
    assert seen(colleague)[call.call_id]
    assert call.call_id not in seen(engineer)


def test_a_call_that_led_into_a_restricted_queue_is_hidden_from_those_who_lead(building: House) -> None:
    building.account("boss", Role.SUPERVISOR)
    agent, boss, member = (Device(building.centre, name) for name in ("agent", "boss", "member"))
    call, plain = open_call(), open_call()
    agent.send(call)
    agent.send(plain)
    assert seen(boss).get(call.call_id)
    opening = open_ticket(call_id=call.call_id, queue_id=RESTRICTED, reference="0000000002")
    agent.send(opening)
    agent.send(calls.EndCall(call_id=call.call_id, wrap_up=WrapUp.TICKET_OPENED, notes="in confidence"))
    news = seen(boss)
    assert news[call.call_id] is False
    assert opening.ticket_id not in news
    assert held(building, "call", plain.call_id) == {f"work:{agent.account_id}"}
    assert seen(member)[call.call_id]
    assert seen(agent)[call.call_id]


def test_a_promise_keeps_the_card_with_who_made_it_until_it_is_kept(building: House) -> None:
    agent, engineer = Device(building.centre, "agent"), Device(building.centre, "engineer")
    card, _ = _matter(agent, 2)
    promise = callbacks.PromiseCallback(
        callback_id=new_id(), number="+96599887766", due_at=START, caller_id=card.caller_id
    )
    engineer.send(promise)
    mine = f"account:{engineer.account_id}"
    assert mine in held(building, "caller", card.caller_id)
    engineer.send(callbacks.SettleCallback(callback_id=promise.callback_id, now=CallbackState.KEPT))
    assert mine not in held(building, "caller", card.caller_id)


def test_a_new_workstation_hears_what_is_open_first(building: House) -> None:
    agent = Device(building.centre, "agent")
    (closed_card, closed), (open_card, still_open) = _matter(agent, 2), _matter(agent, 3)
    agent.send(
        tickets.CloseTicket(
            ticket_id=closed.ticket_id, entry_id=new_id(), was=TicketStatus.RECEIVED, outcome=Outcome.RESOLVED
        )
    )
    building.account("newcomer", Role.AGENT, GENERAL)
    heard = [row.id for row in Device(building.centre, "newcomer").hear() if row.image is not None]
    current = (open_card.caller_id, still_open.ticket_id, still_open.entry_id)
    ended = (closed_card.caller_id, closed.ticket_id, closed.entry_id)
    assert max(map(heard.index, current)) < min(map(heard.index, ended))


def test_a_ticket_closed_long_ago_comes_back_with_its_card_when_it_is_opened_again(building: House) -> None:
    agent = Device(building.centre, "agent")
    card, opening = _matter(agent, 2)
    closing = tickets.CloseTicket(
        ticket_id=opening.ticket_id, entry_id=new_id(), was=TicketStatus.RECEIVED, outcome=Outcome.RESOLVED
    )
    agent.send(closing)
    assert f"closed:{GENERAL}" in held(building, "ticket", opening.ticket_id)
    building.clock.advance(days=31)
    agent.sign_in_again()
    agent.send(tickets.AddNote(ticket_id=opening.ticket_id, entry_id=new_id(), text="late"))
    assert held(building, "ticket_entry", opening.entry_id) | held(building, "caller", card.caller_id) == set()
    agent.send(tickets.ReopenTicket(ticket_id=opening.ticket_id, entry_id=new_id()))
    for key in (("ticket", opening.ticket_id), ("ticket_entry", opening.entry_id), ("caller", card.caller_id)):
        assert f"queue:{GENERAL}" in held(building, *key), key
