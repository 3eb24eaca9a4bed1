"""An opened ticket on a desk, used as a person uses it."""

from typing import Any

from pytestqt.qtbot import QtBot

from carecenter.store.desk import Desk
from carecenter.ui.language import Language
from carecenter.ui.messages import Messages
from carecenter.ui.views.ticket_view import TicketView
from carecenter.ui.views.ticket_view_model import Act
from tests.ui.hearing import heard
from tests.ui.tickets.opening import open_ticket
from tests.ui.waiting import until


class Screen:
    """A ticket view on a desk, with what was said on it."""

    def __init__(self, qtbot: QtBot, desk: Desk, language: Language) -> None:
        messages = Messages()
        self.said = heard(messages)
        self.view = TicketView(desk, messages, language)
        self.view.resize(640, 720)
        qtbot.addWidget(self.view, before_close_func=lambda view: view.close_view())
        self.view.show()

    @property
    def panel(self) -> Any:
        return self.view.actions_panel

    async def open(self, ticket_id: str) -> None:
        stood: list[str] = []
        self.view.opened.connect(stood.append)
        self.view.open_ticket(ticket_id)
        await until(lambda: ticket_id in stood)

    def timeline(self) -> str:
        return "\n".join(line.words() for line in self.view.timeline.lines())

    async def take(self, act: Act, choice: str | None = None, text: str = "") -> None:
        """Takes a step as a person does, and waits for its line."""
        before = len(self.view.timeline.lines())
        self.panel.choose(act)
        if choice is not None:
            self.panel.choice_box.setCurrentIndex(self.panel.choice_box.findData(choice))
        if text:
            self.panel.text.setPlainText(text)
        self.panel.button.click()
        await until(lambda: len(self.view.timeline.lines()) > before)


async def screen_with_ticket(qtbot: QtBot, desk: Desk, language: Language, **facts: Any) -> tuple[Screen, str]:
    ticket = await open_ticket(desk, **facts)
    screen = Screen(qtbot, desk, language)
    await screen.open(ticket.ticket_id)
    return screen, ticket.ticket_id
