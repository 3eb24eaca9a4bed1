"""Single facts about this store: its device id, the next number of an operation, the centre's generation, clock,
version and key, and which accounts follow which scopes here."""

from __future__ import annotations

import datetime as dt

import msgspec
from sqlalchemy import delete
from sqlalchemy.orm import Session

from carecenter.core.decoding import decoded
from carecenter.core.ids import new_id
from carecenter.models.desk import DeskFact


class Follower(msgspec.Struct, kw_only=True):
    """An account that has signed in here: what it followed when last heard, and how long it may work offline."""

    scopes: tuple[str, ...] = ()
    lease_until: dt.datetime | None = None


def get(session: Session, name: str) -> str | None:
    """A fact by its name."""
    fact = session.get(DeskFact, name)
    return None if fact is None else fact.value


def put(session: Session, name: str, value: str) -> None:
    """Remember a fact, also where the session lets go of its rows afterwards (``overlay.underneath``)."""
    fact = session.get(DeskFact, name)
    if fact is None:
        session.add(DeskFact(name=name, value=value))
    else:
        fact.value = value
    session.flush()


def drop(session: Session, name: str) -> None:
    """Forget a fact."""
    session.execute(delete(DeskFact).where(DeskFact.name == name))


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


def clock_offset(session: Session) -> float | None:
    """Seconds that the centre's clock was ahead of this one when last measured; None: never measured."""
    known = get(session, "clock_offset")
    return None if known is None else float(known)


def moment(session: Session, name: str) -> dt.datetime | None:
    """A fact that is a moment."""
    known = get(session, name)
    return None if known is None else dt.datetime.fromisoformat(known)


def followers(session: Session) -> dict[str, Follower]:
    """Account id → what is known of those who have signed in here."""
    return decoded(get(session, "followers") or "{}", dict[str, Follower])


def keep_followers(session: Session, known: dict[str, Follower]) -> None:
    """Remember who follows what; written only when it says something new."""
    told = msgspec.json.encode(known, order="sorted").decode()
    if told != get(session, "followers"):
        put(session, "followers", told)
