"""Writes `written.tsv` and `sounds.tsv`: how Arabic names, and Arabic letters, are written in Latin letters.

`python resources/names/train.py wikidata2018_pairs.tsv google_ar2en_train.tsv`, a minute; README.md says from what.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rapidfuzz import fuzz

from carecenter.core import names
from carecenter.core.sounds import LONGEST
from carecenter.core.text import fold

Pairs = dict[tuple[str, str], int]
Sounds = dict[tuple[str, str], float]

_ROUNDS: Final = 5
_MOST: Final = 5  # a pair that is seen more often teaches no more than this
_LEAST_LIKELY: Final = 0.002
_UNSEEN: Final = 1e-7
_TRANSLATED: Final = 50  # per cent alike: Egyptian for مصري is no spelling


def main(wikidata: Path, google: Path) -> None:
    """Read the pairs, write the tables."""
    pairs = _read(wikidata, google)
    lines = [f"{arabic}\t{latin}\n" for arabic, latin in sorted(_written(pairs).items())]
    (Path(__file__).parent / "written.tsv").write_text("".join(lines), encoding="utf-8")
    likely = sorted(item for item in _learned(pairs).items() if item[1] > _LEAST_LIKELY)
    lines = [f"{letter}\t{latin}\t{probability:.4f}\n" for (letter, latin), probability in likely]
    (Path(__file__).parent / "sounds.tsv").write_text("".join(lines), encoding="utf-8")


def _read(wikidata: Path, google: Path) -> Pairs:
    pairs: Counter[tuple[str, str]] = Counter()
    for line in wikidata.read_text(encoding="utf-8").splitlines():
        latin, arabic, times = line.split("\t")
        pairs[fold(arabic.replace(" ", "")), fold(latin)] += int(times)
    for line in google.read_text(encoding="utf-8").splitlines():
        arabic, latin = line.split("\t")[:2]
        pairs[fold(arabic), fold(latin)] += 1
    return {pair: times for pair, times in pairs.items() if _is_name(*pair)}


def _is_name(arabic: str, latin: str) -> bool:
    letters = len(arabic) > 1 and all("\u0621" <= letter <= "\u06ff" for letter in arabic)
    return letters and latin.isascii() and latin.isalpha()


def _written(pairs: Pairs) -> dict[str, str]:
    """Part of a name → its most frequent spelling; of two as frequent, the one nearer to its letters."""
    best: dict[str, tuple[int, float, str]] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for (arabic, latin), times in pairs.items():
        ar, la = names.parts(arabic), names.parts(latin)
        if len(ar) == len(la) == 1:
            # An article that is written in both is nobody's name; other beginnings may be.
            counts[ar[0], la[0] if arabic.startswith("ال") else latin] += times
    for (arabic, latin), times in counts.items():
        by_letter = names.by_letter(arabic)
        bare = fuzz.ratio(names.skeleton(by_letter), names.skeleton(latin))
        whole = fuzz.ratio(names.normal(by_letter), names.normal(latin))
        if len(arabic) > 1 and max(bare, whole) >= _TRANSLATED:
            best[arabic] = max(best.get(arabic, (0, 0.0, "")), (times, bare + whole, latin))
    return {arabic: latin for arabic, (_, _, latin) in best.items()}


def _learned(pairs: Pairs) -> Sounds:
    """Letter and what it is written as → how likely that is; by expectation maximisation over all alignments."""
    short = {
        pair: min(times, _MOST)
        for pair, times in pairs.items()
        if len(pair[0]) <= 10 and len(pair[1]) <= min(14, 3 * len(pair[0]))
    }
    sounds: Sounds = {}
    for _ in range(_ROUNDS):
        counts: Sounds = defaultdict(float)
        for (arabic, latin), times in short.items():
            for sound, share in _expected(arabic, latin, sounds):
                counts[sound] += times * share
        totals: dict[str, float] = defaultdict(float)
        for (letter, _), count in counts.items():
            totals[letter] += count
        sounds = {sound: count / totals[sound[0]] for sound, count in counts.items() if count > 0.05}
    return sounds


def _expected(arabic: str, latin: str, sounds: Sounds) -> Iterator[tuple[tuple[str, str], float]]:
    """Each letter with each run of letters it may be written as in this pair, and how likely that is (forward and
    backward over the alignments)."""
    ends = len(latin) + 1
    steps = [
        [[(end, _likely(letter, latin[start:end], sounds)) for end in _ends(start, ends)] for start in range(ends)]
        for letter in arabic
    ]
    forward = [[1.0] + [0.0] * len(latin)]
    for by_start in steps:
        reached = [0.0] * ends
        for start, so_far in enumerate(forward[-1]):
            for end, likely in by_start[start] if so_far else ():
                reached[end] += so_far * likely
        forward.append(reached)
    whole = forward[-1][-1]
    if whole < 1e-30:
        return
    backward = [0.0] * len(latin) + [1.0]
    for place in range(len(arabic) - 1, -1, -1):
        before = [0.0] * ends
        for start, so_far in enumerate(forward[place]):
            for end, likely in steps[place][start] if so_far else ():
                if backward[end]:
                    before[start] += likely * backward[end]
                    yield (arabic[place], latin[start:end]), so_far * likely * backward[end] / whole
        backward = before


def _ends(start: int, ends: int) -> range:
    return range(start, min(start + LONGEST + 1, ends))


def _likely(letter: str, run: str, sounds: Sounds) -> float:
    return sounds.get((letter, run), _UNSEEN) if sounds else 0.25 ** len(run)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
