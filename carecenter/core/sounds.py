"""How well a Latin spelling fits an Arabic name, letter by letter.

`resources/names/sounds.tsv` says how likely an Arabic letter, with the vowels beside it, is written as this or that
run of Latin letters; `train.py` there learned it from public pairs of names. What is learned knows that ق is
written k, q or g, and that a vowel between two consonants is mostly not written in Arabic.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

from carecenter.core.resources import resource

LONGEST: Final = 4
"""Latin letters that one Arabic letter may stand for."""

# Costs are negative logarithms of probabilities. A letter that somebody mistyped costs about as much as the rarest
# spelling that is listed.
_LEFT_OUT: Final = 5.0
_OTHER: Final = 7.0
_ADDED: Final = 4.5
_ADDED_VOWEL: Final = 3.0
_VOWELS: Final = frozenset("aeiouyhw")
_HOPELESS: Final = 1.6  # a letter, of both names together


@lru_cache(maxsize=50_000)
def fit(arabic: str, latin: str) -> float:
    """From 0 (nothing in common) to nearly 1; of two words, folded and without spaces."""
    return max(0.0, 1 - _cost(arabic, latin) / (len(arabic) + len(latin)) / _HOPELESS)


def _cost(arabic: str, latin: str) -> float:
    """Of the likeliest way to write these Arabic letters so: the place reached in the Latin word → its cost."""
    added = [_ADDED_VOWEL if letter in _VOWELS else _ADDED for letter in latin]
    runs = [
        [latin[start:end] for end in range(start + 1, min(start + LONGEST, len(latin)) + 1)]
        for start in range(len(latin))
    ]
    reached = [0.0]
    for cost in added:
        reached.append(reached[-1] + cost)
    for letter in arabic:
        costs = _sounds().get(letter, {})
        silent = min(costs.get("", _LEFT_OUT), _LEFT_OUT)
        after = [cost + silent for cost in reached]
        for start, so_far in enumerate(reached[:-1]):
            for end, run in enumerate(runs[start], start + 1):
                there = so_far + costs.get(run, _OTHER if end == start + 1 else math.inf)
                after[end] = min(after[end], there)
        for end, cost in enumerate(added, 1):
            after[end] = min(after[end], after[end - 1] + cost)
        reached = after
    return reached[-1]


@lru_cache(maxsize=1)
def _sounds() -> dict[str, dict[str, float]]:
    """Arabic letter → Latin letters → cost."""
    found: dict[str, dict[str, float]] = {}
    for line in resource("names", "sounds.tsv").read_text(encoding="utf-8").splitlines():
        letter, latin, probability = line.split("\t")
        found.setdefault(letter, {})[latin] = -math.log(float(probability))
    return found
