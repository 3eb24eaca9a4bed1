"""What a line typed into the search box may mean: a reference, a phone number, a Civil ID, a name, a question.

Several readings can hold at once (ten digits may be a follow-up reference or a number from abroad); all are
offered, with what is wrong with each.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from carecenter.core import civil_id, phone, reference, text
from carecenter.core.civil_id import CivilId, CivilIdProblem
from carecenter.core.phone import PhoneNumber
from carecenter.core.reference import ReferenceState, Suspect

_SEPARATORS: Final = str.maketrans("", "", "+()-\u2010\u2011\u2012\u2013\u2014\u2015\u2212_./")


class Meaning(StrEnum):
    """What a reading takes the line for."""

    REFERENCE = "reference"
    PHONE = "phone"
    CIVIL_ID = "civil_id"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the line. ``value``: ASCII reference, E.164, 12-digit Civil ID, or the words.

    ``suspects`` are the positions worth asking again when a reference's check digits are wrong;
    ``problem`` says why a Civil ID cannot be right.
    """

    meaning: Meaning
    value: str
    valid: bool = True
    suspects: tuple[Suspect, ...] = ()
    problem: CivilIdProblem | None = None


def read(line: str, today: dt.date) -> tuple[Reading, ...]:
    """All readings of a line, the likeliest first; nothing for an empty one. ``today`` is Kuwait's date."""
    if not text.visible(line):
        return ()
    digits = text.ascii_digits(text.visible(line)).translate(_SEPARATORS)
    if not digits.isdecimal():
        return (Reading(Meaning.WORDS, text.plain(line).strip()),)
    numbers = (*_references(line), *_civil_ids(line, digits, today), *_phones(line))
    if not numbers:  # part of a number, or a fraction or a day: searched as it stands
        return (Reading(Meaning.WORDS, text.plain(line).strip() if {"/", "."} & set(line) else digits),)
    return tuple(sorted(numbers, key=lambda reading: not reading.valid))


def _references(line: str) -> tuple[Reading, ...]:
    parsed = reference.parse(line)
    if parsed.state is ReferenceState.VALID:
        return (Reading(Meaning.REFERENCE, parsed.digits),)
    if parsed.state is ReferenceState.WRONG_CHECK and "+" not in line:
        suspects = reference.suspects(parsed.digits)
        return (Reading(Meaning.REFERENCE, parsed.digits, valid=False, suspects=suspects),)
    return ()


def _civil_ids(line: str, digits: str, today: dt.date) -> tuple[Reading, ...]:
    parsed = civil_id.parse(line, today)
    if isinstance(parsed, CivilId):
        return (Reading(Meaning.CIVIL_ID, parsed.number),)
    if len(digits) == civil_id.LENGTH and digits[0] in "123" and "+" not in line:
        return (Reading(Meaning.CIVIL_ID, digits, valid=False, problem=parsed),)
    return ()


def _phones(line: str) -> tuple[Reading, ...]:
    parsed = phone.parse(line)
    return (Reading(Meaning.PHONE, parsed.e164),) if isinstance(parsed, PhoneNumber) else ()
