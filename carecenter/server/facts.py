"""Single facts of the centre, read with a lock by whoever is about to change them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from carecenter.models.centre import CentreFact


def get(session: Session, name: str) -> str | None:
    """A fact, or None."""
    return session.scalar(select(CentreFact.value).where(CentreFact.name == name))


def locked(session: Session, name: str, default: str) -> CentreFact:
    """A fact that this transaction is going to change; others wait. One that is missing begins as ``default``."""
    statement = select(CentreFact).where(CentreFact.name == name).with_for_update()
    fact = session.scalar(statement)
    if fact is None:
        # Two first transactions may both find nothing: the second waits here and then reads the first one's.
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        session.execute(insert(CentreFact).values(name=name, value=default).on_conflict_do_nothing())
        fact = session.scalars(statement).one()
    return fact
