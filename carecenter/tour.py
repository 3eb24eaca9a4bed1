"""The guided walk: the real program, driven by synthetic key presses and clicks through a whole call.

Each step ends with something a person would see; if it does not appear, the tour ends there and says so. Every
step leaves a numbered screenshot, and ``tour.json`` tells what was done and how long it took. It runs on a folder
of its own, with the demo desk, and touches nothing of the person who starts it.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTableView, QWidget

from carecenter.app import Application, Session
from carecenter.core import phone, reference
from carecenter.core.config import Paths, Settings, write_settings
from carecenter.core.i18n import gettext as _
from carecenter.queries import callers, tickets
from carecenter.queries.tickets import QueueFocus
from carecenter.server import demo
from carecenter.server.demo_people import demo_number
from carecenter.ui.desk.page import DeskPage
from carecenter.ui.knowledge.pane import KnowledgePane
from carecenter.ui.search.box import SearchBox
from carecenter.ui.search.model import Group
from carecenter.ui.supervisor.page import SupervisorPage
from carecenter.ui.tickets.page import TicketsPage
from carecenter.ui.views import words
from carecenter.ui.views.ticket_view_model import Act

WIDTH: Final = 1440
HEIGHT: Final = 900
PATIENCE_S: Final = 90
"""How long a step may take to be seen; the demo desk is filled in one of them."""

_CALLER: Final = 12
_ARABIC_INDIC: Final = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_TEXTS: Final = {
    "ar": (
        "ضاعت البطاقة المدنية",
        "لم تصل البطاقة منذ ثلاثة أسابيع",
        " مع أن الرسوم دُفعت.",
        "أرسلنا استفساراً إلى الهيئة.",
    ),
    "en": (
        "lost Civil ID card",
        "The card has not arrived for three weeks",
        " although the fee was paid.",
        "We have asked the authority.",
    ),
}


class NotSeen(Exception):
    """A step's result did not appear on the screen."""


def run(folder: Path, language: str) -> int:
    """Take the tour; 0 only if every step was seen. ``folder`` gets the screenshots and ``tour.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # nobody's keyring is written to
    with TemporaryDirectory(prefix="carecenter-tour-") as home:
        paths = Paths(Path(home))
        paths.prepare()
        write_settings(paths.settings, Settings(language=cast(Any, language), theme="light"))
        app = QApplication(["carecenter"])
        app.setQuitOnLastWindowClosed(False)
        try:
            tour = Tour(Application(app, paths), folder, language)
            return tour.take(app)
        finally:
            app.shutdown()


class Tour:
    """One walk. Sees what a person sees, and acts only through the keyboard and the mouse."""

    def __init__(self, application: Application, folder: Path, language: str) -> None:
        self._program, self._window = application, application.window
        self._folder, self._language = folder, language
        self._steps: list[dict[str, Any]] = []
        self._reference = ""
        self._window.resize(WIDTH, HEIGHT)
        self._strays = _Strays(self._window)
        QApplication.instance().installEventFilter(self._strays)  # type: ignore[union-attr]  # made by run()

    def take(self, app: QApplication) -> int:
        """Start the program, walk, close it; write ``tour.json``."""
        import qasync

        began = time.monotonic()
        self._program.paint()
        with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
            problem = runner.run(self._beside_the_program())
        told = {
            "language": self._language,
            "steps": self._steps,
            "seconds": round(time.monotonic() - began, 1),
            "reference": self._reference,
            "problem": problem,
        }
        (self._folder / "tour.json").write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")
        summary = f"{len(self._steps)} steps in {told['seconds']} s, reference {self._reference or '—'}"
        sys.stdout.write(f"tour: {problem or summary}\n")
        return 1 if problem else 0

    async def _beside_the_program(self) -> str:
        program = asyncio.ensure_future(self._program.run())
        try:
            await self._walk()
        except NotSeen as error:
            self._shoot("not-seen")
            return str(error)
        finally:
            self._program.stop()
            await program
        return ""

    async def _walk(self) -> None:
        question, half, rest, note = _TEXTS[self._language]
        await self._first_start()
        await self._sign_in("agent")
        await self._take_a_call()
        await self._ask(question)
        await self._write_a_ticket(half, rest)
        await self._find_it_again(note)
        await self._end_the_call()
        await self._review()

    async def _first_start(self) -> None:
        panel = self._program.panel
        with self._step("first-start"):
            await self._until(panel.first_start.demo.isEnabled, "the offer of the demo desk")
            await self._see(_("Open the demo desk"))
        with self._step("recovery-code"):
            self._click(panel.first_start.demo)
            await self._until(lambda: panel.card is panel.recovery_code, "the recovery code")
            await self._see(_("Write down the recovery code"))

    async def _sign_in(self, name: str) -> None:
        panel = self._program.panel
        if panel.card is not panel.sign_in:
            self._click(panel.recovery_code.done)
        with self._step(f"sign-in-{name}"):
            await self._until(lambda: panel.card is panel.sign_in and panel.sign_in.name.count() > 0, "the sign-in")
            panel.sign_in.choose(name)
            self._click(panel.sign_in.password.line)
            self._type(demo.DEMO_PASSWORD)
            await self._see(name)
        self._press("Return")
        await self._until(lambda: self._program.session is not None, "the desk")

    async def _take_a_call(self) -> None:
        desk = cast(DeskPage, self._page("desk"))
        number = demo_number(_CALLER)
        (caller,) = await self._ask_desk(callers.by_phone, number)
        with self._step("desk"):
            await self._see(desk.empty.accessibleName() or _("No call is open. Press F2 when the phone rings."))
        with self._step("number"):
            self._press("F2")
            self._type(number.removeprefix("+965").translate(_ARABIC_INDIC))
            await self._until(desk.bar.isVisible, "the line for the number")
        with self._step("caller"):
            self._press("Return")
            await self._until(lambda: desk.pane() is not None, "the call")
            await self._see(words.name(caller.name_ar, caller.name_en))
            await self._see(phone.display(number))

    async def _ask(self, question: str) -> None:
        desk = cast(DeskPage, self._page("desk"))
        knowledge = desk.findChild(KnowledgePane)
        if knowledge is None:
            raise NotSeen("the knowledge beside the call")
        with self._step("question"):
            self._click(self._pane(desk).notes.edit)
            self._type(question)
            await self._until(lambda: bool(knowledge.results.rows()), "an answer beside the notes")
        with self._step("answer"):
            self._click_row(knowledge.results)
            self._press("Return", knowledge.results)
            await self._until(knowledge.view.isVisible, "the article")
            await self._see(knowledge.results.rows()[0].title)
        with self._step("search-box"):
            self._press("Ctrl+K")
            self._type(question)
            await self._until(lambda: bool(self._found(Group.KNOWLEDGE)), "results under the box")
        self._press("Escape")

    async def _write_a_ticket(self, half: str, rest: str) -> None:
        desk = cast(DeskPage, self._page("desk"))
        panel = self._pane(desk).tickets
        with self._step("ticket-half-typed"):
            self._press("Ctrl+T")
            await self._until(panel.form.isVisible, "the ticket form")
            self._type(half)
            await self._see(half)
        with self._step("language-switched"):
            before = self._window.layoutDirection()
            self._press("Ctrl+Shift+L")
            await self._until(lambda: self._window.layoutDirection() != before, "the other direction")
            await self._see(half)
            if not panel.form.text.hasFocus():
                raise NotSeen("the keyboard is no longer in the text that was being typed")
        self._press("Ctrl+Shift+L")
        with self._step("reference"):
            self._type(rest)
            self._press("Ctrl+Return")
            await self._until(lambda: panel.issued.issued is not None, "the follow-up reference")
            self._reference = panel.issued.issued.reference
            await self._see(reference.format_grouped(self._reference))

    async def _find_it_again(self, note: str) -> None:
        page = cast(TicketsPage, self._page("tickets"))
        with self._step("found-by-reference"):
            self._press("Ctrl+K")
            self._press("Ctrl+A")
            self._type(reference.format_grouped(self._reference))
            await self._until(lambda: bool(self._found(Group.TICKETS)), "the ticket under the box")
        with self._step("ticket"):
            self._press("Return")
            await self._until(page.isVisible, "the page of tickets")
            await self._see(reference.format_grouped(self._reference))
            await self._until(lambda: bool(page.view.ticket_id()), "the opened ticket")
        with self._step("note"):
            self._click(page.view.actions_panel.text)
            self._type(note)
            self._press("Ctrl+Return")
            await self._until(lambda: not page.view.actions_panel.text.toPlainText(), "the saved note")
            await self._see(note)

    async def _end_the_call(self) -> None:
        desk = cast(DeskPage, self._page("desk"))
        with self._step("wrap-up"):
            self._press("Ctrl+1")
            await self._until(desk.isVisible, "the desk")
            self._press("Ctrl+E")
            await self._until(self._pane(desk).wrap_up.isVisible, "the wrap-up codes")
        with self._step("call-ended"):
            self._press("2")
            await self._until(lambda: desk.pane() is None, "the free desk")

    async def _review(self) -> None:
        self._press("Ctrl+Shift+Q")
        await self._until(lambda: self._program.session is None, "the sign-in after the sign-out")
        await self._sign_in("supervisor")
        self._press("Ctrl+4")
        page = cast(SupervisorPage, self._page("supervisor"))
        review = page.review
        if review is None:
            raise NotSeen("the supervisor's queue")
        with self._step("queue"):
            await self._until(lambda: page.isVisible() and bool(review.list.rows()), "the queue")
        with self._step("unassigned"):
            self._click(review.filters.focus_chips.button(QueueFocus.UNASSIGNED))
            (ticket,) = await self._ask_desk(tickets.by_reference, self._reference)
            await self._until(
                lambda: (
                    all(row.assignee_id is None for row in review.list.rows())
                    and any(row.id == ticket.id for row in review.list.rows())
                ),
                "the new ticket among the unassigned",
            )
        with self._step("assigned"):
            review.list.set_current(ticket.id)
            self._press("Return", review.list)
            await self._until(lambda: review.view.ticket_id() == ticket.id, "the ticket beside the queue")
            actions = review.view.actions_panel
            await self._until(lambda: actions.segments.button(Act.ASSIGN).isVisible(), "the way to assign")
            self._click(actions.segments.button(Act.ASSIGN))
            self._click(actions.to_me)
            await self._until(lambda: self._assigned(ticket.id), "the assignment in the timeline")
        with self._step("activity"):
            page.tabs.setCurrentIndex(1)
            await self._see(reference.format_grouped(self._reference))

    def _assigned(self, ticket_id: str) -> bool:
        review = cast(SupervisorPage, self._page("supervisor")).review
        viewer = self._session.desk.viewer
        name = words.name(viewer.display_name_ar, viewer.display_name_en)
        return review is not None and review.view.ticket_id() == ticket_id and _shows(review.view.timeline, name)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        if self._strays.found:
            raise NotSeen(f"a window beside the window: {', '.join(self._strays.found)}")
        self._steps.append(
            {"name": name, "seconds": round(time.monotonic() - began, 2), "screenshot": self._shoot(name)}
        )

    def _shoot(self, name: str) -> str:
        # Nothing here may process events: a task of the program stepped inside this one would be lost.
        file = f"{len(self._steps) + 1:02}-{name}.png"
        self._window.grab().save(str(self._folder / file))
        return file

    async def _see(self, text: str) -> None:
        await self._until(lambda: _shows(self._window, text), f"“{text}”")

    async def _until(self, seen: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not seen():  # noqa: ASYNC110 - what is painted tells nobody
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise NotSeen(f"not seen after step {len(self._steps)}: {what}") from None
        await asyncio.sleep(0.05)  # one frame more, so that the picture shows what was seen

    @property
    def _session(self) -> Session:
        session = self._program.session
        if session is None:
            raise NotSeen("somebody signed in")
        return session

    async def _ask_desk(self, query: Any, *asked: Any) -> Any:
        return await self._session.desk.ask(query, *asked)

    def _found(self, group: Group) -> Any:
        return cast(SearchBox, self._session.pages.search_box).popup().rows(group)

    def _page(self, key: str) -> QWidget:
        return self._session.pages.page(key)

    @staticmethod
    def _pane(desk: DeskPage) -> Any:
        pane = desk.pane()
        if pane is None:
            raise NotSeen("an open call")
        return pane

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self._window

    def _press(self, keys: str, target: QWidget | None = None) -> None:
        QTest.keySequence(target or self._focus(), QKeySequence(keys))

    def _type(self, text: str) -> None:
        target = self._focus()
        if text.isascii():
            QTest.keyClicks(target, text)
            return
        for letter in text:  # keyClicks knows the letters of a Latin keyboard only
            QTest.sendKeyEvent(QTest.KeyAction.Click, target, Qt.Key.Key_unknown, letter, Qt.KeyboardModifier(0))

    @staticmethod
    def _click(widget: QWidget) -> None:
        target = widget.viewport() if hasattr(widget, "viewport") else widget
        QTest.mouseClick(cast(QWidget, target), Qt.MouseButton.LeftButton)

    @staticmethod
    def _click_row(view: QAbstractItemView, at: int = 0) -> None:
        place: QPoint = view.visualRect(view.model().index(at, 0)).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0), place)


class _Strays(QObject):
    """Notices every window but the one: a part shown before it has its place takes the keyboard away."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.found: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Looks at what is shown."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            beside = watched is not self._window and watched.windowType() is not Qt.WindowType.ToolTip
            self.found.extend([type(watched).__name__] * beside)
        return False


def _shows(whole: QWidget, text: str) -> bool:
    """Whether a visible part of a widget shows the text."""
    parts = (whole, *whole.findChildren(QWidget))
    return any(text in said for part in parts if part.isVisible() for said in _said(part))


def _said(part: QWidget) -> Iterator[str]:
    for name in ("text", "toPlainText", "currentText", "title", "content"):
        ask = getattr(part, name, None)
        if callable(ask):
            try:
                said = ask()
            except TypeError:
                continue
            if isinstance(said, str):
                yield said
    if isinstance(part, QAbstractItemView) and part.model() is not None:
        model = part.model()
        # A list's model keeps its one column to itself.
        columns = model.columnCount(QModelIndex()) if isinstance(part, QTableView) else 1
        for row in range(min(model.rowCount(QModelIndex()), 100)):
            for column in range(columns):
                yield str(model.index(row, column).data() or "")
