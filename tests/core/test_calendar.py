"""Working time on Kuwait's clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecenter.core.calendar import Hours, Ramadan, SpecialDay, Week, WorkingCalendar, default_calendar
from carecenter.core.errors import UserError

KUWAIT = ZoneInfo("Asia/Kuwait")
MORNING = Hours.between("07:30", "14:30")
EVENING = Hours.between("16:00", "19:00")
PLAIN_WEEK: Week = ((MORNING,), (MORNING,), (MORNING,), (MORNING,), (), (), (MORNING,))
SHIFTS = WorkingCalendar(
    weekly=((MORNING, EVENING), (MORNING,), (), (MORNING,), (), (), (EVENING,)),
    ramadan_weekly=((), (), (), (), (), (), (Hours.between("19:00", "24:00"),)),
    ramadans=(Ramadan(date(2026, 2, 18), date(2026, 3, 19)),),
    special_days=(SpecialDay(date(2026, 11, 23), "Short day", "يوم قصير", (Hours.between("10:00", "10:01"),)),),
)
DAY_AND_NIGHT = WorkingCalendar(weekly=((Hours(0, 1440),),) * 7, ramadan_weekly=((Hours(0, 1440),),) * 7)

EPOCH = datetime(2025, 12, 1, tzinfo=UTC)
moments = st.builds(
    lambda seconds, zone: (EPOCH + timedelta(seconds=seconds)).astimezone(zone),
    st.integers(0, 800 * 86_400),
    st.sampled_from([UTC, KUWAIT]),
)
calendars = st.sampled_from([default_calendar(), SHIFTS, DAY_AND_NIGHT])
spans = st.integers(0, 20_000)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KUWAIT)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-11-23 08:00", 60, "2026-11-23 09:00"),
        ("2026-11-23 08:00:30", 60, "2026-11-23 09:00:30"),
        ("2026-11-23 07:30", 420, "2026-11-23 14:30"),  # a full day ends at its close
        ("2026-11-23 07:30", 421, "2026-11-24 07:31"),
        ("2026-11-23 06:00", 30, "2026-11-23 08:00"),
        ("2026-11-23 23:00", 30, "2026-11-24 08:00"),
        ("2026-11-26 14:00", 60, "2026-11-29 08:00"),  # Thursday to Sunday
        ("2026-11-27 12:00", 0, "2026-11-27 12:00"),
        ("2026-02-24 13:30", 60, "2026-03-01 10:00"),  # two national days, a weekend, Ramadan hours
        ("2026-02-17 14:00", 60, "2026-02-18 10:00"),  # into Ramadan
        ("2026-03-19 13:30", 60, "2026-03-23 08:00"),  # Eid al-Fitr, then the ordinary hours
        ("2026-12-31 14:00", 60, "2027-01-03 08:00"),  # New Year's Day is a Friday
        ("2027-03-08 13:00", 120, "2027-03-14 08:30"),  # Eid al-Fitr runs into the weekend
    ],
)
def test_a_promise_is_due_in_working_time(start: str, minutes: int, due: str) -> None:
    assert default_calendar().add_working(_at(start), minutes) == _at(due)


def test_a_due_time_stands_on_kuwaits_clock() -> None:
    due = default_calendar().add_working(datetime(2026, 11, 23, 5, 0, tzinfo=UTC), 60)

    assert due.utcoffset() == timedelta(hours=3)
    assert due.isoformat() == "2026-11-23T09:00:00+03:00"


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-23 08:00", "2026-11-23 09:00", 60),
        ("2026-11-23 08:00", "2026-11-23 08:00:59", 0),
        ("2026-11-23 00:00", "2026-11-24 00:00", 420),
        ("2026-11-26 14:00", "2026-11-29 08:00", 60),
        ("2026-11-27 00:00", "2026-11-29 00:00", 0),
        ("2026-02-22 00:00", "2026-03-01 00:00", 3 * 270),
        ("2026-11-23 09:00", "2026-11-23 08:00", -60),
        ("2026-11-24 08:00:30", "2026-11-23 14:29:45", -30),
    ],
)
def test_the_time_worked_between_two_moments(start: str, end: str, minutes: int) -> None:
    assert default_calendar().working_minutes_between(_at(start), _at(end)) == minutes


@given(calendars, moments, spans)
def test_what_is_added_is_measured_again(calendar: WorkingCalendar, start: datetime, minutes: int) -> None:
    due = calendar.add_working(start, minutes)

    assert due >= start
    assert calendar.working_minutes_between(start, due) == minutes
    if minutes:  # and not a moment before
        assert calendar.working_minutes_between(start, due - timedelta(microseconds=1)) == minutes - 1


@given(calendars, moments, moments, spans, spans)
def test_a_later_start_or_a_longer_span_is_never_due_earlier(
    calendar: WorkingCalendar, one: datetime, other: datetime, short: int, long: int
) -> None:
    (one, other), (short, long) = sorted((one, other)), sorted((short, long))

    assert calendar.add_working(one, short) <= calendar.add_working(other, short)
    assert calendar.add_working(one, short) <= calendar.add_working(one, long)


@given(calendars, moments, spans, spans)
def test_adding_in_two_steps_is_adding_at_once(
    calendar: WorkingCalendar, start: datetime, first: int, second: int
) -> None:
    in_steps = calendar.add_working(calendar.add_working(start, first), second)

    assert in_steps == calendar.add_working(start, first + second)


@given(calendars, moments, spans)
def test_the_zone_of_the_start_makes_no_difference(
    calendar: WorkingCalendar, start: datetime, minutes: int
) -> None:
    elsewhere = start.astimezone(timezone(timedelta(hours=-8)))

    assert calendar.add_working(elsewhere, minutes) == calendar.add_working(start, minutes)


@given(moments, st.integers(0, 100_000))
def test_a_calendar_without_closing_time_is_the_clock(start: datetime, minutes: int) -> None:
    assert DAY_AND_NIGHT.add_working(start, minutes) - start == timedelta(minutes=minutes)


def test_a_special_day_goes_before_ramadan_and_ramadan_before_the_week() -> None:
    assert SHIFTS.hours_of(date(2026, 11, 23)) == (Hours(600, 601),)
    assert SHIFTS.hours_of(date(2026, 11, 30)) == (MORNING, EVENING)
    assert SHIFTS.hours_of(date(2026, 3, 16)) == ()
    assert SHIFTS.hours_of(date(2026, 3, 15)) == (Hours(19 * 60, 1440),)


def test_the_clock_runs_from_opening_until_just_before_closing() -> None:
    running = {clock: SHIFTS.is_working(_at(f"2026-11-30 {clock}")) for clock in ("07:29", "07:30", "14:29")}
    running |= {clock: SHIFTS.is_working(_at(f"2026-11-30 {clock}")) for clock in ("14:30", "15:59", "16:00")}

    assert [clock for clock, works in running.items() if works] == ["07:30", "14:29", "16:00"]
    assert SHIFTS.is_working(datetime(2026, 11, 30, 4, 30, tzinfo=UTC))


def test_a_holiday_has_its_name_in_both_languages() -> None:
    eid = default_calendar().special_day(date(2027, 3, 9))

    assert eid == SpecialDay(date(2027, 3, 9), "Eid al-Fitr", "عيد الفطر", (), estimated=True)
    assert default_calendar().special_day(date(2026, 11, 23)) is None


def test_the_calendar_of_a_new_installation_knows_ramadan_and_the_holidays() -> None:
    calendar = default_calendar()
    edges = [date(2026, 2, 17), date(2026, 2, 18), date(2026, 3, 19), date(2026, 3, 20)]
    edges += [date(2027, 2, 7), date(2027, 2, 8), date(2027, 3, 8), date(2027, 3, 9)]
    holidays = [special.day for special in calendar.special_days]

    assert [calendar.is_ramadan(day) for day in edges] == [False, True, True, False] * 2
    assert [sum(day.year == year for day in holidays) for year in (2026, 2027)] == [13, 14]
    assert holidays == sorted(holidays)
    assert not [day for day in holidays if calendar.hours_of(day)]
    assert calendar.hours_of(date(2026, 11, 27)) == ()  # a Friday
    assert calendar.hours_of(date(2026, 11, 29)) == (MORNING,)  # a Sunday


def test_calendars_with_the_same_data_are_equal() -> None:
    default_calendar().hours_of(date(2026, 11, 23))

    assert WorkingCalendar(PLAIN_WEEK, PLAIN_WEEK) == WorkingCalendar(PLAIN_WEEK, PLAIN_WEEK)


@pytest.mark.parametrize(("opens", "closes"), [("08:00", "08:00"), ("14:00", "08:00"), ("20:00", "24:01")])
def test_hours_that_end_before_they_begin_are_refused(opens: str, closes: str) -> None:
    with pytest.raises(UserError, match="must end after"):
        Hours.between(opens, closes)


@pytest.mark.parametrize("hours", [(EVENING, MORNING), (MORNING, MORNING), (MORNING, Hours(600, 900))])
def test_hours_that_overlap_are_refused(hours: tuple[Hours, ...]) -> None:
    with pytest.raises(UserError, match="overlap"):
        WorkingCalendar((hours, (), (), (), (), (), ()), PLAIN_WEEK)
    with pytest.raises(UserError, match="overlap"):
        WorkingCalendar(PLAIN_WEEK, PLAIN_WEEK, special_days=(SpecialDay(date(2026, 1, 1), "x", "س", hours),))


def test_a_week_in_which_nothing_would_ever_be_due_is_refused() -> None:
    with pytest.raises(UserError, match="at least one working day"):
        WorkingCalendar(((), (), (), (), (), (), ()), PLAIN_WEEK)


def test_a_date_that_stands_twice_is_refused() -> None:
    twice = (SpecialDay(date(2026, 1, 1), "a", "أ"), SpecialDay(date(2026, 1, 1), "b", "ب"))

    with pytest.raises(UserError, match="twice"):
        WorkingCalendar(PLAIN_WEEK, PLAIN_WEEK, special_days=twice)


def test_a_ramadan_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UserError, match="Ramadan"):
        Ramadan(date(2026, 3, 19), date(2026, 2, 18))


def test_moments_without_a_zone_and_negative_spans_are_refused() -> None:
    naive = datetime(2026, 11, 23, 8, 0)  # noqa: DTZ001 - the point of the test
    for misuse in (
        lambda: SHIFTS.add_working(naive, 1),
        lambda: SHIFTS.working_minutes_between(naive, naive),
        lambda: SHIFTS.is_working(naive),
    ):
        with pytest.raises(ValueError, match="time zone"):
            misuse()
    with pytest.raises(ValueError, match="backwards"):
        SHIFTS.add_working(_at("2026-11-23 08:00"), -1)
