"""The watchdog: silent while anything moves or the centre is away, and once loud when nothing gets through."""

from __future__ import annotations

import pytest

from carecenter.sync.watchdog import Watchdog


def test_two_minutes_without_progress_are_told_once(caplog: pytest.LogCaptureFixture) -> None:
    dog = Watchdog()

    assert [dog.looks("op-1", True, now) for now in (0.0, 119.0, 120.0, 180.0)] == [False, False, True, True]
    assert len(caplog.records) == 1
    assert "op-1" in caplog.text


def test_a_queue_that_moves_slowly_is_not_stuck() -> None:
    dog = Watchdog()

    assert not any(dog.looks(f"op-{minute}", True, minute * 100.0) for minute in range(10))


def test_without_the_centre_nothing_is_stuck() -> None:
    """Naive: an hour offline would be told as a defect."""
    dog = Watchdog()

    assert not dog.looks("op-1", True, 0.0)
    assert not dog.looks("op-1", False, 3600.0)
    assert not dog.looks("op-1", True, 3610.0)
    assert dog.looks("op-1", True, 3740.0)
