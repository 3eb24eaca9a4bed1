"""Names of people as search compares them: one spelling for both scripts, keys that find, likeness that orders.

A name is cut into parts, the particles (Abd, Abu, Al, Bin) joined to what follows. Each part is read in Latin
letters: an Arabic one as people with this name mostly write it (`resources/names/`), and letter by letter. Of a
reading, vowels and doubled letters say little: its skeleton of consonants is the key. Where the keys are kept
is `queries.people`'s matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process

from carecenter.core.resources import resource
from carecenter.core.text import tokens

_MOST_PARTS: Final = 8
_LONGEST: Final = 40

_ROMAN: Final = str.maketrans(
    dict(zip("ابتجحدرزسصضطظعفقكلمنهويڤپگژڭ", "abtjhdrzssdtzafkklmnhuivbgjg", strict=True))
    | {"ث": "th", "خ": "kh", "ذ": "dh", "ش": "sh", "غ": "gh", "چ": "sh"}
)
_BEFORE: Final = frozenset(
    tokens(
        """
        عبد ابو بو ابن ابي ولد بن ام ال بل abd abdul abdel abdal abdol abed abu abo abou bu bou ben bin ibn um umm
        oum al el il ul ol ell all le bel ad ed as es ar er az ez ash esh an en at et adh dr
        """
    )
)
_AFTER: Final = frozenset(
    tokens(
        """
        الله اللا الدين دين allah ullah ellah alla ulla ollah din deen dine eddine eddin aldin aldine eldin eldine
        uddin addin
        """
    )
)
_SERVANT: Final = ("عبد", "abd", "abed")  # of Allah: not joined to the name before
_PIECES: Final = (
    ("tsch", "\x01"), ("tch", "\x01"), ("sch", "\x01"), ("sh", "\x01"), ("ch", "\x01"), ("ph", "f"), ("ck", "k"),
    ("ou", "u"), ("oo", "u"), ("ee", "i"), ("ea", "i"), ("dh", "d"), ("th", "t"), ("kh", "x"), ("gue", "ge"),
    ("gui", "gi"), ("gh", "g"), ("q", "k"), ("ce", "se"), ("ci", "si"), ("cy", "si"), ("dj", "j"), ("c", "k"),
    ("\x01", "c"),
)  # fmt: skip
"""Spellings of one sound, in the order in which they are put right; ``c`` stands for ش in the end."""
_LETTERS: Final = str.maketrans("wyoepvg", "uiuibfj")
_ARTICLES: Final = (
    (re.compile(r"^و?ال(?=..)"), ""),
    (re.compile(r"^(عبد|ابو|ابي|بو|ابن|بن)ال(?=..)"), r"\1"),
    (re.compile(r"^اب[وي](?=..)"), "بو"),
    (re.compile(r"^ابن"), "بن"),
    (re.compile(r"(?<=..)ال(دين|له)$"), r"\1"),
)
_LATIN_ARTICLES: Final = (
    (re.compile(r"(?<=..)([ea]l|[aeu]d)?d(in|een|ine)$"), "din"),
    (re.compile(r"^(al|el)(?=...)(?!aa|i)"), ""),
    (re.compile(r"^(abd|abed)(ul|el|al|ol|er|ar|es|as|ur|or|ou|o|u|e|a)?(?=..)"), "abd"),
    (re.compile(r"^(abou|abo|abu|bou|bu)(al|el|l)?(?=..)"), "bu"),
    (re.compile(r"^(ibn|ben|bin)(al|el)?(?=..)"), "bn"),
    (re.compile(r"(?<=..)[aeuo]ll?ah?$"), "ala"),
)


class Spelled(NamedTuple):
    """A name ready to be compared: its parts, as mostly written, letter by letter, and their skeletons."""

    parts: str
    written: str
    letters: str
    skeletons: str


def parts(name: str) -> list[str]:
    """The folded parts of a name, particles joined to what they belong to and then made alike."""
    found: list[str] = []
    before = ""
    folded = [word[:_LONGEST] for word in tokens(re.sub(r"['\u2019`]", "", name))][:_MOST_PARTS]
    for place, word in enumerate(folded):
        last = place == len(folded) - 1
        if word in _BEFORE and not last:
            before += word
        elif word in _AFTER and found and not before.startswith(_SERVANT):
            found[-1] += before + word
            before = ""
        elif len(word) > 1 or not word.isascii() or len(folded) == 1:
            found.append(before + word)
            before = ""
    return [_alike(part) for part in (*found, *([before] if before else []))]


def keys(part: str) -> frozenset[str]:
    """The skeletons of a part's readings."""
    return frozenset(filter(None, map(skeleton, readings(part))))


def joined_keys(one: str, other: str) -> frozenset[str]:
    """The skeletons of two parts written as one word."""
    return frozenset(skeleton(a + b) for a in readings(one)[:2] for b in readings(other)[:2])


def near_keys(found: Iterable[str]) -> frozenset[str]:
    """Each skeleton with one consonant left out: two that meet in one of these are a slip apart."""
    return frozenset(key[:at] + key[at + 1 :] for key in found if len(key) > 1 for at in range(len(key)))


@lru_cache(maxsize=20_000)
def readings(part: str) -> tuple[str, ...]:
    """A part in Latin letters, the likeliest first."""
    if not _is_arabic(part):
        article_of_the_west = part.startswith("la") and len(part) >= 6  # Larbi is العربي, Lahyani الحياني
        return (part, part[1:], part[2:]) if article_of_the_west else (part,)
    by_letter = part.translate(_ROMAN)
    written = _written().get(part)
    return (written, by_letter) if written else (by_letter,)


@lru_cache(maxsize=20_000)
def normal(reading: str) -> str:
    """A reading with the spellings of one sound made one, vowels reduced to three."""
    for piece, sound in _PIECES:
        reading = reading.replace(piece, sound)
    return re.sub(r"(.)\1+", r"\1", reading.translate(_LETTERS))


@lru_cache(maxsize=20_000)
def skeleton(reading: str) -> str:
    """The consonants of a reading, and that it begins with a vowel if it does."""
    sounds = normal(reading).replace("z", "d")
    first = sounds[:1]
    if first and first in "aiu":
        first = reading[0] if reading[0] in "wy" else "a"
    return first + "".join(sound for sound in sounds[1:] if sound not in "aiuh")


def spelled(name: str) -> Spelled:
    """A name ready to be compared."""
    found = parts(name)
    return Spelled(
        " ".join(found),
        " ".join(normal(readings(part)[0]) for part in found),
        " ".join(normal(readings(part)[-1] if _is_arabic(part) else part) for part in found),
        " ".join(skeleton(readings(part)[0]) for part in found),
    )


def likeness(asked: Spelled, others: list[Spelled]) -> list[float]:
    """How alike each of the names is to the one asked for; only the order means something."""
    if not others:
        return []
    columns = Spelled(*map(list, zip(*others, strict=True)))  # type: ignore[arg-type]  # a column each, of strings
    pairs = [(asked.written, columns.written), (asked.written, columns.letters)]
    if _is_arabic(asked.parts):
        pairs = [
            (asked.written, columns.written),
            (asked.letters, columns.letters),
            (asked.letters, columns.written),
        ]
    best = [0.0] * len(others)
    for text, column in pairs:
        sorted_, in_order = _ratios(text, column, fuzz.token_sort_ratio), _ratios(text, column, fuzz.ratio)
        best = [max(b, (s + o) / 2) for b, s, o in zip(best, sorted_, in_order, strict=True)]
    for text, column, scorer, weight in (
        (asked.skeletons, columns.skeletons, fuzz.token_sort_ratio, 0.6),
        (asked.skeletons, columns.skeletons, fuzz.ratio, 0.3),
        (asked.parts, columns.parts, fuzz.token_sort_ratio, 0.5),
        (asked.written, columns.written, fuzz.token_set_ratio, 0.5),
    ):
        best = [b + weight * more for b, more in zip(best, _ratios(text, column, scorer), strict=True)]
    return best


def _ratios(text: str, column: Iterable[str], scorer: Callable[..., float]) -> list[float]:
    listed = list(column)
    ratios = [0.0] * len(listed)
    for _other, ratio, place in process.extract(text, listed, scorer=scorer, limit=None):
        ratios[place] = ratio
    return ratios


def _alike(part: str) -> str:
    for pattern, replacement in _ARTICLES if _is_arabic(part) else _LATIN_ARTICLES:
        part = pattern.sub(replacement, part)
    return part


def _is_arabic(part: str) -> bool:
    return any("\u0600" <= letter <= "\u06ff" for letter in part)


@lru_cache(maxsize=1)
def _written() -> dict[str, str]:
    """Arabic part → how people with this name mostly write it."""
    lines = resource("names", "written.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)
