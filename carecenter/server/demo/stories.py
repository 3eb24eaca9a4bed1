"""The lives of the demonstration's tickets: who called when, what was done in working hours, how it ended.

A story is a list of operations with the moment and the account of each. What would happen after the present
moment is left out, so that the newest tickets stand open in the middle of their work.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from carecenter.core.calendar import default_calendar
from carecenter.core.ids import new_id
from carecenter.core.kuwait import KUWAIT
from carecenter.core.promises import SOON, due_at
from carecenter.core.terms import (
    CallbackState,
    Check,
    Outcome,
    Priority,
    TicketKind,
    TicketStatus,
    WrapUp,
)
from carecenter.operations import Operation, callbacks, calls, tickets
from carecenter.operations.callers import RegisterCaller
from carecenter.server.demo.matters import Matter, matters
from carecenter.server.demo.remarks import Occasion, ending, remark
from carecenter.server.starter import RESTRICTED_QUEUE

BODIES_QUEUE: Final = "bodies"
_YEAR: Final = dt.timedelta(days=365)
_LATEST: Final = dt.timedelta(days=9)
_LATEST_SHARE: Final = 0.18
_STUCK: Final = 0.03
_KINDS: Final = {
    TicketKind.COMPLAINT: 52,
    TicketKind.ENQUIRY: 20,
    TicketKind.ERROR_REPORT: 14,
    TicketKind.SUGGESTION: 10,
    TicketKind.SUPPORT_MESSAGE: 4,
}
_OUTCOMES: Final[dict[TicketKind, dict[Outcome, int]]] = {
    TicketKind.COMPLAINT: {
        Outcome.RESOLVED: 55,
        Outcome.PASSED_ON: 18,
        Outcome.NOT_JUSTIFIED: 12,
        Outcome.EXPLAINED: 8,
        Outcome.DUPLICATE: 4,
        Outcome.WITHDRAWN: 3,
    },
    TicketKind.ERROR_REPORT: {Outcome.RESOLVED: 60, Outcome.PASSED_ON: 30, Outcome.DUPLICATE: 10},
    TicketKind.SUGGESTION: {Outcome.PASSED_ON: 90, Outcome.DUPLICATE: 10},
    TicketKind.SUPPORT_MESSAGE: {Outcome.PASSED_ON: 100},
    TicketKind.ENQUIRY: {Outcome.EXPLAINED: 90, Outcome.PASSED_ON: 10},
}
_LONGEST_CALL: Final = dt.timedelta(minutes=15)  # nobody is in the middle of a call when the desk is opened
_PRIORITIES: Final = {Priority.LOW: 10, Priority.NORMAL: 68, Priority.HIGH: 17, Priority.URGENT: 5}


@dataclass(frozen=True, slots=True)
class Act:
    """An operation, who performs it and when (UTC)."""

    at: dt.datetime
    account_id: str
    operation: Operation


@dataclass(frozen=True)
class Staff:
    """The accounts that work in the demonstration, and who works in which queue."""

    agents: tuple[str, ...]
    supervisor: str
    by_queue: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody calls: when (UTC), who, and about what; no matter means that the knowledge base answered."""

    at: dt.datetime
    caller: RegisterCaller
    matter: Matter | None
    priority: Priority = Priority.NORMAL
    stuck: bool = False
    escalated: bool = False
    unassigned: bool = False


def visits(now: dt.datetime, callers: Sequence[RegisterCaller], count: int, rng: Random) -> list[Visit]:
    """Everybody's calls over the year before ``now``, oldest first: ``count`` lead to a ticket."""
    found = [_scene(number, now, callers, rng) for number in range(min(count // 8, 40))]
    kinds = rng.choices(list(_KINDS), list(_KINDS.values()), k=count - len(found))
    for kind in kinds:
        matter = rng.choice([matter for matter in matters() if matter.kind is kind])
        stuck = rng.random() < _STUCK
        found.append(
            Visit(
                at=_moment(now, rng),
                caller=rng.choice(callers),
                matter=matter,
                priority=rng.choices(list(_PRIORITIES), list(_PRIORITIES.values()))[0],
                stuck=stuck,
                escalated=stuck and rng.random() < 0.2,
            )
        )
    seen = {visit.caller.caller_id for visit in found}
    silent = [caller for caller in callers if caller.caller_id not in seen]
    answered = [*silent, *rng.choices(callers, k=count // 8)]
    found.extend(Visit(at=_moment(now, rng), caller=caller, matter=None) for caller in answered)
    return sorted(found, key=lambda visit: visit.at)


def _scene(number: int, now: dt.datetime, callers: Sequence[RegisterCaller], rng: Random) -> Visit:
    """What every view of a supervisor needs: late, nearly due, held by nobody, escalated, confidential."""
    restricted = number % 5 == 4
    suitable = [
        matter
        for matter in matters()
        if matter.kind is TicketKind.COMPLAINT and (matter.queue_id == RESTRICTED_QUEUE) is restricted
    ]
    late = number % 5 in (0, 3)
    for _ in range(400):
        at = _working_moment(now - dt.timedelta(days=rng.uniform(0.1, 16)), rng)
        due = due_at(TicketKind.COMPLAINT, Priority.NORMAL, at)
        if at < now - _LONGEST_CALL and (
            (due < now) if late else (now < due < now + SOON) if number % 5 == 1 else (due > now)
        ):
            break
    else:
        at = now - dt.timedelta(minutes=rng.randint(20, 200))
    return Visit(
        at=at,
        caller=rng.choice(callers),
        matter=rng.choice(suitable),
        stuck=True,
        escalated=number % 5 == 3,
        unassigned=number % 5 == 2,
    )


def _moment(now: dt.datetime, rng: Random) -> dt.datetime:
    """A moment of the year before ``now``; the last days are busier, as in a centre that is growing."""
    span = _LATEST if rng.random() < _LATEST_SHARE else _YEAR
    at = _working_moment(now - dt.timedelta(seconds=rng.uniform(3_600, span.total_seconds())), rng)
    if at < now - _LONGEST_CALL:
        return at
    return now - _LONGEST_CALL - dt.timedelta(seconds=rng.uniform(0, 90_000))


def _working_moment(about: dt.datetime, rng: Random) -> dt.datetime:
    """A moment when people call, on the day of ``about`` or soon after."""
    day = about.astimezone(KUWAIT).date()
    while not (hours := default_calendar().hours_of(day)):
        day += dt.timedelta(days=1)
    minute = rng.triangular(hours[0].opens, hours[-1].closes, hours[0].opens + 120)
    return (dt.datetime.combine(day, dt.time(), KUWAIT) + dt.timedelta(minutes=minute)).astimezone(dt.UTC)


class Story:
    """One visit told as operations: ``opening`` stands before ``rest``, both in order of time."""

    def __init__(self, visit: Visit, reference: str, staff: Staff, now: dt.datetime, rng: Random) -> None:
        self._visit = visit
        self._staff = staff
        self._now = now
        self._rng = rng
        self._at = visit.at
        self._language = visit.caller.language
        queue = visit.matter.queue_id if visit.matter is not None else None
        self._agent = rng.choice(staff.by_queue[queue] if queue == RESTRICTED_QUEUE else staff.agents)
        self._anonymous = queue == RESTRICTED_QUEUE and rng.random() < 0.5
        self._call_id = new_id()
        self._ticket_id = new_id()
        self._callback: tickets.CallbackWish | None = None
        self.opening = list(self._opening(reference))
        self.rest = sorted((act for act in self._rest() if act.at < now), key=lambda act: act.at)

    def _act(self, operation: Operation, account_id: str | None = None) -> Act:
        return Act(self._at, account_id or self._agent, operation)

    def _opening(self, reference: str) -> Iterator[Act]:
        visit = self._visit
        yield self._act(
            calls.OpenCall(
                call_id=self._call_id,
                number="" if self._anonymous or visit.caller.phone is None else visit.caller.phone[1],
                withheld=self._anonymous,
                language=self._language,
            )
        )
        if visit.matter is not None:
            self._at += dt.timedelta(seconds=self._rng.randint(60, 420))
            yield self._act(self._ticket(visit, visit.matter, reference))

    def _ticket(self, visit: Visit, matter: Matter, reference: str) -> tickets.OpenTicket:
        if not self._anonymous and visit.caller.phone is not None and self._rng.random() < 0.08:
            wanted = default_calendar().add_working(self._at, self._rng.randint(300, 1_500)).astimezone(dt.UTC)
            self._callback = tickets.CallbackWish(callback_id=new_id(), number=visit.caller.phone[1], due_at=wanted)
        return tickets.OpenTicket(
            ticket_id=self._ticket_id,
            entry_id=new_id(),
            reference=reference,
            kind=matter.kind,
            queue_id=matter.queue_id,
            text=matter.text(self._language, self._rng),
            priority=visit.priority,
            language=self._language,
            service_id=matter.service_id,
            body_code=matter.body_code,
            caller_id=None if self._anonymous else visit.caller.caller_id,
            call_id=self._call_id,
            callback=self._callback,
            pin_hash=tickets.pin_hash(self._ticket_id, "4821") if self._anonymous else None,
        )

    def _rest(self) -> Iterator[Act]:
        yield from self._call()
        if self._visit.matter is not None:
            yield from self._work(self._visit.matter)
        if self._callback is not None and self._callback.due_at < self._now:
            self._at = max(self._callback.due_at - dt.timedelta(minutes=self._rng.randint(1, 90)), self._visit.at)
            kept = callbacks.SettleCallback(callback_id=self._callback.callback_id, now=CallbackState.KEPT)
            yield self._act(kept)

    def _call(self) -> Iterator[Act]:
        matter = self._visit.matter
        caller_id = None if self._anonymous else self._visit.caller.caller_id
        if matter is None:
            answered = self._rng.choice([matter for matter in matters() if matter.kind is TicketKind.ENQUIRY])
            notes = answered.text(self._language, self._rng)
        else:
            answered, notes = matter, remark(Occasion.CHECKED, self._language, self._rng)
        yield self._act(calls.IdentifyCaller(call_id=self._call_id, caller_id=caller_id, anonymous=self._anonymous))
        if caller_id is not None and self._rng.random() < 0.4:
            yield self._act(calls.VerifyCaller(call_id=self._call_id, checks=(Check.PHONE, Check.CIVIL_ID_PART)))
        if answered.service_id is not None and matter is None:
            yield self._act(calls.LinkArticle(call_id=self._call_id, article_id=answered.service_id))
        self._at += dt.timedelta(seconds=self._rng.randint(30, 240))
        wrap_up = WrapUp.ANSWERED if matter is None else WrapUp.TICKET_OPENED
        yield self._act(calls.EndCall(call_id=self._call_id, wrap_up=wrap_up, notes=notes))

    def _work(self, matter: Matter) -> Iterator[Act]:
        """From received to closed, in shares of the working time that the promise allows."""
        steps = list(self._steps(matter))
        if self._visit.stuck:
            steps = steps[: self._rng.randint(1, 3)] if not self._visit.unassigned else []
        promised = due_at(matter.kind, self._visit.priority, self._visit.at)
        minutes = default_calendar().working_minutes_between(self._visit.at, promised)
        pace = self._rng.uniform(0.35, 0.95) if self._rng.random() < 0.92 else self._rng.uniform(1.05, 2.2)
        start = self._at
        for number, (operation, account_id) in enumerate(steps, start=1):
            share = minutes * pace * (number / max(len(steps), 5)) ** 1.3
            later = default_calendar().add_working(start, max(round(share * self._rng.uniform(0.9, 1.0)), number))
            self._at = max(later.astimezone(dt.UTC), self._at) + dt.timedelta(seconds=self._rng.randint(5, 55))
            yield self._act(operation, account_id)
        if self._visit.escalated:
            yield self._escalation(promised)

    def _escalation(self, promised: dt.datetime) -> Act:
        self._at = max(self._visit.at, min(promised, self._now)) - dt.timedelta(minutes=2)
        text = remark(Occasion.ESCALATED, self._language, self._rng)
        operation = tickets.EscalateTicket(ticket_id=self._ticket_id, entry_id=new_id(), was=0, now=1, text=text)
        return self._act(operation, self._staff.supervisor)

    def _steps(self, matter: Matter) -> Iterator[tuple[Operation, str | None]]:
        """The operations between opening and the end, with who performs each; None: who opened the ticket."""
        members = self._staff.by_queue[matter.queue_id]
        worker = self._agent if self._agent in members and self._rng.random() < 0.5 else self._rng.choice(members)
        assigner = worker if self._rng.random() < 0.6 else self._staff.supervisor
        status = TicketStatus.RECEIVED
        yield self._of(tickets.AssignTicket, was=None, now=worker), assigner
        if matter.kind in (TicketKind.COMPLAINT, TicketKind.ERROR_REPORT):
            for now in self._route(matter):
                occasion = _OCCASIONS.get((status, now)) or _OCCASIONS.get((None, now))
                yield self._of(tickets.MoveTicket, occasion, was=status, now=now), worker
                status = now
                if now is TicketStatus.REFERRED and self._rng.random() < 0.5:
                    yield from self._hand_over(matter.queue_id)
                if now in (TicketStatus.REFERRED, TicketStatus.IN_WORK) and self._rng.random() < 0.15:
                    yield self._of(tickets.AddNote, Occasion.CALLED_AGAIN), None
        else:
            yield self._of(tickets.MoveTicket, Occasion.ANSWERED, was=status, now=TicketStatus.ANSWERED), worker
            status = TicketStatus.ANSWERED
        outcomes = _OUTCOMES[matter.kind]
        outcome = self._rng.choices(list(outcomes), list(outcomes.values()))[0]
        yield self._closing(status, outcome), worker
        if matter.kind is TicketKind.COMPLAINT and self._rng.random() < 0.03:
            yield self._of(tickets.ReopenTicket, Occasion.REOPENED), worker
            yield self._closing(TicketStatus.IN_WORK, Outcome.RESOLVED), worker

    def _hand_over(self, queue_id: str) -> Iterator[tuple[Operation, str | None]]:
        """To those who follow referred tickets up; nobody there holds it before it is assigned again."""
        worker = self._rng.choice(self._staff.by_queue[BODIES_QUEUE])
        moved = self._of(tickets.ChangeQueue, was=queue_id, now=BODIES_QUEUE)
        yield moved, self._staff.supervisor
        yield self._of(tickets.AssignTicket, was=None, now=worker), worker

    def _route(self, matter: Matter) -> Iterator[TicketStatus]:
        """The statuses a complaint goes through after it was received, up to its answer."""
        if self._rng.random() < 0.4:
            yield TicketStatus.ACKNOWLEDGED
        yield TicketStatus.IN_WORK
        chance = self._rng.random()
        if matter.body_code is not None and chance < 0.45:
            yield TicketStatus.REFERRED
            yield TicketStatus.IN_WORK
        elif chance < 0.6:
            yield TicketStatus.WAITING_FOR_CALLER
            yield TicketStatus.IN_WORK
        yield TicketStatus.ANSWERED
        if self._rng.random() < 0.3:
            yield TicketStatus.DECISION_TOLD

    def _closing(self, was: TicketStatus, outcome: Outcome) -> Operation:
        return self._of(tickets.CloseTicket, was=was, outcome=outcome, text=ending(outcome, self._language))

    def _of(self, kind: Callable[..., Operation], occasion: Occasion | None = None, **facts: object) -> Operation:
        if occasion is not None:
            facts["text"] = remark(occasion, self._language, self._rng)
        return kind(ticket_id=self._ticket_id, entry_id=new_id(), **facts)


_OCCASIONS: Final[dict[tuple[TicketStatus | None, TicketStatus], Occasion]] = {
    (TicketStatus.REFERRED, TicketStatus.IN_WORK): Occasion.BODY_ANSWERED,
    (TicketStatus.WAITING_FOR_CALLER, TicketStatus.IN_WORK): Occasion.CAME_BACK,
    (None, TicketStatus.REFERRED): Occasion.REFERRED,
    (None, TicketStatus.WAITING_FOR_CALLER): Occasion.WAITING,
    (None, TicketStatus.ANSWERED): Occasion.ANSWERED,
    (None, TicketStatus.DECISION_TOLD): Occasion.TOLD,
}
