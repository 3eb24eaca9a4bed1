"""How a reference is read aloud, in the caller's language.

The words are those of the caller's language, whatever language the screen is in, so they stand here and not
in the catalogues.
"""

from __future__ import annotations

from typing import Final

from carecenter.core import reference
from carecenter.core.terms import Language

_WORDS: Final = {
    Language.ENGLISH: ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    Language.ARABIC: ("صفر", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة"),
}
_COMMA: Final = {Language.ENGLISH: ", ", Language.ARABIC: "، "}
_SENTENCE: Final = {
    Language.ENGLISH: "Your reference number is: {digits}.",
    Language.ARABIC: "رقم المتابعة الخاص بك هو: {digits}.",
}
_PAUSE: Final = " — "


def digits_aloud(number: str, language: Language) -> str:
    """``zero, four, seven, two — nine, one, five — six, four, four``: a comma a digit, a dash a group.

    `number` is a reference as stored. Raises ValueError for anything that is not ten ASCII digits.
    """
    words = _WORDS[language]
    comma = _COMMA[language]
    return _PAUSE.join(comma.join(words[int(digit)] for digit in group) for group in reference.split(number))


def reference_aloud(number: str, language: Language) -> str:
    """The whole sentence in which an agent gives the reference to a caller; raises as `digits_aloud`."""
    return _SENTENCE[language].format(digits=digits_aloud(number, language))
