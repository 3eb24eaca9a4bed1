"""What a line of the search box may mean, and what is wrong with it."""

from __future__ import annotations

import datetime as dt

import pytest

from carecenter.core.civil_id import CivilIdProblem
from carecenter.core.reading import Meaning, Reading, read

TODAY = dt.date(2026, 3, 1)
REFERENCE, CIVIL_ID, MOBILE = "0472915644", "282040701483", "+96599887766"


def meanings(line: str) -> list[tuple[Meaning, str, bool]]:
    return [(reading.meaning, reading.value, reading.valid) for reading in read(line, TODAY)]


@pytest.mark.parametrize(
    "line",
    [
        "0472915644",
        "0472 915 644",
        "٠٤٧٢ ٩١٥ ٦٤٤",
        "0472-915-644",
        "0472\u2013915\u2013644",
        "\u200f0472 915 644\u200e",
    ],
)
def test_a_reference_is_read_however_it_is_written(line: str) -> None:
    assert meanings(line) == [(Meaning.REFERENCE, REFERENCE, True)]


@pytest.mark.parametrize(
    "line",
    ["9988 7766", "٩٩٨٨٧٧٦٦", "+965 9988 7766", "00965-99887766", "(965) 9988 7766", "9988.7766", "9988\u20117766"],
)
def test_a_phone_number_is_read_however_it_is_written(line: str) -> None:
    assert meanings(line) == [(Meaning.PHONE, MOBILE, True)]


@pytest.mark.parametrize("line", [CIVIL_ID, "2820 4070 1483", "2820-4070-1483", "٢٨٢٠٤٠٧٠١٤٨٣"])
def test_a_civil_id_is_read_however_it_is_written(line: str) -> None:
    assert meanings(line) == [(Meaning.CIVIL_ID, CIVIL_ID, True)]


def test_a_misheard_reference_says_where_to_ask_again() -> None:
    (reading,) = read("0472915645", TODAY)

    assert (reading.meaning, reading.valid) == (Meaning.REFERENCE, False)
    assert [suspect.reference for suspect in reading.suspects] == [REFERENCE]
    assert reading.suspects[0].positions == (10,)


def test_ten_digits_may_be_a_number_from_abroad_as_well() -> None:
    """A Singaporean mobile number without its plus; as a reference its check digits are wrong."""
    assert meanings("6591234567") == [
        (Meaning.PHONE, "+6591234567", True),
        (Meaning.REFERENCE, "6591234567", False),
    ]


def test_ten_digits_whose_check_is_right_are_offered_both_ways_too() -> None:
    assert {meaning for meaning, _, valid in meanings("6591234585") if valid} == {
        Meaning.PHONE,
        Meaning.REFERENCE,
    }


def test_a_plus_makes_it_a_phone_number() -> None:
    assert meanings("+6591234567") == [(Meaning.PHONE, "+6591234567", True)]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("282040701484", CivilIdProblem.CHECK_DIGIT),
        ("2820-4070-1484", CivilIdProblem.CHECK_DIGIT),
        ("٢٨٢٠٤٠٧٠١٤٨٤", CivilIdProblem.CHECK_DIGIT),
    ],
)
def test_a_wrong_civil_id_says_why(line: str, problem: CivilIdProblem) -> None:
    (reading,) = [reading for reading in read(line, TODAY) if reading.meaning is Meaning.CIVIL_ID]

    assert (reading.valid, reading.problem, reading.value) == (False, problem, "282040701484")


def test_a_reading_that_can_be_right_comes_before_one_that_cannot() -> None:
    assert meanings("382040701484") == [
        (Meaning.PHONE, "+38240701484", True),
        (Meaning.CIVIL_ID, "382040701484", False),
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("  ضاع جوازي  ", "ضاع جوازي"),
        ("passport 2026", "passport 2026"),
        ("472", "472"),
        ("٤٧٢-٩١٥", "472915"),
        ("17/5", "17/5"),
        ("112", "112"),
        ("+", "+"),
        ("a\u202eb", "ab"),
    ],
)
def test_everything_else_is_searched_as_words(line: str, words: str) -> None:
    assert read(line, TODAY) == (Reading(Meaning.WORDS, words),)


@pytest.mark.parametrize("line", ["", "  \t", "\u200f"])
def test_nothing_typed_means_nothing(line: str) -> None:
    assert read(line, TODAY) == ()
