"""What editors see on the knowledge page: what was asked in vain, settled and learned from; articles pinned."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from carecenter.store.desk import Desk
from carecenter.ui.knowledge.page import KnowledgePage
from carecenter.ui.language import Language
from carecenter.ui.messages import Messages
from carecenter.ui.theme import Theme
from carecenter.ui.views.request_line import request_article
from tests.ui.pseudo import unmarked_texts
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio

_ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def page_of(qtbot: QtBot, theme: Theme, language: Language) -> Callable[[Desk], KnowledgePage]:
    def made(desk: Desk) -> KnowledgePage:
        page = KnowledgePage(desk, Messages(), language)
        qtbot.addWidget(page, before_close_func=lambda page: page.close_page())
        page.resize(1200, 800)
        page.show()
        page.activateWindow()
        return page

    return made


async def test_an_agent_has_no_list_of_what_was_asked_in_vain(
    page_of: Callable[[Desk], KnowledgePage], desk: Desk
) -> None:
    page = page_of(desk)
    with pytest.raises(KeyError):
        page.kinds.button("asked")
    assert not page.editing.isVisible()


async def test_what_was_asked_at_other_desks_is_counted_and_settled(
    page_of: Callable[[Desk], KnowledgePage], desk: Desk, supervisor_desk: Desk, qtbot: QtBot
) -> None:
    for question in ("falcon permit", "Falcon  permit?"):
        assert await request_article(desk, question, "")
    page = page_of(supervisor_desk)
    page.kinds.button("asked").click()
    await until(lambda: [row.title for row in page.results.rows()] == ["Falcon permit?"])
    await until(lambda: "asked 2 times" in page.results.rows()[0].subtitle)
    page.results.set_current(page.results.rows()[0].key)
    await until(page.requests.isVisible)
    page.requests.article.setText("passport")
    await until(page.requests.found.rows)
    key = page.requests.found.rows()[0].key
    qtbot.keyClick(page.requests.found, Qt.Key.Key_1)
    await until(lambda: page.results.rows() == ())
    assert page.nothing.isVisible()
    page.kinds.button("all").click()
    page.open_article(key)
    await until(page.view.article)
    assert not page.editing.add.isVisible()  # a supervisor pins, but does not write articles


async def test_a_question_can_be_taken_for_none_of_the_centres(
    page_of: Callable[[Desk], KnowledgePage], supervisor_desk: Desk
) -> None:
    assert await request_article(supervisor_desk, "weather tomorrow", "")
    page = page_of(supervisor_desk)
    page.kinds.button("asked").click()
    await until(page.results.rows)
    page.results.set_current(page.results.rows()[0].key)
    page.requests.not_ours.click()
    await until(lambda: page.results.rows() == ())


async def test_one_key_pins_an_article_for_everybody_and_takes_the_pin_out(
    page_of: Callable[[Desk], KnowledgePage], supervisor_desk: Desk, qtbot: QtBot
) -> None:
    page = page_of(supervisor_desk)
    page.open_article("body-paci")
    await until(page.view.article)
    qtbot.keyClick(page.question, Qt.Key.Key_P, _ALT)
    await until(lambda: page.editing.pin.text() == "Take the pin out")
    row = next(row for row in page.results.rows() if row.key == "body-paci")
    assert row.meta.startswith("pinned")
    qtbot.keyClick(page.question, Qt.Key.Key_P, _ALT)
    await until(lambda: page.editing.pin.text() == "Pin for a week")


async def test_every_word_for_editors_is_translated(
    page_of: Callable[[Desk], KnowledgePage], supervisor_desk: Desk, language: Language
) -> None:
    assert await request_article(supervisor_desk, "⟦x⟧", "")
    page = page_of(supervisor_desk)
    page.kinds.button("asked").click()
    await until(page.results.rows)
    page.results.set_current(page.results.rows()[0].key)
    language.set("qps")
    assert unmarked_texts(page) == []


async def test_the_choices_change_their_language_also_beside_what_was_asked_in_vain(
    page_of: Callable[[Desk], KnowledgePage], supervisor_desk: Desk, language: Language
) -> None:
    page = page_of(supervisor_desk)
    await until(page.results.rows)
    page.kinds.button("asked").click()
    await until(lambda: not page.bodies.isEnabled())
    assert page.invitation.accessibleName() == "Choose a question from the list to settle it."
    language.set("qps")
    assert [box.currentText()[0] for box in page.boxes] == ["⟦", "⟦", "⟦"]
