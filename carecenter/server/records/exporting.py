"""Records go out: one moment of the centre, row by row, without holding anybody up.

An export that is broken off leaves nothing behind and is begun again: what it has read was true at a moment that is
gone with its transaction, and a file of two moments would name tickets without their callers.
"""

from __future__ import annotations

import gzip
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Final, cast

from sqlalchemy import Connection, Engine, func, select

import carecenter
from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.models.base import Base
from carecenter.server import administration, facts
from carecenter.server.centre import Centre
from carecenter.server.records.form import ENTITIES, ENTITY, FORMAT, End, Head, What, columns, line
from carecenter.server.records.reading import private

STANDARD_OUTPUT: Final = Path("-")
_ROWS: Final = 1_000


def export(
    engine: Engine, to: Path, what: Sequence[What], progress: Callable[[int, int], None] | None = None
) -> int:
    """Write what is asked for to a file only its owner can read (``.gz``: packed), or to standard output; how many.

    The file appears once it is whole. It is on record before anything is written. Raises ``UserError``.
    """
    try:
        with _written(to) as file, _snapshot(engine) as connection:
            return _write(engine, connection, file, [one for one in What if one in what], progress)
    except OSError as error:
        raise UserError(
            N_("{file} cannot be used: {reason}."), file=str(to), reason=error.strerror or str(error)
        ) from error


def _write(
    engine: Engine,
    connection: Connection,
    file: IO[bytes],
    what: Sequence[What],
    progress: Callable[[int, int], None] | None,
) -> int:
    entities = [entity for one in what for entity in ENTITIES[one]]
    counts = {entity: _count(connection, entity) for entity in entities}
    total, digest = sum(counts.values()), sha256()
    for done, written in enumerate(_lines(_head(engine, what, total), connection, entities)):
        digest.update(written)
        file.write(written)
        if progress is not None and done % _ROWS == 0:
            progress(done, total)
    file.write(line(End(end=total, counts=counts, sha256=digest.hexdigest())))
    if progress is not None:
        progress(total, total)
    return total


def _lines(head: Head, connection: Connection, entities: Sequence[str]) -> Iterator[bytes]:
    yield line(head)
    for entity in entities:
        names = columns(entity)
        rows = select(*names.values()).order_by(names["id"])
        # A cursor of the server's: the driver's own would fetch the whole table.
        with connection.execution_options(yield_per=_ROWS).execute(rows) as found:
            for row in found:
                yield line({ENTITY: entity, **row._mapping})


def _count(connection: Connection, entity: str) -> int:
    return connection.scalar(select(func.count()).select_from(Base.metadata.tables[entity])) or 0


def _head(engine: Engine, what: Sequence[What], total: int) -> Head:
    """The first line, once this export is in the audit trail."""
    centre = Centre(engine)
    with centre.transaction() as unit:
        administration.record(centre, unit, "Export", what=" ".join(what), records=str(total))
        generation = facts.get(unit.session, "generation") or ""
    return Head(
        carecenter_records=FORMAT,
        centre=generation,
        at=centre.clock(),
        program=carecenter.__version__,
        what=tuple(what),
    )


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one moment, whatever is written meanwhile."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        else:
            options = {"read_only": True}
        yield connection.execution_options(**options)


@contextmanager
def _written(to: Path) -> Iterator[IO[bytes]]:
    if to == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    unfinished = to.with_name(f".{to.name}.part")
    try:
        with private(unfinished) as raw:
            if to.suffix == ".gz":
                with gzip.GzipFile(fileobj=raw, mode="wb", filename="", compresslevel=6) as packed:
                    yield cast("IO[bytes]", packed)
            else:
                yield raw
            raw.flush()
            os.fsync(raw.fileno())
        unfinished.replace(to)
    finally:
        unfinished.unlink(missing_ok=True)
