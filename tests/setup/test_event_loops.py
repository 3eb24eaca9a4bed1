"""Which loop a coroutine runs on in a test, and that its threads end with it."""

import asyncio
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit
from pytestqt.qtbot import QtBot


@pytest.mark.asyncio
async def test_a_coroutine_with_a_window_runs_inside_qt(qtbot: QtBot) -> None:
    dialog = QDialog()
    dialog.setMinimumSize(200, 100)
    field = QLineEdit(dialog)
    qtbot.addWidget(dialog)
    dialog.open()
    typed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    field.editingFinished.connect(lambda: typed.set_result(field.text()))

    qtbot.keyClicks(field, "164")
    qtbot.keyClick(field, Qt.Key.Key_Return)

    assert await typed == "164"


@pytest.mark.asyncio
async def test_blocking_work_beside_qt_leaves_no_thread(qtbot: QtBot) -> None:
    loop = asyncio.get_running_loop()
    assert await loop.run_in_executor(None, threading.get_ident) != threading.get_ident()


@pytest.mark.asyncio
async def test_a_coroutine_without_a_window_needs_no_qt() -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, asyncio.SelectorEventLoop)
    assert await asyncio.to_thread(threading.get_ident) != threading.get_ident()
