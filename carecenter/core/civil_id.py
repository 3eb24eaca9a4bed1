"""Kuwait's Civil ID number (الرقم المدني): reading, checking, masking, and numbers for demonstrations.

Twelve digits ``C YYMMDD SSSS K``: century of birth (1 = 18xx, 2 = 19xx, 3 = 20xx), date of birth, serial,
check. A right check means that the format is valid, never that the number exists or whose it is; gender and
nationality cannot be read from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto
from typing import Final

from carecenter.core.i18n import N_, gettext
from carecenter.core.text import ascii_digits, visible

LENGTH: Final = 12

_SEPARATORS: Final = str.maketrans("", "", "-\u2010\u2011\u2012\u2013\u2014\u2212./")
_CENTURIES: Final = {"1": 1800, "2": 1900, "3": 2000}
_WEIGHTS: Final = (2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_BULLET: Final = "\N{BULLET}"
_SHOWN: Final = 3

_DEMO_FIRST: Final = date(1800, 1, 1)
_DEMO_DAYS: Final = (date(1900, 1, 1) - _DEMO_FIRST).days
_DEMO_STEP: Final = 7919  # a prime that does not divide the number of days: all days occur before one repeats
_DEMO_SERIALS: Final = 5000


class CivilIdProblem(Enum):
    """Why a text is not a Civil ID number; of several reasons the first in this order is told."""

    EMPTY = auto()
    NOT_DIGITS = auto()
    TOO_SHORT = auto()
    TOO_LONG = auto()
    CENTURY = auto()
    CHECK_DIGIT = auto()
    BIRTH_DATE = auto()
    BORN_IN_FUTURE = auto()

    def label(self) -> str:
        """What to tell the agent, in the language of the screen."""
        return gettext(_LABELS[self])


_LABELS: Final = {
    CivilIdProblem.EMPTY: N_("Enter the Civil ID number."),
    CivilIdProblem.NOT_DIGITS: N_("A Civil ID number has only digits."),
    CivilIdProblem.TOO_SHORT: N_("A Civil ID number has 12 digits: some are missing."),
    CivilIdProblem.TOO_LONG: N_("A Civil ID number has 12 digits: there are too many."),
    CivilIdProblem.CENTURY: N_("A Civil ID number begins with 1, 2 or 3."),
    CivilIdProblem.CHECK_DIGIT: N_("The digits do not agree with the check digit: ask for the number again."),
    CivilIdProblem.BIRTH_DATE: N_("Digits 2 to 7 are not a date of birth."),
    CivilIdProblem.BORN_IN_FUTURE: N_("The date of birth in this number is in the future."),
}


@dataclass(frozen=True, slots=True)
class CivilId:
    """A number whose format is valid: `number` in twelve ASCII digits, and the date of birth it states."""

    number: str
    birth_date: date

    @property
    def is_demo(self) -> bool:
        """Whether the number says that its holder was born before 1900: only demonstrations use these."""
        return self.number[0] == "1"


def parse(text: str, today: date) -> CivilId | CivilIdProblem:
    """Reads a Civil ID number in any digits, with or without spaces, hyphens and direction marks.

    `today` is Kuwait's date; later dates of birth are refused. The check digit is 11 minus the weighted sum
    of the others modulo 11; prefixes for which that gives 10 or 11 have no valid number at all.
    """
    number = ascii_digits(visible(text)).translate(_SEPARATORS)
    if (problem := _malformed(number)) is not None:
        return problem
    if _check_digit(number[:-1]) != number[-1]:
        return CivilIdProblem.CHECK_DIGIT
    try:
        born = date(_CENTURIES[number[0]] + int(number[1:3]), int(number[3:5]), int(number[5:7]))
    except ValueError:
        return CivilIdProblem.BIRTH_DATE
    return CivilIdProblem.BORN_IN_FUTURE if born > today else CivilId(number, born)


def mask(number: str) -> str:
    """``•••••••••483``: the last three digits and a bullet for each other one; all bullets up to three.

    In a right-to-left line it belongs between isolates, or the bullets change sides.
    """
    hidden = len(number) - _SHOWN if len(number) > _SHOWN else len(number)
    return _BULLET * hidden + number[hidden:]


def demo_civil_id(n: int) -> str:
    """The nth of 182 million valid numbers that belong to nobody living: born before 1900.

    Different `n` give different numbers. Raises ValueError for an `n` outside the range.
    """
    serial, day = divmod(n, _DEMO_DAYS)
    if not 0 <= serial < _DEMO_SERIALS:
        raise ValueError(f"there is no demonstration number {n}")
    born = _DEMO_FIRST + timedelta(days=day * _DEMO_STEP % _DEMO_DAYS)
    # Of two neighbouring serials one always has a check digit: the sum changes by 2, and only 0 and 1 have
    # none.
    for last in (2 * serial, 2 * serial + 1):
        prefix = f"1{born:%y%m%d}{last:04}"
        if (check := _check_digit(prefix)) is not None:
            return prefix + check
    raise AssertionError("two neighbouring serials without a check digit")


def _malformed(number: str) -> CivilIdProblem | None:
    if not number:
        return CivilIdProblem.EMPTY
    if not (number.isascii() and number.isdecimal()):
        return CivilIdProblem.NOT_DIGITS
    if len(number) != LENGTH:
        return CivilIdProblem.TOO_SHORT if len(number) < LENGTH else CivilIdProblem.TOO_LONG
    return None if number[0] in _CENTURIES else CivilIdProblem.CENTURY


def _check_digit(prefix: str) -> str | None:
    remainder = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, prefix, strict=True)) % 11
    return str(11 - remainder) if remainder > 1 else None
