"""The follow-up reference a caller is given: ten digits of which the last two check the other eight.

The check is ISO 7064 mod 97-10: it notices every wrong digit, every swap of two neighbours and every swap
across one digit, so that a misheard reference is told while the caller is still on the line. Who may be given
which reference is the centre's business; how one is read aloud stands in `speech`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from hashlib import blake2b
from typing import Final

from carecenter.core.text import ascii_digits, visible

LENGTH: Final = 10
PAYLOADS: Final = 10**8
"""How many references there are."""
GROUPS: Final = (4, 3, 3)
"""How a reference is shown, printed and spoken."""
KEY_BYTES: Final = 32

_NO_BREAK_SPACE: Final = "\N{NO-BREAK SPACE}"
_SEPARATORS: Final = str.maketrans("", "", "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212_./")
_FEISTEL_ROUNDS: Final = 10  # as NIST SP 800-38G asks of FF1


class ReferenceState(Enum):
    """What a typed text is, read as a reference."""

    EMPTY = auto()
    NOT_DIGITS = auto()
    PARTIAL = auto()
    TOO_LONG = auto()
    WRONG_CHECK = auto()
    VALID = auto()


@dataclass(frozen=True, slots=True)
class ParsedReference:
    """A typed text read as a reference; `digits` holds the digits found, in ASCII."""

    digits: str
    state: ReferenceState

    @property
    def is_complete(self) -> bool:
        """Whether all ten digits are there, right or wrong."""
        return self.state in (ReferenceState.WRONG_CHECK, ReferenceState.VALID)

    @property
    def is_valid(self) -> bool:
        """Whether the check digits agree. That the reference was ever issued is another question."""
        return self.state is ReferenceState.VALID


@dataclass(frozen=True, slots=True)
class Suspect:
    """One slip that would explain a wrong check: where to ask again, and the reference if it is so.

    `positions` count from 1: one for a misheard digit, two for swapped ones.
    """

    positions: tuple[int, ...]
    reference: str


def from_payload(payload: int) -> str:
    """The reference of a payload. Raises ValueError outside 0 to 99,999,999."""
    if not 0 <= payload < PAYLOADS:
        raise ValueError(f"payload {payload} is outside the space of references")
    return _with_check(f"{payload:08}")


def parse(text: str) -> ParsedReference:
    """Reads a reference in any digits, with or without spaces, hyphens and direction marks."""
    digits = ascii_digits(visible(text)).translate(_SEPARATORS)
    if not digits:
        # A lone hyphen is no digit, but it is not nothing either.
        state = ReferenceState.NOT_DIGITS if visible(text) else ReferenceState.EMPTY
        return ParsedReference("", state)
    if not _is_digits(digits):
        return ParsedReference("", ReferenceState.NOT_DIGITS)
    if len(digits) < LENGTH:
        return ParsedReference(digits, ReferenceState.PARTIAL)
    if len(digits) > LENGTH:
        return ParsedReference(digits, ReferenceState.TOO_LONG)
    right = _is_valid(digits)
    return ParsedReference(digits, ReferenceState.VALID if right else ReferenceState.WRONG_CHECK)


def suspects(reference: str) -> tuple[Suspect, ...]:
    """What may have been misheard in ten digits whose check is wrong, the likelier kinds first.

    Single digits come first, then swapped neighbours, then swaps across one digit; a valid reference has
    none. An empty answer for a wrong one means two slips or more: ask for the whole of it. Raises ValueError
    for anything that is not ten ASCII digits.
    """
    _require_digits(reference)
    if _is_valid(reference):
        return ()
    candidates = (*_replacements(reference), *_swaps(reference, 1), *_swaps(reference, 2))
    return tuple(suspect for suspect in candidates if _is_valid(suspect.reference))


def split(reference: str) -> tuple[str, ...]:
    """Its groups as shown and spoken. Raises ValueError for anything that is not ten ASCII digits."""
    _require_digits(reference)
    ends = [sum(GROUPS[: count + 1]) for count in range(len(GROUPS))]
    return tuple(reference[end - size : end] for end, size in zip(ends, GROUPS, strict=True))


def format_grouped(reference: str) -> str:
    """``0472 915 644`` with NO-BREAK SPACE between the groups.

    A hyphen would let a right-to-left line turn the groups around. Raises ValueError for anything that is not
    ten ASCII digits.
    """
    return _NO_BREAK_SPACE.join(split(reference))


def scatter(key: bytes, index: int) -> int:
    """The payload that stands at `index` of the order which `key` gives to all payloads.

    Each index has a payload of its own, so references never repeat while indices do not, yet neighbouring
    indices lie far apart. This hides how many tickets there are; it does not make a reference a secret.
    Raises ValueError for an index outside 0 to 99,999,999 or a key that is not 32 bytes long.
    """
    if len(key) != KEY_BYTES:
        raise ValueError(f"the key that scatters references has {KEY_BYTES} bytes, not {len(key)}")
    if not 0 <= index < PAYLOADS:
        raise ValueError(f"index {index} is outside the space of references")
    return _feistel(key, index, side=10**4)


def _feistel(key: bytes, index: int, side: int) -> int:
    """A permutation of 0 to side² - 1.

    The halves are added modulo `side`, as FF1 does in its radix, and not combined by XOR: so the network
    covers the decimal space exactly and no result has to be walked back into it.
    """
    left, right = divmod(index, side)
    for number in range(_FEISTEL_ROUNDS):
        message = bytes([number]) + right.to_bytes(4, "big")
        digest = blake2b(message, digest_size=8, key=key, person=b"reference").digest()
        left, right = right, (left + int.from_bytes(digest, "big")) % side
    return left * side + right


def _with_check(payload: str) -> str:
    # Importing python-stdnum takes tens of milliseconds, which start-up does not have.
    from stdnum.iso7064 import mod_97_10

    return payload + mod_97_10.calc_check_digits(payload)


def _is_valid(reference: str) -> bool:
    # Compared with the check that is issued: the bare rule "mod 97 is 1" also lets 00, 01 and 99 pass for
    # 97, 98 and 02, which nobody was ever given.
    return _with_check(reference[:-2]) == reference


def _replacements(reference: str) -> Iterator[Suspect]:
    for at, digit in enumerate(reference):
        for other in "0123456789":
            if other != digit:
                yield Suspect((at + 1,), reference[:at] + other + reference[at + 1 :])


def _swaps(reference: str, distance: int) -> Iterator[Suspect]:
    for at in range(LENGTH - distance):
        digits = list(reference)
        digits[at], digits[at + distance] = digits[at + distance], digits[at]
        yield Suspect((at + 1, at + distance + 1), "".join(digits))


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _require_digits(reference: str) -> None:
    if len(reference) != LENGTH or not _is_digits(reference):
        raise ValueError("a reference has ten ASCII digits")
