"""A store that cannot be read: the file is kept aside, and what was typed is carried into a new one.

The centre's rows come back by the feed. Operations not yet sent and drafts exist nowhere else, so they are
read out of the damaged file as far as its pages allow. Nothing is deleted.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import stat
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from carecenter.core.decoding import decoded
from carecenter.models.desk import Draft, Outbox, OutboxState
from carecenter.models.engine import connect
from carecenter.store import facts

log = logging.getLogger(__name__)

_COMPANIONS = ("", "-wal", "-shm")


def is_sound(path: Path, key: bytes) -> bool:
    """Whether the file opens with the key and all its pages hold together. A missing file is sound."""
    if not path.exists():
        return True
    try:
        with contextlib.closing(connect(path, key)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlcipher.DatabaseError:
        return False


def set_aside(path: Path, now: dt.datetime) -> Path:
    """Move a damaged file and its companions to a dated, read-only name beside it; returns the new path."""
    kept = path.with_name(f"{path.stem}-damaged-{now:%Y%m%d-%H%M%S-%f}{path.suffix}")
    for companion in _COMPANIONS:
        source = path.with_name(path.name + companion)
        if source.exists():
            target = kept.with_name(kept.name + companion)
            source.rename(target)
            target.chmod(stat.S_IRUSR)
    return kept


def carry_over(damaged: Path, key: bytes, engine: Engine) -> tuple[int, int]:
    """Copy unsent operations and drafts into a new store; returns how many of each.

    Operations keep their ids, so that the centre knows those it heard already; their numbers are new, because
    the new store is another device.
    """
    operations = _rows(damaged, key, "outbox", "number")
    drafts = _rows(damaged, key, "draft", "saved_at")
    with Session(engine) as session, session.begin():
        for row in operations:
            session.add(
                Outbox(
                    number=facts.next_number(session),
                    op_id=row["op_id"],
                    account_id=row["account_id"],
                    tag=row["tag"],
                    payload=bytes(row["payload"]),
                    desk_at=_moment(row["desk_at"]),
                    state=OutboxState.ATTENTION if row["state"] == "attention" else OutboxState.WAITING,
                    reason=row["reason"],
                )
            )
        for row in drafts:
            session.add(
                Draft(
                    account_id=row["account_id"],
                    place=row["place"],
                    content=_json(row["content"]),
                    saved_at=_moment(row["saved_at"]),
                )
            )
    return len(operations), len(drafts)


def _rows(path: Path, key: bytes, table: str, order: str) -> list[dict[str, Any]]:
    """What can still be read of a table, row by row until a page fails."""
    found: list[dict[str, Any]] = []
    try:
        # The copy is opened as it is: read-only, so that nothing in it changes.
        connection = sqlcipher.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    except sqlcipher.Error:
        return found
    with contextlib.closing(connection), contextlib.suppress(sqlcipher.DatabaseError):
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("PRAGMA cipher_log_level = NONE")
        cursor = connection.execute(f"SELECT * FROM {table} ORDER BY {order}")  # noqa: S608  # two fixed names
        names = [column[0] for column in cursor.description]
        for row in cursor:
            found.append(dict(zip(names, row, strict=True)))  # what came before a bad page counts
    return found


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def _json(text: str) -> dict[str, Any]:
    return decoded(text, dict[str, Any])
