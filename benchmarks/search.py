"""How good and how fast search is on a given set of articles and questions, in the product's own encrypted store.

`python -m benchmarks.search --articles A.jsonl --queries Q.jsonl --json`; docs/performance.md tells what was seen.
`--meaning` asks a centre for the meaning as well, through the transport that a desk on its own uses; what the model
made of a text is kept in build/ for the next run.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import hashlib
import itertools
import json
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from carecenter import migrations
from carecenter.core.keyslots import KdfCost
from carecenter.core.terms import ArticleKind, Role, Verification
from carecenter.models.article import Article
from carecenter.models.base import Side
from carecenter.models.centre import CentreFact
from carecenter.models.engine import sqlcipher_engine
from carecenter.queries import search, search_index
from carecenter.server import embedding
from carecenter.server.centre import Centre
from carecenter.server.meaning import Meaning
from carecenter.sync.in_process import InProcess
from carecenter.wire import LONGEST_QUESTION, MeaningRequest, NewAccount, SignIn

_LISTED: Final = 10
_NEAR_TOP: Final = 5
_SHORTEST_TYPED: Final = 2
_CHUNK: Final = 2_000

_CACHE: Final = Path("build/meaning")

Ask = Callable[[str], list[str]]
Near = Callable[[str], Mapping[str, float]]


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


class Remembering:
    """The model, with what it made of each article's texts kept for the next run; questions are asked anew."""

    def __init__(self, articles: Sequence[dict[str, Any]]) -> None:
        import numpy as np

        self._model = embedding.load()
        self._file = _CACHE / f"{hashlib.sha256(json.dumps(articles).encode()).hexdigest()[:16]}.npz"
        self._kept: dict[str, Any] = dict(np.load(self._file)) if self._file.exists() else {}

    def phrases(self, said: Sequence[str]) -> Any:
        """One text is a question, several are an article's."""
        return self._model.phrases(said) if len(said) == 1 else self._remembered(self._model.phrases, said)

    def passages(self, written: Sequence[str]) -> Any:
        """What was made before, or now."""
        return self._remembered(self._model.passages, written)

    def _remembered(self, make: Callable[[Sequence[str]], Any], given: Sequence[str]) -> Any:
        key = hashlib.sha256("\n".join((make.__name__, *given)).encode()).hexdigest()
        if key not in self._kept:
            self._kept[key] = make(given)
        return self._kept[key]

    def keep(self) -> None:
        """For the next run."""
        import numpy as np

        _CACHE.mkdir(parents=True, exist_ok=True)
        np.savez(self._file, **self._kept)


@contextmanager
def meaning(folder: Path, rows: Sequence[dict[str, Any]]) -> Iterator[Near]:
    """A centre that has read the articles, asked as a desk on its own asks its centre."""
    engine = sqlcipher_engine(folder / "centre.db", secrets.token_bytes(32), foreign_keys=True)
    migrations.bring_up_to_date(engine, Side.CENTRE)
    with Session(engine) as session:
        session.add(CentreFact(name="generation", value="benchmark"))
        session.add_all(map(article, rows))
        session.commit()
    moments = itertools.count()

    def clock() -> dt.datetime:  # a second a look, so that nobody asks too much a minute
        return dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=next(moments))

    centre = Centre(engine, clock, cost=KdfCost.MINIMAL)
    centre.meanings.close()
    remembering = Remembering(rows)
    centre.meanings = Meaning(centre.transaction, load=lambda: remembering)
    centre.initialise()
    centre.create_account(NewAccount(name="asks", password="a long sentence", role=Role.AGENT))
    transport = InProcess(centre)
    token = transport.sign_in(
        SignIn(name="asks", password="a long sentence", device_id="benchmark", device_name="")
    ).token
    began = time.perf_counter()
    centre.meanings.catch_up()
    remembering.keep()
    print(f"{len(rows)} articles read by the model in {time.perf_counter() - began:.1f} s (or kept from before)")
    try:
        yield lambda line: {
            near.id: near.likeness
            for near in transport.meaning(token, MeaningRequest(question=line[-LONGEST_QUESTION:])).articles
        }
    finally:
        transport.close()
        centre.close()


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
    parser.add_argument("--meaning", action="store_true", help="with the centre's meaning")
    parser.add_argument(
        "--first", type=int, help="only so many articles, those that a question is about before others"
    )
    parser.add_argument("--json", action="store_true", help="only the figures, as one object")
    options = parser.parse_args()
    wanted = options.language_of_results
    rows = [row for row in read(options.articles) if wanted in ("any", row["language"])]
    queries = read(options.queries)
    if options.first is not None:
        wanted_ids = {one for query in queries for one in query["relevant"]}
        rows = sorted(rows, key=lambda row: row["id"] not in wanted_ids)[: options.first]
    with ExitStack() as held:
        folder = held.enter_context(tempfile.TemporaryDirectory())
        near = held.enter_context(meaning(Path(folder), rows)) if options.meaning else None
        engine = sqlcipher_engine(Path(folder) / "store.db", secrets.token_bytes(32), foreign_keys=False)
        migrations.bring_up_to_date(engine, Side.DESK)
        began = time.perf_counter()
        with Session(engine) as session:
            fill(session, rows)
        filled = time.perf_counter() - began
        with Session(engine) as session:

            def ask(line: str) -> list[str]:
                found = search.nearest(session, line, near(line) if near else None, _LISTED)
                return [one.id for one in found.order]

            figures = quality(ask, queries)
            if options.typing:
                figures |= typing(ask, queries[:200])
        engine.dispose()
    if not options.json:
        print(f"{len(rows)} articles indexed in {filled:.1f} s, {len(queries)} questions")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
