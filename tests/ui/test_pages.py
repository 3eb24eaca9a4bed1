"""The pages as the window gets them: made for an account, and joined to what stands beside them."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from carecenter.store.desk import Desk
from carecenter.ui.desk.page import DeskPage
from carecenter.ui.knowledge.pane import KnowledgePane
from carecenter.ui.language import Language
from carecenter.ui.messages import Messages
from carecenter.ui.pages import page_makers
from carecenter.ui.theme import Theme
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
