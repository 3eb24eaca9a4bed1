"""All sets of a folder, one after the other: `python -m benchmarks.search_sets FOLDER` prints one line for each.

The folder holds ``kb/`` (articles and queries) and ``names/`` (people and queries), as `benchmarks.search` and
`benchmarks.names` read them.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

from carecenter.server import embedding

_ARTICLES: Final = (
    ("faq.articles.jsonl", "faq_msa.queries.jsonl"),
    ("faq.articles.jsonl", "faq_palestinian.queries.jsonl"),
    ("faq.articles.jsonl", "faq_english.queries.jsonl"),
    ("faq_arabic_only.articles.jsonl", "faq_english.queries.jsonl"),
    ("faq_english_only.articles.jsonl", "faq_msa.queries.jsonl"),
    ("arabic.articles.jsonl.gz", "arcd.queries.jsonl"),
    ("arabic_large.articles.jsonl.gz", "arcd.queries.jsonl"),
)


_NAMES: Final = (
    ("dev_people_arabic.jsonl.gz", "dev_latin_to_arabic.jsonl"),
    ("dev_people_arabic.jsonl.gz", "dev_latin_typo_to_arabic.jsonl"),
    ("dev_people_arabic.jsonl.gz", "dev_arabic_typo_to_arabic.jsonl"),
    ("dev_people_latin.jsonl.gz", "dev_arabic_to_latin.jsonl"),
    ("dev_people_latin.jsonl.gz", "dev_latin_variant_to_latin.jsonl"),
)


_READ_SOON: Final = "faq"
"""What the sets begin with that are small enough for the model of search by meaning."""


def measure(module: str, option: str, rows: Path, queries: Path, *more: str) -> None:
    """One set, in a process of its own; its figures are printed beside its names."""
    command = [sys.executable, "-m", module, option, str(rows), "--queries", str(queries), "--json", *more]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
    print(f"{rows.name}  {queries.name}  {' '.join((*more, told))}", flush=True)


def main() -> None:
    """Every set that is there."""
    folder = Path(sys.argv[1])
    for articles, queries in _ARTICLES:
        measure("benchmarks.search", "--articles", folder / "kb" / articles, folder / "kb" / queries)
        if embedding.is_installed() and articles.startswith(_READ_SOON):
            measure(
                "benchmarks.search", "--articles", folder / "kb" / articles, folder / "kb" / queries, "--meaning"
            )
    for people, queries in _NAMES:
        measure("benchmarks.names", "--people", folder / "names" / people, folder / "names" / queries)


if __name__ == "__main__":
    main()
