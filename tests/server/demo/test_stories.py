"""The lives of the demonstration's calls and tickets are believable."""

import datetime as dt
from collections import Counter, defaultdict
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.core.kuwait import KUWAIT
from carecenter.core.terms import EntryKind, TicketStatus
from carecenter.models.account import Account
from carecenter.models.call import Call
from carecenter.models.ticket import Callback, Ticket, TicketEntry
from carecenter.operations.calls import EndCall
from carecenter.server.demo.people import invented_callers
from carecenter.server.demo.stories import Staff, Story, visits
from tests.server.demo.filled import NOW, TICKETS


def test_timelines_are_plausible(session: Session) -> None:
    lines: dict[str, list[TicketEntry]] = defaultdict(list)
    for line in session.scalars(select(TicketEntry).order_by(TicketEntry.at)):
        lines[line.ticket_id].append(line)
    active = set(session.scalars(select(Account.id)))
    for ticket in session.scalars(select(Ticket)):
        life = lines[ticket.id]
        assert life[0].kind is EntryKind.OPENED
        assert life[0].at == ticket.opened_at
        assert life[-1].at < NOW
        assert {line.author_id for line in life} <= active
        assert (
            (ticket.status is TicketStatus.CLOSED) == (ticket.outcome is not None) == (ticket.closed_at is not None)
        )
        if ticket.closed_at is not None:
            assert ticket.closed_at == [line.at for line in life if line.kind is EntryKind.CLOSED][-1]
        steps = [line for line in life if line.kind in (EntryKind.STATUS, EntryKind.CLOSED)]
        status = "received"
        for step in steps:
            reopened = any(line.kind is EntryKind.REOPENED and line.at < step.at for line in life)
            assert step.was == status or reopened
            status = step.now
    kinds = Counter(line.kind for life in lines.values() for line in life)
    assert EntryKind.OUTDATED not in kinds
    assert {EntryKind.STATUS, EntryKind.ASSIGNED, EntryKind.QUEUE, EntryKind.ESCALATED, EntryKind.NOTE} <= set(
        kinds
    )


def test_work_is_done_on_working_days(session: Session) -> None:
    days = Counter(
        line.at.astimezone(KUWAIT).weekday()
        for line in session.scalars(select(TicketEntry).where(TicketEntry.kind == EntryKind.STATUS))
    )
    assert {4, 5}.isdisjoint(days)  # Friday and Saturday
    assert len(days) == 5


def test_calls_have_notes_and_ended_before_now(session: Session) -> None:
    calls = session.scalars(select(Call)).all()
    assert len(calls) > TICKETS
    assert all(call.notes and call.ended_at is not None and call.started_at < call.ended_at < NOW for call in calls)
    assert all(callback.due_at for callback in session.scalars(select(Callback)))


@pytest.mark.parametrize("seed", range(8))
def test_nobody_is_in_the_middle_of_a_call_when_the_desk_is_opened(seed: int) -> None:
    now = dt.datetime(2026, 11, 24, 7, 20, tzinfo=dt.UTC)  # when most people call
    staff = Staff(agents=("agent",), supervisor="supervisor", by_queue=defaultdict(lambda: ("agent",)))
    rng = Random(seed)
    planned = visits(now, invented_callers(200, rng), 2_000, rng)
    for visit in planned[-60:]:
        story = Story(visit, "0000000017", staff, now, rng)
        assert any(isinstance(act.operation, EndCall) for act in story.rest)
