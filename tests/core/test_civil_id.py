"""Civil ID numbers, against published examples and another implementation."""

from __future__ import annotations

import random
from datetime import date

import pytest
from idnumbers.nationalid.KWT import CivilNumber as Oracle

from carecenter.core import civil_id
from carecenter.core.civil_id import CivilId, CivilIdProblem

TODAY = date(2026, 11, 23)

VALID = [
    # Examples that django-localflavor, idnumbers and a fork of python-stdnum publish.
    *("282040701483", "300092400929", "304022600325", "288020122596", "227081660516", "292091998298"),
    "280010100004",
    # Made up, accepted by those libraries.
    *("285031500122", "270010104575", "299123198765", "300010100018", "305071812345", "312022903334"),
    *("263022555028", "278111900999"),
]
DEMO = ["185031500028", "199113000016", "177070400011", "164022900019"]


def _completed(first: str) -> str | None:
    """The one valid number that begins with these eleven digits, if there is one."""
    valid = [first + k for k in "0123456789" if isinstance(civil_id.parse(first + k, TODAY), CivilId)]
    assert len(valid) <= 1
    return valid[0] if valid else None


@pytest.mark.parametrize("number", [*VALID, *DEMO])
def test_published_numbers_are_valid(number: str) -> None:
    parsed = civil_id.parse(number, TODAY)

    assert isinstance(parsed, CivilId)
    assert parsed.number == number
    assert parsed.is_demo is (number in DEMO)


def test_the_date_of_birth_is_read_with_its_century() -> None:
    for number, born in {
        "282040701483": date(1982, 4, 7),
        "312022903334": date(2012, 2, 29),
        "164022900019": date(1864, 2, 29),
    }.items():
        assert civil_id.parse(number, TODAY) == CivilId(number, born)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", CivilIdProblem.EMPTY),
        (" -\u200f", CivilIdProblem.EMPTY),
        ("28204070148O", CivilIdProblem.NOT_DIGITS),
        ("28204070148²", CivilIdProblem.NOT_DIGITS),
        ("28204070148", CivilIdProblem.TOO_SHORT),
        ("2950980214009", CivilIdProblem.TOO_LONG),
        ("482040701483", CivilIdProblem.CENTURY),
        ("082040701483", CivilIdProblem.CENTURY),
        ("292091998297", CivilIdProblem.CHECK_DIGIT),
        ("288200122596", CivilIdProblem.CHECK_DIGIT),
        ("289332013455", CivilIdProblem.CHECK_DIGIT),
        ("284091800192", CivilIdProblem.CHECK_DIGIT),
        ("300000000005", CivilIdProblem.BIRTH_DATE),
    ],
)
def test_what_is_wrong_is_told(text: str, problem: CivilIdProblem) -> None:
    assert civil_id.parse(text, TODAY) is problem


@pytest.mark.parametrize("digits", ["٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"])
def test_a_number_is_read_however_it_was_written(digits: str) -> None:
    written = "\u2067282-0407\u00a001483\u200f\n".translate(str.maketrans("0123456789", digits))

    assert civil_id.parse(written, TODAY) == CivilId("282040701483", date(1982, 4, 7))


def test_nobody_is_born_tomorrow() -> None:
    number = "312022903334"

    assert civil_id.parse(number, date(2012, 2, 28)) is CivilIdProblem.BORN_IN_FUTURE
    assert isinstance(civil_id.parse(number, date(2012, 2, 29)), CivilId)


def test_a_prefix_without_a_check_digit_has_no_valid_number() -> None:
    # Remainders 0 and 1 would need the checks 11 and 10.
    prefixes = [f"2850315{serial:04}" for serial in range(1000)]
    found = [_completed(prefix) for prefix in prefixes]

    assert 150 < found.count(None) < 215  # two of eleven
    assert {number[-1] for number in found if number} == set("123456789")


def test_another_implementation_agrees() -> None:
    chance = random.Random(164)
    accepted = 0
    for _ in range(3000):
        number = f"2{chance.randrange(100):02}{chance.randrange(14):02}{chance.randrange(33):02}"
        number += f"{chance.randrange(100_000):05}"
        mine = isinstance(civil_id.parse(number, TODAY), CivilId)
        accepted += mine
        assert mine is bool(Oracle.validate(number)), number
    assert accepted > 100


def test_one_wrong_digit_in_serial_or_check_is_noticed() -> None:
    for number in VALID:
        for at in range(7, 12):
            wrong = [number[:at] + d + number[at + 1 :] for d in "0123456789" if d != number[at]]
            assert {civil_id.parse(text, TODAY) for text in wrong} == {CivilIdProblem.CHECK_DIGIT}


@pytest.mark.parametrize(
    ("number", "shown"),
    [("282040701483", "•••••••••483"), ("2820", "•820"), ("282", "•••"), ("", "")],
)
def test_only_the_last_three_digits_are_shown(number: str, shown: str) -> None:
    assert civil_id.mask(number) == shown


def test_demonstration_numbers_are_valid_and_differ_and_belong_to_nobody_living() -> None:
    numbers = [civil_id.demo_civil_id(n) for n in range(0, 180_000_000, 9973)]
    parsed = [civil_id.parse(number, TODAY) for number in numbers]

    assert len(set(numbers)) == len(numbers)
    assert all(isinstance(number, CivilId) and number.is_demo for number in parsed)
    assert all(number.birth_date.year < 1900 for number in parsed if isinstance(number, CivilId))


def test_a_hundred_thousand_demonstration_callers_have_a_number_each() -> None:
    assert len({civil_id.demo_civil_id(n) for n in range(100_000)}) == 100_000


@pytest.mark.parametrize("n", [-1, 36524 * 5000])
def test_demonstration_numbers_come_to_an_end(n: int) -> None:
    with pytest.raises(ValueError, match="no demonstration number"):
        civil_id.demo_civil_id(n)


@pytest.mark.parametrize("problem", list(CivilIdProblem))
def test_each_problem_has_words_for_the_agent(problem: CivilIdProblem) -> None:
    assert problem.label().endswith(".")
