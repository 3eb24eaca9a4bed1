"""How a reference is read aloud."""

from __future__ import annotations

import pytest

from carecenter.core import i18n, speech
from carecenter.core.terms import Language


def test_a_reference_is_spoken_digit_by_digit_with_pauses_in_english() -> None:
    spoken = speech.digits_aloud("0472915644", Language.ENGLISH)

    assert spoken == "zero, four, seven, two — nine, one, five — six, four, four"


def test_a_reference_is_spoken_digit_by_digit_with_pauses_in_arabic() -> None:
    spoken = speech.digits_aloud("0472915644", Language.ARABIC)

    assert spoken == "صفر، أربعة، سبعة، اثنان — تسعة، واحد، خمسة — ستة، أربعة، أربعة"


@pytest.mark.parametrize("language", list(Language))
def test_each_digit_has_a_word_of_its_own(language: Language) -> None:
    words = speech.digits_aloud("0123456789", language).replace(" —", "،").replace(",", "،").split("، ")

    assert len(set(words)) == 10


def test_the_sentence_is_in_the_callers_language_whatever_the_screens() -> None:
    before = i18n.language()
    sentences = set()
    try:
        for screen in i18n.LANGUAGES:
            i18n.set_language(screen)
            sentences.add(speech.reference_aloud("0472915644", Language.ARABIC))
    finally:
        i18n.set_language(before)

    assert sentences == {
        "رقم المتابعة الخاص بك هو: صفر، أربعة، سبعة، اثنان — تسعة، واحد، خمسة — ستة، أربعة، أربعة."
    }


def test_only_a_whole_reference_is_read_out() -> None:
    with pytest.raises(ValueError, match="ten ASCII digits"):
        speech.reference_aloud("0472", Language.ENGLISH)
