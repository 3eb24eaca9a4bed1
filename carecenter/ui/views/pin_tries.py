"""How often a wrong PIN was said for a ticket since somebody signed in, and how long the next try has to wait.

Four digits are soon guessed; waiting makes guessing slow, and the centre's audit trail tells of each try.
"""

from __future__ import annotations

import datetime as dt
from typing import Final
from weakref import WeakKeyDictionary

from carecenter.store.desk import Desk

FREE_TRIES: Final = 5
"""So many wrong PINs may be misheard ones."""
FIRST_WAIT: Final = dt.timedelta(minutes=1)
_DOUBLED: Final = 4
"""How often the wait doubles with one more wrong PIN."""
LONGEST_WAIT: Final = FIRST_WAIT * 2**_DOUBLED


class PinTries:
    """The tries of one sign-in, whichever page they were made on. All moments are UTC."""

    def __init__(self) -> None:
        self._wrong: dict[str, int] = {}
        self._until: dict[str, dt.datetime] = {}

    def tried(self, ticket_id: str, right: bool, now: dt.datetime) -> None:
        """A PIN was said; a right one is no reason to wait any more."""
        if right:
            self._wrong.pop(ticket_id, None)
            self._until.pop(ticket_id, None)
            return
        wrong = self._wrong[ticket_id] = self._wrong.get(ticket_id, 0) + 1
        if wrong >= FREE_TRIES:
            self._until[ticket_id] = now + FIRST_WAIT * 2 ** min(wrong - FREE_TRIES, _DOUBLED)

    def wait_until(self, ticket_id: str, now: dt.datetime) -> dt.datetime | None:
        """The moment of the next try, or None when it may be made at once."""
        until = self._until.get(ticket_id)
        return until if until is not None and until > now else None


def tries_of(desk: Desk) -> PinTries:
    """The tries made on this desk since its account signed in."""
    return _TRIES.setdefault(desk, PinTries())


_TRIES: Final[WeakKeyDictionary[Desk, PinTries]] = WeakKeyDictionary()
