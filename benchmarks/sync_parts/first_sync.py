"""The first sync of a new workstation, and what the same rows cost bare in a file of the same kind."""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.sync_parts.hall import Seat, bare
from carecenter.migrations import bring_up_to_date
from carecenter.models.base import Side, synced_models
from carecenter.models.engine import connect, sqlcipher_engine
from carecenter.store.workstation import Workstation
from carecenter.sync.http import HttpTransport
from carecenter.wire import ROWS_PER_PAGE, FeedPage, FeedRequest

_KEY = b"a key of thirty-two bytes, bench"

# All stand in the newcomer's queue, where nobody else works; one in ten is open.
_TICKETS = """
INSERT INTO ticket (id, version, reference, kind, status, priority, queue_id, language, text, remedy, opened_by,
    opened_at, changed_at, due_at, escalation, closed_at)
SELECT 'seeded-' || n, 1, lpad(n::text, 10, '0'), 'complaint',
    CASE WHEN n %% 10 = 0 THEN 'received' ELSE 'closed' END, 'normal', %(queue)s, 'ar',
    repeat('The card did not arrive; the caller was told ten working days. ', 2), '', %(account)s,
    now() - n * interval '1 second', now() - n * interval '1 second', now(), 0,
    CASE WHEN n %% 10 = 0 THEN NULL ELSE now() END
FROM generate_series(1, %(count)s) AS n
"""
_ENTRIES = """
INSERT INTO ticket_entry (id, version, ticket_id, kind, author_id, at, desk_at, text, now)
SELECT 'line-' || n, 1, 'seeded-' || n, 'opened', %(account)s, now() - n * interval '1 second',
    now() - n * interval '1 second', '', '"complaint"'::jsonb
FROM generate_series(1, %(count)s) AS n
"""
_POINTERS = """
INSERT INTO feed (scope, entity, entity_id, seq, kind)
SELECT scope, entity, id, row_number() OVER (PARTITION BY scope ORDER BY n, entity), 'put'
FROM generate_series(1, %(count)s) AS n,
    LATERAL (SELECT CASE WHEN n %% 10 = 0 THEN 'queue:' ELSE 'closed:' END || %(queue)s AS scope) AS place,
    LATERAL (VALUES ('ticket', 'seeded-' || n), ('ticket_entry', 'line-' || n)) AS row (entity, id)
"""
_HEADS = """
INSERT INTO feed_head (scope, seq) SELECT scope, max(seq) FROM feed
WHERE scope IN ('queue:' || %(queue)s, 'closed:' || %(queue)s) GROUP BY scope
ON CONFLICT (scope) DO UPDATE SET seq = excluded.seq
"""


def seed(url: str, newcomer: Seat, tickets: int) -> None:
    """So many tickets, each with its first line, straight into the tables."""
    given = {"queue": newcomer.queue_id, "account": newcomer.account_id, "count": tickets}
    with closing(bare(url)) as connection:
        for statement in (_TICKETS, _ENTRIES, _POINTERS, _HEADS):
            connection.execute(statement, given)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")


def measure(address: str, seat: Seat) -> dict[str, float]:
    """Rows a second until everything is in the store, encrypted and indexed, and the bare floor of them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "desk.db"
        store = _empty(path)
        began = time.perf_counter()
        cpu = time.process_time()
        rows, first, current = _sync(address, seat, Workstation(store))
        spent, cpu = time.perf_counter() - began, time.process_time() - cpu
        store.dispose()
        least_cpu = time.process_time()
        written, least = _bare(path, Path(folder) / "floor.db")
        least_cpu = time.process_time() - least_cpu
    return {
        "first_sync_rows": rows,
        "first_sync_s": round(spent, 1),
        "first_sync_first_page_s": round(first, 2),
        "first_sync_open_work_s": round(current, 2),
        "first_sync_rows_s": round(rows / spent),
        "first_sync_floor_rows_s": round(rows / least),
        "first_sync_floor_written": written,
        "first_sync_ratio": round(least / spent, 3),
        "first_sync_cpu_s_desk": round(cpu, 1),
        "first_sync_cpu_s_floor": round(least_cpu, 1),
    }


def _empty(path: Path) -> Any:
    engine = sqlcipher_engine(path, _KEY, foreign_keys=False)
    bring_up_to_date(engine, Side.DESK)
    return engine


def _sync(address: str, seat: Seat, store: Workstation) -> tuple[int, float, float]:
    """The pages, each applied while the next is asked for, as ``sync.hearing`` does it.

    Rows heard, and seconds until the first page stood and until all that is open did.
    """
    transport, scopes, rows, first, current = HttpTransport(address), seat.scopes, 0, 0.0, 0.0
    closed = f"closed:{seat.queue_id}"
    began = time.perf_counter()
    with ThreadPoolExecutor(1) as network:

        def ask(after: dict[str, int]) -> Future[FeedPage]:
            return network.submit(transport.feed, seat.token, FeedRequest(after=after, limit=ROWS_PER_PAGE))

        asked: Future[FeedPage] | None = ask(store.cursors(scopes))
        while asked is not None:
            page = asked.result()
            asked = ask({scope: page.upto.get(scope, 0) for scope in page.scopes}) if page.more else None
            store.apply_page(page)
            rows += len(page.rows)
            first = first or time.perf_counter() - began
            if not current and (page.upto[closed] or not page.more):
                current = time.perf_counter() - began
            if asked is None and set(page.scopes) != set(scopes):
                asked = ask(store.cursors(page.scopes))
            scopes = page.scopes
    transport.close()
    return rows, first, current


def _bare(filled: Path, path: Path) -> tuple[int, float]:
    """The rows of a store inserted by `executemany`, a page a transaction, into an empty one of its kind."""
    _empty(path).dispose()
    source, target = connect(filled, _KEY), connect(path, _KEY)
    with closing(source), closing(target):
        written = 0
        spent = 0.0
        for table in (*synced_models(), "held_row"):
            rows = source.execute(f"SELECT * FROM {table}").fetchall()
            if not rows:
                continue
            statement = f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})"
            began = time.perf_counter()
            for start in range(0, len(rows), ROWS_PER_PAGE):
                target.execute("BEGIN IMMEDIATE")
                target.executemany(statement, rows[start : start + ROWS_PER_PAGE])
                target.execute("COMMIT")
            spent += time.perf_counter() - began
            written += len(rows)
    return written, spent
