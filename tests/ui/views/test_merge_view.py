"""Two cards side by side, decided with the keyboard alone, on a card and among what a supervisor reviews."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from carecenter.core.ids import new_id
from carecenter.core.terms import Role
from carecenter.models.caller import Caller
from carecenter.operations.callers import RegisterCaller
from carecenter.queries import callers, merging
from carecenter.ui.language import Language
from carecenter.ui.messages import Message, Messages
from carecenter.ui.supervisor.page import SupervisorPage
from carecenter.ui.theme import Theme
from carecenter.ui.views.merge_view import MergeView
from tests.ui.halls import PHONE, HallOfTwo, hall_of_two
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio


class Deciding:
    """Sara leads; Noor's caller is known, a provisional card of the same number was written since."""

    def __init__(self, hall: HallOfTwo, qtbot: QtBot, language: Language) -> None:
        self.hall = hall
        self.known, self.ticket = hall.matter()
        self.written = RegisterCaller(
            caller_id=new_id(), name_ar="مريم", name_en="Maryam Salem", phone=(new_id(), PHONE), provisional=True
        )
        hall.noor.perform(self.written)
        hall.noor.push()
        messages = Messages()
        self.said: list[Message] = []
        messages.said.connect(self.said.append)
        self.page = SupervisorPage(hall.desk, messages, language)
        self.page.resize(1200, 800)
        qtbot.addWidget(self.page, before_close_func=lambda page: page.close_page())
        self.page.show()
        self.page.activateWindow()
        assert self.page.merging is not None
        self.review = self.page.merging
        self.page.tabs.setCurrentWidget(self.review)

    @property
    def view(self) -> MergeView:
        return self.review.view

    async def compare(self) -> None:
        await until(self.review.list.rows)
        rows = self.review.list
        rows.setFocus()
        rows.set_current(rows.rows()[0].key, tell=False)
        QTest.keyClick(rows, Qt.Key.Key_Return)
        await until(self.view.merge_button.hasFocus)

    async def card(self) -> str:
        return (await self.hall.desk.ask(callers.card, self.written.caller_id)).id


@pytest_asyncio.fixture
async def deciding(qtbot: QtBot, tmp_path: Path, theme: Theme, language: Language) -> AsyncIterator[Deciding]:
    async with hall_of_two(tmp_path, Role.SUPERVISOR) as hall:
        yield Deciding(hall, qtbot, language)


async def test_what_differs_is_told_in_words(deciding: Deciding) -> None:
    await deciding.compare()
    labels, values = deciding.view.labels, deciding.view.values
    assert labels["name_en"].text() == "Name in English: differs"
    assert labels["phones"].text() == "Phone number"
    assert [value.text() for value in values["name_en"]] == ["Mariam Al-Salem", "Maryam Salem"]
    assert "the portal fails" in values["tickets"][0].text()
    assert deciding.hall.asked("LookAtCaller") in (0, 2)  # on record as soon as it is sent


async def test_merged_and_undone_with_the_keyboard(deciding: Deciding) -> None:
    await deciding.compare()
    QTest.keyClick(deciding.view.merge_button, Qt.Key.Key_Space)
    await until(lambda: deciding.said)
    assert await deciding.card() == deciding.known.caller_id
    await until(deciding.review.empty.isVisible)
    undo = deciding.said[-1].action
    assert undo is not None
    undo.do()
    await until(lambda: deciding.review.list.rows() and deciding.review.list.isVisible())
    assert await deciding.card() == deciding.written.caller_id


async def test_two_people_are_left_as_they_are(deciding: Deciding) -> None:
    await deciding.compare()
    QTest.keyClick(deciding.view.two_button, Qt.Key.Key_Space)
    await until(deciding.review.empty.isVisible)
    assert await deciding.hall.desk.ask(merging.proposals) == ()
    await until(lambda: deciding.hall.asked("DismissMerge"))
    with (
        deciding.hall.built.centre.transaction() as unit
    ):  # the desk was sent the card to decide, and holds it no longer
        card = unit.session.get(Caller, deciding.written.caller_id)
        assert card is not None
        assert card.merged_into is None


async def test_esc_leads_back_to_the_list(deciding: Deciding) -> None:
    await deciding.compare()
    QTest.keyClick(deciding.view.merge_button, Qt.Key.Key_Escape)
    await until(deciding.review.list.hasFocus)
    assert not deciding.view.isVisible()
