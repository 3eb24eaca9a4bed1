"""What the rows of a run cost bare: psycopg inserts them again, in the same batches, into the same kind of tables.

Nothing is judged, numbered, audited or announced: the time the database needs at the least. Changed rows (a note
moves its ticket) are not written a second time, so the floor is a little faster than a fair one.
"""

from __future__ import annotations

import time
from contextlib import closing
from typing import Any

from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from benchmarks.sync_parts.hall import bare

_ORDER = {"ticket": "opened_at", "ticket_entry": "at", "op_log": "device_seq", "feed": "seq", "audit": "number"}
_DOCUMENTS = {"subjects", "was", "now", "seqs"}


def counts(url: str) -> dict[str, int]:
    """Rows in each table that a push adds to."""
    with closing(bare(url)) as connection:
        found = {}
        for table in _ORDER:
            row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
            found[table] = 0 if row is None else int(row[0])
    return found


def seconds(url: str, made: dict[str, int], batches: int) -> float:
    """Insert as many of the newest rows of each table as were made, one commit a batch; how long that takes."""
    with closing(bare(url)) as connection:
        connection.execute("DROP SCHEMA IF EXISTS bare CASCADE")
        connection.execute("CREATE SCHEMA bare")
        prepared = [_copied(connection, table, count) for table, count in made.items() if count]
        connection.commit()
        cursor = connection.cursor()
        began = time.perf_counter()
        for batch in range(batches):
            for statement, rows in prepared:
                part = rows[batch * len(rows) // batches : (batch + 1) * len(rows) // batches]
                if part:
                    cursor.executemany(statement, part)
            connection.commit()
        spent = time.perf_counter() - began
        connection.execute("DROP SCHEMA bare CASCADE")
        connection.commit()
    return spent


def _copied(connection: Connection, table: str, count: int) -> tuple[sql.Composed, list[tuple[Any, ...]]]:
    """A like table with its indexes, and the statement and rows to fill it."""
    name, like = sql.Identifier("bare", table), sql.Identifier("public", table)
    connection.execute(sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(name, like))
    order = sql.Identifier(_ORDER[table])
    newest = sql.SQL("SELECT * FROM {} ORDER BY {} DESC LIMIT {}").format(like, order, sql.Literal(count))
    cursor = connection.execute(newest)
    columns = [column.name for column in cursor.description or ()]
    rows = [
        tuple(
            Jsonb(value) if column in _DOCUMENTS and value is not None else value
            for column, value in zip(columns, row, strict=True)
        )
        for row in reversed(cursor.fetchall())
    ]
    insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        name, sql.SQL(", ").join(map(sql.Identifier, columns)), sql.SQL(", ").join(sql.Placeholder() * len(columns))
    )
    return insert, rows
