"""The composition root of the desktop: the only place where its objects are made and wired together.

The window is painted first, with the sign-in panel on it; the event loop, the database and the keyring are loaded
after that. There is one way out, `Application.stop`, whatever asked for it.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from carecenter.core.config import Paths, read_settings
from carecenter.core.errors import StoreInUse, UserError
from carecenter.core.i18n import gettext as _
from carecenter.ui import failures, one_instance
from carecenter.ui.language import Language
from carecenter.ui.main_window import MainWindow
from carecenter.ui.messages import Action, Messages, sentence
from carecenter.ui.preferences import Preferences, is_dark
from carecenter.ui.sign_in.page import SignInPage
from carecenter.ui.theme import Theme, new_application

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sequence

    from carecenter.admission import Admission
    from carecenter.core.backup_key import BackupKey
    from carecenter.core.secrets import Keyring
    from carecenter.core.server_address import ServerAddress
    from carecenter.house import House
    from carecenter.locking import Locking
    from carecenter.opening import OpenDesk
    from carecenter.store.desk import Desk
    from carecenter.sync.engine import Engine
    from carecenter.telephony.links import IncomingCall
    from carecenter.ui.pages import Pages
    from carecenter.ui.tasks import Tasks

log = logging.getLogger(__name__)

_FIRST_PAINT_MS = 1_000
_HAND_OVER_TRIES = 10
_HAND_OVER_PAUSE = 0.3


def run(handed: str = "", *, qt_arguments: Sequence[str] = ()) -> int:
    """Run the desk until it is closed; returns the exit status.

    `handed`: the link or number this start was made for, or nothing. A second start gives it to the running one.
    """
    paths = Paths.standard()
    app = new_application(*qt_arguments)
    try:
        app.setApplicationName("CareCenter")
        app.setQuitOnLastWindowClosed(False)  # Qt would stop the loop under our shutdown
        if one_instance.may_be_running(paths.data) and one_instance.hand_over(paths.data, handed):
            return 0
        application = Application(app, paths, handed)
        application.paint()
        failures.catch(application.messages)
        return _until_stopped(app, application)
    finally:
        app.shutdown()  # what Python would collect later could crash at exit


def _until_stopped(app: QApplication, application: Application) -> int:
    import asyncio

    import qasync

    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(application.run())


class Session(NamedTuple):  # no dataclass: to load those takes a hundredth of the time to the first picture
    """What exists while somebody is signed in."""

    opened: OpenDesk
    desk: Desk
    engine: Engine
    pages: Pages
    admission: Admission
    locking: Locking


class Application:
    """The running program: window, door, and the session of whoever is signed in."""

    def __init__(self, app: QApplication, paths: Paths, handed: str = "") -> None:
        settings = read_settings(paths.settings)
        self._app, self._paths, self._handed = app, paths, handed
        self.theme = Theme(app, dark=is_dark(settings), scale=settings.text_scale / 100)
        self.language = Language(app, settings.language, settings.digits)
        self.messages = Messages()
        self.preferences = Preferences(paths.settings, self.theme, self.language, settings)
        self.window = MainWindow(self.messages, self.language, self.theme, self.preferences)
        self.panel = SignInPage(self.messages, is_set_up=bool(settings.server_url) or paths.keyslots.exists())
        self.panel.language_chosen.connect(lambda code: self.preferences.change(language=code))
        self.window.show_front(self.panel)
        self.session: Session | None = None
        self._leaving = False
        self.house: House | None = None
        self._keyring: Keyring | None = None
        self._calls: list[IncomingCall] = []
        self._is_new_to_server = False

    def paint(self) -> None:
        """Show the window and return once its first picture stands (or does not come)."""
        painted = QEventLoop()
        self.window.painted.connect(painted.quit)
        QTimer.singleShot(_FIRST_PAINT_MS, painted.quit)
        self.window.show()
        painted.exec()

    async def run(self) -> int:
        """Everything after the first picture, until somebody wants the end."""
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        from carecenter.ui.garbage import Garbage
        from carecenter.ui.tasks import Tasks

        # Python's own threads: those of the Qt loop are foreign to Python and cannot be waited for.
        workers = ThreadPoolExecutor(4, "work")
        asyncio.get_running_loop().set_default_executor(workers)
        self._stopping = asyncio.Event()
        self._tasks: Tasks = Tasks(self.messages.failure)
        self._listen_for_the_end()
        garbage = Garbage(self.window)
        garbage.start()
        with ExitStack() as held:
            held.callback(garbage.stop)
            held.callback(workers.shutdown)
            self._tasks.spawn(self._open(held))
            await self._stopping.wait()
            await self._end()
        return 0

    def stop(self) -> None:
        """The one way out: a closed window, a signal, the end of the system's session, a second start."""
        self._stopping.set()

    def take(self, handed: str) -> None:
        """A link or number from this start or a later one; nothing only brings the window to the front."""
        from carecenter.telephony import links

        self.window.come_to_front()
        if not handed:
            return
        try:
            self._calls.append(links.read(handed))
        except links.UnreadableLink as error:
            log.warning("an unreadable link or number was ignored")
            self.messages.warning(sentence(error))
            return
        self._take_calls()

    async def begin(self, house: House, opened: OpenDesk) -> None:
        """Somebody has signed in."""
        from carecenter.admission import Admission
        from carecenter.locking import Locking
        from carecenter.store.desk import Desk
        from carecenter.sync.elsewhere import Elsewhere
        from carecenter.sync.engine import Engine
        from carecenter.ui.pages import make_pages

        desk = Desk(opened.workstation, opened.viewer)
        engine = Engine(desk, opened.transport, opened.session)
        if opened.of_hall:
            desk.elsewhere = Elsewhere(desk, engine.network, opened.session.token)
        engine.start()
        said, tongue, folder = self.messages, self.language, self._paths.backups
        pages = make_pages(desk, said, tongue, preferences=self.preferences, office=house, backups=folder)
        viewer = opened.viewer
        locking = Locking(
            self.window,
            self.preferences,
            self._tasks,
            desk=desk,
            pages=pages,
            names=(viewer.display_name_ar, viewer.display_name_en),
            check_password=house.check_password,
            sign_out=self.sign_out,
            unlocked=self._take_calls,
        )
        admission = Admission(desk, opened, self._sent_away)
        self.session = Session(opened, desk, engine, pages, admission, locking)
        if self._stopping.is_set():  # the window was closed meanwhile: `_end` closes what was opened
            return
        self.window.open_desk(desk, pages, demo=house.is_demo)
        for notice in opened.notices:
            self.messages.error(notice)
        if self._is_new_to_server:
            self._is_new_to_server = False
            self._tasks.spawn(self._offer_own_work(house, pages))
        self._take_calls()

    async def sign_out(self) -> None:
        """Everything typed is written down, what waits is sent if the centre answers, the store is closed.

        Until that is done the sign-in is seen, but takes nobody.
        """
        session = self.session
        if session is None or self._leaving:
            return
        self._leaving = True
        self.panel.setEnabled(False)
        try:
            await self._leave(session)
        finally:
            self._leaving = False
            self.panel.setEnabled(True)
        self.panel.focus_first()

    async def _leave(self, session: Session) -> None:
        from carecenter.house import in_thread

        session.admission.stop()
        session.locking.stop()
        try:
            await session.pages.settle()
            await session.pages.close()
        except Exception as failure:  # a page's defect must not keep the store open
            self.messages.failure(failure)
        session.locking.drop()
        self.window.show_front(self.panel)
        try:
            await session.engine.stop()
        except Exception as failure:
            self.messages.failure(failure)
        await in_thread(session.desk.close)
        session.opened.close()
        self.window.close_desk()
        if self.house is not None and not self._stopping.is_set():
            await self.panel.open_door(self.house, self._tasks)  # accounts were added or shut out meanwhile
        self.session = None

    def opened(self) -> OpenDesk | None:
        """The desk of whoever is signed in."""
        return self.session.opened if self.session is not None else None

    def restore(self, source: Path, key: BackupKey) -> asyncio.Task[None]:
        """Sign out, and put a backup in place of what is here; what goes wrong is told, and nothing has changed."""
        return self._tasks.spawn(self._restore(source, key))

    async def _restore(self, source: Path, key: BackupKey) -> None:
        await self.sign_out()
        if self.session is None:
            self.panel.put_back(source, key)

    def use_server(self, address: ServerAddress | None) -> asyncio.Task[None]:
        """Sign out, and work with this server from now on; None: on its own."""
        return self._tasks.spawn(self._use_server(address))

    async def _use_server(self, address: ServerAddress | None) -> None:
        from carecenter.house import computer

        await self.sign_out()
        self.preferences.use_server(address)
        if self.house is not None and not self._stopping.is_set():
            self._is_new_to_server = address is not None
            self.house = self.house.moved(computer(self._paths, self._keyring, address))
            await self.panel.open_door(self.house, self._tasks)

    async def _offer_own_work(self, house: House, pages: Pages) -> None:
        own = await house.own_work()
        if own is not None and own.joined is None and not own.made_up:
            text = _("What this desk did on its own can be brought along to the server.")
            self.messages.info(text, Action(_("Bring it along…"), pages.show_server))

    def _sent_away(self, reason: UserError) -> None:
        self.panel.sign_in.complain(lambda: sentence(reason))
        self._tasks.spawn(self.sign_out())

    async def _open(self, held: ExitStack) -> None:
        """Load what the window did not need, take the folder, open the door."""
        try:
            house = await self._loaded(held)
            if house is None:
                return
            self.house = house
            listener = one_instance.Listener(self._paths.data, self.window)
            held.callback(listener.close)
            listener.called.connect(self.take)
            if not listener.listen():
                log.warning("later starts cannot be heard")
            await self.panel.open_door(house, self._tasks)
        except UserError as error:
            self.messages.error(error, Action(_("Try again"), lambda: self._again(held)))
            return
        handed, self._handed = self._handed, ""
        if handed:
            self.take(handed)

    async def _loaded(self, held: ExitStack) -> House | None:
        """None when another start runs already and has been told; raises StoreInUse when it does not answer."""
        import asyncio

        self._keyring = await asyncio.to_thread(_load)
        from carecenter import logs, standalone
        from carecenter.core.server_address import ServerAddress
        from carecenter.house import House, computer

        try:
            held.enter_context(standalone.held(self._paths))
        except StoreInUse:
            if await self._handed_over():
                self.stop()
                return None
            raise
        logs.start(self._paths.logs)
        held.callback(logs.stop)
        chosen = ServerAddress.of(self.preferences.settings)
        own = standalone.Standalone(self._paths, self._keyring)
        return House(computer(self._paths, self._keyring, chosen), self, own)

    async def _handed_over(self) -> bool:
        import asyncio

        for _try in range(_HAND_OVER_TRIES):
            if await asyncio.to_thread(one_instance.hand_over, self._paths.data, self._handed):
                return True
            await asyncio.sleep(_HAND_OVER_PAUSE)  # it may be starting, or closing, at this moment
        return False

    def _again(self, held: ExitStack) -> None:
        self._tasks.spawn(self._open(held))

    async def _end(self) -> None:
        self.window.hide()
        await self._tasks.close()
        await self.sign_out()
        self.window.show_front(self.panel)
        self.window.let_close()

    def _take_calls(self) -> None:
        """Calls wait in front of the sign-in and of the lock: a link never opens either."""
        if not self._calls:
            return
        if self.session is None or self._leaving or self.session.locking.lock is not None:
            self.messages.info(_("A call is waiting. Sign in to take it."))
            return
        calls, self._calls = self._calls, []
        for call in calls:
            self.session.pages.take_call(call)

    def _listen_for_the_end(self) -> None:
        import asyncio
        import signal

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):  # Windows
                loop.add_signal_handler(number, self.stop)
        self.window.close_asked.connect(self.stop)
        self.window.sign_out_asked.connect(lambda: self._tasks.spawn(self.sign_out()))
        self._app.commitDataRequest.connect(lambda _manager: self.stop())
        failures.catch_of_loop(loop, self.messages)


def _load() -> Keyring | None:
    """On a worker thread: what takes longest to import, and the keyring's D-Bus."""
    import carecenter.house
    import carecenter.store.desk
    import carecenter.sync.engine  # noqa: F401 - likewise
    from carecenter.core.secrets import usable_keyring

    return usable_keyring()
