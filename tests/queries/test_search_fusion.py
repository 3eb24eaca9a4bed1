"""Two lists made one, and the row that somebody is about to choose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecenter.queries.search_fusion import fused, keeping

WORDS = {"renewal": 9.0, "passport": 4.0, "fines": 1.0}


def _ids(words: dict[str, float], meaning: dict[str, float]) -> list[str]:
    return [one.id for one in fused(words, meaning)]


def test_without_the_meaning_the_words_decide() -> None:
    assert _ids(WORDS, {}) == ["renewal", "passport", "fines"]
    assert not any(one.by_meaning for one in fused(WORDS, {}))


def test_what_has_none_of_the_words_is_found_by_its_meaning() -> None:
    found = fused({}, {"lost-card": 0.6, "passport": 0.4})
    assert [one.id for one in found] == ["lost-card", "passport"]
    assert found[0].by_meaning


def test_the_meaning_lifts_what_the_words_only_touch() -> None:
    found = fused(WORDS, {"fines": 0.8, "renewal": 0.3, "other": 0.2})
    assert [one.id for one in found][:2] == ["fines", "renewal"]
    assert [one.id for one in found if one.by_meaning] == ["fines"]


def test_what_is_hardly_alike_is_not_shown_for_its_meaning_alone() -> None:
    assert _ids({}, {"far": 0.1}) == []
    assert _ids(WORDS, {"far": 0.1}) == list(WORDS)


@pytest.mark.parametrize(
    ("kept", "order"),
    [("b", ["d", "b", "a"]), ("a", ["a", "d", "b"]), ("", ["d", "a", "b"]), ("gone", ["d", "a", "b"])],
)
def test_the_row_somebody_is_on_stays_in_its_place(kept: str, order: list[str]) -> None:
    assert keeping(["d", "a", "b"], ["a", "b"], kept) == order


@given(
    st.lists(st.sampled_from("abcdefgh"), unique=True),
    st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1),
    st.data(),
)
def test_it_stays_in_its_place_whatever_comes(order: list[str], shown: list[str], data: st.DataObject) -> None:
    kept = data.draw(st.sampled_from(shown))
    new = keeping(order, shown, kept)
    assert len(new) == len(set(new))
    assert set(new) == {*order, kept}
    if shown.index(kept) < len(new):
        assert new.index(kept) == shown.index(kept)
