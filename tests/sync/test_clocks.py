"""Clocks of desks that are wrong by ten years, either way, and jump: the centre's rows are those of right clocks.

The same days are lived twice, by desks whose clocks are right and by desks whose clocks are not; all that may
differ is when a desk says it did something. A centre that believes the desks, or orders what came at once by ids,
must fail.
"""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest

from carecenter.core import ids
from carecenter.core.ids import new_id
from carecenter.core.terms import Outcome, TicketKind, TicketStatus, WrapUp
from carecenter.operations import Operation, callers, calls, tickets
from carecenter.queries.tickets import detail
from carecenter.server import judgement
from carecenter.server.judgement import Judge, Verdict
from carecenter.wire import Envelope, Hello, ManifestRequest
from tests.houses import START, Clock, House, Seat, add_note, house, open_call, open_ticket
from tests.sync.halls import seeds, told

_TEN_YEARS = 3_652.0
_ENTITIES = ("ticket", "ticket_entry", "caller", "caller_phone", "call", "callback")
_DESKS = ("sara", "ali")
_STEPS = 40
Told = dict[str, Any]


class _Time:
    """Stands in for the computer's clock where ids are made."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def time_ns(self) -> int:
        return round(self._clock().timestamp() * 1e9)


class _Days:
    """Two desks and a centre; what they do follows from the seed, what their clocks say from ``wrong`` too."""

    def __init__(self, built: House, seed: int, wrong: bool) -> None:
        self._house = built
        self._chance = random.Random(seed)
        self._error = random.Random(seed) if wrong else None
        self._clocks = {name: Clock() for name in _DESKS}
        self._names: dict[str, str] = {built.leader_id: "leader"}
        self._tickets: list[str] = []
        self._callers: list[str] = []
        self._calls: dict[str, list[str]] = {name: [] for name in _DESKS}
        self._seats: dict[str, Seat] = {}
        for name in _DESKS:
            self._names[built.account(name)] = name
            self._jump(name)
            self._seats[name] = built.seat(name, clock=self._clocks[name])

    def live(self, monkeypatch: pytest.MonkeyPatch) -> Told:
        for _ in range(_STEPS):
            name = self._chance.choice(_DESKS)
            for clock in (self._house.clock, *self._clocks.values()):
                clock.advance(seconds=self._chance.choice((0, 1, 90, 4_000)) or 0.004)
            if self._chance.random() < 0.3:
                self._jump(name)
            with monkeypatch.context() as patched:
                # Ids are made with the computer's clock too.
                patched.setattr(ids, "time", _Time(self._clocks[name]))
                self._step(self._seats[name], self._chance.random())
        for _ in range(2):
            for seat in self._seats.values():
                self._house.clock.advance(seconds=1)
                seat.synchronise()
        return self._told()

    def _jump(self, name: str) -> None:
        """By up to ten years from the right time, or back to it."""
        if self._error is not None:
            self._clocks[name].at = self._house.clock.at
            wrong = self._error.choice((0.0, -_TEN_YEARS, _TEN_YEARS, self._error.uniform(-_TEN_YEARS, _TEN_YEARS)))
            self._clocks[name].advance(days=wrong)

    def _step(self, seat: Seat, what: float) -> None:
        if what < 0.1:
            seat.push()
        elif what < 0.2:
            seat.pull()
        elif what < 0.25:
            self._greet(seat)
        else:
            self._perform(seat, self._chance.choice(self._possible(seat.name)))

    def _greet(self, seat: Seat) -> None:
        """The desk measures how wrong its clock is just now."""
        greeting = seat.transport.hello(seat.signed_in.token, Hello(version="1"))
        offset = (greeting.at - self._clocks[seat.name]()).total_seconds()
        seat.workstation.greeted(greeting, seat.account_id, offset)

    def _perform(self, seat: Seat, operation: Operation) -> None:
        for place, row_id in enumerate(operation.subjects().values()):
            self._names.setdefault(row_id, f"{operation.tag()} {len(self._names)}.{place}")
        kept = seat.perform(operation)
        for name in ("reference", "entry_id"):
            if value := getattr(kept, name, None):
                self._names.setdefault(value, f"{name} {len(self._names)}")
        if isinstance(operation, tickets.OpenTicket):
            self._tickets.append(operation.ticket_id)
        elif isinstance(operation, callers.RegisterCaller):
            self._callers.append(operation.caller_id)
        elif isinstance(operation, calls.OpenCall):
            self._calls[seat.name].append(operation.call_id)

    def _possible(self, name: str) -> list[Operation]:
        wish = tickets.CallbackWish(
            callback_id=new_id(), number="+96599887766", due_at=START + dt.timedelta(days=1)
        )
        self._names[wish.callback_id] = f"callback {len(self._names)}"
        phone = new_id()
        self._names[phone] = f"phone {len(self._names)}"
        found: list[Operation] = [
            open_ticket(f"ticket {len(self._tickets)}", kind=self._chance.choice(list(TicketKind)), callback=wish),
            callers.RegisterCaller(caller_id=new_id(), name_en="Noura", phone=(phone, "+96599887766")),
            open_call(),
        ]
        if self._tickets:
            of: dict[str, Any] = {"ticket_id": self._chance.choice(self._tickets), "entry_id": new_id()}
            states = [TicketStatus.RECEIVED, TicketStatus.IN_WORK]
            found += [add_note(of["ticket_id"], f"note {self._chance.random()}")] * 6
            found += [
                tickets.MoveTicket(was=self._chance.choice(states), now=TicketStatus.IN_WORK, **of),
                tickets.CloseTicket(was=self._chance.choice(states), outcome=Outcome.RESOLVED, **of),
            ]
        if self._callers:
            fact: dict[str, Any] = {"field": "name_en", "was": "Noura", "now": f"Noura {self._chance.random()}"}
            found.append(callers.CorrectCaller(caller_id=self._chance.choice(self._callers), **fact))
        if self._calls[name]:
            call_id = self._chance.choice(self._calls[name])
            found += [
                calls.WriteNotes(call_id=call_id, notes=f"notes {self._chance.random()}"),
                calls.EndCall(call_id=call_id, wrap_up=WrapUp.ANSWERED, notes="the end"),
            ]
        return found

    def _told(self) -> Told:
        """The centre's rows, and each timeline as people read it; ids by their names."""
        leader = self._house.seat("leader")
        rows = self._house.rows(*_ENTITIES)
        for seat in (leader, *self._seats.values()):
            manifest = seat.transport.manifest(seat.signed_in.token, ManifestRequest(scopes=seat.scopes))
            assert seat.workstation.compare(manifest) == (), seat.name
        return {
            "rows": {self._named(key): self._named(_lasting(image)) for key, image in rows.items()},
            "timelines": {
                self._named(ticket_id): [self._named(line.id) for line in leader.ask(detail, ticket_id).timeline]
                for ticket_id in self._tickets
            },
        }

    def _named(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._named(one) for name, one in value.items()}
        if isinstance(value, tuple | list):
            return tuple(self._named(one) for one in value)
        if isinstance(value, str):
            head, colon, rest = value.rpartition(":")
            return f"{head}{colon}{self._names.get(rest, rest)}"
        return value


def _lived(directory: Path, seed: int, *, wrong: bool, monkeypatch: pytest.MonkeyPatch) -> Told:
    directory.mkdir()
    with house(directory) as built:
        return _Days(built, seed, wrong).live(monkeypatch)


def _differing(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What of the same days differs when the clocks of the desks are wrong."""
    right = _lived(tmp_path / f"right {seed}", seed, wrong=False, monkeypatch=monkeypatch)
    wrong = _lived(tmp_path / f"wrong {seed}", seed, wrong=True, monkeypatch=monkeypatch)
    return [what for what in right if right[what] != wrong[what]]


def test_wrong_clocks_change_nothing_at_the_centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    days = seeds(5, 500)
    for seed in days:
        assert _differing(tmp_path, seed, monkeypatch) == [], f"seed {seed}"
    told(f"clocks: {len(days)} times the same days with clocks wrong by up to ten years")


def test_a_centre_that_believes_the_desks_would_have_other_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = Judge.judge

    def believe(self: Judge, envelope: Envelope, operation: Operation) -> Verdict:
        self._at = envelope.typed_at
        return judge(self, envelope, operation)

    monkeypatch.setattr(Judge, "judge", believe)
    assert "rows" in _differing(tmp_path, 0, monkeypatch)


def test_a_centre_that_orders_what_came_at_once_by_ids_would_mix_up_the_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judgement, "TICK", dt.timedelta())
    assert any("timelines" in _differing(tmp_path, seed, monkeypatch) for seed in range(3))


def _lasting(image: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in image.items() if name != "desk_at"}
