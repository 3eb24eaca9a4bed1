"""Work that slots start, on the loop that the program runs on."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import qasync
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from carecenter.ui.tasks import Tasks, ask

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def run(qapp: QApplication) -> Run:
    """Runs a coroutine to its end on Qt's event loop."""

    def run(work: Coroutine[Any, Any, Any]) -> Any:
        qapp.setQuitOnLastWindowClosed(False)  # as the program does: a closed dialog must not end the loop
        loop = qasync.QEventLoop(qapp)
        try:
            return loop.run_until_complete(asyncio.wait_for(work, 20))
        finally:
            loop.close()

    return run


def test_a_failure_is_told_and_a_cancellation_is_not(run: Run) -> None:
    told: list[BaseException] = []

    async def fail() -> None:
        raise OSError("the disk is full")

    async def scene() -> None:
        tasks = Tasks(told.append)
        waiting = tasks.spawn(asyncio.sleep(60))
        failing = tasks.spawn(fail())
        await asyncio.wait([failing])
        await tasks.close()
        assert waiting.cancelled()

    run(scene())
    assert [str(failure) for failure in told] == ["the disk is full"]


def test_what_runs_is_waited_for_and_what_it_begins(run: Run) -> None:
    done: list[str] = []

    async def scene() -> None:
        tasks = Tasks(lambda _failure: None)

        async def work(name: str, then: str = "") -> None:
            await asyncio.sleep(0)
            done.append(name)
            if then:
                tasks.spawn(work(then))

        tasks.spawn(work("one", then="two"))
        await tasks.finished()

    run(scene())
    assert done == ["one", "two"]


def test_a_task_nobody_holds_runs_to_its_end(run: Run) -> None:
    async def scene() -> bool:
        done = asyncio.Event()

        async def work() -> None:
            await asyncio.sleep(0)
            gc.collect()
            await asyncio.sleep(0)
            done.set()

        Tasks(lambda _failure: None).spawn(work())
        gc.collect()
        return await done.wait()

    assert run(scene())


def test_a_new_search_cancels_the_one_before(run: Run) -> None:
    found: list[str] = []

    async def scene() -> None:
        tasks = Tasks(lambda _failure: None)
        gate = asyncio.Event()

        async def search(text: str) -> None:
            await gate.wait()
            found.append(text)

        lane = tasks.latest()
        first = lane.start(search("mo"))
        await asyncio.sleep(0)
        second = lane.start(search("mohammed"))
        gate.set()
        await asyncio.wait([first, second])
        assert first.cancelled()

    run(scene())
    assert found == ["mohammed"]


@pytest.mark.parametrize("accepted", [True, False])
def test_a_dialog_is_awaited(run: Run, qtbot: QtBot, accepted: bool) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)

    async def scene() -> int:
        QTimer.singleShot(0, dialog.accept if accepted else dialog.reject)
        return await ask(dialog)

    assert run(scene()) == (QDialog.DialogCode.Accepted if accepted else QDialog.DialogCode.Rejected).value


def test_a_cancelled_question_leaves_the_screen(run: Run, qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)

    async def scene() -> None:
        question = asyncio.ensure_future(ask(dialog))
        await asyncio.sleep(0)
        assert dialog.isVisible()
        question.cancel()
        await asyncio.wait([question])

    run(scene())
    assert not dialog.isVisible()
