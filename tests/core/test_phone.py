"""Telephone numbers as callers give them and exchanges hand them over."""

from __future__ import annotations

import subprocess
import sys

import pytest

from carecenter.core import phone
from carecenter.core.phone import PhoneKind, PhoneNumber, PhoneProblem, PhoneWarning


def _parsed(text: str, region: str = "KW") -> PhoneNumber:
    number = phone.parse(text, region)
    assert isinstance(number, PhoneNumber), (text, number)
    return number


@pytest.mark.parametrize(
    "text",
    [
        "99887766",
        "9988 7766",
        "9988\u00a07766",
        "+96599887766",
        "+965 9988 7766",
        "0096599887766",
        "00965 9988-7766",
        "965-9988-7766",
        "96599887766",
        "(965) 99887766",
        "(+965) 9988.7766",
        "tel:+965-9988-7766",
        "٩٩٨٨٧٧٦٦",
        "۹۹۸۸۷۷۶۶",
        "+٩٦٥ ٩٩٨٨ ٧٧٦٦",
        "٠٠٩٦٥٩٩٨٨٧٧٦٦",
        "٩٦٥٩٩٨٨٧٧٦٦+",
        "\u202b\u200f+965\u00a09988\u20117766\u202c\u200e",
        "＋９６５９９８８７７６６",
        " 99887766\n",
    ],
)
def test_one_number_however_it_is_written(text: str) -> None:
    assert _parsed(text) == PhoneNumber("+96599887766", "9988\u00a07766", PhoneKind.MOBILE, None)


@pytest.mark.parametrize(
    ("text", "shown", "kind"),
    [
        ("50012345", "5001\u00a02345", PhoneKind.MOBILE),
        ("41012345", "4101\u00a02345", PhoneKind.MOBILE),
        ("66001234", "6600\u00a01234", PhoneKind.MOBILE),
        ("22412345", "2241\u00a02345", PhoneKind.FIXED),
        ("24727732", "2472\u00a07732", PhoneKind.FIXED),
        ("25200641", "2520\u00a00641", PhoneKind.FIXED),
        ("1889988", "+965\u00a01889\u00a0988", PhoneKind.SERVICE),
        ("1804000", "+965\u00a01804\u00a0000", PhoneKind.SERVICE),
    ],
)
def test_kuwaiti_numbers_are_listed_and_shown_in_fours(text: str, shown: str, kind: PhoneKind) -> None:
    number = _parsed(text)

    assert (number.display, number.kind, number.warning) == (shown, kind, None)
    assert number.e164 == f"+965{text}"


@pytest.mark.parametrize(
    ("text", "kind"),
    [("56780000", PhoneKind.MOBILE), ("10001234", PhoneKind.OTHER), ("00000012", PhoneKind.OTHER)],
)
def test_a_number_missing_from_the_plan_is_taken_with_a_warning(text: str, kind: PhoneKind) -> None:
    assert _parsed(text) == PhoneNumber(f"+965{text}", f"{text[:4]}\u00a0{text[4:]}", kind, PhoneWarning.UNLISTED)


def test_a_missing_digit_is_pointed_out() -> None:
    assert _parsed("9988776").warning is PhoneWarning.DIGIT_MISSING


@pytest.mark.parametrize("text", ["30001234", "+965 7000 1234", "٨٠٠٠١٢٣٤"])
def test_demonstration_numbers_are_taken_as_such(text: str) -> None:
    number = _parsed(text)

    assert number.kind is PhoneKind.DEMO
    assert number.warning is None


@pytest.mark.parametrize(
    ("text", "e164", "shown"),
    [
        ("+44 20 7946 0958", "+442079460958", "+44\u00a020\u00a07946\u00a00958"),
        ("0044 (0)20 7946 0958", "+442079460958", "+44\u00a020\u00a07946\u00a00958"),
        ("00966501234567", "+966501234567", "+966\u00a050\u00a0123\u00a04567"),
        ("966501234567", "+966501234567", "+966\u00a050\u00a0123\u00a04567"),
        ("9613123456", "+9613123456", "+961\u00a03\u00a0123\u00a0456"),
        ("+1 (202) 555-0143", "+12025550143", "+1\u00a0202\u00a0555\u00a00143"),
    ],
)
def test_numbers_from_abroad_are_kept(text: str, e164: str, shown: str) -> None:
    number = _parsed(text)

    assert (number.e164, number.display, number.kind) == (e164, shown, PhoneKind.FOREIGN)


def test_a_number_is_read_at_home_in_another_region() -> None:
    assert _parsed("020 7946 0958", region="GB").e164 == "+442079460958"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", PhoneProblem.EMPTY),
        ("\u200f \u00a0", PhoneProblem.EMPTY),
        ("164", PhoneProblem.SHORT_CODE),
        ("١١٢", PhoneProblem.SHORT_CODE),
        ("12", PhoneProblem.TOO_SHORT),
        ("998877", PhoneProblem.TOO_SHORT),
        ("+1800164965", PhoneProblem.TOO_SHORT),
        ("998877665", PhoneProblem.TOO_LONG),
        ("0472915644", PhoneProblem.TOO_LONG),
        ("999123456789", PhoneProblem.TOO_LONG),
        ("+99912345678", PhoneProblem.NOT_A_NUMBER),
        ("+", PhoneProblem.NOT_A_NUMBER),
        ("محمد", PhoneProblem.NOT_A_NUMBER),
        ("1-800-FLOWERS", PhoneProblem.NOT_A_NUMBER),
        ("99887766 Ahmed", PhoneProblem.NOT_A_NUMBER),
        ("anonymous", PhoneProblem.NOT_A_NUMBER),
        ("9" * 300, PhoneProblem.TOO_LONG),
    ],
)
def test_what_cannot_be_a_callers_number_is_told_apart(text: str, problem: PhoneProblem) -> None:
    assert phone.parse(text) is problem


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "  ",
            "anonymous",
            "Anonymous",
            "withheld",
            "private",
            "PRIVATE NUMBER",
            "unknown",
            "Restricted",
        ),
        *(
            "Unavailable",
            "anonymous@anonymous.invalid",
            "sip:anonymous@pbx.example",
            '"Anonymous"',
            "<unknown>",
        ),
    ],
)
def test_a_withheld_number_is_recognised(text: str) -> None:
    assert phone.is_withheld(text)


@pytest.mark.parametrize("text", ["99887766", "+965", "0", "محمد", "sip:99887766@pbx.example"])
def test_other_texts_are_not_taken_for_withheld_numbers(text: str) -> None:
    assert not phone.is_withheld(text)


@pytest.mark.parametrize("text", ["99887766", "1889988", "00000012", "+44 20 7946 0958", "30001234", "9988776"])
def test_a_stored_number_is_shown_and_read_again_the_same(text: str) -> None:
    number = _parsed(text)

    assert phone.display(number.e164) == number.display
    assert _parsed(number.display) == number
    assert _parsed(number.e164) == number


@pytest.mark.parametrize("text", ["", "99887766", "anonymous"])
def test_what_is_no_stored_number_is_shown_as_it_is(text: str) -> None:
    assert phone.display(text) == text


@pytest.mark.parametrize("label", [*PhoneProblem, *PhoneWarning])
def test_each_problem_and_warning_has_words_for_the_agent(label: PhoneProblem | PhoneWarning) -> None:
    assert label.label().endswith(".")


def test_the_tables_of_all_countries_are_loaded_only_when_needed() -> None:
    program = (
        "import sys; from carecenter.core import civil_id, phone, reference, speech, text, calendar\n"
        "phone.display('+96599887766'); phone.is_withheld('x'); calendar.default_calendar()\n"
        "print([name for name in ('phonenumbers', 'stdnum', 'babel') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
