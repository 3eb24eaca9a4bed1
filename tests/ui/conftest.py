"""A signed-in desk for the pages: a real encrypted store, synchronised with a real centre in this process.

Huda is a supervisor and Sara an agent of the general queue. Databases are made once a session and copied for
each test.
"""

from __future__ import annotations

import asyncio
import gc
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextvars import Context
from pathlib import Path

import pytest
import pytest_asyncio
import qasync
import shiboken6
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from carecenter.core.keyslots import KdfCost
from carecenter.core.terms import Role
from carecenter.migrations import bring_up_to_date
from carecenter.models.base import Side
from carecenter.models.engine import sqlcipher_engine
from carecenter.server.centre import Centre
from carecenter.store.desk import Desk
from carecenter.store.workstation import Workstation
from carecenter.sync.engine import Engine
from carecenter.sync.in_process import InProcess
from carecenter.ui.language import Language
from carecenter.ui.theme import Theme, new_application
from carecenter.wire import BlockRequest, FeedRequest, NewAccount, SignedIn, SignIn

SignInAs = Callable[[str], Awaitable[Desk]]

_PASSWORD = "correct horse"
_CENTRE_KEY, _STORE_KEY = b"c" * 32, b"s" * 32


class _Loop(qasync.QEventLoop):
    """The desktop's loop, which also runs where somebody else processes Qt's events.

    pytest-qt does so between a test and its fixtures, and qasync itself after the last step of a coroutine;
    a task of the sync engine that is stepped there would find no running loop.
    """

    def call_later(
        self, delay: float, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> asyncio.TimerHandle:
        handle: asyncio.TimerHandle = super().call_later(delay, self._step, callback, *args, context=context)
        return handle

    def _step(self, callback: Callable[..., object], *args: object) -> None:
        if asyncio._get_running_loop() is not None:
            callback(*args)
            return
        asyncio._set_running_loop(self)
        try:
            callback(*args)
        finally:
            asyncio._set_running_loop(None)


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Every coroutine among these tests runs on the desktop's loop."""
    return {"qasync": _qt_event_loop}


def _qt_event_loop() -> asyncio.AbstractEventLoop:
    app = QApplication.instance() or new_application()
    assert isinstance(app, QApplication)
    app.setQuitOnLastWindowClosed(False)  # the first window that closes would stop the loop under the test
    return _Loop(app)


@pytest.fixture(autouse=True)
def _garbage_is_collected_on_this_thread() -> Iterator[None]:
    """A collection that happens to start on a worker's thread would destroy Qt's objects there, which Qt
    cannot bear.
    """
    gc.disable()
    yield
    gc.collect()
    gc.freeze()  # what is left stays: to look through all of it again would take longer than many a test
    gc.enable()


@pytest.fixture(scope="session")
def _new_centre(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a centre at its first start, with its two accounts."""
    path = tmp_path_factory.mktemp("centre") / "centre.db"
    engine = sqlcipher_engine(path, _CENTRE_KEY, foreign_keys=True)
    bring_up_to_date(engine, Side.CENTRE)
    centre = Centre(engine, cost=KdfCost.MINIMAL)
    centre.initialise()
    token: str | None = None  # the first account needs nobody's leave, the second one Huda's
    for name, arabic, role in (("Huda", "هدى", Role.SUPERVISOR), ("Sara", "سارة", Role.AGENT)):
        queue_ids = ("general", "technical", "bodies")
        new = NewAccount(
            name=name,
            password=_PASSWORD,
            role=role,
            display_name_ar=arabic,
            display_name_en=name,
            queue_ids=queue_ids if role is Role.AGENT else (*queue_ids, "confidential"),
        )
        centre.create_account(new, token)
        token = centre.sign_in(SignIn(name="Huda", password=_PASSWORD, device_id="setup", device_name="")).token
    centre.close()
    return path


@pytest.fixture
def centre(_new_centre: Path, tmp_path: Path) -> Iterator[Centre]:
    """The centre this test has to itself."""
    path = tmp_path / "centre.db"
    shutil.copy(_new_centre, path)
    centre = Centre(sqlcipher_engine(path, _CENTRE_KEY, foreign_keys=True), cost=KdfCost.MINIMAL)
    yield centre
    centre.close()


@pytest.fixture(scope="session")
def _new_stores(tmp_path_factory: pytest.TempPathFactory, _new_centre: Path) -> dict[str, Path]:
    """The file of a workstation that each account has signed in on once, by the account's name."""
    folder = tmp_path_factory.mktemp("stores")
    path = folder / "centre.db"
    shutil.copy(_new_centre, path)
    centre = Centre(sqlcipher_engine(path, _CENTRE_KEY, foreign_keys=True), cost=KdfCost.MINIMAL)
    stores = {name: folder / f"{name}.db" for name in ("Huda", "Sara")}
    for name, store in stores.items():
        engine = sqlcipher_engine(store, _STORE_KEY, foreign_keys=False)
        bring_up_to_date(engine, Side.DESK)
        workstation, transport = Workstation(engine), InProcess(centre)
        _fill(workstation, transport, _sign_in(workstation, transport, name))
        workstation.close()
    centre.close()
    return stores


def _sign_in(workstation: Workstation, transport: InProcess, name: str) -> SignedIn:
    request = SignIn(name=name, password=_PASSWORD, device_id=workstation.device_id(), device_name="test")
    return transport.sign_in(request)


def _fill(workstation: Workstation, transport: InProcess, session: SignedIn) -> None:
    more = True
    while more:
        page = transport.feed(session.token, FeedRequest(after=workstation.cursors(session.scopes)))
        workstation.apply_page(page)
        more = page.more
    while workstation.index_owed():  # else every test would read all articles again, for search
        pass
    workstation.compare(None)  # and to compare them with the centre's


@pytest_asyncio.fixture
async def sign_in(
    qtbot: QtBot, tmp_path: Path, centre: Centre, _new_stores: dict[str, Path]
) -> AsyncIterator[SignInAs]:
    """Signs somebody in on a workstation of their own: `await sign_in("Huda")`."""
    opened: list[tuple[Engine, Desk]] = []

    async def as_somebody(name: str) -> Desk:
        path = tmp_path / f"{name}-{len(opened)}.db"
        shutil.copy(_new_stores[name], path)
        workstation = Workstation(sqlcipher_engine(path, _STORE_KEY, foreign_keys=False))
        transport = InProcess(centre)
        session = _sign_in(workstation, transport, name)
        block = transport.references(session.token, BlockRequest(count=500))
        workstation.keep_references(block.references)
        desk = Desk(workstation, workstation.viewer(session.account_id))
        engine = Engine(desk, transport, session)
        engine.start()
        opened.append((engine, desk))
        return desk

    yield as_somebody
    for engine, desk in opened:
        await engine.stop()
        desk.close()


@pytest_asyncio.fixture
async def desk(sign_in: SignInAs) -> Desk:
    """Sara's desk: an agent, online."""
    return await sign_in("Sara")


@pytest_asyncio.fixture
async def supervisor_desk(sign_in: SignInAs) -> Desk:
    """Huda's desk: a supervisor, online, on another workstation."""
    return await sign_in("Huda")


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """What pytest-qt makes the application with: as the program does."""
    return ["carecenter", "-style", "fusion"]


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The program's look, light at first."""
    theme = Theme(qapp)
    yield theme
    qapp.layoutDirectionChanged.disconnect(theme._renew_icons)
    shiboken6.delete(theme)


@pytest.fixture
def language(qapp: QApplication) -> Iterator[Language]:
    """English with Latin digits at first, and again after the test."""
    language = Language(qapp, "en")
    yield language
    language.set_digits("latn")
    language.set("en")
    shiboken6.delete(language)
