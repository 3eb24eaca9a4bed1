"""The pages of the account that is signed in: made when first wanted, and what leads from one to another.

Pages do not know each other: each says what is asked for, and here stands where that is found.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from pathlib import Path

    from carecenter.store.desk import Desk
    from carecenter.telephony.links import IncomingCall
    from carecenter.ui.language import Language
    from carecenter.ui.messages import Messages
    from carecenter.ui.preferences import Preferences
    from carecenter.ui.settings.office import Office

Maker = Callable[[], QWidget]


class Pages(QObject):
    """`made` carries a new page before it is shown, `wanted` the key of the page that another one leads to.

    A page may have the signals `ticket_requested`, `caller_requested`, `article_requested` (each with an id) and
    `new_call_requested`, and the methods `open_ticket`, `open_caller`, `open_article`, `open_call` for what it can
    show. `search_box` has the same signals. `call_changed` carries the id of the call in front, empty for none: the
    desk's own signal, for whoever stands beside the pages.
    """

    made = Signal(QWidget)
    wanted = Signal(str)
    call_changed = Signal(str)

    def __init__(self, makers: dict[str, Maker], search_box: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.makers = makers
        self._made: dict[str, QWidget] = {}
        self.search_box = search_box
        self._listen(search_box)

    def keys(self) -> tuple[str, ...]:
        """The pages this account has, in the rail's order."""
        return tuple(self.makers)

    def page(self, key: str) -> QWidget:
        """The page, made if need be. Raises KeyError for one this account does not have."""
        if key not in self._made:
            page = self._made[key] = self.makers[key]()
            self._listen(page)
            self.made.emit(page)
        return self._made[key]

    def all(self) -> tuple[QWidget, ...]:
        """The pages made so far."""
        return tuple(self._made.values())

    def show_attention(self) -> None:
        """The settings' list of what the centre did not take."""
        self._lead("settings", "show_attention")

    def show_server(self) -> None:
        """The settings' part about the server."""
        self._lead("settings", "show_part", "server")

    def take_call(self, call: IncomingCall) -> None:
        """A phone rings, as the exchange tells it."""
        spoken = () if call.language is None else (call.language,)
        self._lead("desk", "take_call", call.number, call.channel, *spoken)

    async def settle(self) -> None:
        """What is half-typed is on the disk when this returns."""
        for part in self._made.values():
            if (settle := getattr(part, "settle", None)) is not None:
                await settle()

    async def close(self) -> None:
        """Every page writes down what is being typed and stops listening; one that fails stops no other."""
        failures: list[Exception] = []
        for part in (*self._made.values(), self.search_box):
            try:
                await _closed(part)
            except Exception as error:
                failures.append(error)
        if failures:
            raise ExceptionGroup("pages that could not be closed", failures)

    def _listen(self, part: QWidget) -> None:
        for signal, key, method in (
            ("ticket_requested", "tickets", "open_ticket"),
            ("caller_requested", "desk", "open_caller"),
            ("new_call_requested", "desk", "take_call"),
            ("article_requested", "knowledge", "open_article"),
            ("call_requested", "desk", "take_call"),
        ):
            if (found := getattr(part, signal, None)) is not None:
                found.connect(self._leader(key, method))
        if (changed := getattr(part, "call_changed", None)) is not None:
            changed.connect(self.call_changed)

    def _leader(self, key: str, method: str) -> Callable[..., None]:
        return lambda *details: self._lead(key, method, *details)

    def _lead(self, key: str, method: str, *details: Any) -> None:
        if key not in self.makers:
            return
        page = self.page(key)
        self.wanted.emit(key)
        if method == "take_call" and not details:
            details = (None,)  # no number yet: the page asks for it
        getattr(page, method)(*details)


async def _closed(part: QWidget) -> None:
    if (close := getattr(part, "close_page", None)) is not None:
        closing = close()
        if inspect.isawaitable(closing):
            await closing
    if (work_done := getattr(part, "work_done", None)) is not None:
        await work_done()


def make_pages(
    desk: Desk, messages: Messages, language: Language, *, preferences: Preferences, office: Office, backups: Path
) -> Pages:
    """Everything of whoever has signed in; `backups`: the folder in which they are looked for first."""
    from carecenter.ui.search.box import SearchBox

    def settings() -> QWidget:
        from carecenter.ui.settings.page import SettingsPage

        return SettingsPage(desk, messages, language, preferences=preferences, office=office, backups=backups)

    box = SearchBox(desk, messages, language)
    pages = Pages(page_makers(desk, messages, language, settings), box)
    pages.call_changed.connect(box.set_call)
    return pages


def page_makers(desk: Desk, messages: Messages, language: Language, settings: Maker) -> dict[str, Maker]:
    """The pages of an account in the rail's order; queues are reviewed by those who lead."""
    makers: dict[str, Maker] = {
        "desk": lambda: _desk_page(desk, messages, language),
        "tickets": lambda: _tickets_page(desk, messages, language),
        "knowledge": lambda: _knowledge_page(desk, messages, language),
    }
    if desk.viewer.leads:
        makers["supervisor"] = lambda: _supervisor_page(desk, messages, language)
    makers["settings"] = settings
    return makers


def _desk_page(desk: Desk, messages: Messages, language: Language) -> QWidget:
    from carecenter.ui.desk.page import DeskPage
    from carecenter.ui.knowledge.pane import KnowledgePane

    page = DeskPage(desk, messages, language)
    pane = KnowledgePane(desk, messages, language)
    page.call_changed.connect(pane.begin)
    page.notes_settled.connect(pane.follow)
    page.front_changed.connect(lambda: pane.set_call(open_call=page.pane() is not None, linked=page.linked()))
    pane.article_linked.connect(page.link_article)
    pane.article_opened.connect(page.propose)
    page.set_knowledge(pane)
    page.restore()
    return page


def _tickets_page(desk: Desk, messages: Messages, language: Language) -> QWidget:
    from carecenter.ui.tickets.page import TicketsPage

    return TicketsPage(desk, messages, language)


def _knowledge_page(desk: Desk, messages: Messages, language: Language) -> QWidget:
    from carecenter.ui.knowledge.page import KnowledgePage

    return KnowledgePage(desk, messages, language)


def _supervisor_page(desk: Desk, messages: Messages, language: Language) -> QWidget:
    from carecenter.ui.supervisor.page import SupervisorPage

    return SupervisorPage(desk, messages, language)
