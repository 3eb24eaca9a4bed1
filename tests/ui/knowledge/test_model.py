"""What the knowledge pane and page find, asked of a real store."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from carecenter.core.terms import ArticleKind
from carecenter.store.desk import Desk
from carecenter.ui.knowledge.model import MOST_WORDS, KnowledgeBeside, Library, question_of
from carecenter.ui.knowledge.narrowing import By

pytestmark = pytest.mark.asyncio


async def test_the_end_of_long_notes_is_what_is_asked() -> None:
    notes = "greeting, " * 50 + "passport lost"
    question = question_of(notes)
    assert question.endswith("passport lost")
    assert len(question.split()) == MOST_WORDS


async def test_notes_that_lead_nowhere_keep_what_was_found(qtbot: QtBot, desk: Desk) -> None:
    beside = KnowledgeBeside(desk)
    assert await beside.ask("passport lost", asked=False)
    found = beside.results
    assert found
    assert not await beside.ask("qqqqzzzz", asked=False)
    assert beside.results == found


async def test_a_question_that_finds_nothing_says_so(qtbot: QtBot, desk: Desk) -> None:
    beside = KnowledgeBeside(desk)
    await beside.ask("passport", asked=True)
    assert await beside.ask("qqqqzzzz", asked=True)
    assert beside.results == ()


async def test_the_same_answers_are_no_change(qtbot: QtBot, desk: Desk) -> None:
    beside = KnowledgeBeside(desk)
    assert await beside.ask("passport", asked=False)
    assert not await beside.ask("passport", asked=False)


async def test_a_question_in_arabic_finds_the_same_article(qtbot: QtBot, desk: Desk) -> None:
    library = Library(desk)
    found = []
    for question in ("civil id renewal", "تجديد البطاقة المدنية"):
        library.question = question
        await library.renew()
        found.append({row.id for row in library.rows[:3]})
    assert found[0] & found[1]


async def test_kind_and_body_narrow_the_list(qtbot: QtBot, desk: Desk) -> None:
    library = Library(desk)
    await library.renew()
    everything = len(library.rows)
    library.kind = ArticleKind.SERVICE
    library.narrowing.choose(By.BODY, "PACI")
    await library.renew()
    assert 0 < len(library.rows) < everything
    assert {(row.kind, row.body_code) for row in library.rows} == {(ArticleKind.SERVICE, "PACI")}
    assert {"PACI", "MOI"} <= {row.body_code for row in library.bodies}
