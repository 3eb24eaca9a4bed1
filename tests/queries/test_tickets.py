"""Tickets as lists and opened: what each viewer sees of them, and what they must not see."""

import pytest

from carecenter.core.errors import NotFound
from carecenter.core.terms import EntryKind, TicketKind, TicketStatus
from carecenter.models.viewer import Viewer
from carecenter.queries import tickets
from carecenter.queries.tickets import QueueFilter, QueueFocus, QueueOrder
from tests.queries.conftest import HOUR, NOW, Rows, ticket


def _listed(rows: Rows, viewer: Viewer, focus: QueueFocus = QueueFocus.ALL_OPEN, **wanted: object) -> list[str]:
    fields = {"focus": focus, **wanted}
    found = tickets.in_queue(rows.session, viewer, QueueFilter(**fields), NOW)  # type: ignore[arg-type]  # by keyword
    return [row.id for row in found]


def test_a_number_that_two_callers_were_given_finds_both_tickets(rows: Rows) -> None:
    found = tickets.by_reference(rows.session, rows.agent, "0472915644")
    assert {row.id for row in found} == {"normal", "soon"}


@pytest.mark.parametrize(
    ("who", "sees_secret", "sees_elsewhere"),
    [("agent", False, False), ("member", True, False), ("leader", False, True), ("editor", False, False)],
)
def test_every_way_to_a_ticket_asks_whose_queue_it_is(
    rows: Rows, who: str, sees_secret: bool, sees_elsewhere: bool
) -> None:
    viewer: Viewer = getattr(rows, who)
    session = rows.session
    for ticket_id, reference, seen in (
        ("secret", "0000000327", sees_secret),
        ("elsewhere", "0000000424", sees_elsewhere),
    ):
        assert bool(tickets.by_reference(session, viewer, reference)) is seen
        assert bool(tickets.by_ids(session, viewer, (ticket_id,))) is seen
        if seen:
            assert tickets.detail(session, viewer, ticket_id).row.id == ticket_id
        else:
            with pytest.raises(NotFound):
                tickets.detail(session, viewer, ticket_id)
    theirs = {row.id for row in tickets.of_caller(session, viewer, "maryam")}
    assert ("secret" in theirs) is sees_secret
    assert ("secret" in _listed(rows, viewer)) is sees_secret
    assert ("elsewhere" in _listed(rows, viewer)) is sees_elsewhere
    assert tickets.counts(session, viewer, NOW).restricted == int(sees_secret)


def test_what_somebody_opened_stays_theirs_in_another_queue(rows: Rows) -> None:
    rows.add(ticket("handed over", queue_id="technical", opened_by="agent"))
    assert "handed over" in _listed(rows, rows.agent)
    assert "handed over" not in _listed(rows, rows.member)


def test_a_callers_tickets_stand_open_ones_first_newest_first(rows: Rows) -> None:
    rows.add(ticket("newest", caller_id="maryam", opened_at=NOW))
    found = [row.id for row in tickets.of_caller(rows.session, rows.agent, "maryam")]
    assert found[0] == "newest"
    assert found[-1] == "closed"
    assert set(found) == {"newest", "normal", "overdue", "closed"}


def test_tickets_of_a_call_and_by_ids_in_the_order_asked(rows: Rows) -> None:
    assert [row.id for row in tickets.of_call(rows.session, rows.agent, "call")] == ["normal"]
    asked = ("soon", "nothing", "secret", "normal")
    assert [row.id for row in tickets.by_ids(rows.session, rows.agent, asked)] == ["soon", "normal"]
    assert tickets.by_ids(rows.session, rows.agent, ()) == ()


def test_recent_is_what_one_opened_or_holds_last_changed_first(rows: Rows) -> None:
    rows.add(ticket("touched", changed_at=NOW))
    assert [row.id for row in tickets.recent(rows.session, rows.agent)] == ["touched", "normal", "overdue"]
    assert [row.id for row in tickets.recent(rows.session, rows.agent, limit=1)] == ["touched"]


@pytest.mark.parametrize(
    ("focus", "expected"),
    [
        (QueueFocus.ALL_OPEN, ["overdue", "soon", "normal", "secret"]),
        (QueueFocus.OVERDUE, ["overdue"]),
        (QueueFocus.DUE_SOON, ["soon"]),
        (QueueFocus.UNASSIGNED, ["normal", "secret"]),
        (QueueFocus.RESTRICTED, ["secret"]),
        (QueueFocus.ESCALATED, ["soon"]),
        (QueueFocus.CLOSED, ["closed"]),
    ],
)
def test_each_view_of_a_queue(rows: Rows, focus: QueueFocus, expected: list[str]) -> None:
    assert sorted(_listed(rows, rows.member, focus)) == sorted(expected)
    assert getattr(tickets.counts(rows.session, rows.member, NOW), focus.value) == len(expected)


def test_a_ticket_is_overdue_from_its_moment_on_not_before(rows: Rows) -> None:
    rows.add(ticket("now", due_at=NOW))
    assert "now" in _listed(rows, rows.agent, QueueFocus.DUE_SOON)
    later = tickets.in_queue(rows.session, rows.agent, QueueFilter(focus=QueueFocus.OVERDUE), NOW + HOUR / 60)
    assert "now" in {row.id for row in later}


def test_a_list_is_narrowed_by_each_filter(rows: Rows) -> None:
    assert _listed(rows, rows.leader, queue_id="technical") == ["elsewhere"]
    assert _listed(rows, rows.leader, kind=TicketKind.ENQUIRY) == ["soon"]
    assert _listed(rows, rows.leader, status=TicketStatus.IN_WORK) == ["overdue"]
    assert _listed(rows, rows.leader, assignee_id="member") == ["soon"]
    assert len(_listed(rows, rows.leader, limit=2)) == 2
    narrowed = tickets.counts(rows.session, rows.leader, NOW, queue_id="technical")
    assert (narrowed.all_open, narrowed.overdue, narrowed.closed) == (1, 0, 0)


def test_nobodys_counts_are_nothing(rows: Rows) -> None:
    counted = tickets.counts(rows.session, rows.editor, NOW)
    assert (counted.all_open, counted.closed, counted.restricted) == (0, 0, 0)


@pytest.mark.parametrize(
    ("order", "first", "last"),
    [
        (QueueOrder.DUE, "overdue", "normal"),
        (QueueOrder.PRIORITY, "soon", "normal"),
        (QueueOrder.STATUS, "soon", "overdue"),
        (QueueOrder.ASSIGNEE, "normal", "soon"),
    ],
)
def test_a_list_is_sorted_both_ways(rows: Rows, order: QueueOrder, first: str, last: str) -> None:
    up = _listed(rows, rows.agent, order=order)
    down = _listed(rows, rows.agent, order=order, descending=True)
    assert (up[0], up[-1]) == (first, last)
    assert down[0] == last
    assert set(up) == set(down)


def test_by_opening_and_by_queue(rows: Rows) -> None:
    rows.add(ticket("oldest", opened_at=NOW - 100 * HOUR))
    assert _listed(rows, rows.agent, order=QueueOrder.OPENED)[0] == "oldest"
    assert _listed(rows, rows.member, order=QueueOrder.QUEUE)[-1] == "secret"


def test_a_ticket_opened_shows_all_of_it(rows: Rows) -> None:
    shown = tickets.detail(rows.session, rows.agent, "normal")
    assert shown.row.summary == "البطاقة المدنية لم تصل"
    assert shown.text.endswith("second line")
    assert (shown.row.caller_name_en, shown.row.queue_name_en) == ("Maryam Al-Enezi", "General")
    assert (shown.service_title_en, shown.body_name_en) == (
        "Civil ID renewal",
        "Public Authority for Civil Information",
    )
    assert not shown.anonymous
    assert {callback.id for callback in shown.callbacks} == {"later", "done"}
    assert [line.id for line in shown.timeline] == ["e1", "e2", "e3"]
    last = shown.timeline[-1]
    assert (last.kind, last.was, last.now, last.author_name_en) == (EntryKind.STATUS, "received", "in_work", "")


def test_an_anonymous_ticket_and_one_with_an_alias_say_so(rows: Rows) -> None:
    assert tickets.detail(rows.session, rows.member, "secret").anonymous
    shown = tickets.detail(rows.session, rows.agent, "soon")
    assert shown.aliases == ("0472915644",)
    assert (shown.service_title_ar, shown.body_name_ar, shown.row.caller_name_en) == ("", "", "")
    assert shown.row.assignee_name_en == "Member"
