"""Names of people as search finds them: one spelling for both scripts, and keys by which different spellings meet.

A name is cut into parts, the particles (Abd, Abu, Al, Bin) joined to what follows. Each part is read in Latin
letters: an Arabic one as people with this name mostly write it (`resources/names/`), and letter by letter. Of a
reading, vowels and doubled letters say little: its skeleton of consonants is the key. How alike two names are is
`likeness`'s matter, where the keys are kept that of `queries.people` and `server.namesakes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from carecenter.core.resources import resource
from carecenter.core.text import tokens

_MOST_PARTS: Final = 8
_LONGEST: Final = 40

_ROMAN: Final = str.maketrans(
    dict(zip("ابتجحدرزسصضطظعفقكلمنهويڤپگژڭ", "abtjhdrzssdtzafkklmnhuivbgjg", strict=True))
    | {"ث": "th", "خ": "kh", "ذ": "dh", "ش": "sh", "غ": "gh", "چ": "sh"}
)
_MET: Final = re.compile("(?<=[تطدضكقسص])(?=[هح])")  # k and h, not kh: there is a vowel between them
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
_MISTYPED_BEFORE: Final = re.compile(r"(?:[aeiou]b+e?d+|b+d+)(?:[aeiou]*l+)?|ab+[ou]+|[aeiou]{1,2}l+")
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
    (re.compile(r"^و?ال(?!ياس$)(?=..)"), ""),
    (re.compile(r"^(عبد|ابو|ابي|بو|ابن|بن)ال(?=..)"), r"\1"),
    (re.compile(r"^اب[وي](?=..)"), "بو"),
    (re.compile(r"^ابن"), "بن"),
    (re.compile(r"(?<=..)ال(دين|له)$"), r"\1"),
)
_LATIN_ARTICLES: Final = (
    (re.compile(r"(?<=..)([ea]l|[aeu]d)?d(in|een|ine)$"), "din"),
    (re.compile(r"^(al|el)(?=...)(?!aa|i)"), ""),
    (re.compile(r"^([aeiou]b+e?d+|b+d+)([aeiou]l+(?!ah?$)|er|ar|es|as|ur|or|ou|o|u|e|a|i)?(?=..)"), "abd"),
    (re.compile(r"^(ab+(ou|oo|o|u)|bou|bu)(al|el|l)?(?=..)"), "bu"),
    (re.compile(r"^(ibn|ben|bin)(al|el)?(?=..)"), "bn"),
    (re.compile(r"(?<=..)[aeuo]ll?ah?$"), "ala"),
)


def parts(name: str) -> list[str]:
    """The folded parts of a name, particles joined to what they belong to and then made alike."""
    found: list[str] = []
    before = ""
    folded = [word[:_LONGEST] for word in tokens(re.sub(r"['\u2019`]", "", name))][:_MOST_PARTS]
    for place, word in enumerate(folded):
        last = place == len(folded) - 1
        if not last and (word in _BEFORE or _MISTYPED_BEFORE.fullmatch(word)):
            before += word
        elif word in _AFTER and found and not before.startswith(_SERVANT):
            found[-1] += before + word
            before = ""
        elif len(word) > 1 or not word.isascii() or len(folded) == 1:
            found.append(before + word)
            before = ""
    return [_alike(part) for part in (*found, *([before] if before else []))]


def keys(part: str) -> frozenset[str]:
    """The skeletons of a part's readings, and of what one of its letters may stand for in another country."""
    found = readings(part)
    heard = [found[-1].replace("th", "s")] if is_arabic(part) else _heard(part)
    return frozenset(filter(None, map(skeleton, (*found, *heard))))


def joined_keys(one: str, other: str) -> frozenset[str]:
    """The skeletons of two parts written as one word."""
    return frozenset(skeleton(a + b) for a in readings(one)[:2] for b in readings(other)[:2])


def near_keys(found: Iterable[str]) -> frozenset[str]:
    """Each skeleton with one consonant left out: two that meet in one of these are a slip apart."""
    return frozenset(key[:at] + key[at + 1 :] for key in found if len(key) > 1 for at in range(len(key)))


@lru_cache(maxsize=20_000)
def readings(part: str) -> tuple[str, ...]:
    """A part in Latin letters, the likeliest first."""
    if not is_arabic(part):
        article_of_the_west = part.startswith("la") and len(part) >= 6  # Larbi is العربي, Lahyani الحياني
        return (part, part[1:], part[2:]) if article_of_the_west else (part,)
    letters, written = by_letter(part), _written().get(part)
    return (written, letters) if written else (letters,)


def by_letter(part: str) -> str:
    """An Arabic part in Latin letters, one after the other; the vowels that Arabic does not write are missing."""
    letters = _MET.sub("ا", part).translate(_ROMAN)
    return {"u": "w", "i": "y"}.get(letters[:1], letters[:1]) + letters[1:]


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
        consonant = "w" if re.match("ou[aei]", reading) else reading[0]
        first = consonant if consonant in "wy" else "a"
    return first + "".join(sound for sound in sounds[1:] if sound not in "aiuh")


def _alike(part: str) -> str:
    for pattern, replacement in _ARTICLES if is_arabic(part) else _LATIN_ARTICLES:
        part = pattern.sub(replacement, part)
    return part


def _heard(part: str) -> list[str]:
    """Other readings of Latin letters that stand for several Arabic ones: g is ج, غ or ق; th is ث, ذ or ظ."""
    others = [re.sub("g(?!h)", "k", part), part.replace("th", "dh")]
    return [other for other in others if other != part]


def is_arabic(part: str) -> bool:
    """Whether a folded part has Arabic letters."""
    return any("\u0600" <= letter <= "\u06ff" for letter in part)


@lru_cache(maxsize=1)
def _written() -> dict[str, str]:
    """Arabic part → how people with this name mostly write it."""
    lines = resource("names", "written.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)
