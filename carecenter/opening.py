"""A store that is opened for whoever signs in, with or without a server: what every desk needs before its screens.

Who may open it, and by which way its centre is reached, belongs to `standalone` and `hall`. Everything here blocks.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from carecenter.core.errors import StoreDamaged, UserError
from carecenter.core.i18n import N_
from carecenter.core.keyslots import Keys
from carecenter.migrations import bring_up_to_date
from carecenter.models.base import Side
from carecenter.models.engine import sqlcipher_engine
from carecenter.models.viewer import Viewer
from carecenter.store import salvage
from carecenter.store.workstation import Workstation
from carecenter.wire import BlockRequest, FeedRequest, SignedIn
from carecenter.wire.transport import Transport

Progress = Callable[[int, int], None]
"""Called with how much is done and how much there is."""


@dataclass(frozen=True)
class OpenDesk(ABC):
    """A signed-in desk. ``notices`` are to be shown once; ``keys`` leave memory with this object.

    ``of_hall``: its centre may hold what it does not.
    """

    of_hall: ClassVar[bool] = False

    workstation: Workstation
    transport: Transport
    session: SignedIn
    viewer: Viewer
    notices: tuple[UserError, ...]
    keys: Keys = field(repr=False)

    @abstractmethod
    def close(self) -> None:
        """Close what stands beside the store; the store is closed by the desk that uses it."""

    def refusal(self) -> UserError | None:
        """Why the centre ended the sign-in, if it said more than that."""
        return None

    def ended(self) -> UserError | None:
        """Why nobody may stay though the centre has not said so. Reads the store: on its thread."""
        return None


def open_store(path: Path, keys: Keys) -> tuple[Workstation, tuple[UserError, ...]]:
    """The store at `path`, made or repaired if need be, and what to tell about it."""
    notices: tuple[UserError, ...] = ()
    damaged = None
    if not salvage.is_sound(path, keys.store):
        damaged = salvage.set_aside(path, dt.datetime.now(dt.UTC))
    path.touch(mode=0o600)
    engine = sqlcipher_engine(path, keys.store, foreign_keys=False)
    bring_up_to_date(engine, Side.DESK)
    if damaged is not None:
        operations, drafts = salvage.carry_over(damaged, keys.store, engine)
        notices = (
            StoreDamaged(
                N_(
                    "The local store was damaged. It was kept as {file} and built anew from the centre;"
                    " unsent operations carried over: {operations}, drafts: {drafts}."
                ),
                file=damaged.name,
                operations=operations,
                drafts=drafts,
            ),
        )
    return Workstation(engine), notices


def first_round(
    workstation: Workstation, transport: Transport, session: SignedIn, progress: Progress | None
) -> None:
    """Hear what the centre has and hold enough references, before the screens open."""
    scopes, done, more = session.scopes, 0, True
    while more:
        request = FeedRequest(after=workstation.cursors(scopes))
        page = transport.feed(session.token, request)
        workstation.apply_page(page)
        done += len(page.rows)
        if progress is not None:
            progress(done, done + page.behind)
        more = page.more
    wanted = workstation.references_wanted()
    if wanted:
        block = transport.references(session.token, BlockRequest(count=wanted))
        workstation.keep_references(block.references)
