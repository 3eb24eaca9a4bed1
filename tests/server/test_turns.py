"""Two at once on PostgreSQL, with two real connections: the second waits, sees what the first did, and nobody waits
in a circle. Each race is driven by hand, so that it happens every time; without its lock each test fails."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.sql import Select

from carecenter.core.ids import new_id
from carecenter.core.terms import CallbackState, EntryKind, Role
from carecenter.models.base import Synced
from carecenter.models.centre import FeedKind, FeedPointer, OpLog
from carecenter.models.ticket import Callback, Ticket, TicketAlias, TicketEntry
from carecenter.operations import Operation, callbacks, callers, tickets
from carecenter.server import audit, bulk, intake, signed_heads, turns
from carecenter.server.scopes import scopes_of
from carecenter.server.unit import attempts
from carecenter.wire import BlockRequest, Envelope, Outcome, Result
from tests.houses import GENERAL, START, TECHNICAL, House, add_note, open_ticket
from tests.server.devices import Device

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


class Race:
    """One push that has done everything but commit, and another that runs into it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._pool = ThreadPoolExecutor(1)

    def run(self, first: Device, one: Envelope, second: Device, other: Envelope) -> tuple[Result, Result]:
        """``first`` commits when ``second`` waits for it, or has gone past it."""
        with self.house.centre.transaction() as unit:
            (early,) = intake.accept(unit, [one], self.house.clock())
            late: Future[tuple[Result, ...]] = self._pool.submit(second.push, other)
            self._until(lambda: late.done() or self._waiting())
        return early, late.result()[0]

    def judged_before_the_first_wrote(
        self, first: Device, one: Envelope, second: Device, other: Envelope, monkeypatch: pytest.MonkeyPatch
    ) -> tuple[Result, Result]:
        """``second`` begins after ``first`` has loaded its rows and before it has written them."""
        write = bulk.write
        late: list[Future[tuple[Result, ...]]] = []

        def slowly(*given: Any) -> None:
            if not late:
                late.append(self._pool.submit(second.push, other))
                self._until(lambda: late[0].done() or self._waiting())
            write(*given)

        monkeypatch.setattr(bulk, "write", slowly)
        (early,) = first.push(one)
        return early, late[0].result()[0]

    def close(self) -> None:
        self._pool.shutdown()

    def _waiting(self) -> bool:
        with self.house.centre.transaction() as unit:
            return bool(unit.session.scalar(text(WAITING)))

    @staticmethod
    def _until(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < deadline, "the second neither waits nor ends"
            time.sleep(0.005)


@pytest.fixture
def race(postgres_house: House) -> Iterator[Race]:
    made = Race(postgres_house)
    yield made
    made.close()


@pytest.fixture
def leaders(race: Race) -> tuple[Device, Device]:
    """Two supervisors, each at a desk of their own."""
    for name in ("huda", "omar"):
        race.house.account(name, Role.SUPERVISOR, GENERAL, TECHNICAL)
    return Device(race.house.centre, "huda"), Device(race.house.centre, "omar")


def _assignments(race: Race, leaders: tuple[Device, Device], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines that two supervisors leave who give the same free ticket to different people at once."""
    huda, omar = leaders
    opening = open_ticket(reference="0000000002")
    huda.send(opening)
    steps = [
        tickets.AssignTicket(ticket_id=opening.ticket_id, entry_id=new_id(), was=None, now=device.account_id)
        for device in leaders
    ]
    envelopes = [device.envelope(step) for device, step in zip(leaders, steps, strict=True)]
    results = race.judged_before_the_first_wrote(huda, envelopes[0], omar, envelopes[1], monkeypatch)
    assert {result.outcome for result in results} == {Outcome.ACCEPTED}
    rows = race.house.rows("ticket", "ticket_entry")
    kinds = [rows["ticket_entry", step.entry_id]["kind"] for step in steps]
    stands = steps[kinds.index("assigned")].now
    assert kinds.count("assigned") == 2 or rows["ticket", opening.ticket_id]["assignee_id"] == stands
    return sorted(kinds)


def test_of_two_who_assign_the_same_ticket_at_once_one_is_too_late(
    race: Race, leaders: tuple[Device, Device], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _assignments(race, leaders, monkeypatch) == [EntryKind.ASSIGNED, EntryKind.OUTDATED]


def test_without_the_lock_both_would_believe_it(
    race: Race, leaders: tuple[Device, Device], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    monkeypatch.setattr(Select, "with_for_update", lambda statement, **_options: statement)
    assert _assignments(race, leaders, monkeypatch) == [EntryKind.ASSIGNED, EntryKind.ASSIGNED]


def _same_number(race: Race, leaders: tuple[Device, Device]) -> tuple[set[Outcome], int, int]:
    huda, omar = leaders
    first, second = open_ticket(reference="0000000002"), open_ticket(reference="0000000002")
    results = race.run(huda, huda.envelope(first), omar, omar.envelope(second))
    with race.house.centre.transaction() as unit:
        numbers = set(unit.session.scalars(select(Ticket.reference)))
        aliases = unit.session.scalars(select(TicketAlias.ticket_id)).all()
    return {result.outcome for result in results}, len(numbers), len(aliases)


def test_one_number_given_to_two_tickets_at_once_is_noticed(race: Race, leaders: tuple[Device, Device]) -> None:
    assert _same_number(race, leaders) == ({Outcome.ACCEPTED, Outcome.IN_REVIEW}, 2, 1)


def test_without_turns_one_number_would_stand_for_two_tickets(
    race: Race, leaders: tuple[Device, Device], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    monkeypatch.setattr(turns, "take", lambda *_given: None)
    assert _same_number(race, leaders) == ({Outcome.ACCEPTED}, 1, 0)


def test_the_same_push_on_two_connections_takes_effect_once(race: Race, leaders: tuple[Device, Device]) -> None:
    huda, _ = leaders
    envelope = huda.envelope(open_ticket(reference="0000000002"))
    first, again = race.run(huda, envelope, huda, envelope)
    assert (first.repeated, again.repeated) == (False, True)
    assert first.seqs == again.seqs != {}
    assert len(race.house.rows("ticket")) == 1


def test_one_id_from_two_workstations_at_once_is_one_operation(race: Race, leaders: tuple[Device, Device]) -> None:
    """They take no turns; the log's key makes the second begin again, and then it sees the first."""
    huda, omar = leaders
    envelope = huda.envelope(open_ticket(reference="0000000002"))
    stolen = omar.envelope(open_ticket(reference="0000000133"), op_id=envelope.op_id)
    first, second = race.run(huda, envelope, omar, stolen)
    assert (first.outcome, second.outcome) == (Outcome.ACCEPTED, Outcome.QUARANTINED)
    assert len(race.house.rows("ticket")) == 1


def test_a_number_attached_by_two_desks_at_once_stands_once(race: Race, leaders: tuple[Device, Device]) -> None:
    huda, omar = leaders
    card = callers.RegisterCaller(caller_id=new_id(), name_en="Norah")
    huda.send(card)
    phones = [
        device.envelope(callers.AttachPhone(phone_id=new_id(), caller_id=card.caller_id, e164="+96599887766"))
        for device in leaders
    ]
    race.run(huda, phones[0], omar, phones[1])
    assert len(race.house.rows("caller_phone")) == 1


def test_a_note_written_while_the_ticket_moves_ends_in_the_new_queue(
    race: Race, leaders: tuple[Device, Device]
) -> None:
    huda, omar = leaders
    opening = open_ticket(reference="0000000002")
    huda.send(opening)
    moved = tickets.ChangeQueue(ticket_id=opening.ticket_id, entry_id=new_id(), was=GENERAL, now=TECHNICAL)
    note = add_note(opening.ticket_id, "meanwhile")
    _, result = race.run(huda, huda.envelope(moved), omar, omar.envelope(note))
    assert f"queue:{TECHNICAL}" in result.seqs
    held = {row.scope for row in omar.hear() if row.id == note.entry_id and row.image is not None}
    assert f"queue:{TECHNICAL}" in held
    assert f"queue:{GENERAL}" not in held


def test_who_loses_to_a_deadlock_begins_again(race: Race) -> None:
    """Two transactions lock two rows in opposite order, as no intake does: both are done in the end."""
    centre, begun = race.house.centre, [0]

    def lock(first: str, second: str) -> str:
        with centre.transaction() as unit:
            statement = text("SELECT id FROM queue WHERE id = :id FOR UPDATE")
            unit.session.execute(statement, {"id": first})
            begun[0] += 1
            race._until(lambda: begun[0] > 1)
            return str(unit.session.scalar(statement, {"id": second}))

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(attempts, lambda: lock(GENERAL, TECHNICAL))
        other = pool.submit(attempts, lambda: lock(TECHNICAL, GENERAL))
        assert {one.result(), other.result()} == {GENERAL, TECHNICAL}
    assert begun[0] > 2, "one of them had to"


def _anything(rng: random.Random, ids: list[str], wishes: list[str], colleagues: list[str]) -> Operation:
    """One of the things a hall does all day to the tickets it shares."""
    ticket = {"ticket_id": rng.choice(ids), "entry_id": new_id()}
    queues = rng.sample([GENERAL, TECHNICAL], 2)
    return rng.choice(
        [
            tickets.AddNote(**ticket, text="note"),
            tickets.ChangeQueue(**ticket, was=queues[0], now=queues[1]),
            tickets.AssignTicket(**ticket, was=None, now=rng.choice(colleagues)),
            callbacks.SettleCallback(callback_id=rng.choice(wishes), now=CallbackState.KEPT),
            callbacks.PromiseCallback(
                callback_id=new_id(), ticket_id=ticket["ticket_id"], number="+96599887766", due_at=START
            ),
            open_ticket(reference=f"{rng.randrange(5):010}"),
        ]
    )


def test_after_a_busy_hour_every_row_stands_in_its_scopes_and_nowhere_else(
    race: Race, leaders: tuple[Device, Device]
) -> None:
    house, (huda, omar) = race.house, leaders
    wishes = [tickets.CallbackWish(callback_id=new_id(), number="+96599887766", due_at=START) for _ in range(4)]
    openings = [open_ticket(reference=f"{number:010}", callback=wish) for number, wish in enumerate(wishes)]
    huda.push(*map(huda.envelope, openings))
    devices = [Device(house.centre, name) for name in ("huda", "omar", "huda", "omar", "huda")]

    def work(number: int) -> set[Outcome]:
        rng, device, outcomes = random.Random(number), devices[number], set()
        for _ in range(8):
            house.clock.advance(seconds=1)
            operations = [
                _anything(
                    rng,
                    [opening.ticket_id for opening in openings],
                    [wish.callback_id for wish in wishes],
                    [huda.account_id, omar.account_id],
                )
                for _ in range(rng.randint(1, 6))
            ]
            outcomes |= {result.outcome for result in device.push(*map(device.envelope, operations))}
            house.centre.references(device.token, BlockRequest(count=1))
        return outcomes

    with ThreadPoolExecutor(len(devices)) as pool:
        outcomes = set().union(*pool.map(work, range(len(devices))))
    assert outcomes == {Outcome.ACCEPTED, Outcome.IN_REVIEW}
    with house.centre.transaction() as unit:
        held: dict[tuple[str, str], set[str]] = defaultdict(set)
        for pointer in unit.session.scalars(select(FeedPointer).where(FeedPointer.kind == FeedKind.PUT)):
            held[pointer.entity, pointer.entity_id].add(pointer.scope)
        models: tuple[type[Synced], ...] = (Ticket, TicketEntry, TicketAlias, Callback)
        for model in models:
            for row in unit.session.scalars(select(model)).all():
                assert held[model.__tablename__, row.id] == scopes_of(unit.session, row)
        assert audit.first_broken(unit.session) is None
        assert list(signed_heads.gaps(unit.session)) == []
        numbers = unit.session.scalars(select(Ticket.reference)).all()
        assert len(numbers) == len(set(numbers))


def test_what_is_wrong_for_another_reason_is_not_tried_again(race: Race) -> None:
    tries = []

    def fail() -> None:
        tries.append(1)
        with race.house.centre.transaction() as unit:
            unit.session.execute(text("SELECT no_such_function()"))

    with pytest.raises(Exception, match="no_such_function"):
        attempts(fail)
    assert len(tries) == 1


def test_the_log_holds_one_line_an_operation(race: Race, leaders: tuple[Device, Device]) -> None:
    huda, omar = leaders
    race.run(huda, huda.envelope(open_ticket(reference="0000000002")), omar, omar.envelope(open_ticket()))
    with race.house.centre.transaction() as unit:
        assert len(unit.session.scalars(select(OpLog.op_id)).all()) == 2
