"""Pending operations on top of the centre's rows: what was there before is kept as ``base`` images.

Invariant after each transaction: rows on the screen = the centre's rows as last heard, with every pending
operation applied in order. ``tests/store/test_overlay.py`` holds it against a model; without the images a
refused operation leaves its ghost, and an older page takes an accepted edit off the screen.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

from sqlalchemy import Connection, Table, UniqueConstraint, delete, event, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, UOWTransaction

from carecenter import operations
from carecenter.models.base import Base, Synced, defaults_of, entity_of, image_of, stored_of
from carecenter.models.desk import BaseImage, Outbox, OutboxState
from carecenter.wire import put_right

log = logging.getLogger(__name__)

_PUT = "put_rows"

Key = tuple[str, str]
"""Entity and id of a row."""


@contextmanager
def captured(session: Session) -> Iterator[set[Key]]:
    """Keep the image of every synced row that is about to change; yields the keys of those rows."""
    touched: set[Key] = set()

    def before_flush(session: Session, _context: UOWTransaction, _instances: object) -> None:
        for row in [*session.new, *session.dirty, *session.deleted]:
            if not isinstance(row, Synced) or (row in session.dirty and not session.is_modified(row)):
                continue
            key = (entity_of(row), row.id)
            if key not in touched:
                touched.add(key)
                _keep(session, key)

    event.listen(session, "before_flush", before_flush)
    try:
        yield touched
        session.flush()
    finally:
        event.remove(session, "before_flush", before_flush)


def _keep(session: Session, key: Key) -> None:
    """Remember the centre's image of a row, unless an earlier pending operation had it remembered already."""
    entity, entity_id = key
    image = stored_image(session, key)
    statement = insert(BaseImage).values(entity=entity, entity_id=entity_id, image=image)
    session.connection().execute(statement.on_conflict_do_nothing())


def stored_image(session: Session, key: Key) -> dict[str, Any] | None:
    """The row as it stands in its table, or None. Reads past the session, which may hold newer values."""
    entity, entity_id = key
    table = Base.metadata.tables[entity]
    row = session.connection().execute(select(table).where(table.c.id == entity_id)).mappings().first()
    return None if row is None else image_of(entity, dict(row))


@contextmanager
def underneath(session: Session) -> Iterator[set[Key]]:
    """Take pending operations off, let the caller change the centre's rows, and put them back on top.

    Yields the keys whose rows may have changed; the caller adds its own.
    """
    session.flush()
    session.expunge_all()
    touched = _restore(session)
    yield touched
    session.expunge_all()
    touched.update(_replay(session))


def _restore(session: Session) -> set[Key]:
    images = session.execute(select(BaseImage.entity, BaseImage.entity_id, BaseImage.image)).all()
    for entity, entity_id, image in images:
        table = Base.metadata.tables[entity]
        if image is None:
            session.execute(delete(table).where(table.c.id == entity_id))
        else:
            put_rows(session, entity, [image])
    session.execute(delete(BaseImage))
    return {(entity, entity_id) for entity, entity_id, _ in images}


def _replay(session: Session) -> set[Key]:
    touched: set[Key] = set()
    statement = select(Outbox).where(Outbox.state != OutboxState.ATTENTION).order_by(Outbox.number)
    for pending in session.scalars(statement).all():
        with captured(session) as keys:
            _replay_one(session, pending)
        touched |= keys
    return touched


def _replay_one(session: Session, pending: Outbox) -> None:
    """Apply one pending operation to what is here now.

    One that can no longer be applied changes nothing here, stays pending, and is judged by the centre.
    """
    try:
        with session.begin_nested():
            operation = operations.decode(pending.tag, pending.payload)
            done_at = put_right(pending.desk_at, pending.clock_offset)
            actor = operations.Actor(account_id=pending.account_id, device_id="", desk_at=done_at)
            operation.apply(session, actor, done_at)
    except OperationalError:  # the disk, not the operation
        raise
    except Exception:  # a defect in one operation must not stop the feed for all others
        log.exception("operation %s (%s) cannot be replayed", pending.op_id, pending.tag)


def put_rows(session: Session, entity: str, images: Iterable[dict[str, Any]]) -> None:
    """Insert or overwrite rows by their images, past the session's identity map.

    A column that the sender does not know keeps what the row has. A row that cannot be read here, because a
    newer centre uses a term of its own, stays as it is: the comparison of manifests brings it after the upgrade.
    """
    table = Base.metadata.tables[entity]
    alike: dict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for image in images:
        try:
            columns, stored = stored_of(entity, image)
        except (ValueError, TypeError, LookupError):
            log.warning("a row of %s cannot be read here", entity)
            continue
        alike[columns].append(stored)
    connection = session.connection()
    for columns, rows in alike.items():
        missing = {name: value for name, value in defaults_of(entity).items() if name not in columns}
        filled = [(*row, *missing.values()) for row in rows] if missing else rows
        put = partial(connection.exec_driver_sql, _upsert(table.name, columns, tuple(missing)), filled)
        # By hand: of a full disk SQLite forgets the savepoint too, and to go back to it would hide why.
        connection.exec_driver_sql(f"SAVEPOINT {_PUT}")
        try:
            put()
        except IntegrityError:
            connection.exec_driver_sql(f"ROLLBACK TO {_PUT}")
            _make_room(connection, table, columns, rows)
            put()
        connection.exec_driver_sql(f"RELEASE {_PUT}")


def _make_room(connection: Connection, table: Table, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """Whatever else has a name that the centre now gives to these rows is outdated: it goes later in the feed."""
    for constraint in table.constraints:
        names = [column.name for column in constraint.columns] if isinstance(constraint, UniqueConstraint) else []
        if names and set(names) <= set(columns):
            places = [columns.index(name) for name in (*names, "id")]
            same = " AND ".join(f"{name} = ?" for name in names)
            others = f"DELETE FROM {table.name} WHERE {same} AND id != ?"  # noqa: S608 - names of our tables
            keys = [tuple(row[place] for place in places) for row in rows]
            connection.exec_driver_sql(others, keys)


@cache
def _upsert(table: str, sent: tuple[str, ...], missing: tuple[str, ...]) -> str:
    """Scopes are heard one after the other: a row another scope brought newer must not grow old again."""
    columns = (*sent, *missing)
    changed = ", ".join(f"{name} = excluded.{name}" for name in sent if name != "id")
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - as above
        f" ON CONFLICT (id) DO UPDATE SET {changed} WHERE excluded.version >= {table}.version"
    )
