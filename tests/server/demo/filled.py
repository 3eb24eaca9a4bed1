"""A small demonstration, filled in about a second, for the tests of who is in it and what they do."""

import datetime as dt
from pathlib import Path

from carecenter.models.base import Side
from carecenter.server import demo
from carecenter.server.centre import Centre
from tests import houses

NOW = dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.UTC)
"""A Monday morning in Kuwait."""
CALLERS, TICKETS = 50, 120


def filled(path: Path, seed: int = 164) -> tuple[Centre, list[tuple[int, int]]]:
    """The centre of a demonstration, and the progress that was told while it was filled."""
    engine = houses.open_engine(path, Side.CENTRE)
    centre = houses.open_centre(path, lambda: NOW, knowledge=True, engine=engine)
    told: list[tuple[int, int]] = []
    demo.fill(centre, lambda *at: told.append(at), callers=CALLERS, tickets=TICKETS, seed=seed)
    return centre, told
