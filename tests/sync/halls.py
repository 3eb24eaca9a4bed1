"""A hall for proofs: the centre on PostgreSQL, its real service over HTTP, workstations on real stores.

``CARECENTER_SOAK`` makes every proof long; ``CARECENTER_SEED`` says where its seeds begin, to have a run again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select

from carecenter.core.errors import Unreachable
from carecenter.models.base import Base
from carecenter.models.centre import OpLog
from carecenter.models.engine import postgres_engine
from carecenter.server.centre import Centre
from carecenter.wire import Outcome
from tests import houses
from tests.houses import House
from tests.server.serving import Running, serving

SOAK = "CARECENTER_SOAK" in os.environ
EFFECTIVE = (Outcome.ACCEPTED, Outcome.IN_REVIEW)


def long(suite: int, soak: int) -> int:
    """How much of something: in the suite, or in a soak."""
    return soak if SOAK else suite


def seeds(suite: int, soak: int) -> range:
    """The seeds of this run."""
    first = int(os.environ.get("CARECENTER_SEED", "0"))
    return range(first, first + long(suite, soak))


def told(what: str) -> None:
    """Say what a proof has met, for who runs a soak."""
    sys.stdout.write(f"{what}\n")


class Hall(House):
    """A house whose centre is on PostgreSQL and answers over HTTP."""

    def __init__(self, directory: Path, url: str) -> None:
        self._url = url
        super().__init__(directory)
        self.running: Running = self._open.enter_context(serving(self.centre))

    def open_centre(self, *, knowledge: bool = False) -> Centre:
        self.engine: Engine = postgres_engine(self._url)
        unused = self.directory / "unused.db"
        centre = houses.open_centre(unused, self.clock, knowledge=knowledge, engine=self.engine)
        self._open.callback(centre.close)
        return centre

    def count(self, table: str) -> int:
        """How many rows a table of the centre has."""
        with self.engine.begin() as connection:
            return connection.execute(select(func.count()).select_from(Base.metadata.tables[table])).scalar_one()

    def heard(self) -> dict[str, int]:
        """Hash of an operation's content → how often the centre took it."""
        statement = select(OpLog.payload_hash, func.count()).where(OpLog.outcome.in_(EFFECTIVE))
        with self.engine.begin() as connection:
            return dict(connection.execute(statement.group_by(OpLog.payload_hash)).all())


@contextmanager
def hall(directory: Path, url: str) -> Iterator[Hall]:
    """A hall that is closed at the end."""
    built = Hall(directory, url)
    try:
        yield built
    finally:
        built.close()


def persist(step: Callable[[], Any], tries: int) -> int:
    """Try again until it is through, as the engine does, without its pauses; how often it failed.

    Raises ``Unreachable`` when it never got through.
    """
    for failures in range(tries):
        try:
            step()
        except Unreachable:
            continue
        return failures
    raise Unreachable("the faults never let anything through")
