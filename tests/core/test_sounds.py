"""A spelling that people use for a name fits it better than that of another name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecenter.core import sounds


@pytest.mark.parametrize(
    ("arabic", "latin", "other"),
    [
        ("شاكر", "chaker", "saker"),
        ("قاسم", "gasem", "hasem"),
        ("ظافر", "thafer", "nafer"),
        ("وجدي", "wejdi", "mejdi"),
    ],
)
def test_a_spelling_fits_its_name(arabic: str, latin: str, other: str) -> None:
    assert 1 > sounds.fit(arabic, latin) > sounds.fit(arabic, other) > 0


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_whatever_is_compared_has_a_fit(arabic: str, latin: str) -> None:
    assert 0 <= sounds.fit(arabic, latin) <= 1
