"""Slows down whoever guesses passwords from one address. What slows the guessing at one account is in ``accounts``.

Each process counts for itself; a hall behind one address signs in freely, because only failures cost.
"""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from carecenter.core.errors import Busy
from carecenter.core.i18n import N_

TRIES = 30
SECONDS_A_TRY = 2.0
_ADDRESSES = 10_000


class TooOften(Busy):
    """Too much from one address, account or workstation."""


class Throttle:
    """``TRIES`` failures are free; then one more every ``SECONDS_A_TRY``. Safe to use from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Place → tries spent, and when that was true. Those untouched longest are forgotten first."""

    def take(self, address: str) -> None:
        """Spend a try. Raises ``TooOften`` when none is left."""
        place = _place(address)
        with self._lock:
            spent = self._now_spent(place)
            if spent > TRIES - 1:
                seconds = math.ceil((spent - TRIES + 1) * SECONDS_A_TRY)
                text = N_("Too many wrong passwords from this address. Seconds to wait: {retry_after}")
                raise TooOften(text, retry_after=seconds)
            self._keep(place, spent + 1)

    def give_back(self, address: str) -> None:
        """The try was no failure."""
        place = _place(address)
        with self._lock:
            self._keep(place, max(self._now_spent(place) - 1, 0.0))

    def _now_spent(self, place: str) -> float:
        spent, at = self._spent.get(place, (0.0, 0.0))
        return max(spent - (self._clock() - at) / SECONDS_A_TRY, 0.0)

    def _keep(self, place: str, spent: float) -> None:
        self._spent[place] = (spent, self._clock())
        self._spent.move_to_end(place)
        while len(self._spent) > _ADDRESSES:
            self._spent.popitem(last=False)


def _place(address: str) -> str:
    """Whoever has one IPv6 address has all of its /64."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(read, ipaddress.IPv6Address) and read.ipv4_mapped is None:
        return str(ipaddress.ip_network((read, 64), strict=False))
    return str(read)
