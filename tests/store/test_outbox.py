"""Exactly once: repeats, lost replies, forged and unknown operations."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from carecenter.core.errors import NotAllowed, Unreachable
from carecenter.core.ids import new_id
from carecenter.core.terms import Role, TicketStatus
from carecenter.models.account import Account
from carecenter.models.centre import OpLog, Quarantine, Review
from carecenter.models.desk import Outbox
from carecenter.operations import looks
from carecenter.operations.tickets import ChangeQueue, MoveTicket
from carecenter.queries import tickets
from carecenter.store import facts
from carecenter.store.workstation import Workstation
from carecenter.sync.in_process import InProcess
from carecenter.wire import BYTES_PER_PUSH, OPERATIONS_PER_PUSH, Envelope, Hello, Outcome, Push, Pushed, Result
from tests.houses import (
    GENERAL,
    RESTRICTED,
    House,
    Seat,
    add_note,
    open_store,
    open_ticket,
    somebody,
)


class LosesReplies(InProcess):
    """The network breaks after the centre has committed."""

    broken = True

    def push(self, token: str, request: Push) -> Pushed:
        answer = super().push(token, request)
        if self.broken:
            raise Unreachable("the reply was lost")
        return answer


def states(seat: Seat) -> list[str]:
    with seat.workstation.transaction() as session:
        return [str(row.state) for row in session.scalars(select(Outbox).order_by(Outbox.number))]


def test_the_same_push_twice_takes_effect_once(built: House) -> None:
    sara = built.seat("sara")
    ticket = sara.perform(open_ticket())
    sara.perform(add_note(ticket.ticket_id, "once"))
    push = sara.workstation.next_push()

    first, second = sara.send(push), sara.send(push)

    assert [result.repeated for result in first] == [False, False]
    assert [result.repeated for result in second] == [True, True]
    assert [result.seqs for result in first] == [result.seqs for result in second]
    assert len(built.rows("ticket_entry")) == 2


def test_the_same_operation_twice_in_one_push_takes_effect_once(built: House) -> None:
    sara = built.seat("sara")
    sara.perform(open_ticket())
    (envelope,) = sara.workstation.next_push().operations

    first, second = sara.send(Push(operations=(envelope, envelope)))

    assert first.outcome is second.outcome is Outcome.ACCEPTED
    assert first.seqs == second.seqs != {}
    assert len(built.rows("ticket", "ticket_entry")) == 2


def test_a_lost_reply_neither_loses_nor_doubles_anything(built: House) -> None:
    transport = LosesReplies(built.centre)
    sara = built.seat("sara", transport=transport)
    ticket = sara.perform(open_ticket())
    for _ in range(3):
        with pytest.raises(Unreachable):
            sara.push()
    assert sara.workstation.queue().waiting == 1
    assert sara.ask(tickets.detail, ticket.ticket_id).text == ticket.text

    transport.broken = False
    sara.synchronise()

    assert sara.workstation.queue().waiting == 0
    assert len(built.rows("ticket")) == 1
    assert len(sara.ask(tickets.detail, ticket.ticket_id).timeline) == 1


def test_a_hundred_operations_go_at_once_and_keep_their_order(built: House) -> None:
    sara = built.seat("sara")
    ticket = sara.perform(open_ticket())
    for number in range(OPERATIONS_PER_PUSH + 20):
        sara.perform(add_note(ticket.ticket_id, f"line {number:03}"))

    assert len(sara.workstation.next_push().operations) == OPERATIONS_PER_PUSH
    results = sara.push()
    sara.pull()

    assert len(results) == OPERATIONS_PER_PUSH + 21
    texts = [line["text"] for line in built.rows("ticket_entry").values()]
    assert sorted(texts)[1:] == [f"line {number:03}" for number in range(OPERATIONS_PER_PUSH + 20)]
    with built.centre.transaction() as unit:
        statement = select(OpLog.device_seq).order_by(OpLog.device_seq)
        assert list(unit.session.scalars(statement)) == list(range(1, OPERATIONS_PER_PUSH + 22))


def test_a_push_stays_within_what_the_centre_takes(tmp_path: Path) -> None:
    workstation = open_store(tmp_path / "store.db")
    workstation.keep_references(tuple(f"{number:010}" for number in range(99)))
    for size in [1_000] * 60 + [100_000] * 3 + [BYTES_PER_PUSH * 2, 10]:
        workstation.perform(somebody(), open_ticket("ل" * (size // 2)))

    sizes = []
    while operations := (push := workstation.next_push()).operations:
        sizes.append((len(operations), len(msgspec.json.encode(push))))
        _forget(workstation, push)
    workstation.close()

    assert sum(count for count, _ in sizes) == 65
    assert all(size <= BYTES_PER_PUSH for count, size in sizes if count > 1)
    assert [count for count, size in sizes if size > BYTES_PER_PUSH] == [1]  # it goes alone, but it goes
    assert len(sizes) < 6


def _forget(workstation: Workstation, push: Push) -> None:
    with workstation.transaction() as session:
        for envelope in push.operations:
            session.delete(session.get_one(Outbox, envelope.device_seq))


def test_an_id_that_comes_back_with_another_text_changes_nothing(built: House) -> None:
    sara = built.seat("sara")
    ticket = sara.perform(open_ticket("the real text"))
    (envelope,) = sara.workstation.next_push().operations
    sara.push()
    forged = msgspec.structs.replace(
        envelope, payload=msgspec.Raw(bytes(envelope.payload).replace(b"the real text", b"a forged text"))
    )

    (result,) = sara.send(Push(operations=(forged,)))

    assert result.outcome is Outcome.QUARANTINED
    assert built.rows("ticket")["ticket", ticket.ticket_id]["text"] == "the real text"


def test_a_copied_disk_is_told_and_overwrites_nothing(built: House) -> None:
    sara = built.seat("sara")
    sara.perform(open_ticket("the original"))
    (envelope,) = sara.workstation.next_push().operations
    sara.push()
    clone = msgspec.structs.replace(envelope, op_id=new_id())

    (result,) = sara.send(Push(operations=(clone,)))

    assert result.outcome is Outcome.CLONED
    assert "copied" in result.reason


@pytest.mark.parametrize(
    ("tag", "payload"),
    [("AddNote", b'{"ticket_id":7}'), ("AddNote", b'{"more":1}')],
)
def test_what_the_centre_does_not_understand_is_kept_whole_on_both_sides(
    built: House, tag: str, payload: bytes
) -> None:
    sara = built.seat("sara")
    before = sara.perform(open_ticket())
    with sara.workstation.transaction() as session:
        row = session.scalars(select(Outbox)).one()
        strange = Outbox(number=2, op_id=new_id(), account_id=sara.account_id, tag=tag, payload=payload)
        strange.desk_at, strange.state = row.desk_at, row.state
        session.add(strange)
        facts.put(session, "next_number", "3")
    after = sara.perform(open_ticket("what follows is not held up"))

    sara.synchronise()

    assert {ticket["id"] for ticket in built.rows("ticket").values()} == {before.ticket_id, after.ticket_id}
    (attention,) = sara.workstation.attention()
    assert (attention.number, attention.tag) == (2, tag)
    assert attention.content == msgspec.json.decode(payload)
    assert "does not understand" in attention.reason
    with built.centre.transaction() as unit:
        assert unit.session.scalars(select(Quarantine.payload)).all() == [payload]
    sara.workstation.dealt_with(attention.number)
    assert sara.workstation.attention() == ()
    assert sara.workstation.queue().attention == 0


def test_dealing_with_one_thing_throws_nothing_else_away(built: House) -> None:
    sara = built.seat("sara")
    sara.perform(open_ticket())

    sara.workstation.dealt_with(1)  # it waits for the centre; nobody has refused it

    assert sara.workstation.queue().waiting == 1


# Refused, in review


def test_a_refused_step_leaves_no_ghost_and_says_why(built: House) -> None:
    sara = built.seat("sara")
    ticket = sara.perform(open_ticket())
    sara.synchronise()
    move = MoveTicket(
        ticket_id=ticket.ticket_id, entry_id=new_id(), was=TicketStatus.RECEIVED, now=TicketStatus.IN_WORK
    )
    sara.perform(move)
    assert sara.ask(tickets.detail, ticket.ticket_id).row.status is TicketStatus.IN_WORK
    _give_role(built, sara, Role.EDITOR)

    sara.push()

    shown = sara.ask(tickets.detail, ticket.ticket_id)
    assert shown.row.status is TicketStatus.RECEIVED
    assert len(shown.timeline) == 1
    (attention,) = sara.workstation.attention()
    assert attention.reason == "Your role does not allow this. Ask a supervisor."
    assert attention.content["now"] == "in_work"


def test_what_a_caller_was_promised_stands_whatever_rights_changed_meanwhile(built: House) -> None:
    sara = built.seat("sara")
    ticket = sara.perform(open_ticket("promised"))
    sara.perform(add_note(ticket.ticket_id, "and this as well"))
    _give_role(built, sara, Role.AUDITOR)

    results = sara.push()

    assert {result.outcome for result in results} == {Outcome.IN_REVIEW}
    assert built.rows("ticket")["ticket", ticket.ticket_id]["reference"] == ticket.reference
    assert "and this as well" in [line["text"] for line in built.rows("ticket_entry").values()]
    with built.centre.transaction() as unit:
        assert len(unit.session.scalars(select(Review)).all()) == 2
    assert sara.workstation.attention() == ()


def _give_role(built: House, seat: Seat, role: Role) -> None:
    with built.centre.transaction() as unit:
        unit.session.get_one(Account, seat.account_id).role = role
        unit.publish()


def test_what_the_page_may_not_do_is_not_even_begun(built: House) -> None:
    sara = built.seat("sara")
    ticket = sara.perform(open_ticket())

    with pytest.raises(NotAllowed, match="role"):
        sara.perform(ChangeQueue(ticket_id=ticket.ticket_id, entry_id=new_id(), was=GENERAL, now=RESTRICTED))

    assert sara.workstation.queue().waiting == 1
    assert sara.ask(tickets.detail, ticket.ticket_id).row.queue_id == GENERAL


def test_an_accepted_operation_stays_until_the_feed_has_passed_it(built: House) -> None:
    sara = built.seat("sara")
    ticket = sara.perform(open_ticket())
    older = sara.fetch()

    sara.push()
    assert states(sara) == ["accepted"]
    sara.workstation.apply_page(older)
    assert states(sara) == ["accepted"]
    assert sara.ask(tickets.by_reference, ticket.reference)
    sara.pull()
    assert states(sara) == []
    assert sara.ask(tickets.by_reference, ticket.reference)


def test_a_look_leaves_as_soon_as_the_centre_has_written_it_down(built: House) -> None:
    sara = built.seat("sara")
    sara.perform(looks.LookAtCaller(caller_id="somebody", how="search"))

    sara.push()

    assert states(sara) == []


def test_a_colleague_at_the_same_desk_sends_what_waits_under_its_authors_name(built: House) -> None:
    sara = built.seat("sara")
    ticket = sara.perform(open_ticket())
    built.account("ali")
    ali = built.seat("ali", at=sara.workstation)

    ali.synchronise()

    assert built.rows("ticket")["ticket", ticket.ticket_id]["opened_by"] == sara.account_id


def test_another_workstations_operations_are_not_taken(built: House) -> None:
    built.account("ali")
    sara, ali = built.seat("sara"), built.seat("ali")
    sara.perform(open_ticket())

    with pytest.raises(NotAllowed):
        ali.send(sara.workstation.next_push())


def test_an_envelope_says_which_desk_and_whose_work_it_is(built: House) -> None:
    sara = built.seat("sara")
    sara.perform(open_ticket())
    built.clock.advance(minutes=3)
    sara.perform(open_ticket())

    first, second = sara.workstation.next_push().operations

    assert isinstance(first, Envelope)
    assert (first.device_seq, second.device_seq) == (1, 2)
    assert first.device_id == second.device_id == sara.workstation.device_id()
    assert first.account_id == sara.account_id
    assert (second.desk_at - first.desk_at).total_seconds() == 180


# Not known yet


def test_what_the_centre_does_not_know_waits_and_nothing_waits_for_it(built: House) -> None:
    """Naive: an unknown operation is refused, or blocks all that follow."""
    sara = built.seat("sara")
    sara.perform(open_ticket("of a newer program"))
    with sara.workstation.transaction() as session:
        session.get_one(Outbox, 1).tag = "FoldPaperPlane"
    sara.perform(open_ticket("as ever"))

    sara.synchronise()
    assert states(sara) == ["later"]
    assert sara.workstation.queue().waiting == 1
    assert {row["text"] for row in built.rows("ticket").values()} == {"as ever"}
    assert sara.workstation.next_push().operations == ()

    with sara.workstation.transaction() as session:
        session.get_one(Outbox, 1).tag = "OpenTicket"  # the centre has been upgraded
    built.clock.advance(minutes=59)
    assert sara.workstation.next_push().operations == ()
    built.clock.advance(minutes=1)
    sara.synchronise()

    assert states(sara) == []
    assert len(built.rows("ticket")) == 2


def test_what_the_centre_did_not_know_is_offered_at_once_to_its_next_version(built: House) -> None:
    sara = built.seat("sara")
    hello = Hello(version="1")
    greeting = sara.transport.hello(sara.signed_in.token, hello)
    sara.workstation.greeted(greeting, sara.account_id, 0.0)
    sara.perform(open_ticket())
    (envelope,) = sara.workstation.next_push().operations
    sara.workstation.settle((Result(op_id=envelope.op_id, outcome=Outcome.LATER),))

    sara.workstation.greeted(greeting, sara.account_id, 0.0)
    assert sara.workstation.next_push().operations == ()
    sara.workstation.greeted(msgspec.structs.replace(greeting, version="99"), sara.account_id, 0.0)

    assert sara.workstation.next_push().operations == (envelope,)
