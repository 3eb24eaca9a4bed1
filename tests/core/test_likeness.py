"""Whoever is meant is more alike than others, in either script; whatever is typed can be compared."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from carecenter.core import likeness


@pytest.mark.parametrize(
    ("asked", "best_first"),
    [
        ("Mohamed Elmutairy", ["محمد المطيري", "محمود المطيري"]),
        ("William Haswani", ["وليم حسواني", "وسام الحسن"]),
        ("نادر المسري", ["نادر المصري", "نادر مرادي"]),
        ("محمدحرمل", ["محمد حرمل", "محمد رميلي"]),
        ("نادر المصري", ["Nader Almassri", "Nader Mansouri"]),
    ],
)
def test_whoever_is_meant_comes_first(asked: str, best_first: list[str]) -> None:
    lines = {number: likeness.line(name) for number, name in enumerate(reversed(best_first))}
    assert likeness.most_alike(asked, lines)[0] == len(best_first) - 1


def test_somebody_else_is_left_out() -> None:
    lines = {1: likeness.line("محمد المطيري", ""), 2: likeness.line("سعاد الكندري", "Suad Al-Kandari")}
    assert likeness.most_alike("Mohamed Elmutairy", lines) == [1]


def test_of_names_as_much_alike_the_later_one_comes_first() -> None:
    lines = dict.fromkeys((1, 3, 2), likeness.line("محمد المطيري"))
    assert likeness.most_alike("muhamed mtairi", lines) == [3, 2, 1]


@given(st.text(max_size=200))
@example("")
@example("\ud800 \u200f\t\n")
@example("m" * 10_000)
@example("محمد " * 2_000)
def test_whatever_is_typed_can_be_compared(text: str) -> None:
    lines = {"one": likeness.line("محمد المطيري", "Mohammed"), "other": likeness.line(text) or "\t\t\t\t"}
    assert set(likeness.most_alike(text, lines)) <= lines.keys()
