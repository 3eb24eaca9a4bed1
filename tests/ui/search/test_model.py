"""What is said of a line that was typed, without a store: readings and rows made up."""

from __future__ import annotations

import datetime as dt

from carecenter.core import reference
from carecenter.core.civil_id import demo_civil_id
from carecenter.core.reading import read
from carecenter.queries.callers import CallerRow
from carecenter.queries.search import SearchResults
from carecenter.ui.search.model import Found, Group, spell

_TODAY = dt.date(2026, 11, 23)


def _found(line: str, *callers: CallerRow) -> Found:
    readings = read(line, _TODAY)
    return spell(SearchResults(line=line, readings=readings, tickets=(), callers=callers, answers=()))


def _caller(*phones: str) -> CallerRow:
    return CallerRow(id="c1", name_ar="محمد المطيري", name_en="Mohammed Al-Mutairi", phones=phones, demo=False)


def _texts(found: Found) -> list[str]:
    return [hint.text for hint in found.hints]


def test_an_empty_line_says_nothing() -> None:
    assert spell(None) == Found("")


def test_a_wrong_digit_is_told_with_the_place_to_ask_again() -> None:
    right = reference.from_payload(4729156)
    wrong = right[:3] + str((int(right[3]) + 1) % 10) + right[4:]
    (hint,) = (hint for hint in _found(wrong).hints if hint.tone == "warning")
    assert "check digits do not agree" in hint.text
    assert "digit 4" in hint.text


def test_swapped_digits_are_told_as_a_pair() -> None:
    right = reference.from_payload(12345678)
    wrong = right[0] + right[2] + right[1] + right[3:]
    assert any("digits 2 and 3" in text for text in _texts(_found(wrong)))


def test_a_reference_that_nothing_explains_is_asked_for_again() -> None:
    hopeless = next(
        text
        for payload in range(1000)
        for text in (f"{payload:08}00",)
        if reference.parse(text).state is reference.ReferenceState.WRONG_CHECK and not reference.suspects(text)
    )
    assert any("all of it again" in text for text in _texts(_found(hopeless)))


def test_a_wrong_civil_id_says_what_is_wrong() -> None:
    right = demo_civil_id(7)
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    assert any(text.startswith("Civil ID: The digits do not agree") for text in _texts(_found(wrong)))


def test_an_unknown_number_offers_to_take_the_call() -> None:
    found = _found("99887766")
    assert _texts(found) == ["No caller has the number \u20689988\u00a07766\u2069 yet."]
    (call,) = found.of(Group.CALL)
    assert (call.key, call.title) == ("+96599887766", "Take a call from \u20689988\u00a07766\u2069")
    assert found.likeliest == call


def test_a_known_number_leads_to_its_caller_first() -> None:
    found = _found("99887766", _caller("+96599887766"))
    assert found.hints == ()
    assert found.likeliest is not None
    assert found.likeliest.group is Group.CALLERS
    assert found.of(Group.CALL)


def test_ten_digits_that_may_be_a_number_from_abroad_are_offered_as_both() -> None:
    foreign = "3216957569"  # Belgian without its plus; as a reference, the last digit is wrong
    found = _found(foreign)
    assert any("number from abroad" in text for text in _texts(found))
    assert any("check digits do not agree" in text for text in _texts(found))
    assert found.of(Group.CALL)[0].key == f"+{foreign}"


def test_no_call_is_begun_from_a_reference_whose_ticket_has_not_come_yet() -> None:
    reference = "4621499914"  # its check digits agree, and it is a Swedish number without its plus
    found = _found(reference)
    (call,) = found.of(Group.CALL)
    assert (call.key, found.likeliest) == (f"+{reference}", None)


def test_half_a_number_asks_for_the_rest() -> None:
    assert _texts(_found("0472")) == ["Go on typing: a reference has 10 digits, a phone number 8, a Civil ID 12."]


def test_a_caller_is_shown_in_both_scripts() -> None:
    (hit,) = _found("mohammed", _caller("+96599887766")).of(Group.CALLERS)
    assert hit.title == "Mohammed Al-Mutairi"
    assert "محمد المطيري" in hit.subtitle
    assert "9988\u00a07766" in hit.subtitle
