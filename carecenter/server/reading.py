"""The second wall: on PostgreSQL, what a workstation hears is read by a role that sees only the scopes it was told.

Row-level security asks the feed: a row is there for ``carecenter_reader`` when a pointer of one of the scopes set
for this transaction brings it. No scopes, no rows: a query that forgot its condition finds nothing, rather than
everything. The roles are made by ``deploy/postgresql/roles.sql``; look-ups do not come this way, because they
search what no scope holds.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.models.base import Side, synced_models, tables_of
from carecenter.models.centre import Audit, FeedHead, FeedKind, FeedPointer, OpLog
from carecenter.models.engine import postgres_engine
from carecenter.server import bulk

log = logging.getLogger(__name__)

OWNER: Final = "carecenter_owner"
WRITER: Final = "carecenter_writer"
READER: Final = "carecenter_reader"
SETTING: Final = "carecenter.scopes"

_NOT_THAT_ROLE: Final = ("22023", "42501")  # there is none, it is not given

_GROWING: Final = (Audit.__tablename__, OpLog.__tablename__)
# A page that takes a row from one scope and brings it in another holds both or neither.
_AS_OF_ONE_MOMENT: Final[dict[str, Any]] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
_SET: Final = f"SELECT set_config('{SETTING}', (%s::text[])::text, true)"
# After a transaction that set it, the setting is empty rather than missing. As a subquery it is asked once.
_FOLLOWED: Final = f"ANY ((SELECT coalesce(nullif(current_setting('{SETTING}', true), ''), '{{}}'))::text[])"


@contextmanager
def behind_the_wall(engine: Engine, scopes: Collection[str]) -> Iterator[Session]:
    """A transaction of ``carecenter_reader`` that sees these scopes as of one moment, until it ends."""
    with Session(engine) as session, session.begin():
        session.connection(execution_options=_AS_OF_ONE_MOMENT)
        bulk.run(session, _SET, [list(scopes)])
        yield session


def is_raised(engine: Engine) -> bool:
    """Whether the wall was raised in this database."""
    standing = text("SELECT EXISTS (SELECT FROM pg_catalog.pg_policies WHERE policyname = 'followed')")
    with engine.connect() as connection:
        return bool(connection.execute(standing).scalar())


def as_reader(address: str, connections: int) -> Engine:
    """The same database, where every connection is the reader whoever made it."""
    engine = postgres_engine(address, connections)
    event.listen(engine, "connect", _become_reader)
    return engine


def reader_of(address: str, connections: int) -> Engine | None:
    """What to read with; None where the wall was never raised.

    Raises ``UserError`` when it was, and whoever the address names cannot become the reader.
    """
    writing = postgres_engine(address, 1)
    raised = is_raised(writing)
    writing.dispose()
    engine = as_reader(address, connections)
    able = _connects(engine)
    if raised and able:
        return engine
    engine.dispose()
    if raised:
        message = N_("Whoever serves has to be allowed to become {role}. Run deploy/postgresql/roles.sql again.")
        raise UserError(message, role=READER)
    log.warning("read without the second wall: %s", "it was never raised" if able else f"nobody here is {READER}")
    return None


def _connects(engine: Engine) -> bool:
    try:
        with engine.connect():
            return True
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) not in _NOT_THAT_ROLE:
            raise
        return False


def _become_reader(connection: Any, _record: object) -> None:
    try:
        connection.execute(f"SET ROLE {READER}")
        connection.commit()  # a role that was taken in a transaction goes with it
    except BaseException:
        connection.close()
        raise


def prepare(engine: Engine) -> None:
    """Grant each role what it needs and no more, and raise the wall. By the owner of the tables, after every
    migration; what stands already stays. Raises ``UserError`` when the roles are missing."""
    with engine.begin() as connection:
        known = set(connection.execute(text("SELECT rolname FROM pg_catalog.pg_roles")).scalars())
        if missing := {OWNER, WRITER, READER} - known:
            message = N_("The database has no role {role}. Run deploy/postgresql/roles.sql first.")
            raise UserError(message, role=min(missing))
        for statement in (*_grants(), *_policies()):
            connection.exec_driver_sql(statement)


def _grants() -> Iterator[str]:
    yield f"GRANT SELECT ON alembic_version TO {WRITER}"
    for table in tables_of(Side.CENTRE):
        yield f'REVOKE ALL ON "{table.name}" FROM PUBLIC, {WRITER}, {READER}'
        rights = "SELECT, INSERT" if table.name in _GROWING else "SELECT, INSERT, UPDATE, DELETE"
        yield f'GRANT {rights} ON "{table.name}" TO {WRITER}'
    for name in _readable():
        yield f'GRANT SELECT ON "{name}" TO {READER}'


def _policies() -> Iterator[str]:
    for name in _readable():
        yield f'ALTER TABLE "{name}" ENABLE ROW LEVEL SECURITY'
        yield f'ALTER TABLE "{name}" FORCE ROW LEVEL SECURITY'
        yield f'DROP POLICY IF EXISTS centre ON "{name}"'
        yield f'CREATE POLICY centre ON "{name}" TO {OWNER}, {WRITER} USING (true) WITH CHECK (true)'
        yield f'DROP POLICY IF EXISTS followed ON "{name}"'
        yield f'CREATE POLICY followed ON "{name}" FOR SELECT TO {READER} USING ({_condition(name)})'


def _readable() -> tuple[str, ...]:
    return (*sorted(synced_models()), FeedPointer.__tablename__, FeedHead.__tablename__)


def _condition(name: str) -> str:
    if name not in synced_models():
        return f"scope = {_FOLLOWED}"
    pointer = f"feed.entity = '{name}' AND feed.entity_id = \"{name}\".id AND feed.kind = '{FeedKind.PUT.value}'"
    return f"EXISTS (SELECT FROM feed WHERE {pointer} AND feed.scope = {_FOLLOWED})"  # our own names
