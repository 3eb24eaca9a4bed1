"""A clock that counts up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pytestqt.qtbot import QtBot

from carecenter.ui.widgets.clock_label import ClockLabel

START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


class Wall:
    """A wall clock that the test moves."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


def clock_on(wall: Wall, qtbot: QtBot) -> ClockLabel:
    clock = ClockLabel(lambda seconds: f"{int(seconds)} s", now=wall)
    qtbot.addWidget(clock)
    return clock


def test_it_tells_the_seconds_since_the_start(qtbot: QtBot) -> None:
    wall = Wall()
    clock = clock_on(wall, qtbot)
    assert (clock.text(), clock.seconds()) == ("", 0)
    wall.at += timedelta(seconds=161.9)
    clock.start(START)
    assert (clock.text(), clock.seconds(), clock.running()) == ("161 s", 161, True)


def test_it_goes_on_by_itself_until_stopped(qtbot: QtBot) -> None:
    wall = Wall()
    clock = clock_on(wall, qtbot)
    wall.at += timedelta(seconds=0.99)
    clock.start(START)
    wall.at += timedelta(seconds=0.02)
    qtbot.waitUntil(lambda: clock.text() == "1 s")
    clock.stop()
    assert not clock.running()
    assert clock.text() == "1 s"


def test_a_clock_set_back_shows_no_negative_time(qtbot: QtBot) -> None:
    wall = Wall()
    clock = clock_on(wall, qtbot)
    clock.start(START + timedelta(seconds=30))
    assert clock.text() == "0 s"
