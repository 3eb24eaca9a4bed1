"""Names that people spell differently come to the same keys, in both scripts; others do not."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecenter.core import names


def _keys(name: str) -> list[frozenset[str]]:
    return [names.keys(part) for part in names.parts(name)]


@pytest.mark.parametrize(
    "spellings",
    [
        ("Mohammed Al-Mutairi", "محمد المطيري", "Mohamad Elmutairy", "muhamed mtairi"),
        ("عبد الله", "عبدالله", "Abdullah", "Abdallah", "Abd Allah"),
        ("أبو بكر", "ابوبكر", "Abu Bakr", "Abou Bakr", "Aboubakr"),
        ("عبدالرحمن", "عبد الرحمن", "Abdul Rahman", "Abdelrahman", "Abd al-Rahman"),
        ("فاطمة", "فاطمه", "Fatima", "Fatma", "Fatmah"),
        ("يوسف", "Yousef", "Yusuf", "Youcef"),
        ("القحطاني", "Al-Qahtani", "Gahtani"),
        ("الظفيري", "Al-Dhafiri", "AlThafiri", "الضفيري"),
        ("عثمان", "Othman"),
        ("عثمان", "Osman"),
        ("سهيل", "Suhail", "Souheil"),
        ("عبد الجليل", "Abdil Jalil", "bdul Jalil", "Abdull-Jaleel"),
    ],
)
def test_spellings_of_a_name_share_the_keys_of_each_part(spellings: tuple[str, ...]) -> None:
    for one, other in combinations(spellings, 2):
        ones, others = _keys(one), _keys(other)
        assert len(ones) == len(others), (one, other)
        assert all(a & b for a, b in zip(ones, others, strict=True)), (one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("Ali", "Laila"), ("سالم", "سامي"), ("Hassan", "Hussam"), ("نورة", "نوال")]
)
def test_other_names_share_none(one: str, other: str) -> None:
    assert not _keys(one)[0] & _keys(other)[0]


@pytest.mark.parametrize(("right", "typed"), [("Pashang", "Pashagn"), ("Boualam", "Boulam"), ("نهال", "نهل")])
def test_a_slip_leaves_a_key_in_common(right: str, typed: str) -> None:
    ones, others = names.keys(names.parts(right)[0]), names.keys(names.parts(typed)[0])
    assert (ones | names.near_keys(ones)) & (others | names.near_keys(others))


@given(st.text(max_size=200))
def test_whatever_is_typed_has_keys(text: str) -> None:
    for part in names.parts(text):
        assert all(key and " " not in key and '"' not in key for key in names.keys(part))
