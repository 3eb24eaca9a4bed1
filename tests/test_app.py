"""The program: one a folder, later starts hand over, every end is a clean one; what happens around the desk."""

import asyncio
import gc
import os
import shutil
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from carecenter import app
from carecenter.app import Application, Session
from carecenter.core.backup_key import ByPassword
from carecenter.core.config import Paths, Settings, write_settings
from carecenter.core.errors import WrongPassword
from carecenter.core.keyslots import KdfCost
from carecenter.core.terms import Channel, Language, Role
from carecenter.queries import calls
from carecenter.standalone import Standalone, held
from carecenter.ui.one_instance import address
from carecenter.wire import NewAccount
from tests.ui.waiting import until

pytestmark = pytest.mark.qt_log_ignore(
    "does not support raise", extend=True
)  # nothing is in front without a screen

PATIENCE = 30.0
PASSWORD = "correct horse"
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "desk"


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Starts the program in its own process; whatever still runs at the end is killed."""
    with ExitStack() as running:

        def begin(*arguments: str) -> "subprocess.Popen[str]":
            process = subprocess.Popen(
                [sys.executable, "-m", "carecenter", "--home", str(home), *arguments],
                stderr=subprocess.PIPE,
                text=True,
                env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            )
            running.enter_context(process)
            running.callback(process.kill)
            return process

        yield begin


def _until(condition: Callable[[], object], process: "subprocess.Popen[str] | None" = None) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert process is None or process.poll() is None, "it ended before"
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def _listens(home: Path) -> Callable[[], bool]:
    return lambda: _socket(home) is not None


def _socket(home: Path) -> tuple[int, int] | None:
    """Which socket it listens at; nothing if it does not."""
    try:
        found = Path(address(home)).stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns


def _log(home: Path) -> str:
    file = Paths(home).logs / "carecenter.log"
    return file.read_text() if file.exists() else ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_and_it_starts_again(start: Start, home: Path, number: signal.Signals) -> None:
    process = start()
    _until(_listens(home), process)
    process.send_signal(number)
    assert process.wait(PATIENCE) == 0
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    assert not _listens(home)()
    again = start()
    _until(_listens(home), again)
    again.terminate()
    assert again.wait(PATIENCE) == 0


def test_a_second_start_hands_over_and_leaves(start: Start, home: Path) -> None:
    first = start()
    _until(_listens(home), first)
    second = start("carecenter:nonsense")
    assert second.wait(PATIENCE) == 0
    _until(lambda: "unreadable link" in _log(home), first)  # it is the first one that has read it
    third = start()
    assert third.wait(PATIENCE) == 0
    assert first.poll() is None
    first.terminate()
    assert first.wait(PATIENCE) == 0


def test_two_starts_at_once_leave_one_running(start: Start, home: Path) -> None:
    both = [start(), start()]
    _until(lambda: any(process.poll() is not None for process in both))
    ended = [process for process in both if process.poll() is not None]
    assert [process.returncode for process in ended] == [0]
    left = next(process for process in both if process.poll() is None)
    _until(_listens(home), left)
    left.terminate()
    assert left.wait(PATIENCE) == 0


def test_after_a_kill_the_next_start_takes_the_place(start: Start, home: Path) -> None:
    first = start()
    _until(_listens(home), first)
    first.kill()
    first.wait(PATIENCE)
    dead = _socket(home)
    assert dead is not None  # what it listened at is still there
    second = start()
    _until(lambda: _socket(home) not in (dead, None), second)
    third = start("carecenter:nonsense")
    assert third.wait(PATIENCE) == 0
    _until(lambda: "unreadable link" in _log(home), second)
    second.terminate()
    assert second.wait(PATIENCE) == 0


@asynccontextmanager
async def _running(qapp: QApplication, home: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Application]:
    monkeypatch.setattr(app, "_HAND_OVER_TRIES", 2)
    write_settings(Paths(home).settings, Settings(language="en"))
    application = Application(qapp, Paths(home))
    application.window.show()  # not paint(): it waits in an event loop of its own, before there is this one
    running = asyncio.ensure_future(application.run())
    try:
        await asyncio.sleep(0)
        yield application
    finally:
        application.stop()
        assert await running == 0
        qapp.layoutDirectionChanged.disconnect(application.theme._renew_icons)
        application.window.deleteLater()
        application.theme.deleteLater()
        application.language.deleteLater()


Run = Callable[[], "AbstractAsyncContextManager[Application]"]


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk that was set up with one account."""
    folder = tmp_path_factory.mktemp("founded") / "desk"
    desk = Standalone(Paths(folder), None, KdfCost.MINIMAL)
    desk.set_up(NewAccount(name="Huda", password=PASSWORD, role=Role.ADMINISTRATOR, display_name_en="Huda"))
    return folder


@pytest.fixture
def run(qtbot: QtBot, qapp: QApplication, home: Path, founded: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The program in this process, on a desk of Huda's.

    No asynchronous fixture: between a fixture and its test Qt's events are handled while no loop is running.
    """
    shutil.copytree(founded, home)
    return lambda: _running(qapp, home, monkeypatch)


async def _sign_in(application: Application) -> None:
    form = application.panel.sign_in
    await until(form.name.count)
    form.password.line.setText(PASSWORD)
    form.enter.click()
    await until(lambda: application.session is not None)


@pytest.mark.asyncio
async def test_a_call_waits_for_the_sign_in_and_is_taken_after_it(run: Run) -> None:
    async with run() as application:
        await until(application.panel.sign_in.name.count)
        application.take("carecenter:call?from=99887766")
        assert "Sign in" in application.window.message_bar.text()
        await _sign_in(application)
        session = application.session
        assert session is not None
        calls = await _open_calls(session)
        assert calls == ["+96599887766"]


@pytest.mark.asyncio
async def test_an_unknown_link_is_ignored_with_a_message(run: Run) -> None:
    async with run() as application:
        await _sign_in(application)
        application.take("carecenter:delete?from=99887766")
        assert "link" in application.window.message_bar.text()


@pytest.mark.asyncio
async def test_a_second_start_brings_this_one_to_the_front_and_opens_nothing(run: Run) -> None:
    async with run() as application:
        await until(application.panel.sign_in.name.count)
        application.window.showMinimized()
        application.take("")
        assert not application.window.isMinimized()
        assert application.session is None
        application.take("carecenter:delete?from=99887766")
        assert "link" in application.window.message_bar.text()
        assert application.session is None
        assert application.panel.isVisible(), "a link never leads past the sign-in"


@pytest.mark.asyncio
async def test_the_lock_keeps_the_desk_and_wants_the_password(run: Run) -> None:
    async with run() as application:
        await _sign_in(application)
        session = application.session
        assert session is not None
        await session.locking.lock_up()
        lock = session.locking.lock
        assert lock is not None
        assert application.window.stack.currentWidget() is lock
        assert not application.window.rail.isVisible()
        application.take("99887766")  # a phone that rings does not open the lock
        assert application.window.stack.currentWidget() is lock
        lock.unlock_asked.emit("wrong")
        await until(lock.card.complaint.isVisible)
        lock.unlock_asked.emit(PASSWORD)
        await until(lambda: session.locking.lock is None)
        assert application.window.rail.isVisible()
        assert await _open_calls(session) == ["+96599887766"]
        await session.locking.lock_up()
        assert session.locking.lock is None, "a call is open: an agent may listen for long"


@pytest.mark.asyncio
async def test_whoever_stays_away_is_signed_out_when_nothing_waits_and_the_keys_leave_memory(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run() as application:
        await _sign_in(application)
        assert application.session is not None
        keys = weakref.ref(application.session.opened.keys)
        workstation, locking = application.session.desk.workstation, application.session.locking
        await locking.lock_up()
        with monkeypatch.context() as patch:
            unsent = msgspec.structs.replace(workstation.queue(), waiting=1)
            patch.setattr(workstation, "queue", lambda: unsent)
            await locking.lock_up()
            assert application.window.stack.currentWidget() is locking.lock, "it is sent first"
        del workstation
        await locking.lock_up()
        assert application.opened() is None
        assert locking.lock is None
        del locking
        assert application.window.stack.currentWidget() is application.panel

        def gone() -> bool:
            gc.collect()
            return keys() is None

        await until(gone)


@pytest.mark.asyncio
async def test_signing_out_leads_back_and_the_next_one_signs_in(run: Run) -> None:
    async with run() as application:
        await _sign_in(application)
        application.window.sign_out_asked.emit()
        await until(lambda: application.session is None and application.panel.isVisible())
        assert not application.window.status_bar.isVisible()
        await _sign_in(application)
        assert application.window.rail.choice() == "desk"


@pytest.mark.asyncio
async def test_one_after_another_signs_in_and_out_and_nothing_of_them_stays(run: Run) -> None:
    async with run() as application:
        said: list[str] = []
        application.messages.said.connect(lambda message: said.append(message.say()))
        await _sign_in(application)
        assert application.house is not None
        sara = NewAccount(name="Sara", password=PASSWORD, role=Role.AGENT, display_name_en="Sara")
        await application.house.add_account(sara)
        for name in ("Sara", "Huda", "Sara"):
            application.window.sign_out_asked.emit()
            await until(lambda: application.session is None and application.panel.sign_in.name.count() == 2)
            await until(application.panel.isVisible)
            application.panel.sign_in.choose(name)
            await _sign_in(application)
            account = application.window.status_bar.account
            await until(account.text)
            assert name in account.text()
            assert ("supervisor" in application.window.rail._names) is (name == "Huda")
            windows = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
            assert windows == [application.window]
            # The frame, the sign-in and this account's one page; nothing of the account before.
            assert application.window.stack.count() == 2
        assert said == []


@pytest.mark.asyncio
async def test_a_restore_signs_out_and_the_backups_accounts_sign_in(run: Run, home: Path, tmp_path: Path) -> None:
    async with run() as application:
        await _sign_in(application)
        house, session = application.house, application.session
        assert house is not None
        assert session is not None
        file = tmp_path / "monday.ccbackup"
        await house.back_up(file, lambda _done, _total: None)
        application.take("99887766")
        assert await _open_calls(session)
        with pytest.raises(WrongPassword):
            await house.restore(file, ByPassword("Huda", "wrong"))
        assert application.session is session, "nobody is signed out for nothing"
        await house.restore(file, ByPassword("Huda", PASSWORD))
        await until(lambda: "backup is in place" in application.window.message_bar.text())
        await until(application.panel.sign_in.isVisible)
        assert _kept_aside(home)
        await _sign_in(application)
        again = application.session
        assert again is not None
        assert await again.desk.ask(calls.open_calls) == (), "the call came after the backup"


@pytest.mark.asyncio
async def test_a_link_tells_the_line_and_the_language(run: Run) -> None:
    async with run() as application:
        await _sign_in(application)
        application.take("carecenter:call?from=99887766&channel=1800164965&language=en")
        assert application.session is not None
        await _open_calls(application.session)
        (call,) = await application.session.desk.ask(calls.open_calls)
        assert (call.channel, call.language) == (Channel.LINE_ABROAD, Language.ENGLISH)


@pytest.mark.asyncio
async def test_a_folder_in_use_by_somebody_who_does_not_answer_is_told(
    qtbot: QtBot, qapp: QApplication, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with held(Paths(home)):
        async with _running(qapp, home, monkeypatch) as application:
            await until(lambda: "already running" in application.window.message_bar.text())
            assert application.house is None


def _kept_aside(home: Path) -> list[Path]:
    return list(home.glob("before-restore-*/store.db"))


async def _open_calls(session: Session) -> list[str]:
    found: list[str] = []

    async def look() -> None:
        found[:] = [call.number for call in await session.desk.ask(calls.open_calls)]

    async with asyncio.timeout(PATIENCE):
        while not found:
            await look()
            await asyncio.sleep(0.01)
    return found
