"""Operations are judged by their author's rights; what cannot stand is put up for review and not lost."""

from typing import Any

import pytest
from sqlalchemy import func, select

from carecenter.core.errors import NotAllowed
from carecenter.core.ids import new_id
from carecenter.core.terms import CallbackState, Check, Language, Role, TicketStatus, WrapUp
from carecenter.models.centre import Quarantine, Review
from carecenter.operations import callbacks, callers, calls, tickets
from carecenter.wire import Outcome
from tests.houses import START, TECHNICAL, House, add_note, open_ticket
from tests.server.devices import Device


def _move(ticket_id: str, was: TicketStatus, now: TicketStatus) -> tickets.MoveTicket:
    return tickets.MoveTicket(ticket_id=ticket_id, entry_id=new_id(), was=was, now=now)


def _opened_call(agent: Device) -> str:
    opening = calls.OpenCall(call_id=new_id())
    assert agent.send(opening).outcome is Outcome.ACCEPTED
    return opening.call_id


def _reviews(house: House) -> set[str]:
    with house.centre.transaction() as unit:
        return set(unit.session.scalars(select(Review.tag)))


def _kept(house: House) -> list[bytes]:
    with house.centre.transaction() as unit:
        return list(unit.session.scalars(select(Quarantine.payload)))


def test_what_the_role_does_not_allow_is_refused(house: House, agent: Device) -> None:
    opening = open_ticket(reference="0000000002")
    agent.send(opening)
    up = tickets.EscalateTicket(ticket_id=opening.ticket_id, entry_id=new_id(), was=0, now=1)
    result = agent.send(up)
    assert result.outcome is Outcome.REFUSED
    assert "role" in result.reason
    assert house.rows("ticket")["ticket", opening.ticket_id]["escalation"] == 0
    with house.centre.transaction() as unit:
        assert unit.session.scalar(select(func.count()).select_from(Quarantine)) == 0


def test_a_ticket_of_another_queue_is_not_moved(house: House, agent: Device) -> None:
    house.account("engineer", Role.AGENT, TECHNICAL)
    engineer = Device(house.centre, "engineer")
    opening = open_ticket(queue_id=TECHNICAL, reference="0000000002")
    engineer.send(opening)
    result = agent.send(_move(opening.ticket_id, TicketStatus.RECEIVED, TicketStatus.IN_WORK))
    assert result.outcome is Outcome.REFUSED
    assert house.rows("ticket")["ticket", opening.ticket_id]["status"] == "received"


def test_intake_of_somebody_without_the_right_stands_and_is_reviewed(house: House, agent: Device) -> None:
    house.account("editor", Role.EDITOR)
    editor = Device(house.centre, "editor")
    opening = open_ticket(reference="0000000002")
    result = editor.send(opening)
    assert result.outcome is Outcome.IN_REVIEW
    assert opening.ticket_id in {row.id for row in agent.hear()}
    with house.centre.transaction() as unit:
        assert unit.session.scalars(select(Review)).one().op_id == result.op_id


def test_intake_typed_before_the_account_was_closed_stands(house: House, agent: Device) -> None:
    opening, note = open_ticket(reference="0000000002"), "typed offline"
    leader = Device(house.centre, "leader")
    house.centre.set_active(agent.account_id, False, leader.token)
    # Whoever signs in next at that desk drains everybody's outbox.
    house.account("colleague")
    colleague = Device(house.centre, "colleague", agent.device_id)
    results = colleague.push(
        colleague.envelope(opening, account_id=agent.account_id),
        colleague.envelope(add_note(opening.ticket_id, note), account_id=agent.account_id),
        colleague.envelope(
            _move(opening.ticket_id, TicketStatus.RECEIVED, TicketStatus.IN_WORK), account_id=agent.account_id
        ),
    )
    assert [result.outcome for result in results] == [Outcome.IN_REVIEW, Outcome.IN_REVIEW, Outcome.REFUSED]
    texts = {row["text"] for (entity, _), row in house.rows("ticket_entry").items() if entity == "ticket_entry"}
    assert note in texts


def test_a_workstation_cannot_speak_for_who_never_signed_in_there(house: House, agent: Device) -> None:
    opening = open_ticket(queue_id=TECHNICAL, reference="0000000002")
    house.account("engineer", Role.AGENT, TECHNICAL)
    engineer = Device(house.centre, "engineer")
    engineer.send(opening)
    move = _move(opening.ticket_id, TicketStatus.RECEIVED, TicketStatus.IN_WORK)
    note = add_note(opening.ticket_id, "in somebody else's name")
    results = [agent.send(one, account_id=engineer.account_id) for one in (move, note)]
    assert [result.outcome for result in results] == [Outcome.QUARANTINED, Outcome.IN_REVIEW]
    assert house.rows("ticket")["ticket", opening.ticket_id]["status"] == "received"
    assert len(_kept(house)) == 1
    assert _reviews(house) == {"AddNote"}


def test_who_signed_in_there_once_is_believed_after_signing_out(house: House, agent: Device) -> None:
    opening = open_ticket(queue_id=TECHNICAL, reference="0000000002")
    house.account("engineer", Role.AGENT, TECHNICAL)
    engineer = Device(house.centre, "engineer", agent.device_id)
    house.centre.sign_out(engineer.token)
    assert agent.send(opening, account_id=engineer.account_id).outcome is Outcome.ACCEPTED


def test_operations_of_another_workstation_are_not_taken(agent: Device) -> None:
    with pytest.raises(NotAllowed, match="another workstation"):
        agent.send(open_ticket(reference="0000000002"), device_id="somebody else's")


def test_what_was_promised_stands_without_a_caller_or_ticket_that_is_gone(house: House, agent: Device) -> None:
    call_id, gone = _opened_call(agent), new_id()
    promise: dict[str, Any] = {"number": "+96599887766", "due_at": START}
    openings = (
        calls.OpenCall(call_id=new_id(), number="+96599887766", caller_id=gone),
        calls.IdentifyCaller(call_id=call_id, caller_id=gone, on_behalf_of="her father"),
        callbacks.PromiseCallback(callback_id=new_id(), caller_id=gone, **promise),
        callbacks.PromiseCallback(callback_id=new_id(), ticket_id=gone, **promise),
        open_ticket(reference="0000000002", caller_id=gone, queue_id="gone"),
    )
    results = agent.push(*map(agent.envelope, openings))
    assert {result.outcome for result in results} == {Outcome.IN_REVIEW}
    assert _reviews(house) == {opening.tag() for opening in openings}
    assert _kept(house) == []
    rows = house.rows("call", "callback", "ticket")
    assert len(rows) == 5
    assert {row.get("caller_id") for row in rows.values()} == {None}
    assert {rows["call", one]["number"] for one in (openings[0].call_id, call_id)} == {"+96599887766", ""}
    assert rows["call", call_id]["on_behalf_of"] == "her father"
    promised = [row for (entity, _), row in rows.items() if entity == "callback"]
    assert [row["number"] for row in promised] == ["+96599887766"] * 2
    assert {row["ticket_id"] for row in promised} == {None}
    assert set(map(str, (row[1] for row in rows))) <= {row.id for row in agent.hear()}


def test_what_cannot_stand_alone_is_kept_whole_for_review(house: House, agent: Device) -> None:
    call, gone = new_id(), new_id()
    astray = (
        add_note(gone, "she asked for her brother to be called"),
        callers.AttachPhone(phone_id=new_id(), caller_id=gone, e164="+96599887766"),
        callers.CorrectCaller(caller_id=gone, field="note", was="", now="hard of hearing"),
        callbacks.SettleCallback(callback_id=gone, now=CallbackState.KEPT),
        calls.IdentifyCaller(call_id=call, caller_id=None, on_behalf_of="her father"),
        calls.VerifyCaller(call_id=call, checks=(Check.PHONE,)),
        calls.WriteNotes(call_id=call, notes="the pension has not come"),
        calls.ChooseCallLanguage(call_id=call, language=Language.ENGLISH),
        calls.LinkArticle(call_id=call, article_id="pension"),
        calls.EndCall(call_id=call, wrap_up=WrapUp.ANSWERED, notes="the pension came"),
    )
    envelopes = list(map(agent.envelope, astray))
    results = agent.push(*envelopes)
    assert {result.outcome for result in results} == {Outcome.IN_REVIEW}
    assert _reviews(house) == {operation.tag() for operation in astray}
    assert set(calls.OfCall.__subclasses__()) <= set(map(type, astray))
    assert sorted(_kept(house)) == sorted(bytes(one.payload) for one in envelopes)
    assert {result.repeated for result in agent.push(*envelopes)} == {True}
    assert len(_kept(house)) == len(astray)


def test_what_is_written_into_the_call_of_another_is_not_there_and_not_lost(house: House, agent: Device) -> None:
    house.account("noor")
    call_id, noor = _opened_call(agent), Device(house.centre, "noor")
    notes = noor.envelope(calls.WriteNotes(call_id=call_id, notes="written by somebody else"))
    (result,) = noor.push(notes)
    assert result.outcome is Outcome.IN_REVIEW
    assert _kept(house) == [bytes(notes.payload)]
    assert house.rows("call")["call", call_id]["notes"] == ""
