"""Single facts of the centre, read with a lock by whoever is about to change them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.models.centre import CentreFact


def get(session: Session, name: str) -> str | None:
    """A fact, or None."""
    return session.scalar(select(CentreFact.value).where(CentreFact.name == name))


def locked(session: Session, name: str, default: str) -> CentreFact:
    """A fact that this transaction is going to change; others wait."""
    fact = session.scalar(select(CentreFact).where(CentreFact.name == name).with_for_update())
    if fact is None:
        fact = CentreFact(name=name, value=default)
        session.add(fact)
    return fact
