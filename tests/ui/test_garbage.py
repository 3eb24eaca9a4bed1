"""Collections happen on the thread of the window, whoever makes the garbage."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from carecenter.ui.garbage import Garbage


class Knot:
    """Something that only a collection can free."""

    def __init__(self, freed_on: list[int]) -> None:
        self.itself = self
        weakref.finalize(self, lambda: freed_on.append(threading.get_ident()))


@pytest.fixture
def collected_on() -> Iterator[list[int]]:
    """The threads on which a collection began."""
    threads: list[int] = []

    def note(phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            threads.append(threading.get_ident())

    gc.enable()
    gc.callbacks.append(note)
    yield threads
    gc.callbacks.remove(note)
    gc.disable()


def _make_knots(freed_on: list[int]) -> None:
    for _number in range(5 * gc.get_threshold()[0]):
        Knot(freed_on)


def test_what_a_worker_leaves_is_collected_on_the_main_thread_only(qtbot: QtBot, collected_on: list[int]) -> None:
    garbage = Garbage()
    garbage.start()
    freed_on: list[int] = []
    worker = threading.Thread(target=_make_knots, args=(freed_on,))
    worker.start()
    worker.join()
    assert not freed_on
    qtbot.waitUntil(lambda: bool(freed_on))
    garbage.stop()
    assert set(freed_on) == set(collected_on) == {threading.get_ident()}


def test_without_it_the_worker_collects(qtbot: QtBot, collected_on: list[int]) -> None:
    worker = threading.Thread(target=_make_knots, args=([],))
    worker.start()
    worker.join()
    assert set(collected_on) - {threading.get_ident()}, "what the class is there for"


def test_afterwards_it_is_as_before(qtbot: QtBot) -> None:
    before = gc.isenabled()
    gc.enable()
    garbage = Garbage()
    garbage.start()
    assert not gc.isenabled()
    garbage.stop()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    if not before:
        gc.disable()
