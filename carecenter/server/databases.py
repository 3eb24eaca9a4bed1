"""Which PostgreSQL database a centre lives in: its address, whether it is reached, and its schema."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from carecenter import migrations
from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.models.engine import postgres_engine


def engine_of(address: str, connections: int = 2) -> Engine:
    """An engine for ``postgresql+psycopg://…``. Raises ``UserError`` for anything else."""
    try:
        if make_url(address).drivername != "postgresql+psycopg":
            raise ArgumentError
    except ArgumentError as error:
        raise UserError(N_("The address of the database begins with postgresql+psycopg://")) from error
    return postgres_engine(address, connections)


def schema_of(engine: Engine) -> str | None:
    """The revision of a database, None for one without a centre. Raises ``UserError`` when it is not reached."""
    try:
        return migrations.current(engine)
    except DBAPIError as error:
        raise not_reached(error) from error


def not_reached(error: DBAPIError) -> UserError:
    """What the driver says, without what was asked."""
    reason = str(error.orig).strip().partition("\n")[0]
    return UserError(N_("The database cannot be reached: {reason}"), reason=reason)


def check(engine: Engine) -> None:
    """Raises ``UserError`` unless the database is reached and has the current schema."""
    found = schema_of(engine)
    if found is None:
        raise UserError(N_("This database is empty. Prepare it first: carecenter-server init"))
    if found < migrations.HEAD:
        raise UserError(N_("This database is of an older version. Bring it up first: carecenter-server migrate"))
    if found > migrations.HEAD:
        raise UserError(N_("This database is of a newer version. Install that version of the program."))
