"""The schema's history, one for SQLite/SQLCipher and PostgreSQL, workstation and centre.

``bring_up_to_date`` looks at the version first and imports Alembic only when there is something to do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Engine, inspect, text

from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.models.base import Side

HEAD: Final = "0009"
"""The newest revision; a test holds it against the files in ``versions/``."""


def current(engine: Engine) -> str | None:
    """The revision of a database, or None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def bring_up_to_date(engine: Engine, side: Side) -> None:
    """Upgrade a database to ``HEAD``. Raises ``UserError`` for one that a newer program made."""
    found = current(engine)
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        raise UserError(N_("This store was made by a newer version of the program. Install that version."))
    upgrade(engine, side)


def upgrade(engine: Engine, side: Side, revision: str = HEAD) -> None:
    """Run the migrations up to a revision, in one transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["side"] = side
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
