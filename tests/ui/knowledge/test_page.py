"""The knowledge base browsed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from carecenter.store.desk import Desk
from carecenter.ui.knowledge.page import KnowledgePage
from carecenter.ui.language import Language
from carecenter.ui.messages import Messages
from carecenter.ui.theme import Theme
from tests.ui.hearing import heard
from tests.ui.pseudo import unmarked_texts
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, theme: Theme, language: Language) -> KnowledgePage:
    page = KnowledgePage(desk, Messages(), language)
    qtbot.addWidget(page, before_close_func=lambda page: page.close_page())
    page.resize(1200, 800)
    page.show()
    page.activateWindow()
    return page


async def test_all_articles_are_there_by_name_and_counted(page: KnowledgePage) -> None:
    await until(page.results.rows)
    titles = [row.title.casefold() for row in page.results.rows()]
    assert titles == sorted(titles)
    assert page.count.text() == f"{len(titles)} articles"


async def test_a_kind_and_a_body_narrow_the_list(page: KnowledgePage) -> None:
    await until(page.results.rows)
    everything = len(page.results.rows())
    page.kinds.button("centre").click()
    await until(lambda: 0 < len(page.results.rows()) < everything)
    page.kinds.button("all").click()
    await until(lambda: len(page.results.rows()) == everything)
    at = page.bodies.findData("PACI")
    page.bodies.setCurrentIndex(at)
    page.bodies.activated.emit(at)
    name = "Public Authority for Civil Information"
    await until(lambda: {row.subtitle for row in page.results.rows()} == {name})
    assert page.bodies.currentText() == name


async def test_typing_filters_and_enter_opens_the_first(page: KnowledgePage, qtbot: QtBot) -> None:
    await until(page.results.rows)
    everything = len(page.results.rows())
    page.question.setText("torn passport")
    await until(lambda: 0 < len(page.results.rows()) < everything)
    assert any("passport" in row.title.lower() for row in page.results.rows()[:3])
    first = page.results.rows()[0].key
    qtbot.keyClick(page.question, Qt.Key.Key_Return)
    await until(page.view.article)
    article = page.view.article()
    assert article is not None
    assert article.row.id == first
    assert page.view.isVisible()


async def test_what_nothing_answers_leads_back_to_all_articles(page: KnowledgePage) -> None:
    page.kinds.button("centre").click()
    page.question.setText("driving licence")
    await until(page.nothing.isVisible)
    page.nothing.acted.emit()
    await until(page.results.rows)
    assert page.question.text() == ""
    assert page.results.isVisible()


@pytest.mark.parametrize(
    ("question", "said", "why"),
    [
        ("pazzport", "No article answers this; these come nearest", "words like these"),
        ("جووازززات", "لا يوجد مقال يجيب عن هذا، وهذه أقرب المقالات", "كلمات قريبة"),
    ],
)
async def test_the_nearest_stand_in_where_nothing_answers(
    page: KnowledgePage, language: Language, question: str, said: str, why: str
) -> None:
    language.set("en" if question.isascii() else "ar")
    page.question.setText(question)
    await until(lambda: page.count.text().startswith(said))
    rows = page.results.rows()
    assert 0 < len(rows) <= 3
    assert all(row.subtitle.startswith(why) for row in rows)
    page.question.setText("passport" if question.isascii() else "جواز")
    await until(lambda: not page.count.text().startswith(said))
    assert not any(row.subtitle.startswith(why) for row in page.results.rows())


async def test_an_article_is_opened_from_elsewhere(page: KnowledgePage) -> None:
    page.open_article("body-moi")
    await until(page.view.article)
    assert "Ministry of Interior" in page.view.page.toPlainText()


async def test_an_article_that_is_gone_is_said_and_nothing_breaks(
    qtbot: QtBot, desk: Desk, theme: Theme, language: Language
) -> None:
    messages = Messages()
    said = heard(messages)
    page = KnowledgePage(desk, messages, language)
    qtbot.addWidget(page)
    page.open_article("no-such-article")
    await until(lambda: said)
    assert said == ["This article is no longer in the knowledge base."]
    page.close_page()


async def test_a_language_switch_keeps_what_is_open_and_chosen(page: KnowledgePage, language: Language) -> None:
    page.open_article("body-moi")
    await until(lambda: page.view.article() and page.results.current_key())
    language.set("ar")
    assert "وزارة الداخلية" in page.view.page.toPlainText()
    assert page.results.current_key() == "body-moi"
    assert page.layoutDirection() == Qt.LayoutDirection.RightToLeft


async def test_every_word_of_the_page_is_translated(page: KnowledgePage, language: Language) -> None:
    page.open_article("body-moi")
    await until(lambda: page.view.article() and page.results.rows())
    language.set("qps")
    assert unmarked_texts(page) == []
