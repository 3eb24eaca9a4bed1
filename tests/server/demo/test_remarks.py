"""What agents of the demonstration write: something for every occasion, in the caller's language."""

from random import Random

import pytest

from carecenter.core.terms import Language, Outcome
from carecenter.server.demo.remarks import Occasion, ending, remark


@pytest.mark.parametrize("language", Language)
def test_every_occasion_and_every_outcome_has_words_in_the_callers_language(language: Language) -> None:
    written = [remark(occasion, language, Random(0)) for occasion in Occasion]
    written += [ending(outcome, language) for outcome in Outcome]
    assert all(words.isascii() is (language is Language.ENGLISH) for words in written)
    assert len(set(written)) == len(Occasion) + len(Outcome)
