"""Operations at the centre: each takes effect once, and what is not understood is kept whole."""

import datetime as dt
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from carecenter.core.ids import new_id
from carecenter.core.terms import EntryKind, TicketStatus
from carecenter.models.centre import Audit, OpLog, Quarantine, Review
from carecenter.models.ticket import Callback, Ticket, TicketAlias, TicketEntry
from carecenter.models.viewer import viewer_of
from carecenter.operations import callbacks, callers, tickets
from carecenter.queries import tickets as queries
from carecenter.wire import Outcome
from tests.houses import GENERAL, START, House, add_note, lend_queries, open_ticket
from tests.server.devices import Device


def _move(ticket_id: str, was: TicketStatus, now: TicketStatus) -> tickets.MoveTicket:
    return tickets.MoveTicket(ticket_id=ticket_id, entry_id=new_id(), was=was, now=now)


def test_an_accepted_operation_names_the_seqs_that_carry_it(agent: Device) -> None:
    opening = open_ticket(reference="0000000002")
    result = agent.send(opening)
    rows = agent.hear()
    carried = {row.scope: row.seq for row in rows if row.id in (opening.ticket_id, opening.entry_id)}
    assert result.outcome is Outcome.ACCEPTED
    assert not result.repeated
    assert result.seqs == carried
    assert f"queue:{GENERAL}" in carried


def test_an_operation_heard_twice_takes_effect_once(house: House, agent: Device) -> None:
    envelope = agent.envelope(open_ticket(reference="0000000002"))
    first, again = agent.push(envelope, envelope)
    before = house.rows("ticket", "ticket_entry")
    (later,) = agent.push(envelope)
    assert first.seqs == again.seqs == later.seqs != {}
    assert later.repeated
    assert later.outcome is Outcome.ACCEPTED
    assert house.rows("ticket", "ticket_entry") == before
    assert len(before) == 2


def test_another_content_under_the_same_id_is_kept_apart(house: House, agent: Device) -> None:
    opening = open_ticket(reference="0000000002")
    envelope = agent.envelope(opening)
    agent.push(envelope)
    forged = agent.envelope(add_note(opening.ticket_id, "forged"), op_id=envelope.op_id)
    for _ in range(2):
        (result,) = agent.push(forged)
        assert result.outcome is Outcome.QUARANTINED
    with house.centre.transaction() as unit:
        kept = unit.session.scalars(select(Quarantine)).all()
        assert [bytes(row.payload) for row in kept] == [bytes(forged.payload)]
        assert unit.session.scalar(select(func.count()).select_from(TicketEntry)) == 1


def test_a_copied_disk_shows_by_its_numbers(house: House, agent: Device) -> None:
    agent.send(open_ticket(reference="0000000002"))
    result = agent.send(open_ticket(reference="0000000133"), device_seq=1)
    assert result.outcome is Outcome.CLONED
    assert "copied" in result.reason
    with house.centre.transaction() as unit:
        assert unit.session.scalar(select(func.count()).select_from(Ticket)) == 1


@pytest.mark.parametrize(
    ("tag", "payload"),
    [("OpenTicket", b'{"ticket_id": 7}'), ("OpenTicket", b"null"), ("AddNote", b"[[[")],
)
def test_what_is_not_understood_is_kept_whole(house: House, agent: Device, tag: str, payload: bytes) -> None:
    opening = open_ticket(reference="0000000002")
    strange = agent.envelope(opening, tag=tag, payload=msgspec.Raw(payload))
    result, next_one = agent.push(strange, agent.envelope(opening))
    assert result.outcome is Outcome.QUARANTINED
    assert next_one.outcome is Outcome.ACCEPTED
    with house.centre.transaction() as unit:
        kept = unit.session.scalars(select(Quarantine)).one()
        assert bytes(kept.payload) == payload
        assert kept.account_id == agent.account_id


def test_what_the_centre_does_not_know_yet_waits_and_holds_up_nothing(house: House, agent: Device) -> None:
    opening = open_ticket(reference="0000000002")
    newer = agent.envelope(opening, tag="FoldPaperPlane")
    for _ in range(2):
        result, next_one = agent.push(newer, agent.envelope(add_note(opening.ticket_id, "x")))
        assert (result.outcome, result.seqs, result.repeated) == (Outcome.LATER, {}, False)
        assert next_one.outcome is Outcome.IN_REVIEW  # its ticket is not there yet
    with house.centre.transaction() as unit:
        assert unit.session.get(OpLog, newer.op_id) is None
        lines = unit.session.scalars(select(Audit).where(Audit.outcome == "later")).all()
        assert [line.subjects for line in lines] == [{"op_id": newer.op_id}], "once"
    # The centre was upgraded: the same operation, under its own number, is judged as if heard for the first time.
    known = msgspec.structs.replace(newer, tag="OpenTicket")
    (judged,) = agent.push(known)
    assert judged.outcome is Outcome.ACCEPTED
    assert not judged.repeated


@pytest.mark.parametrize(
    "forged",
    [
        {"op_id": "x" * 200},
        {"op_id": "with\0nul"},
        {"op_id": ""},
        {"tag": "T" * 500},
        {"account_id": "a" * 500},
        {"device_seq": 2**70},
        {"device_seq": 0},
        {"desk_at": dt.datetime(2026, 1, 1)},  # noqa: DTZ001  # no zone is what is wrong with it
        {"desk_at": dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=14)))},
    ],
    ids=str,
)
def test_a_malformed_envelope_is_kept_and_does_not_stop_the_others(
    house: House, agent: Device, forged: dict[str, Any]
) -> None:
    first, last = open_ticket(reference="0000000002"), open_ticket(reference="0000000133")
    strange = agent.envelope(open_ticket(reference="0000000264"), **forged)
    for _ in range(2):
        outcomes = [result.outcome for result in agent.push(agent.envelope(first), strange, agent.envelope(last))]
        assert outcomes[1] is Outcome.QUARANTINED
    assert {first.ticket_id, last.ticket_id} == {row_id for _, row_id in house.rows("ticket")}
    with house.centre.transaction() as unit:
        assert len(unit.session.scalars(select(Quarantine.id)).all()) == 1


@pytest.mark.parametrize(
    "text",
    ["a nul \0 in it", "x" * 300_000, "\N{RIGHT-TO-LEFT OVERRIDE}\ue000\U0010ffff"],
    ids=["nul", "long", "odd"],
)
def test_whatever_text_comes_the_push_is_answered(house: House, agent: Device, text: str) -> None:
    opening = open_ticket(reference="0000000002")
    note, after = add_note(opening.ticket_id, text), add_note(opening.ticket_id, "after")
    results = agent.push(*map(agent.envelope, (opening, note, after)))
    assert [results[0].outcome, results[2].outcome] == [Outcome.ACCEPTED] * 2
    kept = house.rows("ticket_entry").get(("ticket_entry", note.entry_id))
    assert (kept is None) == (results[1].outcome is Outcome.QUARANTINED)
    assert kept is None or kept["text"] == text


def test_an_outdated_move_becomes_a_line_and_changes_nothing(house: House, agent: Device) -> None:
    opening = open_ticket(reference="0000000002")
    late = _move(opening.ticket_id, TicketStatus.RECEIVED, TicketStatus.ANSWERED)
    agent.send(opening)
    agent.send(_move(opening.ticket_id, TicketStatus.RECEIVED, TicketStatus.IN_WORK))
    result = agent.send(late)
    rows = house.rows("ticket", "ticket_entry")
    assert result.outcome is Outcome.ACCEPTED
    assert rows["ticket", opening.ticket_id]["status"] == "in_work"
    assert rows["ticket_entry", late.entry_id]["kind"] == EntryKind.OUTDATED


def test_an_outdated_correction_of_a_card_is_put_up_for_review_and_changes_nothing(
    house: House, agent: Device
) -> None:
    card = callers.RegisterCaller(caller_id=new_id(), name_en="Norah")
    first, late = (
        callers.CorrectCaller(caller_id=card.caller_id, field="name_en", was="Norah", now=name)
        for name in ("Noura", "Nora")
    )
    outcomes = [agent.send(operation).outcome for operation in (card, first, late)]
    assert outcomes == [Outcome.ACCEPTED, Outcome.ACCEPTED, Outcome.IN_REVIEW]
    assert agent.send(first).outcome is Outcome.ACCEPTED, "the same correction again is none too late"
    assert house.rows("caller")["caller", card.caller_id]["name_en"] == "Noura"
    with house.centre.transaction() as unit:
        (review,) = unit.session.scalars(select(Review)).all()
        assert review.tag == "CorrectCaller"
        assert "left as it is" in review.reason


def test_the_centres_clock_counts_and_the_desks_is_kept(house: House, agent: Device) -> None:
    house.clock.advance(hours=3)
    wrong = dt.datetime(2031, 1, 1, tzinfo=dt.UTC)
    opening = open_ticket(reference="0000000002")
    agent.send(opening, desk_at=wrong)
    entry = house.rows("ticket_entry")["ticket_entry", opening.entry_id]
    assert entry["at"] == (START + dt.timedelta(hours=3)).isoformat()
    assert entry["desk_at"] == wrong.isoformat()


def test_a_ticket_stands_together_with_the_callback_it_promises(house: House, agent: Device) -> None:
    wish = tickets.CallbackWish(callback_id=new_id(), number="+96530000001", due_at=START + dt.timedelta(days=1))
    result = agent.send(open_ticket(reference="0000000002", callback=wish))
    assert result.outcome is Outcome.ACCEPTED
    kept = callbacks.SettleCallback(callback_id=wish.callback_id, now="kept")  # type: ignore[arg-type]  # as decoded
    assert agent.send(kept).outcome is Outcome.ACCEPTED
    with house.centre.transaction() as unit:
        assert unit.session.get_one(Callback, wish.callback_id).state == "kept"


def test_a_reference_given_twice_finds_both_tickets(house: House, agent: Device) -> None:
    first, second = open_ticket(reference="0000000002"), open_ticket(reference="0000000002")
    agent.send(first)
    result = agent.send(second)
    assert result.outcome is Outcome.IN_REVIEW
    assert "call this caller back" in result.reason
    with house.centre.transaction() as unit:
        renamed = unit.session.get_one(Ticket, second.ticket_id)
        assert renamed.reference != "0000000002"
        alias = unit.session.scalars(select(TicketAlias)).one()
        assert (alias.ticket_id, alias.reference) == (second.ticket_id, "0000000002")
        viewer = viewer_of(unit.session, agent.account_id)
        lend_queries(unit.session)
        found = {row.id for row in queries.by_reference(unit.session, viewer, "0000000002")}
        assert found == {first.ticket_id, second.ticket_id}
        assert [row.id for row in queries.by_reference(unit.session, viewer, renamed.reference)] == [
            second.ticket_id
        ]
    assert alias.id in {row.id for row in agent.hear()}


def test_every_judged_operation_is_logged_without_its_text(house: House, agent: Device) -> None:
    canary = "كناري secret text"
    opening = open_ticket(canary, reference="0000000002")
    agent.push(agent.envelope(opening), agent.envelope(add_note(opening.ticket_id, canary)))
    with house.centre.transaction() as unit:
        log = unit.session.scalars(select(OpLog)).all()
        lines = unit.session.scalars(select(Audit).where(Audit.action.in_(("OpenTicket", "AddNote")))).all()
        assert len(log) == len(lines) == 2
        for row in (*log, *lines):
            values = [getattr(row, column.name) for column in row.__table__.columns]
            assert canary not in repr(values)
        assert lines[0].subjects["ticket_id"] == opening.ticket_id
