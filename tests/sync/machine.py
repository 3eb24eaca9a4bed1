"""Three desks and the centre of a hall as a machine of Hypothesis: work, faults and changes of scope in any order.

However a day went, once the network is whole all desks hold what the centre says they should, and nothing waits,
after ``ROUNDS`` rounds at the most.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from sqlalchemy import func, select

from carecenter.core.errors import NotAllowed
from carecenter.core.ids import new_id
from carecenter.core.terms import Outcome, Role, TicketStatus, WrapUp
from carecenter.models.centre import OpLog
from carecenter.models.desk import HeldRow
from carecenter.operations import Operation, callers, calls, tickets
from carecenter.server import administration, ageing
from carecenter.server.centre import Centre
from carecenter.store.feed import FeedGap
from carecenter.store.workstation import Workstation
from carecenter.sync.in_process import InProcess
from carecenter.wire import FeedPage, ManifestRequest, Result
from tests.houses import (
    GENERAL,
    RESTRICTED,
    TECHNICAL,
    Clock,
    Seat,
    add_note,
    house,
    images,
    open_call,
    open_centre,
    open_store,
    open_ticket,
)
from tests.server.halls import hall
from tests.sync import halls

ROUNDS = 3
NAMES = ("leads", "sara", "ali")
_QUEUES = (GENERAL, TECHNICAL, RESTRICTED)
_ENTITIES = ("ticket", "ticket_entry", "ticket_alias", "caller", "caller_phone", "call", "callback")
_desks = st.integers(0, len(NAMES) - 1)
_choices = st.integers(0, 9_999)


def prepare(directory: Path) -> None:
    """A hall in which all three have signed in, as files."""
    directory.mkdir()
    with house(directory) as built:
        hall(built)
        built.account("leads", Role.SUPERVISOR, GENERAL, TECHNICAL)
        built.account("sara", Role.SENIOR_AGENT, GENERAL, TECHNICAL)
        built.account("ali", Role.AGENT, GENERAL)
        for name in NAMES:
            built.seat(name)


class WorkDay(RuleBasedStateMachine):
    """A day that begins as the files in ``template`` stand."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp(prefix="carecenter-day-"))
        shutil.copytree(self.template, self.directory, dirs_exist_ok=True)
        self.clock = Clock()
        self.centre: Centre = open_centre(self.directory / "centre.db", self.clock)
        self.seats = [self._seat(name) for name in NAMES]
        self.pages: list[list[FeedPage]] = [[] for _ in NAMES]
        self.results: list[list[tuple[Result, ...]]] = [[] for _ in NAMES]
        self.saved = 0

    def _seat(self, name: str) -> Seat:
        return self._signed_in(open_store(self.directory / f"{name}.db", self.clock), name)

    def _signed_in(self, workstation: Workstation, name: str) -> Seat:
        seat = Seat(workstation, InProcess(self.centre), name)
        seat.viewer = seat.workstation.viewer(seat.account_id)
        return seat

    # Work

    @rule(desk=_desks, choice=_choices, other=_choices)
    def work(self, desk: int, choice: int, other: int) -> None:
        seat = self.seats[desk]
        seat.viewer = seat.workstation.viewer(seat.account_id)
        possible = self._possible(seat, other)
        self.clock.advance(seconds=1)
        with suppress(NotAllowed):  # a ticket that left this desk's queues
            seat.perform(possible[choice % len(possible)])
            self.saved += 1

    def _possible(self, seat: Seat, other: int) -> list[Operation]:
        shown = shown_at(seat)
        queue = _QUEUES[other % 2]
        found: list[Operation] = [
            open_ticket(f"text {other}", queue_id=queue),
            callers.RegisterCaller(caller_id=new_id(), name_en="Noura", phone=(new_id(), "+96599887766")),
            open_call(),
        ]
        rows = {entity: [image for (of, _), image in sorted(shown.items()) if of == entity] for entity in _ENTITIES}
        if rows["ticket"]:
            ticket = rows["ticket"][other % len(rows["ticket"])]
            of: dict[str, Any] = {"ticket_id": ticket["id"], "entry_id": new_id()}
            was = TicketStatus(ticket["status"])
            found += [
                add_note(ticket["id"], f"line {other}"),
                tickets.MoveTicket(was=was, now=TicketStatus.IN_WORK, **of),
                tickets.CloseTicket(was=was, outcome=Outcome.RESOLVED, **of),
            ]
            if seat.name != "ali":
                found += [tickets.ChangeQueue(was=ticket["queue_id"], now=_QUEUES[other % 3], **of)] * 3
        if rows["caller"]:
            card = rows["caller"][other % len(rows["caller"])]
            found += [
                callers.CorrectCaller(caller_id=card["id"], field="note", was=card["note"], now=f"note {other}"),
                open_ticket(f"of a caller {other}", queue_id=queue, caller_id=card["id"]),
            ]
        if rows["call"]:
            call_id = rows["call"][other % len(rows["call"])]["id"]
            found += [
                calls.WriteNotes(call_id=call_id, notes=f"notes {other}"),
                calls.EndCall(call_id=call_id, wrap_up=WrapUp.ANSWERED, notes="the end"),
            ]
        return found

    # The network and the computers

    @rule(desk=_desks, most=st.integers(1, 5))
    def push(self, desk: int, most: int) -> None:
        seat = self.seats[desk]
        some = seat.workstation.next_push(most)
        if some.operations:
            self.results[desk].append(seat.send(some))
            seat.workstation.settle(self.results[desk][-1])

    @rule(desk=_desks)
    def lose_a_request(self, desk: int) -> None:
        self.seats[desk].workstation.next_push()

    @rule(desk=_desks)
    def lose_an_answer(self, desk: int) -> None:
        self.results[desk].append(self.seats[desk].send())

    @rule(desk=_desks, choice=_choices)
    def hear_results_late(self, desk: int, choice: int) -> None:
        if heard := self.results[desk]:
            self.seats[desk].workstation.settle(heard[choice % len(heard)])

    @rule(desk=_desks, limit=st.sampled_from((1, 3, 2_000)), lost=st.booleans())
    def pull(self, desk: int, limit: int, lost: bool) -> None:
        page = self.seats[desk].fetch(limit)
        self.pages[desk].append(page)
        if not lost:
            self.seats[desk].workstation.apply_page(page)

    @rule(desk=_desks, choice=_choices)
    def hear_an_old_page(self, desk: int, choice: int) -> None:
        if heard := self.pages[desk]:
            with suppress(FeedGap):  # one before it was lost
                self.seats[desk].workstation.apply_page(heard[choice % len(heard)])

    @rule(desk=_desks)
    def restart(self, desk: int) -> None:
        self.seats[desk].workstation.close()
        self.seats[desk] = self._seat(NAMES[desk])

    # What happens at the centre

    @rule(desk=_desks, queue=st.sampled_from(_QUEUES), joining=st.booleans())
    def change_queues(self, desk: int, queue: str, joining: bool) -> None:
        name = (NAMES[desk],)
        administration.change_members(self.centre, queue, name if joining else (), () if joining else name)

    @rule(desk=_desks, role=st.sampled_from((Role.AGENT, Role.SENIOR_AGENT, Role.SUPERVISOR, Role.EDITOR)))
    def change_role(self, desk: int, role: Role) -> None:
        administration.set_role(self.centre, NAMES[desk], role)

    @rule(days=st.sampled_from((0, 1, 20)))
    def grow_old(self, days: int) -> None:
        """Tokens grow old as well: everybody signs in again."""
        self.clock.advance(days=days)
        ageing.run(self.centre)
        self.seats = [self._signed_in(seat.workstation, seat.name) for seat in self.seats]

    # In the end

    def teardown(self) -> None:
        try:
            self._heal()
        finally:
            for seat in self.seats:
                seat.workstation.close()
            self.centre.close()
            shutil.rmtree(self.directory)

    def _heal(self) -> None:
        """The network is whole: everybody synchronises, so many times and no more."""
        for _ in range(ROUNDS):
            for seat in self.seats:
                seat.synchronise()
        attention = 0
        for seat in self.seats:
            queue = seat.workstation.queue()
            assert queue.waiting == 0, seat.name
            attention += queue.attention
            assert differing(seat) == (), seat.name
        with self.centre.transaction() as unit:
            outcomes = dict(unit.session.execute(select(OpLog.outcome, func.count()).group_by(OpLog.outcome)).all())
        heard = sum(outcomes.get(outcome, 0) for outcome in halls.EFFECTIVE)
        assert (heard, sum(outcomes.values())) == (self.saved - attention, self.saved)


def shown_at(seat: Seat) -> dict[tuple[str, str], dict[str, Any]]:
    """What a desk's screens show."""
    with seat.workstation.transaction() as session:
        return images(session, *_ENTITIES)


def differing(seat: Seat) -> tuple[str, ...]:
    """The scopes of which this desk does not hold what the centre says it should; rows that no scope holds."""
    asked = ManifestRequest(scopes=seat.scopes)
    manifest = seat.transport.manifest(seat.signed_in.token, asked)
    cursors = seat.workstation.cursors(seat.scopes)
    behind = tuple(scope for scope, told in manifest.scopes.items() if cursors[scope] != told.seq)
    with seat.workstation.transaction() as session:
        held = {(row.entity, row.entity_id) for row in session.scalars(select(HeldRow))}
    stray = tuple("/".join(key) for key in shown_at(seat).keys() - held)
    return (*behind, *stray, *seat.workstation.compare(manifest))
