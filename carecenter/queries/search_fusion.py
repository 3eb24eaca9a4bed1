"""Two lists made one: articles that have the words of a question, and articles that mean what it means.

The words are scored on the workstation (`search_ranking`), the meaning at the centre. docs/performance.md tells how
the weights were chosen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

_MEANING: Final = 4.0
"""What a likeness of one, above that of the last that the centre names, weighs against the best by words."""

_LEAST_OF_BEST: Final = 0.12
"""The likeness that one article at least has to have: else the question is about nothing that is here."""

_LEAST: Final = 0.04
"""A likeness under which an article without any of the words is not worth showing."""


class Fused(NamedTuple):
    """An article in its place; ``by_meaning``: rather because of what it means than because of its words."""

    id: str
    by_meaning: bool


def fused(by_words: Mapping[str, float], by_meaning: Mapping[str, float]) -> list[Fused]:
    """Best first: id → score by words, id → likeness (a cosine) by meaning; either may be empty."""
    best = max(by_words.values(), default=1.0) or 1.0
    last = min(by_meaning.values(), default=0.0)
    words = {one: score / best for one, score in by_words.items()}
    meaning = {one: _MEANING * (likeness - last) for one, likeness in by_meaning.items()}
    least = _LEAST if max(by_meaning.values(), default=0.0) >= _LEAST_OF_BEST else math.inf
    named = [*words, *(one for one, likeness in by_meaning.items() if one not in words and likeness >= least)]
    scores = {one: words.get(one, 0.0) + meaning.get(one, 0.0) for one in named}
    order = sorted(scores, key=lambda one: -scores[one])
    return [Fused(one, meaning.get(one, 0.0) > words.get(one, 0.0)) for one in order]


def keeping(order: Sequence[str], shown: Sequence[str], kept: str) -> list[str]:
    """``order``, but with ``kept`` where it is among ``shown``: the row that somebody is about to choose."""
    if kept not in shown:
        return list(order)
    others = [one for one in order if one != kept]
    place = shown.index(kept)
    return [*others[:place], kept, *others[place:]]
