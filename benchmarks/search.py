"""How good and how fast search is on a given set of articles and questions, in the product's own encrypted store.

`python -m benchmarks.search --articles A.jsonl --queries Q.jsonl --json`; docs/performance.md tells what was seen.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import json
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from carecenter import migrations
from carecenter.core.terms import ArticleKind, Verification
from carecenter.models.article import Article
from carecenter.models.base import Side
from carecenter.models.engine import sqlcipher_engine
from carecenter.queries import search_index, search_ranking

_LISTED: Final = 10
_NEAR_TOP: Final = 5
_SHORTEST_TYPED: Final = 2
_CHUNK: Final = 2_000

Ask = Callable[[str], list[str]]


def read(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines, compressed or not."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    return [json.loads(line) for line in text.split("\n") if line]


def article(row: dict[str, Any]) -> Article:
    """A row of the set as the product keeps an article."""
    content = {"title": row["title"], "summary": row["body"]}
    return Article(
        id=row["id"],
        version=1,
        kind=ArticleKind.SERVICE,
        title_ar=row["title"][:300],
        title_en=row["title"][:300],
        verification=Verification.PUBLIC_LIST,
        reviewed_on=dt.date(2026, 1, 1),
        content={row["language"]: content},
    )


def fill(session: Session, rows: Iterable[dict[str, Any]]) -> None:
    """Put the articles into the store and its index."""
    kept = list(rows)
    for start in range(0, len(kept), _CHUNK):
        chunk = [article(row) for row in kept[start : start + _CHUNK]]
        session.add_all(chunk)
        session.flush()
        search_index.index(session, {("article", row.id) for row in chunk})
        session.commit()
        session.expunge_all()


def quality(ask: Ask, queries: list[dict[str, Any]]) -> dict[str, float]:
    """Recall among the first and the first five, mean reciprocal rank among ten, and what each question took."""
    ranks, times = [], []
    for query in queries:
        began = time.perf_counter()
        found = ask(query["text"])[:_LISTED]
        times.append((time.perf_counter() - began) * 1000)
        ranks.append(next((place for place, one in enumerate(found, 1) if one in query["relevant"]), 0))
    share = 1 / len(ranks)
    return {
        "recall@1": round(share * sum(rank == 1 for rank in ranks), 4),
        "recall@5": round(share * sum(0 < rank <= _NEAR_TOP for rank in ranks), 4),
        "mrr@10": round(share * sum(1 / rank for rank in ranks if rank), 4),
        **percentiles("", times),
    }


def typing(ask: Ask, queries: list[dict[str, Any]]) -> dict[str, float]:
    """The times of every prefix as typed, and how much has been typed when the article is among the first five."""
    times, shares = [], []
    for query in queries:
        text, share = query["text"], 1.0
        for end in range(_SHORTEST_TYPED, len(text) + 1):
            began = time.perf_counter()
            found = ask(text[:end])[:_NEAR_TOP]
            times.append((time.perf_counter() - began) * 1000)
            if share == 1.0 and set(found) & set(query["relevant"]):
                share = end / len(text)
        shares.append(share)
    return {**percentiles("typing_", times), "share_typed": round(statistics.median(shares), 3)}


def percentiles(name: str, times: list[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds."""
    ordered = sorted(times)
    return {
        f"{name}p{share}_ms": round(ordered[min(len(ordered) - 1, len(ordered) * share // 100)], 2)
        for share in (50, 95, 99)
    }


def main() -> None:
    """Fill a store, ask all questions, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--language-of-results", choices=("any", "ar", "en"), default="any")
    parser.add_argument("--typing", action="store_true", help="each prefix of the first 200 questions as well")
    parser.add_argument("--json", action="store_true", help="only the figures, as one object")
    options = parser.parse_args()
    wanted = options.language_of_results
    rows = [row for row in read(options.articles) if wanted in ("any", row["language"])]
    queries = read(options.queries)
    with tempfile.TemporaryDirectory() as folder:
        engine = sqlcipher_engine(Path(folder) / "store.db", secrets.token_bytes(32), foreign_keys=False)
        migrations.bring_up_to_date(engine, Side.DESK)
        began = time.perf_counter()
        with Session(engine) as session:
            fill(session, rows)
        filled = time.perf_counter() - began
        with Session(engine) as session:

            def ask(line: str) -> list[str]:
                return search_ranking.nearest(session, "article", line, _LISTED)

            figures = quality(ask, queries)
            if options.typing:
                figures |= typing(ask, queries[:200])
        engine.dispose()
    if not options.json:
        print(f"{len(rows)} articles indexed in {filled:.1f} s, {len(queries)} questions")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
