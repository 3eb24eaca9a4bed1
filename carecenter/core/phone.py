"""Telephone numbers: read in any writing, kept as E.164, shown the Kuwaiti way.

A number that could exist is never refused: Kuwait's plan is only partly listed, and number blocks change
faster than programs. Who is behind a number, and which network carries it, is not told here.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from carecenter.core.i18n import N_, gettext
from carecenter.core.text import ascii_digits, visible

if TYPE_CHECKING:
    import phonenumbers

HOME_REGION: Final = "KW"

_HOME_PREFIX: Final = "+965"
_NATIONAL_LENGTH: Final = 8
_NO_BREAK_SPACE: Final = "\N{NO-BREAK SPACE}"
_WRITING: Final = frozenset("0123456789+-().,/")
_HYPHENS: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_WITHHELD: Final = frozenset(
    {"", "anonymous", "private", "privatenumber", "restricted", "unavailable", "unknown", "withheld"}
)


class PhoneKind(Enum):
    """What a number is by its leading digits. Mobile and fixed numbers are Kuwaiti ones."""

    MOBILE = auto()
    FIXED = auto()
    SERVICE = auto()
    """A seven-digit 18 number, reached inside Kuwait."""
    DEMO = auto()
    """A Kuwaiti number that the plan has no room for (leading 3, 7 or 8): only demonstrations use these."""
    FOREIGN = auto()
    OTHER = auto()
    """Kuwaiti, and none of these."""


class PhoneWarning(Enum):
    """What to check with the caller; the number is taken all the same."""

    UNLISTED = auto()
    DIGIT_MISSING = auto()

    def label(self) -> str:
        """What to tell the agent, in the language of the screen."""
        return gettext(_WARNING_LABELS[self])


class PhoneProblem(Enum):
    """Why a text cannot be a caller's number."""

    EMPTY = auto()
    NOT_A_NUMBER = auto()
    SHORT_CODE = auto()
    TOO_SHORT = auto()
    TOO_LONG = auto()

    def label(self) -> str:
        """What to tell the agent, in the language of the screen."""
        return gettext(_PROBLEM_LABELS[self])


_WARNING_LABELS: Final = {
    PhoneWarning.UNLISTED: N_("This number is not in the numbering plan: read it back to the caller."),
    PhoneWarning.DIGIT_MISSING: N_("Kuwaiti numbers have 8 digits: one may be missing."),
}
_PROBLEM_LABELS: Final = {
    PhoneProblem.EMPTY: N_("Enter a phone number."),
    PhoneProblem.NOT_A_NUMBER: N_("This is not a phone number."),
    PhoneProblem.SHORT_CODE: N_("This is a short code, not a caller's number."),
    PhoneProblem.TOO_SHORT: N_("This phone number is too short."),
    PhoneProblem.TOO_LONG: N_("This phone number is too long. A number from abroad begins with + or 00."),
}


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number that can be stored and called: `e164` is kept and compared, `display` is shown."""

    e164: str
    display: str
    kind: PhoneKind
    warning: PhoneWarning | None = None


def parse(text: str, region: str = HOME_REGION) -> PhoneNumber | PhoneProblem:
    """Reads a number written nationally, with + or 00, with or without Kuwait's code, in any digits.

    Spaces, hyphens, brackets and direction marks make no difference, nor does a plus that right-to-left
    typing has put at the end. `region` (ISO 3166) is where a number without a country code is at home.
    """
    writing = _normalised(text)
    if not writing:
        return PhoneProblem.EMPTY
    if not _WRITING.issuperset(writing) or not any(c.isdecimal() for c in writing):
        return PhoneProblem.NOT_A_NUMBER
    if len(writing) == 3 and writing.isdecimal():
        return PhoneProblem.SHORT_CODE

    import phonenumbers  # the tables of all countries: not before the first number is read

    try:
        parsed = phonenumbers.parse(writing, region)
    except phonenumbers.NumberParseException as error:
        return _problem(error)
    possible = phonenumbers.is_possible_number_with_reason(parsed)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        # Exchanges hand over numbers from abroad without the plus.
        if (foreign := _without_plus(writing)) is None:
            short = possible == phonenumbers.ValidationResult.TOO_SHORT
            return PhoneProblem.TOO_SHORT if short else PhoneProblem.TOO_LONG
        parsed = foreign
    return _described(parsed)


def display(e164: str) -> str:
    """A stored number as shown: ``9988 7766`` for Kuwait's eight digits, else ``+44 20 7946 0958``.

    The spaces are NO-BREAK SPACE, so that a right-to-left line keeps the groups in order; the plus of a
    number from abroad also needs an isolate around the whole (`i18n.isolate`). What is not E.164 comes back
    unchanged.
    """
    national = e164.removeprefix(_HOME_PREFIX)
    if national != e164 and len(national) == _NATIONAL_LENGTH:
        return national[:4] + _NO_BREAK_SPACE + national[4:]
    import phonenumbers

    try:
        parsed = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return written.replace(" ", _NO_BREAK_SPACE).replace("-", _NO_BREAK_SPACE)


def is_withheld(text: str) -> bool:
    """Whether an exchange's caller number says that there is none: empty, ``anonymous``, ``Restricted`` …

    Also as the user part of a SIP address (``anonymous@anonymous.invalid``).
    """
    user = visible(text).casefold().removeprefix("sip:").partition("@")[0]
    return user.strip("<>\"'") in _WITHHELD


def _normalised(text: str) -> str:
    # NFKC also turns full-width digits, plus signs and brackets into the ordinary ones.
    writing = ascii_digits(visible(unicodedata.normalize("NFKC", text))).translate(_HYPHENS)
    writing = writing.removeprefix("tel:")
    if writing.endswith("+") and not writing.startswith("+"):
        writing = "+" + writing[:-1]
    return writing


def _problem(error: phonenumbers.NumberParseException) -> PhoneProblem:
    if error.error_type in (error.TOO_SHORT_NSN, error.TOO_SHORT_AFTER_IDD):
        return PhoneProblem.TOO_SHORT
    return PhoneProblem.TOO_LONG if error.error_type == error.TOO_LONG else PhoneProblem.NOT_A_NUMBER


def _without_plus(writing: str) -> phonenumbers.PhoneNumber | None:
    import phonenumbers

    if writing.startswith(("+", "0")):
        return None
    try:
        parsed = phonenumbers.parse("+" + writing)
    except phonenumbers.NumberParseException:
        return None
    # Stricter than elsewhere: without the plus it is a guess, and a slip of the finger must not become a
    # country.
    return parsed if phonenumbers.is_valid_number(parsed) else None


def _described(parsed: phonenumbers.PhoneNumber) -> PhoneNumber:
    import phonenumbers

    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    kind = _kind(e164)
    warning = None
    if kind is not PhoneKind.DEMO and not phonenumbers.is_valid_number(parsed):
        seven = e164.startswith(_HOME_PREFIX) and len(e164) < len(_HOME_PREFIX) + _NATIONAL_LENGTH
        warning = PhoneWarning.DIGIT_MISSING if seven else PhoneWarning.UNLISTED
    return PhoneNumber(e164, display(e164), kind, warning)


def _kind(e164: str) -> PhoneKind:
    if not e164.startswith(_HOME_PREFIX):
        return PhoneKind.FOREIGN
    national = e164.removeprefix(_HOME_PREFIX)
    if len(national) == _NATIONAL_LENGTH:
        return _KINDS.get(national[0], PhoneKind.OTHER)
    return PhoneKind.SERVICE if national.startswith("18") else PhoneKind.OTHER


_KINDS: Final = {
    "2": PhoneKind.FIXED,
    "3": PhoneKind.DEMO,
    "4": PhoneKind.MOBILE,
    "5": PhoneKind.MOBILE,
    "6": PhoneKind.MOBILE,
    "7": PhoneKind.DEMO,
    "8": PhoneKind.DEMO,
    "9": PhoneKind.MOBILE,
}
