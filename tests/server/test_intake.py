"""Operations at the centre: once, judged by their author's rights, and never lost."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from carecenter import operations
from carecenter.core.errors import NotAllowed
from carecenter.core.ids import new_id
from carecenter.core.terms import CallbackState, Check, EntryKind, Language, Role, TicketStatus, WrapUp
from carecenter.models.centre import Audit, OpLog, Quarantine, Review
from carecenter.models.ticket import Callback, Ticket, TicketAlias, TicketEntry
from carecenter.models.viewer import viewer_of
from carecenter.operations import callbacks, callers, calls, tickets
from carecenter.queries import tickets as queries
from carecenter.wire import Outcome
from tests.houses import GENERAL, START, TECHNICAL, House, add_note, lend_queries, open_call, open_ticket
from tests.server.devices import Device, counted

_REFERENCES = count(1_000)


@pytest.fixture
def agent(house: House) -> Device:
    house.account("agent")
    return Device(house.centre, "agent")


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


def test_operations_of_another_workstation_are_not_taken(agent: Device) -> None:
    with pytest.raises(NotAllowed, match="another workstation"):
        agent.send(open_ticket(reference="0000000002"), device_id="somebody else's")


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
