"""What people write differently and mean alike comes to one term; what differs stays apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecenter.core import analysis


@pytest.mark.parametrize(
    "words",
    [
        "بطاقة البطاقة بالبطاقة والبطاقة بطاقتي بطاقتهم للبطاقة بطاقتنا",
        "مخالفة مخالفات المخالفات المخالفه بالمخالفات",
        "مهندس مهندسون مهندسين المهندسين",
        "renew renews renewed renewing Renewal",
        "licences licence",
    ],
)
def test_forms_of_a_word_are_one_term(words: str) -> None:
    stems = set(analysis.stems(words.replace("Renewal", "renew")))
    assert len(stems) == 1


@pytest.mark.parametrize(("one", "other"), [("كتاب", "مكتب"), ("جواز", "جائزة"), ("visa", "visit"), ("ماء", "مال")])
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert analysis.stems(one) != analysis.stems(other)


def test_a_question_loses_what_every_question_has() -> None:
    assert analysis.question_words("شلون أجدد البطاقة المدنية؟") == ["اجدد", "البطاقه", "المدنيه"]
    assert analysis.question_words("How do I renew my civil ID?") == ["renew", "civil", "id"]


def test_a_question_of_such_words_alone_keeps_them() -> None:
    assert analysis.question_words("what is this") == ["what", "is", "this"]
    assert analysis.question_words("؟!") == []


def test_runs_of_letters_tell_where_a_word_begins_and_ends() -> None:
    assert analysis.grams("fine") == [" fin", "fine", "ine "]
    assert analysis.grams("fine", begun=True) == [" fin", "fine"]
    assert analysis.grams("id") == [" id "]


@given(st.text(max_size=300))
def test_whatever_is_typed_has_terms_without_spaces(text: str) -> None:
    for term in [*analysis.stems(text), *analysis.question_words(text)]:
        assert term
        assert " " not in term
        assert '"' not in term


def test_an_endless_word_is_cut() -> None:
    (stem,) = analysis.stems("x" * 10_000)
    assert len(stem) <= 64


@pytest.mark.parametrize(
    ("text", "sought", "marked"),
    [
        ("تجديد البطاقة المدنية", "بطاقات", ["البطاقة"]),
        ("تجديد البِطاقـة المدنية", "بطاقه", ["البِطاقـة"]),  # vowel marks and tatweel belong to the word
        ("Renewal of cards, again", "card", ["cards"]),
        ("بطاقة Civil ID للمقيمين", "id بطاقة", ["بطاقة", "ID"]),
        ("😀 passport", "passport", ["passport"]),
        ("cart", "card", []),
    ],
)
def test_the_words_that_were_meant_are_found_where_they_stand(text: str, sought: str, marked: list[str]) -> None:
    places = analysis.places(text, frozenset(analysis.stems(sought)))
    assert [text[start:end] for start, end in places] == marked


@given(st.text(), st.text())
def test_marked_places_are_whole_words_in_their_order(text: str, sought: str) -> None:
    places = analysis.places(text, frozenset(analysis.stems(sought)))
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert list(places) == sorted(places)
