"""Which database a command is about, and the centre in it."""

from __future__ import annotations

import argparse
import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.core.i18n import gettext as _
from carecenter.server import databases
from carecenter.server.centre import Centre
from carecenter.server.commands.parser import Parser

DATABASE_VARIABLE: Final = "CARECENTER_DATABASE"
CONFIG: Final = Path("/etc/carecenter/server.toml")


def add_database(command: Parser) -> None:
    """The options that say which database."""
    command.add_argument(
        "--database",
        metavar=_("URL"),
        help=_(
            "the database, such as postgresql+psycopg://carecenter@db/carecenter; when not given, what {variable}"
            " says, or else the config file. A password belongs into ~/.pgpass: every user of this machine can"
            " read arguments"
        ).format(variable=DATABASE_VARIABLE),
    )
    command.add_argument(
        "--config",
        type=Path,
        metavar=_("FILE"),
        help=_("a config file with a line such as: database = {example} ({usual} when not given)").format(
            example='"postgresql+psycopg:///carecenter"', usual=CONFIG
        ),
    )


def address(chosen: argparse.Namespace) -> str:
    """The address of the database. Raises ``UserError`` when nothing says which."""
    found = chosen.database or os.environ.get(DATABASE_VARIABLE) or _configured(chosen.config)
    if not found:
        raise UserError(N_("Say which database: --database or {variable}."), variable=DATABASE_VARIABLE)
    return str(found)


def _configured(file: Path | None) -> str | None:
    if file is None and not CONFIG.is_file():
        return None
    path = file or CONFIG
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8")).get("database")
    except OSError as error:
        raise UserError(
            N_("{file} cannot be used: {reason}."), file=str(path), reason=error.strerror or str(error)
        ) from error
    except ValueError as error:
        raise UserError(N_("{file} is no config file: {reason}"), file=str(path), reason=str(error)) from error
    if not isinstance(found, str):
        raise UserError(N_("{file} does not say which database."), file=str(path))
    return found


@contextmanager
def reached(chosen: argparse.Namespace) -> Iterator[Engine]:
    """The database, whatever is in it."""
    engine = databases.engine_of(address(chosen))
    try:
        yield engine
    except OperationalError as error:
        raise databases.not_reached(error) from error
    finally:
        engine.dispose()


@contextmanager
def opened(chosen: argparse.Namespace) -> Iterator[Centre]:
    """The centre in the database. Raises ``UserError`` unless it has the current schema."""
    with reached(chosen) as engine:
        databases.check(engine)
        centre = Centre(engine)
        try:
            yield centre
        finally:
            centre.close()
