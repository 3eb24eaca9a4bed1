"""The follow-up reference: what it catches, what it suspects, how it is scattered."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise

import pytest
from stdnum import damm, luhn
from stdnum.iso7064 import mod_97_10

from carecenter.core import reference
from carecenter.core.reference import ParsedReference, ReferenceState, Suspect

SAMPLE = [reference.from_payload(payload) for payload in random.Random(164).sample(range(10**8), 500)]
KEY = bytes(range(32))


def _valid(digits: str) -> bool:
    return reference.parse(digits).is_valid


def _swapped(digits: str, at: int, distance: int) -> str:
    other = at + distance
    return digits[:at] + digits[other] + digits[at + 1 : other] + digits[at] + digits[other + 1 :]


def _swaps(digits: str, distance: int) -> list[str]:
    """Every swap across `distance` that changes something."""
    places = range(len(digits) - distance)
    return [_swapped(digits, at, distance) for at in places if digits[at] != digits[at + distance]]


def test_the_check_is_the_standards_and_every_payload_has_ten_digits() -> None:
    for number in (*SAMPLE, reference.from_payload(0), reference.from_payload(10**8 - 1)):
        assert len(number) == 10
        assert mod_97_10.is_valid(number)
        assert _valid(number)


def test_every_single_wrong_digit_is_caught() -> None:
    for number in SAMPLE:
        for at, right in enumerate(number):
            wrong = [number[:at] + d + number[at + 1 :] for d in "0123456789" if d != right]
            assert not any(map(_valid, wrong))


@pytest.mark.parametrize("distance", [1, 2])
def test_every_swap_of_neighbours_and_every_jump_is_caught(distance: int) -> None:
    for number in SAMPLE:
        assert not any(map(_valid, _swaps(number, distance)))


def test_thirteen_heard_as_thirty_is_caught() -> None:
    slips = {f"1{unit}": f"{unit}0" for unit in "23456789"}
    slips |= {heard: said for said, heard in slips.items()}
    heard = [
        number[:at] + slips[number[at : at + 2]] + number[at + 2 :]
        for number in SAMPLE
        for at in range(9)
        if number[at : at + 2] in slips
    ]

    assert len(heard) > 500
    assert not any(map(_valid, heard))


def test_99_of_100_random_numbers_are_caught() -> None:
    numbers = random.Random(7).sample(range(10**10), 10_000)
    accepted = sum(_valid(f"{number:010}") for number in numbers)

    assert 60 < accepted < 140  # one in a hundred, give or take four standard deviations


@pytest.mark.parametrize(
    ("check", "missed"),
    [
        pytest.param(lambda body: body + luhn.calc_check_digit(body), "all", id="luhn"),
        pytest.param(lambda body: body + damm.calc_check_digit(body), "some", id="damm"),
    ],
)
def test_other_check_digits_would_miss_jumps(check: Callable[[str], str], missed: str) -> None:
    valid = luhn.is_valid if missed == "all" else damm.is_valid
    jumps = [jump for number in SAMPLE[:200] for jump in _swaps(check(number[:8]), 2)]
    passed = sum(map(valid, jumps))

    assert passed == len(jumps) if missed == "all" else 0 < passed < len(jumps)


def test_the_other_names_of_a_check_are_not_accepted() -> None:
    # 97 and 00, 98 and 01, 02 and 99 are equal modulo 97; only one of each pair is ever given to a caller.
    ends = {number[-2:] for number in SAMPLE}
    assert {"97", "98", "02"} <= ends
    assert not {"00", "01", "99"} & ends
    twin = {"97": "00", "98": "01", "02": "99"}
    for number in SAMPLE:
        if (other := twin.get(number[-2:])) is not None:
            assert mod_97_10.is_valid(number[:-2] + other)
            assert not _valid(number[:-2] + other)


@pytest.mark.parametrize(
    "typed",
    [
        "{}",
        " {} ",
        "{0[0]} {0[1]} {0[2]}",
        "{0[0]}\u00a0{0[1]}\u00a0{0[2]}",
        "{0[0]}-{0[1]}-{0[2]}",
        "{0[0]}\u2013{0[1]}\u2011{0[2]}",
        "\u200f\u2066{0[0]}\u202f{0[1]}\u2009{0[2]}\u2069\u200e\n",
    ],
)
@pytest.mark.parametrize("digits", ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"])
def test_a_reference_is_read_however_it_was_written(typed: str, digits: str) -> None:
    number = SAMPLE[0]
    groups = reference.split(number)
    text = typed.format(number if typed.strip() == "{}" else groups)
    written = text.translate(str.maketrans("0123456789", digits))

    assert reference.parse(written) == ParsedReference(number, ReferenceState.VALID)


@pytest.mark.parametrize(
    ("typed", "digits", "state"),
    [
        ("", "", ReferenceState.EMPTY),
        (" \u200f\u00a0", "", ReferenceState.EMPTY),
        ("-", "", ReferenceState.NOT_DIGITS),
        ("0472 91", "047291", ReferenceState.PARTIAL),
        ("٠٤٧٢", "0472", ReferenceState.PARTIAL),
        ("0472 915 6440", "04729156440", ReferenceState.TOO_LONG),
        ("0472 9I5 644", "", ReferenceState.NOT_DIGITS),
        ("محمد", "", ReferenceState.NOT_DIGITS),
        ("0472915²44", "", ReferenceState.NOT_DIGITS),
    ],
)
def test_what_is_not_a_whole_reference_is_told_apart(typed: str, digits: str, state: ReferenceState) -> None:
    parsed = reference.parse(typed)

    assert parsed == ParsedReference(digits, state)
    assert not parsed.is_complete
    assert not parsed.is_valid


def test_a_wrong_check_digit_is_told_as_soon_as_the_tenth_digit_is_there() -> None:
    wrong = _swapped("0472915644", 0, 1)
    typed = [reference.parse(wrong[:length]) for length in range(1, 11)]

    assert [parsed.is_complete for parsed in typed] == [False] * 9 + [True]
    assert typed[-1].state is ReferenceState.WRONG_CHECK


def test_the_misheard_digit_is_among_the_suspects() -> None:
    chance = random.Random(3)
    for number in SAMPLE:
        at = chance.randrange(10)
        wrong = number[:at] + str((int(number[at]) + chance.randrange(1, 10)) % 10) + number[at + 1 :]

        assert Suspect((at + 1,), number) in reference.suspects(wrong)


@pytest.mark.parametrize("distance", [1, 2])
def test_the_swapped_digits_are_among_the_suspects(distance: int) -> None:
    for number in SAMPLE[:150]:
        for at in range(10 - distance):
            if number[at] != number[at + distance]:
                found = reference.suspects(_swapped(number, at, distance))
                assert Suspect((at + 1, at + distance + 1), number) in found


def test_suspects_are_few_and_each_of_them_would_be_right() -> None:
    chance = random.Random(5)
    counts = []
    for _ in range(500):
        typed = f"{chance.randrange(10**10):010}"
        found = reference.suspects(typed)
        assert all(_valid(suspect.reference) for suspect in found)
        counts.append(len(found))

    assert max(counts) <= 8
    assert 0 in counts  # two slips or more: the caller is asked for the whole number


def test_a_valid_reference_has_no_suspects() -> None:
    assert reference.suspects(SAMPLE[0]) == ()


def test_a_reference_is_shown_in_groups_that_stay_together() -> None:
    assert reference.format_grouped("0472915644") == "0472\u00a0915\u00a0644"


@pytest.mark.parametrize("number", ["", "047291564", "04729156440", "٠٤٧٢٩١٥٦٤٤", "0472 91564", "-472915644"])
def test_only_ten_ascii_digits_are_formatted_or_suspected(number: str) -> None:
    with pytest.raises(ValueError, match="ten ASCII digits"):
        reference.format_grouped(number)
    with pytest.raises(ValueError, match="ten ASCII digits"):
        reference.suspects(number)


@pytest.mark.parametrize("payload", [-1, 10**8])
def test_there_is_no_reference_outside_the_space(payload: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        reference.from_payload(payload)
    with pytest.raises(ValueError, match="outside"):
        reference.scatter(KEY, payload)


def test_no_two_indices_share_a_payload() -> None:
    payloads = {reference.scatter(KEY, index) for index in range(20_000)}

    assert len(payloads) == 20_000
    assert all(0 <= payload < 10**8 for payload in payloads)


@pytest.mark.parametrize("side", [1, 2, 3, 10, 100])
def test_the_scattering_is_a_permutation_of_a_whole_space(side: int) -> None:
    assert sorted(reference._feistel(KEY, index, side) for index in range(side**2)) == list(range(side**2))


def test_references_given_one_after_the_other_lie_far_apart() -> None:
    payloads = [reference.scatter(KEY, index) for index in range(5000)]
    gaps = [abs(one - other) for one, other in pairwise(payloads)]

    assert sum(gap < 10**6 for gap in gaps) < 200  # 2 % would be chance
    tenths = [sum(payload // 10**7 == tenth for payload in payloads) for tenth in range(10)]
    assert min(tenths) > 380
    assert max(tenths) < 620


def test_the_order_depends_on_the_key_alone() -> None:
    first = [reference.scatter(KEY, index) for index in range(50)]

    assert first == [reference.scatter(KEY, index) for index in range(50)]
    assert not set(first) & {reference.scatter(bytes(32), index) for index in range(50)}
    # A centre that is upgraded must go on where it was: these payloads are part of the format.
    assert first[:3] == [15087875, 56652754, 70868552]


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33)])
def test_a_key_of_another_length_is_refused(key: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        reference.scatter(key, 0)
