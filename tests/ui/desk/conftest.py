"""A desk page on the screen, as an agent has it in front of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
import shiboken6
from pytestqt.qtbot import QtBot

from carecenter.core.ids import new_id
from carecenter.operations.callers import RegisterCaller
from carecenter.store.desk import Desk
from carecenter.ui.desk.call_pane import CallPane
from carecenter.ui.desk.page import DeskPage
from carecenter.ui.language import Language
from carecenter.ui.messages import Messages
from carecenter.ui.theme import Theme
from tests.ui.hearing import heard
from tests.ui.waiting import until


@dataclass
class Screen:
    """The page, and what the message bar was told."""

    page: DeskPage
    desk: Desk
    said: list[str]

    @property
    def pane(self) -> CallPane:
        """The call in front."""
        pane = self.page.pane()
        assert pane is not None, "no call is open"
        return pane

    async def call(self, number: str) -> CallPane:
        """A call comes in, and its tab stands."""
        before = len(self.page.panes())
        self.page.take_call(number)
        await until(lambda: len(self.page.panes()) == before + 1)
        return self.pane

    async def person(self, name: str, number: str, civil_id: str | None = None) -> str:
        """Somebody is on record; returns the id."""
        caller_id = new_id()
        phone = (new_id(), number)
        await self.desk.perform(
            RegisterCaller(caller_id=caller_id, name_en=name, name_ar="محمد", phone=phone, civil_id=civil_id)
        )
        return caller_id


@pytest.fixture
def messages() -> Messages:
    return Messages()


@pytest_asyncio.fixture
async def screen(
    desk: Desk, messages: Messages, theme: Theme, language: Language, qtbot: QtBot
) -> AsyncIterator[Screen]:
    page = DeskPage(desk, messages, language)  # not qtbot's: it would delete the page before it is settled below
    screen = Screen(page, desk, heard(messages))
    page.resize(1440, 900)
    page.show()
    page.activateWindow()
    await until(page.isActiveWindow)
    yield screen
    await page.settle()
    page.close_page()
    await page.work_done()
    shiboken6.delete(page)
