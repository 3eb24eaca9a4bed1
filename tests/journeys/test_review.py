"""A supervisor reviews what the agents left in the queues."""

from __future__ import annotations

import datetime as dt

import pytest

from carecenter.core.terms import EntryKind, TicketKind
from carecenter.queries.accounts import accounts
from carecenter.queries.tickets import QueueFocus
from carecenter.ui.views.ticket_view import TicketView
from carecenter.ui.views.ticket_view_model import Act
from tests.journeys.conftest import Start, Tongue
from tests.journeys.person import Person, plain
from tests.ui.tickets.opening import near, open_ticket
from tests.ui.waiting import until

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.qt_log_ignore("does not support raise", extend=True),  # nothing is in front without a screen
]

NAMES = {"en": ("Sara", "Huda"), "ar": ("سارة", "هدى")}


async def test_what_is_overdue_is_given_to_somebody_escalated_and_moved(start: Start, language: Tongue) -> None:
    async with start(language) as person:
        await person.sign_in("Sara")
        late = await open_ticket(person.store, "late", kind=TicketKind.ENQUIRY)
        young = await open_ticket(person.store, "young", kind=TicketKind.SUGGESTION)
        due = [(await person.detail(ticket.reference)).row.due_at for ticket in (late, young)]
        assert due[0] < due[1]
        await person.sign_out()
        await person.sign_in("Huda")
        await until(lambda: person.store.status.online)  # the centre has put the clock right; now it goes wrong
        near(person.store, due[0], dt.timedelta(hours=-1))
        person.press("Ctrl+4")
        review, focus = person.queues.review, QueueFocus
        assert review is not None
        await until(lambda: len(review.list.rows()) == 2)
        person.click(review.filters.focus_chips.button(focus.OVERDUE))
        await until(lambda: [row.summary for row in review.list.rows()] == ["late"])
        person.click(review.filters.focus_chips.button(focus.UNASSIGNED))
        await until(lambda: len(review.list.rows()) == 2)
        review.list.set_current(late.ticket_id)
        person.press("Return", review.list)
        view = review.view
        await until(lambda: view.isVisible() and len(view.timeline.lines()) == 1)
        sara = next(row for row in await person.store.ask(accounts) if row.name == "Sara")
        await person.take_step(view, Act.ASSIGN, sara.id)
        await until(lambda: [row.summary for row in review.list.rows()] == ["young"])
        await person.take_step(view, Act.ESCALATE, text="three weeks over")
        await person.take_step(view, Act.QUEUE, "technical", "it is about the app")
        detail = await person.detail(late.reference)
        assert (detail.row.queue_id, detail.row.escalation) == ("technical", 1)
        assert detail.row.assignee_id is None, "nobody of the new queue holds it yet"
        _see_who_did_what(view, language)
        await _see_activity(person, sara.id, language)


def _see_who_did_what(view: TicketView, language: Tongue) -> None:
    steps = [EntryKind.OPENED, EntryKind.ASSIGNED, EntryKind.ESCALATED, EntryKind.QUEUE]
    assert [line.entry.kind for line in view.timeline.lines()] == steps
    said = [plain(line.words()) for line in view.timeline.lines()]
    assert [line.partition("\n")[0] for line in said] == [
        NAMES[language][0],
        NAMES[language][1],
        NAMES[language][1],
        NAMES[language][1],
    ]
    assert NAMES[language][0] in said[1].partition("\n")[2]


async def _see_activity(person: Person, sara_id: str, language: Tongue) -> None:
    person.queues.tabs.setCurrentIndex(1)
    activity = person.queues.activity
    assert activity is not None
    await until(lambda: {row.subtitle for row in activity.list.rows()} == set(NAMES[language]))
    person.choose(activity.account, sara_id)
    await until(lambda: {row.subtitle for row in activity.list.rows()} == {NAMES[language][0]})
    assert len(activity.list.rows()) == 2
