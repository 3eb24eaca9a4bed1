"""Guessing a PIN is slow, for the ticket that is guessed at and for no other."""

from __future__ import annotations

import datetime as dt

from carecenter.ui.views.pin_tries import FIRST_WAIT, FREE_TRIES, LONGEST_WAIT, PinTries

NOW = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)


def _wrong(tries: PinTries, times: int) -> None:
    for _time in range(times):
        tries.tried("ticket", False, NOW)


def test_a_misheard_pin_waits_for_nothing_and_the_fifth_wrong_one_does() -> None:
    tries = PinTries()
    _wrong(tries, FREE_TRIES - 1)
    assert tries.wait_until("ticket", NOW) is None
    _wrong(tries, 1)
    assert tries.wait_until("ticket", NOW) == NOW + FIRST_WAIT
    assert tries.wait_until("ticket", NOW + FIRST_WAIT) is None
    assert tries.wait_until("another", NOW) is None


def test_the_wait_doubles_with_each_wrong_pin_up_to_its_longest() -> None:
    tries = PinTries()
    _wrong(tries, FREE_TRIES + 1)
    assert tries.wait_until("ticket", NOW) == NOW + 2 * FIRST_WAIT
    _wrong(tries, 50)
    assert tries.wait_until("ticket", NOW) == NOW + LONGEST_WAIT


def test_the_right_pin_ends_the_counting() -> None:
    tries = PinTries()
    _wrong(tries, FREE_TRIES)
    tries.tried("ticket", True, NOW)
    assert tries.wait_until("ticket", NOW) is None
    _wrong(tries, FREE_TRIES - 1)
    assert tries.wait_until("ticket", NOW) is None
