"""What is done to people's text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecenter.core.text import ascii_digits, fold, is_arabic, plain, tokens, visible


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أحمد", "احمد"),
        ("إبراهيم", "ابراهيم"),
        ("آمنة", "امنه"),
        ("ٱلكويت", "الكويت"),
        ("مؤسسة", "موسسه"),
        ("هيئة", "هييه"),
        ("بناء", "بنا"),
        ("مستشفى", "مستشفي"),
        ("مُحَمَّدٌ", "محمد"),
        ("محـــمد", "محمد"),
        ("کویت", "كويت"),
        ("ﻣﺤﻤﺪ", "محمد"),
        ("ﻻ", "لا"),
        ("قطعة ٤", "قطعه 4"),
        ("قطعة ۴", "قطعة 4"),
        ("Café Müller", "cafe muller"),
        ("STRAẞE", "strasse"),
        ("Łukasz Øre", "lukasz ore"),
        ("Cafe\u0301", "café"),
        ("ＡＢＣ１２", "abc12"),
        ("الرقم\u200f المدني\u200e", "الرقم المدني"),
        ("  two \n\t words\u00a0here ", "two words here"),
    ],
)
def test_search_finds_what_is_written_differently(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("حصة", "خصة"), ("سالم", "صالح"), ("علي", "عالي"), ("block 1", "block 7"), ("कुल", "कल")],
)
def test_folding_keeps_different_words_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_folding_does_not_depend_on_how_accents_are_stored(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_tokens_are_the_words_and_numbers_in_order() -> None:
    assert tokens("تجديد البطاقة المدنية (PACI)، الرسوم: ٥ د.ك") == [
        *("تجديد", "البطاقه", "المدنيه", "paci", "الرسوم", "5", "د", "ك"),
    ]
    assert tokens("e-mail: a_b@gov.kw") == ["e", "mail", "a", "b", "gov", "kw"]
    assert tokens(" … !؟ ") == []


@pytest.mark.parametrize("override", [chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))])
def test_pasted_text_cannot_turn_a_line_around(override: str) -> None:
    assert plain(f"fine {override}KWD 001") == "fine KWD 001"


def test_every_kind_of_line_break_becomes_one_newline() -> None:
    assert plain("a\r\nb\rc\u2028d\u2029e\x85f\x0bg\x0ch\ni") == "a\nb\nc\nd\ne\nf\ng\nh\ni"
    assert plain("a\r\n\r\nb") == "a\n\nb"


def test_text_as_typed_is_kept() -> None:
    typed = "\tقال: «العنوان\u200f 12/5» — می\u200cخواهم 👩\u200d🔧 <b>not bold</b> =1+1  \n\u00a0e\u0301 ﻻ "

    assert plain(typed) == typed


@given(st.text(alphabet=st.characters()))
def test_what_is_kept_can_be_stored_and_holds_no_control_characters(text: str) -> None:
    kept = plain(text)

    assert kept.encode() is not None
    assert not {c for c in kept if unicodedata.category(c) in ("Cc", "Cs")} - {"\n", "\t"}
    assert plain(kept) == kept


def test_a_nul_or_an_escape_sequence_leaves_no_trace() -> None:
    assert plain("a\x00b\x1b[31mc\ud800\ufeff\x9bd") == "ab[31mcd"


def test_digits_of_all_scripts_become_ascii_and_nothing_else_changes() -> None:
    assert ascii_digits("٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹ ７ x² ½ ٫") == "0123456789 0123456789 7 x² ½ ٫"


def test_visible_drops_white_space_and_direction_marks() -> None:
    assert visible("\u2067 0472\u00a0915\u200f 644\u2069\u202c\n") == "0472915644"


@pytest.mark.parametrize(
    ("text", "arabic"),
    [
        ("تجديد البطاقة", True),
        ("أريد تجديد PACI", True),
        ("renew بطاقة card", False),
        ("Renew a card", False),
        ("١٢٣ 456", False),
        ("", False),
        ("ﻣﺤﻤﺪ", True),
    ],
)
def test_the_script_of_a_text_is_that_of_most_letters(text: str, arabic: bool) -> None:
    assert is_arabic(text) is arabic
