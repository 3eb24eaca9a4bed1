"""A person at the program: the keyboard, the mouse, what stands on the screen. What is expected is a journey's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, TypeVar

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QPlainTextEdit,
    QWidget,
)

from carecenter.app import Application, Session
from carecenter.core import i18n
from carecenter.core.config import Paths, Settings, write_settings
from carecenter.core.ids import new_id
from carecenter.core.keyslots import KdfCost
from carecenter.core.terms import Role
from carecenter.operations.callers import RegisterCaller
from carecenter.queries import tickets
from carecenter.queries.tickets import TicketDetail
from carecenter.server.centre import Centre
from carecenter.standalone import Opened, Standalone
from carecenter.store.desk import Desk
from carecenter.ui.desk.call_pane import CallPane
from carecenter.ui.desk.page import DeskPage
from carecenter.ui.knowledge.pane import KnowledgePane
from carecenter.ui.messages import Message
from carecenter.ui.search.box import SearchBox
from carecenter.ui.search.model import Group
from carecenter.ui.supervisor.page import SupervisorPage
from carecenter.ui.tickets.page import TicketsPage
from carecenter.ui.views.ticket_view import TicketView
from carecenter.ui.views.ticket_view_model import Act
from carecenter.wire import NewAccount
from tests.ui.waiting import until

PASSWORD = "correct horse"
NAMES = (("هدى", "Huda"), ("سارة", "Sara"))
W = TypeVar("W", bound=QWidget)


def found_home(home: Path, names: tuple[tuple[str, str], tuple[str, str]] = NAMES) -> None:
    """A desk of two accounts: Huda leads all queues, Sara is an agent of all but the confidential one.

    `names`: what their colleagues read, in Arabic and in English.
    """
    standalone = Standalone(Paths(home), None, KdfCost.MINIMAL)
    queue_ids = ("general", "technical", "bodies")
    standalone.set_up(
        NewAccount(
            name="Huda",
            password=PASSWORD,
            role=Role.SUPERVISOR,
            display_name_ar=names[0][0],
            display_name_en=names[0][1],
            queue_ids=(*queue_ids, "confidential"),
        )
    )
    opened = standalone.sign_in("Huda", PASSWORD)
    standalone.add_account(
        opened,
        NewAccount(
            name="Sara",
            password=PASSWORD,
            role=Role.AGENT,
            display_name_ar=names[1][0],
            display_name_en=names[1][1],
            queue_ids=queue_ids,
        ),
    )
    opened.workstation.close()
    opened.close()


@asynccontextmanager
async def running(app: QApplication, home: Path, language: Literal["ar", "en"] = "en") -> AsyncIterator[Person]:
    """The whole program on a folder, ended as a person ends it."""
    write_settings(Paths(home).settings, Settings(language=language, theme="light"))
    application = Application(app, Paths(home))
    person, windows = Person(application), Windows(app)
    application.window.resize(1440, 900)
    application.window.show()  # not paint(): it waits in an event loop of its own, before there is this one
    application.window.activateWindow()
    work = asyncio.ensure_future(application.run())
    try:
        await until(application.window.isActiveWindow)
        yield person
        assert set(windows.seen) <= {"MainWindow", "QComboBoxPrivateContainer"}, "a part was shown as a window"
    finally:
        app.removeEventFilter(windows)
        application.stop()
        assert await work == 0
        app.layoutDirectionChanged.disconnect(application.theme._renew_icons)
        application.language.set("en")
        for part in (application.window, application.theme, application.language):
            part.deleteLater()


class Person:
    """Acts through keys and clicks, and sees what is visible; `heard` is what the message bar was told."""

    def __init__(self, application: Application) -> None:
        self.program, self.window = application, application.window
        self.heard: list[Message] = []
        application.messages.said.connect(self._on_said)

    @property
    def session(self) -> Session:
        session = self.program.session
        assert session is not None, "nobody is signed in"
        return session

    @property
    def store(self) -> Desk:
        """For what stands before a journey begins, and for what no screen shows."""
        return self.session.desk

    @property
    def centre(self) -> Centre:
        """The one embedded in this desk."""
        opened = self.session.opened
        assert isinstance(opened, Opened)
        return opened.centre

    @property
    def desk(self) -> DeskPage:
        return self._page("desk", DeskPage)

    @property
    def pane(self) -> CallPane:
        """The call in front."""
        pane = self.desk.pane()
        assert pane is not None, "no call is open"
        return pane

    @property
    def tickets(self) -> TicketsPage:
        return self._page("tickets", TicketsPage)

    @property
    def queues(self) -> SupervisorPage:
        return self._page("supervisor", SupervisorPage)

    @property
    def knowledge(self) -> KnowledgePane:
        """What stands beside the call."""
        pane = self.desk.findChild(KnowledgePane)
        assert isinstance(pane, KnowledgePane)
        return pane

    @property
    def search_box(self) -> SearchBox:
        box = self.session.pages.search_box
        assert isinstance(box, SearchBox)
        return box

    async def sign_in(self, name: str) -> None:
        form = self.program.panel.sign_in
        await until(lambda: form.isVisible() and form.name.count() > 0)
        form.choose(name)
        self.click(form.password.line)
        self.key_in(PASSWORD)
        self.press("Return")
        await until(lambda: self.program.session is not None and self.desk.isVisible())

    async def sign_out(self) -> None:
        self.press("Ctrl+Shift+Q")
        await until(lambda: self.program.session is None)

    async def take_call(self, number: str) -> CallPane:
        """F2, the number as it is typed, Enter."""
        before = len(self.desk.panes())
        self.press("Ctrl+1")
        self.press("F2")
        self.key_in(number)
        self.press("Return")
        await until(lambda: len(self.desk.panes()) == before + 1)
        return self.pane

    async def write_ticket(self, text: str) -> str:
        """Ctrl+T, the text, Ctrl+Enter; returns the follow-up reference on the screen."""
        panel = self.pane.tickets
        self.press("Ctrl+T")
        await until(panel.form.text.hasFocus)
        self.key_in(text)
        self.press("Ctrl+Return")
        await until(lambda: panel.issued.issued is not None)
        assert panel.issued.issued is not None
        return panel.issued.issued.reference

    async def end_call(self, digit: str) -> None:
        """Ctrl+E and the wrap-up code beside a digit."""
        self.press("Ctrl+1")
        before = len(self.desk.panes())
        self.press("Ctrl+E")
        await until(self.pane.wrap_up.codes.hasFocus)
        self.press(digit)
        await until(lambda: len(self.desk.panes()) == before - 1)

    async def search(self, line: str, group: Group) -> None:
        """Ctrl+K, a line, and Enter once the first thing found is of this group."""
        popup = self.search_box.popup()
        self.press("Ctrl+K")
        self.press("Ctrl+A")
        self.key_in(line)
        await until(lambda: (hit := popup.current()) is not None and popup.isVisible() and hit.group is group)
        self.press("Return")

    async def take_step(self, view: TicketView, act: Act, choice: str | None = None, text: str = "") -> None:
        """One of the acts under an opened ticket, until it stands in the timeline."""
        panel, before = view.actions_panel, len(view.timeline.lines())
        self.click(panel.segments.button(act))
        if choice is not None:
            self.choose(panel.choice_box, choice)
        panel.text.setFocus()
        self.key_in(text)
        self.press("Ctrl+Return")
        await until(lambda: len(view.timeline.lines()) > before and not panel.text.toPlainText())

    async def detail(self, reference: str) -> TicketDetail:
        """The ticket as this workstation has it."""
        (row,) = await self.store.ask(tickets.by_reference, reference)
        return await self.store.ask(tickets.detail, row.id)

    async def register(self, name_ar: str, name_en: str, number: str) -> str:
        """Somebody is on record before the journey begins; returns the id."""
        caller_id, phone = new_id(), (new_id(), number)
        await self.store.perform(RegisterCaller(caller_id=caller_id, name_ar=name_ar, name_en=name_en, phone=phone))
        return caller_id

    def press(self, keys: str, target: QWidget | None = None) -> None:
        QTest.keySequence(target or self.focus(), QKeySequence(keys))

    def key_in(self, text: str) -> None:
        """Key after key, into whatever has the keyboard."""
        for letter in text:  # QTest.keyClicks knows the letters of a Latin keyboard only
            target, none = self.focus(), Qt.KeyboardModifier.NoModifier
            QTest.sendKeyEvent(QTest.KeyAction.Click, target, Qt.Key.Key_unknown, letter, none)

    def click(self, widget: QWidget) -> None:
        target = widget.viewport() if isinstance(widget, QPlainTextEdit) else widget
        QTest.mouseClick(target, Qt.MouseButton.LeftButton)

    def choose(self, box: QComboBox, value: str) -> None:
        """Down to a choice of a list."""
        assert box.isVisible()
        assert box.findData(value) >= 0, f"{value} is not offered"
        self.press("Home", box)
        while box.currentData() != value:
            self.press("Down", box)

    def focus(self) -> QWidget:
        focused: QWidget | None = self.window.focusWidget()  # Qt's stubs forget that there may be none
        return self.window if focused is None else focused

    def shows(self, text: str) -> bool:
        return any(text in said for said in words_of(self.window))

    async def see(self, text: str) -> None:
        """Wait until a visible part of the window shows the text."""
        await until(lambda: self.shows(text))

    def _on_said(self, message: Message) -> None:
        self.heard.append(message)

    def _page(self, key: str, kind: type[W]) -> W:
        page = self.session.pages.page(key)
        assert isinstance(page, kind)
        return page


def words_of(whole: QWidget) -> list[str]:
    """The texts of the visible parts of a widget, people's data among them, without the marks of direction."""
    texts: list[str] = []
    for part in (whole, *whole.findChildren(QWidget)):
        if part.isVisible():
            texts.extend(plain(text) for text in _texts(part))
    return texts


def plain(text: str) -> str:
    """Without what only isolates directions; a space that keeps a number together is a space."""
    return text.translate(dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f"))).replace("\u00a0", " ")


def _texts(part: QWidget) -> list[str]:
    match part:
        case QLabel() | QAbstractButton():
            return [part.text()]
        case QPlainTextEdit():
            return [part.toPlainText()]
        case QComboBox():
            return [part.currentText()]
        case QAbstractItemView() if (model := part.model()) is not None:
            role = Qt.ItemDataRole.AccessibleTextRole
            return [str(model.index(row, 0).data(role) or "") for row in range(model.rowCount(QModelIndex()))]
    content: Callable[[], str] | None = getattr(part, "content", None)
    return [content()] if callable(content) and isinstance(content(), str) else []


def waiting_sentence(count: int) -> str:
    """What the status bar says of operations that wait."""
    text = i18n.ngettext("{count} operation waiting", "{count} operations waiting", count)
    return text.format(count=i18n.number(count))


class Windows(QObject):
    """Every window that was shown while this stood, however briefly; one more than the program's takes the keys."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.seen: list[str] = []
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(type(watched).__name__)
        return False
