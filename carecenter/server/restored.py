"""What changes in a database that was put back from a backup, so that nothing is issued or counted twice."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from carecenter.core.ids import new_id
from carecenter.migrations import bring_up_to_date
from carecenter.models.base import Side
from carecenter.models.centre import Token
from carecenter.models.desk import DeskFact, FreeReference
from carecenter.models.engine import sqlcipher_engine
from carecenter.server import audit, facts

SKIPPED_REFERENCES: Final = 1_000_000
"""More than workstations can have taken, in blocks, between a backup and the loss that made it necessary."""


def renew(path: Path, key: bytes, *, is_centre: bool, now: dt.datetime) -> None:
    """Bring a restored database up to date and away from its earlier self. Raises ``UserError`` for a newer one."""
    engine = sqlcipher_engine(path, key, foreign_keys=is_centre)
    try:
        bring_up_to_date(engine, Side.CENTRE if is_centre else Side.DESK)
        (renew_centre if is_centre else renew_store)(engine, now)
    finally:
        engine.dispose()


def renew_centre(engine: Engine, now: dt.datetime) -> None:
    """A new generation, references past the lost ones, and nobody signed in."""
    with Session(engine) as session, session.begin():
        facts.locked(session, "generation", "").value = new_id()
        following = facts.locked(session, "next_payload", "0")
        following.value = str(int(following.value) + SKIPPED_REFERENCES)
        session.execute(delete(Token))
        audit.record(
            session, at=now, account_id="", device_id="", action="Restore", subjects={}, outcome="accepted"
        )
        audit.write(session)


def renew_store(engine: Engine, now: dt.datetime) -> None:
    """A new device, whose numbers nobody has heard, without the references it may have issued since."""
    del now
    with Session(engine) as session, session.begin():
        session.execute(delete(FreeReference))
        device = session.get(DeskFact, "device_id")
        if device is not None:
            device.value = new_id()
