"""Guessing from one address: free at first, then slow, never shut for good, and nobody else's matter."""

from __future__ import annotations

import pytest

from carecenter.server import throttle
from carecenter.server.throttle import SECONDS_A_TRY, TRIES, Throttle, TooOften


class Seconds:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def tired(seconds: Seconds) -> Throttle:
    """Somebody at 192.0.2.1 has used all tries."""
    made = Throttle(seconds)
    for _ in range(TRIES):
        made.take("192.0.2.1")
    return made


def waits(at: Throttle, address: str) -> int:
    with pytest.raises(TooOften) as caught:
        at.take(address)
    seconds = caught.value.params["retry_after"]
    assert isinstance(seconds, int)
    return seconds


def test_after_the_free_tries_each_one_costs_its_time(tired: Throttle, seconds: Seconds) -> None:
    wait = waits(tired, "192.0.2.1")
    assert 0 < wait <= SECONDS_A_TRY
    seconds.at += wait
    tired.take("192.0.2.1")
    assert waits(tired, "192.0.2.1") > 0


def test_asking_again_and_again_does_not_make_the_wait_longer(tired: Throttle, seconds: Seconds) -> None:
    for _ in range(1_000):
        waits(tired, "192.0.2.1")
    seconds.at += SECONDS_A_TRY
    tired.take("192.0.2.1")


def test_rest_brings_all_tries_back_and_no_more(tired: Throttle, seconds: Seconds) -> None:
    seconds.at += 10 * TRIES * SECONDS_A_TRY
    for _ in range(TRIES):
        tired.take("192.0.2.1")
    assert waits(tired, "192.0.2.1") > 0


def test_others_are_not_concerned(tired: Throttle) -> None:
    tired.take("192.0.2.2")
    tired.take("2001:db8::1")
    tired.take("unknown")


def test_who_succeeds_pays_nothing(seconds: Seconds) -> None:
    made = Throttle(seconds)
    for _ in range(10 * TRIES):
        made.take("192.0.2.1")
        made.give_back("192.0.2.1")
    made.give_back("192.0.2.1")  # more than was taken is no credit
    for _ in range(TRIES):
        made.take("192.0.2.1")
    assert waits(made, "192.0.2.1") > 0


def test_one_network_of_ipv6_is_one_asker(seconds: Seconds) -> None:
    made = Throttle(seconds)
    for number in range(TRIES):
        made.take(f"2001:db8:0:1::{number:x}")
    assert waits(made, "2001:db8:0:1:ffff::") > 0
    made.take("2001:db8:0:2::1")
    for number in range(TRIES):
        made.take(f"::ffff:192.0.2.{number}")  # IPv4 in another dress


def test_memory_is_bounded_and_the_latest_are_remembered(seconds: Seconds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "_ADDRESSES", 3)
    made = Throttle(seconds)
    for number in range(100):
        made.take(f"192.0.2.{number}")
    assert len(made._spent) == 3
    assert "192.0.2.99" in made._spent
