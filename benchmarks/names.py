"""How surely and how fast people are found by their names, in the product's own encrypted store or at the centre.

`python -m benchmarks.names --people P.jsonl --queries Q.jsonl --json`; `--centre` asks in a throwaway PostgreSQL,
`--multiply 1000000` among as many, whose names are put together from parts of the others. docs/performance.md tells
what was seen.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from benchmarks.search import percentiles, read
from benchmarks.sync_parts import hall
from carecenter import migrations
from carecenter.models.base import Side
from carecenter.models.caller import Caller
from carecenter.models.engine import postgres_engine, sqlcipher_engine
from carecenter.queries import people, search_index
from carecenter.server import bulk, namesakes
from carecenter.server.centre import Centre
from tests import postgres

_LISTED: Final = 5
_CHUNK: Final = 5_000
_SEED: Final = 164

Find = Callable[[Session, str], list[str]]


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


def multiplied(rows: list[dict[str, Any]], most: int) -> Iterator[dict[str, Any]]:
    """The people, and so many more that there are ``most``: the beginning of one name and the end of another."""
    yield from rows
    chance = random.Random(_SEED)
    for number in range(len(rows), most):
        one, other = chance.choice(rows), chance.choice(rows)
        kind = next(kind for kind in ("name_ar", "name_en") if kind in one)
        ends = str(other.get(kind) or one[kind]).split()
        begins = str(one[kind]).split()
        yield {"id": f"more-{number}", kind: " ".join([*begins[: max(len(begins) - 1, 1)], ends[-1]])}


@contextmanager
def desk(rows: list[dict[str, Any]]) -> Iterator[tuple[Session, Find]]:
    """The people in a workstation's encrypted store."""
    with tempfile.TemporaryDirectory() as folder:
        engine = sqlcipher_engine(Path(folder) / "store.db", secrets.token_bytes(32), foreign_keys=False)
        migrations.bring_up_to_date(engine, Side.DESK)
        with Session(engine) as session:
            fill(session, rows)
        with Session(engine) as session:
            yield session, lambda session, name: people.find(session, name, _LISTED)
        engine.dispose()


@contextmanager
def centre(rows: list[dict[str, Any]]) -> Iterator[tuple[Session, Find]]:
    """The people at the centre of a hall, on a PostgreSQL of their own."""
    with postgres.cluster("shared_buffers=512MB", "max_wal_size=4GB", durable=True) as cluster:
        engine = postgres_engine(hall.fresh(cluster.url(), "carecenter_names"))
        migrations.bring_up_to_date(engine, Side.CENTRE)
        with Session(engine) as session:
            for start in range(0, len(rows), _CHUNK):
                bulk.write(session, [caller(row) for row in rows[start : start + _CHUNK]], [])
            session.commit()
        with closing(Centre(engine)) as at:
            sum(namesakes.catch_up(at))
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE caller_name")
            with Session(engine) as session:
                yield session, lambda session, name: namesakes.find(session, name)[:_LISTED]


def measure(session: Session, find: Find, queries: list[dict[str, Any]]) -> dict[str, float]:
    """How often the one who is meant stands first, and among the first five; what each query took."""
    first = among = 0
    times = []
    for query in queries:
        began = time.perf_counter()
        found = find(session, query["text"])
        times.append((time.perf_counter() - began) * 1000)
        first += bool(set(found[:1]) & set(query["relevant"]))
        among += bool(set(found) & set(query["relevant"]))
    share = 1 / len(queries)
    return {"hit@1": round(first * share, 4), "hit@5": round(among * share, 4), **percentiles("", times)}


def main() -> None:
    """Fill a store, ask for all names, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True, nargs="+", help="asked one set after the other")
    parser.add_argument("--centre", action="store_true", help="at the centre of a hall instead of in a store")
    parser.add_argument("--multiply", type=int, default=0, help="among so many people, names put together anew")
    parser.add_argument("--json", action="store_true", help="only the figures, as one object for each set")
    options = parser.parse_args()
    rows = list(multiplied(read(options.people), options.multiply))
    began = time.perf_counter()
    with (centre if options.centre else desk)(rows) as (session, find):
        if not options.json:
            print(f"{len(rows)} people kept in {time.perf_counter() - began:.1f} s", flush=True)
        for queries in options.queries:
            print(json.dumps(measure(session, find, read(queries))), flush=True)


if __name__ == "__main__":
    main()
