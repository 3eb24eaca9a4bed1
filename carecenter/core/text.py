"""What is done to people's text: making it safe to keep, folding it for search, telling its script.

Matching names across scripts and stemming for the knowledge base are not here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_LINE_BREAKS: Final = dict.fromkeys(("\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"), "\n")

# Embeddings, overrides and isolates reach over everything up to their end, so one that somebody pasted could
# turn a whole line of another person's screen around. The marks U+200E, U+200F and U+061C stay: they touch
# only the punctuation beside them, Arabic keyboards and messengers type them on purpose, and without them a
# sentence that was right would be shown wrong. Joiners (U+200C, U+200D) are spelling. U+FEFF is a byte order
# mark gone astray.
_DIRECTION_CHANGERS: Final = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_REMOVED: Final = dict.fromkeys(
    {*range(0x20), *range(0x7F, 0xA0), 0xFEFF, *_DIRECTION_CHANGERS} - {ord("\n"), ord("\t")}
)

_FOLDED_LETTERS: Final = str.maketrans(
    {
        # Arabic. The hamza on alef, waw and yeh falls away with the marks; these do not decompose.
        "ٱ": "ا",
        "ء": "",
        "ة": "ه",
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ے": "ي",
        "ک": "ك",
        "ھ": "ه",
        "ہ": "ه",
        "ە": "ه",
        "ـ": "",
        # Latin letters whose stroke or ligature Unicode does not decompose.
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "ı": "i",
    }
)


_BETWEEN_DIGITS: Final = "\\s\\-./()\u00ad\u061c\u200b-\u200f\u2010-\u2015\u2060-\u2064"
_NUMBER: Final = re.compile(rf"\+?\d(?:[{_BETWEEN_DIGITS}]*\d){{3,}}")
_ADDRESS: Final = re.compile(r"\S+@\S*")


def plain(text: str) -> str:
    """`text` as it may be kept: line breaks become newlines, what could mislead or break a screen is removed.

    Removed are control characters except tab and newline, characters that turn the direction of whole lines,
    and halves of surrogate pairs (which no database can store). Everything else is kept as it was typed.
    """
    for line_break, newline in _LINE_BREAKS.items():
        text = text.replace(line_break, newline)
    text = text.translate(_REMOVED)
    return text if text.isascii() else "".join(c for c in text if not 0xD800 <= ord(c) <= 0xDFFF)


def ascii_digits(text: str) -> str:
    """`text` with the decimal digits of every script (٣, ۳, ３) written 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def visible(text: str) -> str:
    """`text` without white space of any kind and without invisible format characters such as bidi marks."""
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Cf")


def without_numbers(text: str) -> str:
    """`text` with an ellipsis in place of numbers of four digits or more, in any script and however they are
    grouped, and of e-mail addresses: each may be a person's."""
    return _ADDRESS.sub("…", _NUMBER.sub("…", text))


def fold(text: str) -> str:
    """`text` as search compares it: what people write differently and mean alike comes out the same.

    Case, diacritics and vowel marks, forms of hamza and alef, teh marbuta, alef maqsura, Persian letters,
    tatweel, presentation forms, digits of other scripts, invisible characters and runs of white space make no
    difference. For comparing only: what is shown and kept is the text itself. Folding twice changes nothing.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).casefold()
        # By combining class rather than by category: Indic vowel signs are marks as well, yet they are
        # letters.
        marks_apart = unicodedata.normalize("NFD", text)
        bare = (c for c in marks_apart if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
        text = ascii_digits(unicodedata.normalize("NFC", "".join(bare).translate(_FOLDED_LETTERS)))
    return " ".join(text.casefold().split())


def tokens(text: str) -> list[str]:
    """The folded words and numbers of `text` in their order; punctuation and symbols only separate them."""
    return "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in fold(text)).split()


def words(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """Where each word of `text` begins and ends as it is written, and the tokens it is folded to."""
    start = None
    for place, c in enumerate(f"{text} "):
        if _belongs_to_a_word(c):
            start = place if start is None else start
        elif start is not None:
            if found := tokens(text[start:place]):
                yield start, place, found
            start = None


@lru_cache(maxsize=4096)
def _belongs_to_a_word(c: str) -> bool:
    """Letters and digits do; so do marks, tatweel and what is invisible, which fold to nothing."""
    return bool(tokens(c)) or not (c.isspace() or fold(c))


def is_arabic(text: str) -> bool:
    """Whether most of its letters belong to the Arabic script; False for a text without letters."""
    letters = [unicodedata.bidirectional(c) == "AL" for c in text if c.isalpha()]
    return sum(letters) * 2 > len(letters)
