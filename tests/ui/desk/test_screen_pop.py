"""The phone rings in a hall: people on this number are sought here and at the centre together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from carecenter.core.ids import new_id
from carecenter.operations.callers import RegisterCaller
from carecenter.ui.desk.call_pane import CallPane
from carecenter.ui.desk.page import DeskPage
from carecenter.ui.language import Language
from carecenter.ui.messages import Messages
from carecenter.ui.theme import Theme
from tests.ui.halls import PHONE, HallOfTwo, hall_of_two
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio


@dataclass
class Ringing:
    hall: HallOfTwo
    page: DeskPage

    async def call(self, number: str = PHONE) -> CallPane:
        self.page.take_call(number)
        await until(lambda: self.page.pane() is not None)
        pane = self.page.pane()
        assert pane is not None
        return pane

    async def here(self, name: str) -> str:
        card = RegisterCaller(caller_id=new_id(), name_en=name, phone=(new_id(), PHONE))
        await self.hall.desk.perform(card)
        return card.caller_id


@pytest_asyncio.fixture
async def ringing(
    qtbot: QtBot, tmp_path: Path, theme: Theme, language: Language, messages: Messages
) -> AsyncIterator[Ringing]:
    async with hall_of_two(tmp_path) as hall:
        page = DeskPage(hall.desk, messages, language)
        page.resize(1200, 800)
        page.show()
        page.activateWindow()
        await until(page.isActiveWindow)
        yield Ringing(hall, page)
        page.close_page()
        await page.work_done()
        shiboken6.delete(page)


def _names(pane: CallPane) -> list[tuple[str, str]]:
    return [(row.title, row.meta) for row in pane.who.matches.rows()]


async def test_whom_the_centre_knows_joins_the_list_and_is_chosen_by_a_digit(ringing: Ringing) -> None:
    card, _ = ringing.hall.matter()
    pane = await ringing.call()
    await until(lambda: _names(pane) == [(card.name_en, "at the centre")])
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    await until(lambda: pane.state.card is not None)
    assert pane.title() == card.name_en
    assert ringing.hall.asked("OpenFound") == 1


async def test_people_of_the_store_stand_first_and_keep_their_digits(ringing: Ringing) -> None:
    card, _ = ringing.hall.matter()
    await ringing.here("Her brother")
    await ringing.here("Her sister")
    pane = await ringing.call()
    before = _names(pane)
    assert {name for name, _ in before} == {"Her brother", "Her sister"}
    chosen = pane.who.matches.current_key()
    await until(lambda: len(_names(pane)) == 3)
    assert _names(pane) == [*before, (card.name_en, "at the centre")]
    assert pane.who.matches.current_key() == chosen


async def test_the_only_match_of_the_store_is_on_the_card_and_nobody_is_asked(ringing: Ringing) -> None:
    ringing.hall.matter()
    await ringing.here("Her brother")
    pane = await ringing.call()
    assert pane.title() == "Her brother"
    assert ringing.hall.asked() == 0


async def test_nobody_anywhere_is_said(ringing: Ringing) -> None:
    pane = await ringing.call()
    await until(lambda: pane.who.said_of_centre() == "The centre knows nobody on this number.")
    assert not pane.who.matches.isVisible()


async def test_offline_the_call_goes_on_and_says_so(ringing: Ringing) -> None:
    ringing.hall.matter()
    ringing.hall.pretend(online=False)
    pane = await ringing.call()
    await until(lambda: "provisional" in pane.who.said_of_centre())
    assert pane.who.said_of_centre().startswith("Offline:")
    assert pane.who.name_ar.hasFocus()


async def test_a_card_written_offline_is_provisional_until_the_centre_proposes_whom_it_knows(
    ringing: Ringing,
) -> None:
    card, _ = ringing.hall.matter()
    ringing.hall.pretend(online=False)
    pane = await ringing.call()
    await until(lambda: "provisional" in pane.who.said_of_centre())
    pane.who.name_en.setText("Maryam Salem")
    pane.who.submit()
    await until(lambda: pane.state.card is not None)
    await until(
        lambda: pane.state.card is not None and not pane.state.card.provisional and pane.state.card.proposals
    )
    same = pane.caller_card.sections["same"][1]
    assert [row.title for row in same.rows()] == [card.name_en]

    same.setFocus()
    same.set_current(same.rows()[0].key, tell=False)
    QTest.keyClick(same, Qt.Key.Key_Return)
    view = ringing.page.merging
    await until(lambda: view.isVisible() and view.close_button.hasFocus())
    assert "A senior agent or a supervisor decides this." in view.said()
    assert not view.merge_button.isVisible()
    QTest.keyClick(view.close_button, Qt.Key.Key_Escape)
    await until(lambda: ringing.page.pane() is pane)


def _found(pane: CallPane) -> list[tuple[str, str]]:
    return [(row.title, row.meta) for row in pane.who.found.rows()]


async def test_somebody_who_calls_from_another_number_is_sought_at_the_centre_too(ringing: Ringing) -> None:
    card, _ = ringing.hall.matter()
    pane = await ringing.call("+96566001122")
    await until(lambda: pane.who.said_of_centre() == "The centre knows nobody on this number.")
    pane.who.line.setFocus()
    QTest.keyClicks(pane.who.line, card.name_en)
    await until(lambda: _found(pane) == [("Search at the centre too", "")])
    asked = ringing.hall.asked()
    QTest.keyClick(pane.who.line, Qt.Key.Key_Return)
    await until(lambda: _found(pane) == [(card.name_en, "at the centre")])
    assert ringing.hall.asked() == asked + 1, "it was asked once, and not while the name was typed"
    QTest.keyClick(pane.who.line, Qt.Key.Key_Return)
    await until(lambda: pane.state.card is not None)
    assert pane.title() == card.name_en
    shown = pane.state.card
    assert shown is not None
    assert {PHONE, "+96566001122"} == set(shown.phones)


async def test_those_here_stand_before_those_at_the_centre(ringing: Ringing) -> None:
    card, _ = ringing.hall.matter()
    await ringing.here(f"{card.name_en} Junior")
    pane = await ringing.call("+96566001122")
    pane.who.line.setFocus()
    QTest.keyClicks(pane.who.line, card.name_en)
    await until(lambda: len(_found(pane)) == 2)
    pane.who.choose(1)
    await until(lambda: _found(pane)[1:] == [(card.name_en, "at the centre")])
    assert _found(pane)[0][0] == f"{card.name_en} Junior"


async def test_offline_the_search_at_the_centre_says_so_and_can_be_asked_again(ringing: Ringing) -> None:
    card, _ = ringing.hall.matter()
    ringing.hall.pretend(online=False)
    pane = await ringing.call("+96566001122")
    pane.who.line.setFocus()
    QTest.keyClicks(pane.who.line, card.name_en)
    await until(lambda: bool(_found(pane)))
    QTest.keyClick(pane.who.line, Qt.Key.Key_Return)
    await until(lambda: pane.who.said_of_search().startswith("Offline:"))
    ringing.hall.pretend(online=True)
    QTest.keyClick(pane.who.line, Qt.Key.Key_Return)
    await until(lambda: _found(pane) == [(card.name_en, "at the centre")])


async def test_another_line_is_not_answered_with_what_was_asked_for_the_last_one(ringing: Ringing) -> None:
    card, _ = ringing.hall.matter()
    pane = await ringing.call("+96566001122")
    pane.who.line.setFocus()
    QTest.keyClicks(pane.who.line, card.name_en)
    await until(lambda: bool(_found(pane)))
    QTest.keyClick(pane.who.line, Qt.Key.Key_Return)
    await until(lambda: _found(pane) == [(card.name_en, "at the centre")])
    QTest.keyClicks(pane.who.line, "xyz")
    await until(lambda: _found(pane) == [("Search at the centre too", "")])


async def test_a_card_written_after_the_centre_was_asked_is_none(ringing: Ringing) -> None:
    pane = await ringing.call()
    await until(lambda: pane.who.said_of_centre() == "The centre knows nobody on this number.")
    pane.who.name_en.setText("Maryam Salem")
    pane.who.submit()
    await until(lambda: pane.state.card is not None)
    assert not pane.caller_card.provisional.isVisible()
