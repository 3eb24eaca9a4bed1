"""The demonstration: believable lives, every view of a supervisor filled, nobody in it real."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.core import phone
from carecenter.core.civil_id import CivilId, parse
from carecenter.core.errors import NotAllowed
from carecenter.core.i18n import KUWAIT
from carecenter.core.terms import EntryKind, Role, TicketStatus
from carecenter.models.account import Account
from carecenter.models.article import Article
from carecenter.models.base import Side
from carecenter.models.call import Call
from carecenter.models.caller import Caller, CallerPhone
from carecenter.models.queue import Queue
from carecenter.models.ticket import Callback, Ticket, TicketEntry
from carecenter.models.viewer import Viewer, viewer_of
from carecenter.queries import tickets as queries
from carecenter.server import accounts, demo
from carecenter.server.centre import Centre
from carecenter.server.demo_matters import matters
from carecenter.wire import SignIn
from tests import houses

NOW = dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.UTC)
"""A Monday morning in Kuwait."""
CALLERS, TICKETS = 50, 120


def _filled(path: Path, seed: int = 164) -> tuple[Centre, list[tuple[int, int]]]:
    engine = houses.open_engine(path, Side.CENTRE)
    centre = houses.open_centre(path, lambda: NOW, knowledge=True, engine=engine)
    told: list[tuple[int, int]] = []
    demo.fill(centre, lambda *at: told.append(at), callers=CALLERS, tickets=TICKETS, seed=seed)
    return centre, told


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    centre, told = _filled(tmp_path_factory.mktemp("demo") / "centre.db")
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1] >= TICKETS
    yield centre
    centre.close()


@pytest.fixture
def session(shown: Centre) -> Iterator[Session]:
    with shown.transaction() as unit:
        yield unit.session


def _viewer(session: Session, name: str) -> Viewer:
    account = accounts.named(session, name)
    assert account is not None
    return viewer_of(session, account.id)


def test_every_view_of_the_supervisor_holds_something(session: Session) -> None:
    viewer = _viewer(session, "supervisor")
    counted = queries.counts(session, viewer, NOW)
    assert min(getattr(counted, focus.value) for focus in queries.QueueFocus) > 0
    assert counted.all_open + counted.closed == TICKETS
    assert counted.closed > 0.7 * TICKETS


def test_an_agent_sees_no_confidential_ticket(session: Session) -> None:
    for name, sees in (("agent", False), ("agent2", True), ("editor", False)):
        counted = queries.counts(session, _viewer(session, name), NOW)
        assert bool(counted.restricted) is sees, name


def test_everybody_signs_in_with_the_password_that_is_shown(shown: Centre) -> None:
    roles = {account.role for account in demo.DEMO_ACCOUNTS}
    assert {Role.AGENT, Role.SUPERVISOR, Role.EDITOR} <= roles
    for account in demo.DEMO_ACCOUNTS:
        request = SignIn(name=account.name, password=demo.DEMO_PASSWORD, device_id="d", device_name="d")
        assert shown.sign_in(request).account_id == shown.account_id(account.name)


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


def test_nobody_in_it_can_exist(session: Session) -> None:
    people = session.scalars(select(Caller)).all()
    assert len(people) == CALLERS
    assert all(one.demo and one.name_ar and one.name_en for one in people)
    for one in people:
        if one.civil_id is not None:
            read = parse(one.civil_id, NOW.date())
            assert isinstance(read, CivilId)
            assert read.is_demo
    numbers = session.scalars(select(CallerPhone.e164)).all()
    assert len(set(numbers)) == CALLERS
    for number in numbers:
        parsed = phone.parse(number)
        assert isinstance(parsed, phone.PhoneNumber)
        assert parsed.kind is phone.PhoneKind.DEMO


def test_calls_have_notes_and_ended_before_now(session: Session) -> None:
    calls = session.scalars(select(Call)).all()
    assert len(calls) > TICKETS
    assert all(call.notes and call.ended_at is not None and call.started_at < call.ended_at < NOW for call in calls)
    assert all(callback.due_at for callback in session.scalars(select(Callback)))


def test_matters_belong_to_services_bodies_and_queues_of_the_house(session: Session) -> None:
    assert len(matters()) >= 60
    bodies = {article.id: article.body_code for article in session.scalars(select(Article))}
    queues = set(session.scalars(select(Queue.id)))
    for matter in matters():
        assert matter.queue_id in queues
        if matter.service_id is not None:
            assert bodies[matter.service_id] == matter.body_code
    assert len({matter.arabic for matter in matters()} | {matter.english for matter in matters()}) == 2 * len(
        matters()
    )


def test_the_same_seed_tells_the_same_story_and_another_another(shown: Centre, tmp_path: Path) -> None:
    def story(centre: Centre) -> list[tuple[object, ...]]:
        with centre.transaction() as unit:
            statement = (
                select(TicketEntry.at, TicketEntry.kind, TicketEntry.text, Ticket.text, Caller.name_en)
                .join(Ticket, Ticket.id == TicketEntry.ticket_id)
                .outerjoin(Caller, Caller.id == Ticket.caller_id)
                .order_by(TicketEntry.at, TicketEntry.kind, TicketEntry.text)
            )
            return [tuple(row) for row in unit.session.execute(statement)]

    same, _ = _filled(tmp_path / "same.db")
    other, _ = _filled(tmp_path / "other.db", seed=165)
    assert story(same) == story(shown)
    assert story(other) != story(shown)
    same.close()
    other.close()


def test_a_centre_in_use_is_not_filled(shown: Centre) -> None:
    with pytest.raises(NotAllowed):
        demo.fill(shown, lambda *_: None)
