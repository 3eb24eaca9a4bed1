"""Single facts about this store: its device id, the next number of an operation, the centre's generation."""

from __future__ import annotations

from sqlalchemy.orm import Session

from carecenter.core.ids import new_id
from carecenter.models.desk import DeskFact


def get(session: Session, name: str) -> str | None:
    """A fact by its name."""
    fact = session.get(DeskFact, name)
    return None if fact is None else fact.value


def put(session: Session, name: str, value: str) -> None:
    """Remember a fact."""
    fact = session.get(DeskFact, name)
    if fact is None:
        session.add(DeskFact(name=name, value=value))
    else:
        fact.value = value


def device_id(session: Session) -> str:
    """This workstation's id, made on first use."""
    known = get(session, "device_id")
    if known is None:
        known = new_id()
        put(session, "device_id", known)
    return known


def next_number(session: Session) -> int:
    """The next ``device_seq``: 1, 2, 3 … without gaps, taken in the transaction that uses it."""
    number = int(get(session, "next_number") or "1")
    put(session, "next_number", str(number + 1))
    return number
