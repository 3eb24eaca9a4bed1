"""The search box in a hall: the centre is asked too, joins what it has, and is never in the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from carecenter.core.ids import new_id
from carecenter.operations.callers import RegisterCaller
from carecenter.queries import tickets
from carecenter.server import lookup
from carecenter.ui.language import Language
from carecenter.ui.messages import Messages
from carecenter.ui.search.box import SearchBox
from carecenter.ui.search.model import Group
from carecenter.ui.theme import Theme
from tests.ui.halls import PHONE, HallOfTwo, hall_of_two
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio
CTRL = Qt.KeyboardModifier.ControlModifier


class Search:
    """The box of Sara, who holds the general queue; what it asks to be opened."""

    def __init__(self, hall: HallOfTwo, language: Language, qtbot: QtBot) -> None:
        self.hall, self._qtbot = hall, qtbot
        self.box = SearchBox(hall.desk, Messages(), language)
        qtbot.addWidget(self.box, before_close_func=lambda box: box.close_page())
        self.box.resize(900, 40)
        self.opened: list[tuple[str, str]] = []
        for kind in ("ticket", "caller", "call"):
            getattr(self.box, f"{kind}_requested").connect(lambda key, kind=kind: self.opened.append((kind, key)))
        self.box.show()
        self.box.activateWindow()

    async def type(self, line: str) -> None:
        self.box.line.setFocus()
        await until(self.box.line.hasFocus)
        self.box.line.setText(line)
        await until(self.box._is_answered)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self._qtbot.keyClick(self.box.line, key, modifier)

    def titles(self, group: Group) -> list[str]:
        return [row.title for row in self.box.popup().rows(group)]

    @property
    def remark(self) -> str:
        return self.box.popup().remark()


@pytest_asyncio.fixture
async def search(qtbot: QtBot, tmp_path: Path, theme: Theme, language: Language) -> AsyncIterator[Search]:
    async with hall_of_two(tmp_path) as hall:
        yield Search(hall, language, qtbot)


async def test_a_reference_of_another_queue_is_found_at_the_centre_and_opened(search: Search) -> None:
    _, ticket = search.hall.matter()
    await search.type(ticket.reference)
    await until(lambda: search.titles(Group.CENTRE_TICKETS))
    search.press(Qt.Key.Key_Return)
    await until(lambda: search.remark == "The centre is sending it…" or search.opened)
    await until(lambda: search.opened)
    assert search.opened == [("ticket", ticket.ticket_id)]
    assert (await search.hall.desk.ask(tickets.detail, ticket.ticket_id)).text == "the portal fails"
    assert search.hall.asked() == search.hall.asked("OpenFound") == 1


async def test_what_joins_does_not_move_the_row_under_the_cursor(search: Search) -> None:
    card, _ = search.hall.matter()
    here = RegisterCaller(caller_id=new_id(), name_en="Her brother", phone=(new_id(), PHONE))
    await search.hall.desk.perform(here)
    await search.type("99887766")
    before = search.box.popup().current()
    assert before is not None
    assert before.key == here.caller_id
    await until(lambda: search.titles(Group.CENTRE_CALLERS))
    assert search.box.popup().current() == before
    assert search.titles(Group.CENTRE_CALLERS) == [card.name_en]
    assert "99887" not in search.box.popup().rows(Group.CENTRE_CALLERS)[0].subtitle


async def test_words_are_asked_for_only_when_somebody_says_so(search: Search) -> None:
    card, _ = search.hall.matter()
    for line in ("m", "mar", "mariam", "mariam sal"):
        await search.type(line)
    assert search.titles(Group.CENTRE) == ["Search at the centre too"]
    assert search.hall.asked() == 0
    search.press(Qt.Key.Key_Return, CTRL)
    await until(lambda: search.titles(Group.CENTRE_CALLERS))
    assert search.titles(Group.CENTRE_CALLERS) == [card.name_en]
    assert search.hall.asked() == 1


async def test_a_name_nobody_here_has_leads_to_the_centre_before_the_editors(search: Search) -> None:
    card, _ = search.hall.matter()
    await search.type("mariam sal")
    assert search.titles(Group.EDITORS)
    search.press(Qt.Key.Key_Return)
    await until(lambda: search.titles(Group.CENTRE_CALLERS) == [card.name_en])
    search.press(Qt.Key.Key_Return)
    await until(lambda: search.opened)
    assert search.opened == [("caller", card.caller_id)]


async def test_a_number_that_grows_is_asked_for_once(search: Search) -> None:
    for length in (8, 9, 10, 11, 12):
        await search.type("282040701483"[:length])
    await until(lambda: search.remark == "The centre knows nothing beyond this.")
    assert search.hall.asked() == 1


async def test_offline_and_too_often_are_calm_words(search: Search) -> None:
    _, ticket = search.hall.matter()
    search.hall.pretend(online=False)
    await search.type(ticket.reference)
    await until(lambda: search.remark == "Offline: only what is on this workstation was searched.")
    search.hall.pretend(online=True)
    for _ in range(lookup.A_MINUTE):
        assert search.hall.desk.elsewhere is not None
        await search.hall.desk.elsewhere.find("0000000000")
    search.press(Qt.Key.Key_Return, CTRL)
    await until(lambda: "very much looking up" in search.remark)
    await search.type("99")
    assert search.box.isEnabled()


async def test_what_the_centre_sends_too_late_is_told(search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    _, ticket = search.hall.matter()
    await search.type(ticket.reference)
    await until(lambda: search.titles(Group.CENTRE_TICKETS))
    monkeypatch.setattr(search.hall.desk.elsewhere, "_patience", 0.0)
    search.press(Qt.Key.Key_Return)
    await until(lambda: "Try again in a moment" in search.remark)
    assert search.opened == []
    assert search.titles(Group.CENTRE_TICKETS)
