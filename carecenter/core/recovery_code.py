"""The recovery code: a key that a person keeps on paper, and how one is read back however it was typed.

160 random bits in Crockford's base 32 (no I, L, O, U), eight groups of four and a check symbol. What the code
opens is the business of `keyslots`.
"""

from __future__ import annotations

import secrets
import unicodedata
from typing import Final

from carecenter.core.errors import UserError
from carecenter.core.i18n import N_

SECRET_BYTES: Final = 20
LENGTH: Final = 33
"""Symbols in a code, the check symbol included, the dashes not."""

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES: Final = {symbol: value for value, symbol in enumerate(_ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_CHECK_MODULUS: Final = 37
_GROUP: Final = 4


class RecoveryCodeError(UserError):
    """What was typed is no recovery code; the message says what to look at."""


def new_code() -> str:
    """A new code as it is shown and printed: ``XXXX-XXXX-…-XXXX-C``."""
    while True:
        number = secrets.randbits(SECRET_BYTES * 8)
        check = number % _CHECK_MODULUS
        # Crockford writes the checks 32 to 36 as * ~ $ = U: hard to say and to find on an Arabic keyboard.
        # Passing those numbers over costs a fifth of one bit.
        if check < len(_ALPHABET):
            break
    symbols = [_ALPHABET[number >> shift & 31] for shift in range(SECRET_BYTES * 8 - 5, -1, -5)]
    groups = ["".join(symbols[at : at + _GROUP]) for at in range(0, len(symbols), _GROUP)]
    return "-".join([*groups, _ALPHABET[check]])


def read_code(typed: str) -> bytes:
    """The secret in a code, as 20 bytes.

    Case, spaces, dashes and invisible direction marks do not matter; O is read as 0, I and L as 1, and digits
    may be Arabic-Indic. Raises RecoveryCodeError for a foreign character, a wrong length or a wrong check
    symbol; the check (mod 37) catches every single wrong symbol and every transposition of two neighbours.
    """
    values = [_value(symbol) for symbol in unicodedata.normalize("NFKC", typed) if not _skipped(symbol)]
    if len(values) != LENGTH:
        raise RecoveryCodeError(
            N_("A recovery code has {expected} letters and digits; {found} were typed."),
            expected=LENGTH,
            found=len(values),
        )
    *digits, check = values
    number = 0
    for digit in digits:
        number = number << 5 | digit
    if number % _CHECK_MODULUS != check:
        raise RecoveryCodeError(
            N_("A letter or digit of the recovery code is wrong. Compare it with the paper, group by group.")
        )
    return number.to_bytes(SECRET_BYTES, "big")


def _skipped(symbol: str) -> bool:
    # Pd: all dashes; Cf: the direction marks that come along when text is copied.
    return symbol.isspace() or symbol == "\N{MINUS SIGN}" or unicodedata.category(symbol) in ("Pd", "Cf")


def _value(symbol: str) -> int:
    digit = unicodedata.decimal(symbol, None)
    value = _VALUES.get(symbol.upper()) if digit is None else digit
    if value is None:
        raise RecoveryCodeError(
            N_("“{symbol}” does not occur in recovery codes. They hold Latin letters and digits."),
            symbol=symbol,
        )
    return value
