"""The pages as the window gets them: made for an account, and joined to what stands beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from carecenter.operations.requests import RequestArticle
from carecenter.store.desk import Desk
from carecenter.ui.desk.page import DeskPage
from carecenter.ui.knowledge.page import KnowledgePage
from carecenter.ui.knowledge.pane import KnowledgePane
from carecenter.ui.language import Language
from carecenter.ui.messages import Messages
from carecenter.ui.pages import Pages, make_pages, page_makers
from carecenter.ui.preferences import Preferences
from carecenter.ui.search.box import SearchBox
from carecenter.ui.search.model import Group
from carecenter.ui.theme import Theme
from tests.ui.performing import performed
from tests.ui.settings.room import SmallOffice
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio


async def test_the_article_of_one_call_does_not_stand_beside_the_next(
    qtbot: QtBot, desk: Desk, theme: Theme, language: Language
) -> None:
    page = page_makers(desk, Messages(), language, QWidget)["desk"]()
    qtbot.addWidget(page)
    assert isinstance(page, DeskPage)
    page.show()
    knowledge = page.findChild(KnowledgePane)
    assert isinstance(knowledge, KnowledgePane)
    page.take_call("99887766")
    await until(page.panes)
    knowledge.question.setText("passport")
    await until(knowledge.results.rows)
    knowledge.open_article(knowledge.results.rows()[0].key)
    await until(knowledge.view.article)
    page.take_call("55512345")
    await until(lambda: len(page.panes()) == 2)
    assert (knowledge.view.article(), knowledge.question.text()) == (None, "")
    page.tabs.setCurrentIndex(0)
    await until(knowledge.view.article)
    assert knowledge.question.text() == "passport"
    await page.settle()
    page.close_page()
    await page.work_done()


@pytest_asyncio.fixture
async def pages(qtbot: QtBot, tmp_path: Path, desk: Desk, theme: Theme, language: Language) -> AsyncIterator[Pages]:
    preferences = Preferences(tmp_path / "settings.json", theme, language)
    office = SmallOffice()
    pages = make_pages(desk, Messages(), language, preferences=preferences, office=office, backups=tmp_path)
    pages.made.connect(QWidget.show)
    pages.search_box.show()
    yield pages
    await pages.close()
    for part in (*pages.all(), pages.search_box):
        part.close()
        part.deleteLater()


async def _found(pages: Pages, line: str, group: Group) -> SearchBox:
    box = pages.search_box
    assert isinstance(box, SearchBox)
    box.activateWindow()
    await until(box.isActiveWindow)
    box.line.setFocus()
    box.line.setText(line)
    await until(lambda: box.popup().rows(group))
    return box


@pytest.mark.parametrize(("line", "marked"), [("passports", "passport"), ("الجوازات", "جواز")])
async def test_an_article_opened_from_the_box_has_its_marks_and_keeps_them(
    pages: Pages, qtbot: QtBot, language: Language, line: str, marked: str
) -> None:
    language.set("en" if line.isascii() else "ar")
    box = await _found(pages, line, Group.KNOWLEDGE)
    qtbot.keyClick(box.line, Qt.Key.Key_Return)
    page = pages.page("knowledge")
    assert isinstance(page, KnowledgePage)
    await until(page.view.article)
    assert any(marked in word for word in _marked(page))
    before = _marked(page)
    shown = page.view.article()
    page._on_changed(frozenset({"article"}))  # as when an editor changes any article
    await until(lambda: page.view.article() is not shown)
    assert _marked(page) == before


async def test_what_is_asked_in_the_box_is_of_the_call_in_front(
    pages: Pages, qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = performed(desk, monkeypatch)
    page = pages.page("desk")
    assert isinstance(page, DeskPage)
    page.take_call("99887766")
    await until(page.pane)
    box = await _found(pages, "qqqqzzzz", Group.EDITORS)
    qtbot.keyClick(box.line, Qt.Key.Key_R, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(box.popup().request.question, Qt.Key.Key_Return)
    await until(lambda: not box.line.text())
    pane = page.pane()
    assert pane is not None
    asked = [one for one in kept if isinstance(one, RequestArticle)]
    assert [(one.question, one.call_id) for one in asked] == [("qqqqzzzz", pane.call_id)]


def _marked(page: KnowledgePage) -> set[str]:
    return {selection.cursor.selectedText().lower() for selection in page.view.page.extraSelections()}
