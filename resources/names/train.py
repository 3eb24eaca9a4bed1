"""Writes `written.tsv`: how Arabic names are mostly written in Latin letters. README.md says from what.

`python resources/names/train.py wikidata2018_pairs.tsv google_ar2en_train.tsv`
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path

from carecenter.core.text import fold


def main(wikidata: Path, google: Path) -> None:
    """The most frequent spelling of each name, where reading it letter by letter does not give it."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for line in wikidata.read_text(encoding="utf-8").splitlines():
        latin, arabic, times = line.split("\t")
        counts[fold(arabic.replace(" ", ""))][fold(latin)] += int(times)
    for line in google.read_text(encoding="utf-8").splitlines():
        arabic, latin = line.split("\t")[:2]
        counts[fold(arabic)][fold(latin)] += 1
    kept = {arabic: spellings.most_common(1)[0][0] for arabic, spellings in counts.items()}
    lines = [f"{arabic}\t{latin}\n" for arabic, latin in sorted(kept.items()) if _is_name(arabic, latin)]
    (Path(__file__).parent / "written.tsv").write_text("".join(lines), encoding="utf-8")


def _is_name(arabic: str, latin: str) -> bool:
    letters = len(arabic) > 1 and all("\u0621" <= letter <= "\u06ff" for letter in arabic)
    return letters and latin.isascii() and latin.isalpha()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
