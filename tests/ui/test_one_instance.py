"""One running program a folder: a later start is heard by the first, and only what fits a line is taken."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from carecenter.ui.one_instance import LONGEST, Listener, address, hand_over, may_be_running


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def listener(qtbot: QtBot, data: Path) -> Iterator[Listener]:
    listener = Listener(data)
    assert listener.listen()
    yield listener
    listener.close()


def _second_start(qtbot: QtBot, data: Path, text: str) -> bool:
    """Another start in its own process; whether it was answered."""
    asks = "import sys; from pathlib import Path; from carecenter.ui.one_instance import hand_over"
    code = f"{asks}; sys.exit(not hand_over(Path(sys.argv[1]), sys.argv[2]))"
    with subprocess.Popen([sys.executable, "-c", code, str(data), text]) as other:
        qtbot.waitUntil(lambda: other.poll() is not None, timeout=30_000)
        return other.returncode == 0


@pytest.mark.parametrize("text", ["", "carecenter:call?from=99887766", "رقم"])
def test_a_later_start_is_heard_and_told_that_it_may_leave(
    qtbot: QtBot, data: Path, listener: Listener, text: str
) -> None:
    heard: list[str] = []
    listener.called.connect(heard.append)
    assert may_be_running(data)
    assert _second_start(qtbot, data, text)
    assert heard == [text]


def test_several_lines_are_one(qtbot: QtBot, data: Path, listener: Listener) -> None:
    heard: list[str] = []
    listener.called.connect(heard.append)
    assert _second_start(qtbot, data, "first\nsecond")
    assert heard == ["first second"]


def test_a_flood_without_an_end_is_cut_off(qtbot: QtBot, data: Path, listener: Listener) -> None:
    heard: list[str] = []
    listener.called.connect(heard.append)
    socket = QLocalSocket()
    socket.connectToServer(address(data))
    qtbot.waitUntil(lambda: socket.state() == QLocalSocket.LocalSocketState.ConnectedState)
    socket.write(b"x" * (4 * LONGEST))
    qtbot.waitUntil(lambda: socket.state() == QLocalSocket.LocalSocketState.UnconnectedState)
    assert heard == []


def test_nobody_answers_where_nobody_listens(qtbot: QtBot, data: Path) -> None:
    assert not may_be_running(data)
    assert not hand_over(data, "")


def test_a_closed_program_answers_no_more(qtbot: QtBot, data: Path, listener: Listener) -> None:
    listener.close()
    assert not hand_over(data, "")
