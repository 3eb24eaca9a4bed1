"""What the knowledge pane and page find, asked of a real store."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from carecenter.core.terms import ArticleKind
from carecenter.queries.search import Why
from carecenter.store.desk import Desk
from carecenter.ui.knowledge.model import MOST_WORDS, KnowledgeBeside, Library, question_of
from carecenter.ui.knowledge.narrowing import By
from tests.ui.waiting import until

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


async def _meant(beside: KnowledgeBeside, desk: Desk, question: str, *found: str, following: bool = False) -> bool:
    """What comes of a question once the centre has found these by meaning, the nearest first."""
    await until(lambda: desk.status.online)

    async def near(_question: str) -> dict[str, float]:
        return {one: 0.9 - 0.1 * place for place, one in enumerate(found)} | {"hardly": 0.0}

    desk.meaning = near
    return await beside.refine(question, following=following, at_hand=str)


async def test_notes_leave_the_list_while_the_best_is_the_same_by_words_and_by_meaning(
    qtbot: QtBot, desk: Desk
) -> None:
    beside = KnowledgeBeside(desk)
    await beside.ask("passport lost", asked=False)
    best = beside.results[0].article.id
    assert not await _meant(beside, desk, "passport lost", best, "moi-traffic-fines", following=True)
    assert await _meant(beside, desk, "passport lost", "moi-traffic-fines", following=True)
    by_meaning = beside.results
    assert by_meaning[0].why is Why.MEANING
    assert not await beside.ask("passport lost at", asked=False)  # by words the best is as before: no going back
    assert not await _meant(beside, desk, "passport lost at", "moi-traffic-fines", following=True)
    assert beside.results == by_meaning


async def test_what_answers_by_meaning_takes_the_place_of_what_only_looks_alike(qtbot: QtBot, desk: Desk) -> None:
    beside = KnowledgeBeside(desk)
    await beside.ask("pazzport", asked=True)
    assert {answer.why for answer in beside.results} == {Why.ALIKE}
    assert await _meant(beside, desk, "pazzport", "moi-traffic-fines")
    assert beside.answered
    assert [answer.why for answer in beside.results] == [Why.MEANING]


async def test_what_is_found_by_meaning_is_narrowed_as_well(qtbot: QtBot, desk: Desk) -> None:
    beside = KnowledgeBeside(desk)
    beside.narrowing.choose(By.BODY, "PACI")
    await beside.ask("civil id", asked=True)
    await _meant(beside, desk, "civil id", "moi-traffic-fines", "paci-civilid-renewal")
    assert beside.results[0].article.id == "paci-civilid-renewal"
    assert {answer.article.body_code for answer in beside.results} == {"PACI"}


async def test_the_page_too_gives_way_to_what_answers_by_meaning_and_only_to_that(qtbot: QtBot, desk: Desk) -> None:
    library = Library(desk)
    await until(lambda: desk.status.online)
    library.question = "pazzport"
    await library.renew()
    assert {answer.why for answer in library.answers.values()} == {Why.ALIKE}
    nearest = library.rows

    async def nothing(_question: str) -> dict[str, float]:
        return {"gone": 0.9, "hardly": 0.0}

    async def fines(_question: str) -> dict[str, float]:
        return {"moi-traffic-fines": 0.9, "hardly": 0.0}

    desk.meaning = nothing
    assert not await library.refine(str)
    assert (library.rows, library.answered) == (nearest, False)
    desk.meaning = fines
    assert await library.refine(str)
    assert [row.id for row in library.rows] == ["moi-traffic-fines"]
    assert library.answered
