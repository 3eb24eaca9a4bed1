"""Recovery codes as they are printed, and as people type them back."""

from __future__ import annotations

import re

import pytest

from carecenter.core.recovery_code import RecoveryCodeError, new_code, read_code

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")

# 2 ** 159 + 7, worked out by hand: the first symbol carries the highest five bits.
KNOWN = "G000-0000-0000-0000-0000-0000-0000-0007-Y"
KNOWN_SECRET = (2**159 + 7).to_bytes(20, "big")


def test_a_code_is_eight_groups_of_four_and_a_check_symbol() -> None:
    for _ in range(200):
        assert re.fullmatch(rf"([{ALPHABET}]{{4}}-){{8}}[{ALPHABET}]", new_code())


def test_codes_differ_and_carry_160_bits() -> None:
    secrets = [read_code(new_code()) for _ in range(200)]

    assert len(set(secrets)) == 200
    assert {len(secret) for secret in secrets} == {20}
    seen_bits = 0
    for secret in secrets:
        seen_bits |= int.from_bytes(secret, "big")
    assert seen_bits == 2**160 - 1


def test_a_known_code_is_read_as_crockford_wrote_it() -> None:
    assert ALPHABET.index(KNOWN[-1]) == (2**159 + 7) % 37
    assert read_code(KNOWN) == KNOWN_SECRET


@pytest.mark.parametrize(
    "typed",
    [
        KNOWN.lower(),
        KNOWN.replace("-", ""),
        KNOWN.replace("-", " "),
        f"  {KNOWN}\n",
        KNOWN.replace("-", "\u2013"),
        KNOWN.replace("-", "\N{NO-BREAK SPACE}"),
        KNOWN.replace("-", "\N{MINUS SIGN}"),
        KNOWN.replace("0", "O"),
        KNOWN.replace("0", "o"),
        KNOWN.translate(ARABIC_INDIC),
        KNOWN.replace("0", "۰"),
        f"\u2066{KNOWN}\u2069\u200f",
        KNOWN.replace("G", "\N{FULLWIDTH LATIN CAPITAL LETTER G}"),
    ],
)
def test_what_people_make_of_it_is_read_all_the_same(typed: str) -> None:
    assert read_code(typed) == KNOWN_SECRET


@pytest.mark.parametrize("one", ["I", "i", "L", "l", "١"])
def test_i_and_l_are_read_as_one(one: str) -> None:
    number = 2**155 * 1 + 30  # first symbol 1
    code = "1" + "0" * 30 + "Y" + ALPHABET[number % 37]

    assert read_code(one + code[1:]) == read_code(code) == number.to_bytes(20, "big")


def test_every_single_wrong_symbol_is_noticed() -> None:
    symbols = new_code().replace("-", "")

    for at, right in enumerate(symbols):
        for wrong in ALPHABET.replace(right, ""):
            with pytest.raises(RecoveryCodeError, match="wrong"):
                read_code(symbols[:at] + wrong + symbols[at + 1 :])


def test_every_swap_of_two_neighbours_is_noticed() -> None:
    symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    number = sum(ALPHABET.index(s) << 5 * (31 - at) for at, s in enumerate(symbols))
    code = symbols + "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U"[number % 37]
    assert read_code(code) == number.to_bytes(20, "big")

    for at in range(len(symbols) - 1):
        with pytest.raises(RecoveryCodeError, match="wrong"):
            read_code(code[:at] + code[at + 1] + code[at] + code[at + 2 :])


@pytest.mark.parametrize("found", [0, 1, 32, 34])
def test_a_wrong_length_is_told_in_numbers(found: int) -> None:
    with pytest.raises(RecoveryCodeError) as raised:
        read_code("7" * found)

    assert raised.value.params == {"expected": 33, "found": found}
    assert str(found) in str(raised.value)


@pytest.mark.parametrize("foreign", ["U", "*", "م", "ß", "é"])
def test_a_foreign_symbol_is_named(foreign: str) -> None:
    with pytest.raises(RecoveryCodeError) as raised:
        read_code(foreign + KNOWN[1:])

    assert raised.value.params == {"symbol": foreign}
    assert foreign in str(raised.value)
