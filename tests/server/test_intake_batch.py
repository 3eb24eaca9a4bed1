"""A push as one batch: rows that stand on one another, one that fails among others, several at the same time."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import msgspec
import pytest

from carecenter import operations
from carecenter.core.ids import new_id
from carecenter.models.viewer import viewer_of
from carecenter.operations import callbacks, callers, calls, tickets
from carecenter.queries import tickets as queries
from carecenter.wire import Outcome
from tests.houses import GENERAL, START, House, add_note, lend_queries, open_call, open_ticket
from tests.server.devices import Device, counted

_REFERENCES = count(1_000)


def test_rows_of_one_batch_may_stand_on_one_another(house: House, agent: Device) -> None:
    """A call comes before the card of its caller in the alphabet, and after it in the batch."""
    card = callers.RegisterCaller(caller_id=new_id(), name_en="Norah", phone=(new_id(), "+96599887766"))
    call = calls.OpenCall(call_id=new_id(), number="+96599887766", caller_id=card.caller_id)
    early = calls.OpenCall(call_id=new_id())
    found = calls.IdentifyCaller(call_id=early.call_id, caller_id=card.caller_id)
    phone = callers.AttachPhone(phone_id=new_id(), caller_id=card.caller_id, e164="+96599887766")
    agent.send(early)
    with counted(house) as statements:
        results = agent.push(*map(agent.envelope, (card, call, found, phone)))
    assert {result.outcome for result in results} == {Outcome.ACCEPTED}
    assert not [one for one in statements if one.startswith("ROLLBACK")], "judged as one batch"
    assert len(house.rows("caller_phone")) == 1
    assert house.rows("call")["call", early.call_id]["caller_id"] == card.caller_id


def test_a_card_may_be_corrected_in_the_batch_that_brings_it(house: House, agent: Device) -> None:
    """Naive: a card not yet written has nothing where its note will be, and the note is thought outdated."""
    card = callers.RegisterCaller(caller_id=new_id(), name_en="Norah")
    note = callers.CorrectCaller(caller_id=card.caller_id, field="note", was="", now="prefers the evening")
    results = agent.push(*map(agent.envelope, (card, note)))
    assert {result.outcome for result in results} == {Outcome.ACCEPTED}
    assert house.rows("caller")["caller", card.caller_id]["note"] == "prefers the evening"


def test_a_card_of_the_same_batch_is_there(house: House, agent: Device) -> None:
    card = callers.RegisterCaller(caller_id=new_id(), name_en="Norah")
    opening = calls.OpenCall(call_id=new_id(), caller_id=card.caller_id)
    phone = callers.AttachPhone(phone_id=new_id(), caller_id=card.caller_id, e164="+96599887766")
    promise = callbacks.PromiseCallback(
        callback_id=new_id(), caller_id=card.caller_id, number="+96599887766", due_at=START
    )
    results = agent.push(*map(agent.envelope, (card, opening, phone, promise)))
    assert {result.outcome for result in results} == {Outcome.ACCEPTED}
    rows = house.rows("call", "callback", "caller_phone")
    assert [row["caller_id"] for row in rows.values()] == [card.caller_id] * 3


def test_lines_of_one_batch_keep_their_order_whatever_their_ids(house: House, agent: Device) -> None:
    opening = open_ticket(reference="0000000001")
    notes = [add_note(opening.ticket_id, text) for text in ("first", "second", "third")]
    late, *earlier = sorted((note.entry_id for note in notes), reverse=True)
    ids = (late, *reversed(earlier))
    named = [msgspec.structs.replace(note, entry_id=id_) for note, id_ in zip(notes, ids, strict=True)]
    agent.push(*map(agent.envelope, (opening, *named)))
    with house.centre.transaction() as unit:
        viewer = viewer_of(unit.session, agent.account_id)
        lend_queries(unit.session)
        told = queries.detail(unit.session, viewer, opening.ticket_id).timeline
    assert [line.text for line in told] == ["", "first", "second", "third"]


def _promised(ticket_id: str) -> callbacks.PromiseCallback:
    due_at = START + dt.timedelta(hours=2)
    return callbacks.PromiseCallback(
        callback_id=new_id(), ticket_id=ticket_id, number="+96599887766", due_at=due_at
    )


@pytest.mark.parametrize(
    "made",
    [
        lambda ticket_id: add_note(ticket_id, "note"),
        lambda _ticket_id: open_ticket(reference=f"{next(_REFERENCES):010}"),
        lambda _ticket_id: open_call(),
        _promised,
    ],
    ids=["notes", "tickets", "calls", "promises"],
)
def test_a_batch_asks_the_database_as_often_as_a_single_operation(
    house: House, agent: Device, made: Callable[[str], operations.Operation]
) -> None:
    openings = [open_ticket(reference=f"{number:010}") for number in range(40)]
    agent.push(*map(agent.envelope, openings))

    def asked(most: int) -> int:
        house.clock.advance(seconds=1)
        several = [made(opening.ticket_id) for opening in openings[:most]]
        with counted(house) as statements:
            agent.push(*map(agent.envelope, several))
        return len(statements)

    asked(1)
    assert asked(40) == asked(2)


def test_one_that_cannot_be_applied_does_not_stop_the_others(house: House, agent: Device) -> None:
    opening = open_ticket(reference="0000000002")
    to_nobody = tickets.AssignTicket(ticket_id=opening.ticket_id, entry_id=new_id(), was=None, now="nobody")
    before, broken, after = agent.push(
        agent.envelope(opening), agent.envelope(to_nobody), agent.envelope(add_note(opening.ticket_id, "more"))
    )
    assert before.outcome is after.outcome is Outcome.ACCEPTED
    assert broken.outcome is Outcome.QUARANTINED
    assert broken.seqs == {}
    assert after.seqs[f"queue:{GENERAL}"] > 0
    assert to_nobody.entry_id not in {row.id for row in agent.hear()}
    assert [entity for entity, _ in house.rows("ticket", "ticket_entry")] == ["ticket", *["ticket_entry"] * 2]


def test_one_that_fails_does_not_take_an_earlier_change_out_of_the_feed(agent: Device) -> None:
    opening = open_ticket(reference="0000000002")
    to_nobody = tickets.AssignTicket(ticket_id=opening.ticket_id, entry_id=new_id(), was=None, now="nobody")
    accepted, failed = agent.push(agent.envelope(opening), agent.envelope(to_nobody))
    assert failed.outcome is Outcome.QUARANTINED
    assert f"queue:{GENERAL}" in accepted.seqs
    assert {opening.ticket_id, opening.entry_id} <= {row.id for row in agent.hear()}


def test_the_same_push_sent_again_before_the_first_was_answered_takes_effect_once(house: House) -> None:
    house.account("agent")
    agent = Device(house.centre, "agent")
    envelopes = [agent.envelope(open_ticket(reference=f"{number:010}")) for number in range(5)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: agent.push(*envelopes), range(4)))
    assert {result.outcome for answer in answers for result in answer} == {Outcome.ACCEPTED}
    assert sum(not result.repeated for answer in answers for result in answer) == len(envelopes)
    seqs = [[result.seqs for result in answer] for answer in answers]
    assert seqs == seqs[:1] * 4
    assert len(house.rows("ticket")) == len(envelopes)


def test_desks_that_write_on_the_same_tickets_in_opposite_order_do_not_block_each_other(house: House) -> None:
    house.account("agent")
    devices = [Device(house.centre, "agent") for _ in range(6)]
    first, second = open_ticket(reference="0000000002"), open_ticket(reference="0000000133")
    devices[0].push(*(devices[0].envelope(opening) for opening in (first, second)))

    def write(number: int) -> list[Outcome]:
        ids = [first.ticket_id, second.ticket_id] * 5
        device, outcomes = devices[number], []
        for _ in range(2):
            house.clock.advance(seconds=1)  # a note moves its ticket's row, if the time is another
            notes = [add_note(ticket_id, "note") for ticket_id in (ids if number % 2 else ids[::-1])]
            outcomes += [result.outcome for result in device.push(*map(device.envelope, notes))]
        return outcomes

    with ThreadPoolExecutor(6) as pool:
        outcomes = [outcome for done in pool.map(write, range(6)) for outcome in done]
    assert outcomes == [Outcome.ACCEPTED] * 120
    assert len(house.rows("ticket_entry")) == 122
