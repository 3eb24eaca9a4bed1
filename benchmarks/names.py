"""How surely and how fast people are found by their names, in the product's own encrypted store.

`python -m benchmarks.names --people P.jsonl --queries Q.jsonl --json`; docs/performance.md tells what was seen.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import secrets
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from benchmarks.search import percentiles, read
from carecenter import migrations
from carecenter.models.base import Side
from carecenter.models.caller import Caller
from carecenter.models.engine import sqlcipher_engine
from carecenter.queries import people, search_index

_LISTED: Final = 5
_CHUNK: Final = 5_000


def caller(row: dict[str, Any]) -> Caller:
    """A row of the set as the product keeps a caller."""
    return Caller(
        id=row["id"],
        version=1,
        name_ar=row.get("name_ar", "")[:200],
        name_en=row.get("name_en", "")[:200],
        registered_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )


def fill(session: Session, rows: list[dict[str, Any]]) -> None:
    """Put the people into the store and its index."""
    for start in range(0, len(rows), _CHUNK):
        chunk = [caller(row) for row in rows[start : start + _CHUNK]]
        session.add_all(chunk)
        session.flush()
        search_index.index(session, {("caller", row.id) for row in chunk})
        session.commit()
        session.expunge_all()


def measure(session: Session, queries: list[dict[str, Any]]) -> dict[str, float]:
    """How often the one who is meant stands first, and among the first five; what each query took."""
    first = among = 0
    times = []
    for query in queries:
        began = time.perf_counter()
        found = people.find(session, query["text"], _LISTED)
        times.append((time.perf_counter() - began) * 1000)
        first += bool(set(found[:1]) & set(query["relevant"]))
        among += bool(set(found) & set(query["relevant"]))
    share = 1 / len(queries)
    return {"hit@1": round(first * share, 4), "hit@5": round(among * share, 4), **percentiles("", times)}


def main() -> None:
    """Fill a store, ask for all names, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--json", action="store_true", help="only the figures, as one object")
    options = parser.parse_args()
    rows = read(options.people)
    with tempfile.TemporaryDirectory() as folder:
        engine = sqlcipher_engine(Path(folder) / "store.db", secrets.token_bytes(32), foreign_keys=False)
        migrations.bring_up_to_date(engine, Side.DESK)
        began = time.perf_counter()
        with Session(engine) as session:
            fill(session, rows)
        filled = time.perf_counter() - began
        with Session(engine) as session:
            figures = measure(session, read(options.queries))
        engine.dispose()
    if not options.json:
        print(f"{len(rows)} people indexed in {filled:.1f} s")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
