"""A hall's database in one file and back, by PostgreSQL's own programs, which never get a password as argument.

What is lost between two dumps only WAL archiving brings back; after that, too, the centre has to be renewed.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from pathlib import Path

from sqlalchemy import Engine, inspect
from sqlalchemy.engine import URL

from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.migrations import bring_up_to_date
from carecenter.models.base import Side
from carecenter.server import administration, databases, restored


def back_up(engine: Engine, to: Path) -> int:
    """Write the database as it is now, while it is in use; the size in bytes.

    The file appears only once it is whole and read again. Raises ``UserError``.
    """
    databases.check(engine)
    unfinished = to.with_name(f".{to.name}.part")
    try:
        unfinished.touch(mode=0o600, exist_ok=True)
        # Behind the second wall too: owner and writer see every row there, and nobody else may read any.
        seen = "--enable-row-security"
        _run("pg_dump", engine, "--format=custom", "--no-owner", seen, f"--file={unfinished}")
        _run("pg_restore", None, "--list", str(unfinished))
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(to)
    except OSError as error:
        raise UserError(
            N_("{file} cannot be used: {reason}."), file=str(to), reason=error.strerror or str(error)
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return to.stat().st_size


def restore(engine: Engine, source: Path, now: dt.datetime) -> None:
    """Fill an empty database from a dump, then renew it: workstations offer again what the dump does not have.

    Raises ``UserError``; then the database is as empty as it was, or said to need ``renew``.
    """
    if not source.is_file():
        raise UserError(N_("There is no file {file}."), file=str(source))
    databases.schema_of(engine)
    with engine.connect() as connection:
        if inspect(connection).get_table_names():
            raise UserError(N_("This database is not empty. Restore into a new one, so that nothing is lost."))
    # Its owner and rights are those of whoever restores: the roles of another cluster may not exist here.
    _run("pg_restore", engine, "--single-transaction", "--exit-on-error", "--no-owner", str(source), own_only=True)
    renew(engine, now)


def renew(engine: Engine, now: dt.datetime) -> None:
    """What a database needs that was put back to an earlier moment, by a dump or from archived WAL."""
    if databases.schema_of(engine) is None:
        databases.check(engine)
    bring_up_to_date(engine, Side.CENTRE)
    administration.raise_wall(engine)
    restored.renew_centre(engine, now)


def _run(program: str, engine: Engine | None, *arguments: str, own_only: bool = False) -> None:
    command = [program, *arguments]
    environment = {**os.environ, "LC_MESSAGES": "C"}
    if engine is not None:
        url = engine.url
        if url.password is not None:
            environment["PGPASSWORD"] = str(url.password)
        command.append(f"--dbname={_without_password(url)}")
    if own_only:
        command.append("--no-privileges")
    try:
        done = subprocess.run(  # noqa: S603  # PostgreSQL's own programs, with arguments of ours
            command, env=environment, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise UserError(
            N_("{program} is not installed. It comes with PostgreSQL's client."), program=program
        ) from error
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [""]
        # The first line alone: those after it may show what was in a row.
        raise UserError(N_("{program} failed: {reason}"), program=program, reason=lines[0])


def _without_password(url: URL) -> str:
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return plain.render_as_string(hide_password=False)
