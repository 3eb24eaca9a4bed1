"""How alike two names are, in one script or two: quickly for hundreds of candidates, then closely for the best.

RapidFuzz compares them as `names` spells them; a closer look asks `sounds` how well the letters of one script fit
those of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple, TypeVar

from rapidfuzz import fuzz, process

from carecenter.core import names, sounds
from carecenter.core.text import tokens

_LEAST_ALIKE: Final = {1: 120.0, 2: 150.0}  # of at most 290, by the number of words: one may be a beginning
_SURELY_ALIKE: Final = 180.0
"""For more words; of questions that happen to have keys in common with a name, one in twenty has it."""
_FAR_BEHIND: Final = 0.6  # of the likeness of the best: what is less alike is somebody else
_LOOKED_AT: Final = 40
_CONFUSED: Final = str.maketrans("ضقصطثذح", "ظغستسزه")
"""Arabic letters that sound alike to many who type them, made one."""

Key = TypeVar("Key", int, str)


class Spelled(NamedTuple):
    """A name ready to be compared: its folded words, its parts, as mostly written, letter by letter, and their
    skeletons."""

    words: str
    parts: str
    written: str
    letters: str
    skeletons: str


def most_alike(name: str, lines: Mapping[Key, str]) -> list[Key]:
    """The keys of those lines (as ``line`` writes them) whose names are most like the one asked for, best first; of
    names as much alike the greater key. Whoever is far less alike than the best is left out."""
    asked = spelled(name)
    found = [(key, Spelled(*one.split("\t"))) for key, several in lines.items() for one in several.split("\n")]
    quick = sorted(zip(likeness(asked, [other for _, other in found]), found, strict=True), reverse=True)
    words = asked.parts.count(" ") + 1
    least = max(_LEAST_ALIKE.get(words, _SURELY_ALIKE), _FAR_BEHIND * quick[0][0] if quick else 0.0)
    closely: dict[Key, float] = {}
    for place, (alike, (key, other)) in enumerate(quick):
        if alike >= least:
            judged = closer(asked, other, alike) if place < _LOOKED_AT else alike
            closely[key] = max(judged, closely.get(key, 0.0))
    return sorted(closely, key=lambda key: (closely[key], key), reverse=True)


def line(*of: str) -> str:
    """The names of somebody, ready to be compared, as one text to keep."""
    return "\n".join("\t".join(spelled(name)) for name in of if name)


def spelled(name: str) -> Spelled:
    """A name ready to be compared."""
    found = names.parts(name)
    return Spelled(
        " ".join(tokens(name)),
        " ".join(found),
        " ".join(names.normal(names.readings(part)[0]) for part in found),
        " ".join(names.normal(names.readings(part)[-1] if names.is_arabic(part) else part) for part in found),
        " ".join(names.skeleton(names.readings(part)[0]) for part in found),
    )


def likeness(asked: Spelled, others: list[Spelled]) -> list[float]:
    """How alike each of the names is to the one asked for, at most 290: quick, for hundreds."""
    if not others:
        return []
    columns = Spelled(*map(list, zip(*others, strict=True)))  # type: ignore[arg-type]  # a column each, of strings
    pairs = [(asked.written, columns.written), (asked.written, columns.letters)]
    if names.is_arabic(asked.parts):
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


def closer(asked: Spelled, other: Spelled, quick: float) -> float:
    """The quick likeness after a closer look, which takes longer: for the few that are most alike.

    Between the scripts it is told how well the letters fit; in Arabic, the letters as they were typed, where those
    that sound alike are one; in Latin letters, the name without its spaces. The weights make the three comparable.
    """
    of_asked, of_other = names.is_arabic(asked.parts), names.is_arabic(other.parts)
    if of_asked != of_other:
        return quick + 200 * (_fit(asked, other) if of_asked else _fit(other, asked))
    if not of_asked:
        return quick + fuzz.ratio(asked.written.replace(" ", ""), other.written.replace(" ", ""))
    ones, others = asked.parts.translate(_CONFUSED), other.parts.translate(_CONFUSED)
    as_typed = fuzz.ratio(asked.words, other.words)
    in_order = fuzz.ratio(ones.replace(" ", ""), others.replace(" ", ""))
    return 0.7 * (quick + as_typed + in_order + fuzz.token_sort_ratio(ones, others))


def _fit(arabic: Spelled, latin: Spelled) -> float:
    """From 0 to 1: each part beside the one it fits best, the surest first; a part left over fits nothing."""
    ones, others = dict(enumerate(arabic.parts.split())), dict(enumerate(latin.parts.split()))
    letters = len(arabic.parts) + len(latin.parts) - arabic.parts.count(" ") - latin.parts.count(" ")
    fits = [(sounds.fit(one, other), i, j) for i, one in ones.items() for j, other in others.items()]
    fitting = 0.0
    for fit, i, j in sorted(fits, reverse=True):
        if i in ones and j in others:
            fitting += fit * (len(ones.pop(i)) + len(others.pop(j)))
    return fitting / letters if letters else 0.0


def _ratios(text: str, column: Iterable[str], scorer: Callable[..., float]) -> list[float]:
    listed = list(column)
    ratios = [0.0] * len(listed)
    for _other, ratio, place in process.extract(text, listed, scorer=scorer, limit=None):
        ratios[place] = ratio
    return ratios
