"""Values as they are written on a screen, in either language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from carecenter.core import i18n
from carecenter.ui.views import words

NOON = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)  # 12:00 in Kuwait


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    i18n.set_language("en")
    i18n.set_digits("latn")


def _plain(text: str) -> str:
    return text.strip("\u2066\u2068\u2069").replace("\u00a0", " ")


def test_the_name_is_the_one_in_the_language_of_the_screen() -> None:
    assert words.name("محمد", "Mohammed") == "Mohammed"
    assert words.other_name("محمد", "Mohammed") == "محمد"
    i18n.set_language("ar")
    assert words.name("محمد", "Mohammed") == "محمد"
    assert words.other_name("محمد", "Mohammed") == "Mohammed"


def test_a_name_in_one_script_only_is_shown_in_both_languages_and_only_once() -> None:
    assert words.name("محمد", "") == "محمد"
    assert words.other_name("محمد", "") == ""
    i18n.set_language("ar")
    assert words.name("", "Mohammed") == "Mohammed"
    assert words.other_name("", "Mohammed") == ""


def test_a_caller_without_a_name_is_called_so() -> None:
    assert words.caller("", "") == "No name"


def test_numbers_are_grouped_and_isolated() -> None:
    assert words.phone("+96599887766").startswith("\u2068")
    assert _plain(words.phone("+96599887766")) == "9988 7766"
    assert _plain(words.reference("0472915644")) == "0472 915 644"
    assert _plain(words.civil_id("•••••••••483")) == "•••••••••483"


def test_what_is_no_reference_is_shown_as_it_is() -> None:
    assert words.reference("") == ""


def test_numbers_follow_the_digits_of_the_reader() -> None:
    i18n.set_digits("arab")
    assert _plain(words.phone("+96599887766")) == "٩٩٨٨ ٧٧٦٦"


def test_a_moment_of_today_is_told_by_the_clock_and_another_by_its_day() -> None:
    assert words.moment(NOON, NOON) == "12:00"
    # 23:30 in Kuwait the day before is still today in London.
    assert words.moment(NOON - dt.timedelta(hours=12, minutes=30), NOON) == "22 Nov 2026"


def test_a_promise_says_whether_it_has_passed() -> None:
    assert words.due(NOON, NOON - dt.timedelta(minutes=1)) == "due 12:00"
    assert words.due(NOON, NOON + dt.timedelta(minutes=1)) == "overdue since 12:00"
