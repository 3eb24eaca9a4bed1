"""When a caller is told their matter will be answered."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from carecenter.core.promises import due_at
from carecenter.core.terms import Priority, TicketKind

KUWAIT = ZoneInfo("Asia/Kuwait")
SUNDAY_NINE = dt.datetime(2026, 4, 5, 9, 0, tzinfo=KUWAIT)
"""In April 2026: no Ramadan, no holiday; seven working hours a day from 7:30."""


def due(kind: TicketKind, priority: Priority, opened: dt.datetime = SUNDAY_NINE) -> str:
    return due_at(kind, priority, opened).astimezone(KUWAIT).strftime("%a %d %b %H:%M")


@pytest.mark.parametrize(
    ("kind", "priority", "promised"),
    [
        (TicketKind.COMPLAINT, Priority.NORMAL, "Sun 12 Apr 09:00"),
        (TicketKind.COMPLAINT, Priority.LOW, "Tue 14 Apr 12:30"),
        (TicketKind.COMPLAINT, Priority.HIGH, "Tue 07 Apr 12:30"),
        (TicketKind.COMPLAINT, Priority.URGENT, "Mon 06 Apr 09:00"),
        (TicketKind.ERROR_REPORT, Priority.NORMAL, "Wed 08 Apr 09:00"),
        (TicketKind.SUGGESTION, Priority.NORMAL, "Sun 26 Apr 09:00"),
        (TicketKind.SUPPORT_MESSAGE, Priority.NORMAL, "Sun 26 Apr 09:00"),
        (TicketKind.ENQUIRY, Priority.NORMAL, "Tue 07 Apr 09:00"),
        (TicketKind.ENQUIRY, Priority.URGENT, "Sun 05 Apr 11:48"),
    ],
)
def test_a_promise_counts_working_days(kind: TicketKind, priority: Priority, promised: str) -> None:
    assert due(kind, priority) == promised


def test_a_ticket_of_the_weekend_begins_to_count_on_sunday() -> None:
    friday = dt.datetime(2026, 4, 3, 22, 0, tzinfo=KUWAIT)

    assert due(TicketKind.ENQUIRY, Priority.HIGH, friday) == "Sun 05 Apr 14:30"


def test_a_shorter_working_day_in_ramadan_makes_a_promise_later() -> None:
    opened = dt.datetime(2026, 3, 1, 10, 0, tzinfo=KUWAIT)

    assert due(TicketKind.ENQUIRY, Priority.HIGH, opened) == "Mon 02 Mar 12:30"


def test_the_moment_is_kept_in_utc_whatever_the_desk_says() -> None:
    promised = due_at(TicketKind.ENQUIRY, Priority.NORMAL, SUNDAY_NINE)

    assert promised.tzinfo is dt.UTC
    assert promised == due_at(TicketKind.ENQUIRY, Priority.NORMAL, SUNDAY_NINE.astimezone(dt.UTC))


def test_every_kind_and_priority_has_a_promise_and_the_more_urgent_is_sooner() -> None:
    for kind in TicketKind:
        promises = [due_at(kind, priority, SUNDAY_NINE) for priority in Priority]
        assert promises == sorted(promises, reverse=True)
        assert len(set(promises)) == len(promises)
