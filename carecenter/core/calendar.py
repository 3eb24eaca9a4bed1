"""Working time: when a promise's clock runs, and when it is due.

Everything is counted on Kuwait's clock. A calendar is data that supervisors edit; the one given here is only
what a new installation starts with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from itertools import pairwise
from typing import Final, Self

from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.core.kuwait import KUWAIT

_DAY_MINUTES: Final = 24 * 60
_WEEK: Final = 7
_ONE_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of a day in minutes since midnight, at most 1440. Raises UserError if it is empty."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < self.closes <= _DAY_MINUTES:
            raise UserError(N_("Working hours must end after they begin, on the same day."))

    @classmethod
    def between(cls, opens: str, closes: str) -> Self:
        """From clock times as ``07:30``; ``24:00`` is the end of the day."""
        return cls(_minutes(opens), _minutes(closes))


Day = tuple[Hours, ...]
"""The stretches of one day in order; an empty one is a day off."""
Week = tuple[Day, Day, Day, Day, Day, Day, Day]
"""Monday first, as `datetime.date.weekday` counts."""


@dataclass(frozen=True, slots=True)
class Ramadan:
    """The first and the last day of one Ramadan, both included, as Kuwait announces them."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise UserError(N_("Ramadan must end after it begins."))


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A date with hours of its own, whatever its weekday: a holiday (no hours), a day with short hours.

    `estimated` marks a holiday that depends on the sighting of the moon.
    """

    day: date
    name_en: str
    name_ar: str
    hours: Day = ()
    estimated: bool = False


@dataclass(frozen=True)
class WorkingCalendar:
    """When work is done: a special day goes before Ramadan's week, Ramadan's week before the ordinary one.

    Raises UserError for hours that overlap or stand in disorder, for two entries on one date, and for an
    ordinary week without any hours, in which nothing would ever be due.
    """

    weekly: Week
    ramadan_weekly: Week
    ramadans: tuple[Ramadan, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()

    def __post_init__(self) -> None:
        for hours in (*self.weekly, *self.ramadan_weekly, *(special.hours for special in self.special_days)):
            if any(later.opens < earlier.closes for earlier, later in pairwise(hours)):
                raise UserError(N_("The working hours of a day overlap."))
        if not any(self.weekly):
            raise UserError(N_("The week needs at least one working day."))
        if len(self._special) < len(self.special_days):
            raise UserError(N_("A date stands twice among the special days."))

    @cached_property
    def _special(self) -> dict[date, SpecialDay]:
        return {special.day: special for special in self.special_days}

    def special_day(self, day: date) -> SpecialDay | None:
        """The entry of this date, for instance to show the holiday's name."""
        return self._special.get(day)

    def is_ramadan(self, day: date) -> bool:
        """Whether the date lies in one of the calendar's Ramadans."""
        return any(ramadan.first <= day <= ramadan.last for ramadan in self.ramadans)

    def hours_of(self, day: date) -> Day:
        """The working hours of a date in Kuwait; empty on a day off."""
        if (special := self._special.get(day)) is not None:
            return special.hours
        return (self.ramadan_weekly if self.is_ramadan(day) else self.weekly)[day.weekday()]

    def is_working(self, at: datetime) -> bool:
        """Whether the clock runs at this moment. Raises ValueError for a datetime without a zone."""
        at = _in_kuwait(at)
        return any(begins <= at < ends for begins, ends in self._stretches(at.date()))

    def add_working(self, start: datetime, minutes: int) -> datetime:
        """The earliest moment, on Kuwait's clock, at which so many working minutes have passed since `start`.

        No minutes give `start` itself, and a span that fills a day ends at its close, not at the next
        opening. Raises ValueError for negative minutes and for a datetime without a zone.
        """
        if minutes < 0:
            raise ValueError("working time is not added backwards")
        start, left = _in_kuwait(start), minutes * _MINUTE
        day = start.date()
        at = start
        while left:
            for begins, ends in self._stretches(day):
                if (worked := min(ends - max(begins, start), left)) > timedelta():
                    at, left = max(begins, start) + worked, left - worked
            day += _ONE_DAY
        return at

    def working_minutes_between(self, start: datetime, end: datetime) -> int:
        """Whole working minutes from `start` to `end`; negative when `end` is the earlier one.

        Raises ValueError for a datetime without a zone.
        """
        if end < start:
            return -self.working_minutes_between(end, start)
        start, end = _in_kuwait(start), _in_kuwait(end)
        worked, day = timedelta(), start.date()
        while day <= end.date():
            for begins, ends in self._stretches(day):
                worked += max(min(ends, end) - max(begins, start), timedelta())
            day += _ONE_DAY
        return worked // _MINUTE

    def _stretches(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        midnight = datetime.combine(day, time(), KUWAIT)
        for hours in self.hours_of(day):
            yield midnight + hours.opens * _MINUTE, midnight + hours.closes * _MINUTE


@cache
def default_calendar() -> WorkingCalendar:
    """What a new installation starts with: the public holidays and Ramadans of 2026 and 2027.

    The hours are a setting to be checked, not a fact: the hours of the centre are published nowhere. Days
    that depend on the moon are Umm al-Qura's and estimated; bridge days are decided by the Cabinet each time.
    """
    return WorkingCalendar(
        weekly=_sunday_to_thursday(Hours.between("07:30", "14:30")),
        ramadan_weekly=_sunday_to_thursday(Hours.between("09:30", "14:00")),
        ramadans=(
            Ramadan(date(2026, 2, 18), date(2026, 3, 19)),
            Ramadan(date(2027, 2, 8), date(2027, 3, 8)),
        ),
        special_days=tuple(sorted((*_fixed_holidays(), *_moon_holidays()), key=lambda special: special.day)),
    )


def _sunday_to_thursday(hours: Hours) -> Week:
    work: Day = (hours,)
    return (work, work, work, work, (), (), work)


def _fixed_holidays() -> Iterator[SpecialDay]:
    for year in (2026, 2027):
        yield SpecialDay(date(year, 1, 1), "New Year's Day", "رأس السنة الميلادية")
        yield SpecialDay(date(year, 2, 25), "National Day", "اليوم الوطني")
        yield SpecialDay(date(year, 2, 26), "Liberation Day", "يوم التحرير")


_MOON_HOLIDAYS: Final = {
    ("Isra and Mi'raj", "ليلة المعراج"): ("2026-01-16", "2027-01-05", "2027-12-25"),
    ("Eid al-Fitr", "عيد الفطر"): (
        *("2026-03-20", "2026-03-21", "2026-03-22"),
        *("2027-03-09", "2027-03-10", "2027-03-11"),
    ),
    ("Day of Arafah", "يوم عرفة"): ("2026-05-26", "2027-05-15"),
    ("Eid al-Adha", "عيد الأضحى"): (
        *("2026-05-27", "2026-05-28", "2026-05-29"),
        *("2027-05-16", "2027-05-17", "2027-05-18"),
    ),
    ("Islamic New Year", "رأس السنة الهجرية"): ("2026-06-16", "2027-06-06"),
    ("Prophet's Birthday", "عيد المولد النبوي"): ("2026-08-25", "2027-08-14"),
}


def _moon_holidays() -> Iterator[SpecialDay]:
    for (name_en, name_ar), days in _MOON_HOLIDAYS.items():
        for day in days:
            yield SpecialDay(date.fromisoformat(day), name_en, name_ar, estimated=True)


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def _in_kuwait(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("working time needs moments with a time zone")
    return at.astimezone(KUWAIT)
