"""The knowledge beside a call: it follows the notes without getting in the way."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.models.article import ArticleRequest
from carecenter.models.viewer import Viewer
from carecenter.queries import search
from carecenter.queries.articles import ArticleRow
from carecenter.store.desk import Desk
from carecenter.ui.knowledge.pane import KnowledgePane
from carecenter.ui.language import Language
from carecenter.ui.messages import Messages
from carecenter.ui.theme import Theme
from carecenter.ui.views.meant import meant
from tests.ui.halls import pretend
from tests.ui.meanings import Meanings
from tests.ui.pseudo import unmarked_texts
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio


class Beside(QWidget):
    """Notes, and the pane beside them."""

    def __init__(self, desk: Desk, language: Language) -> None:
        super().__init__()
        self.notes = QPlainTextEdit()
        self.pane = KnowledgePane(desk, Messages(), language)
        row = QHBoxLayout(self)
        row.addWidget(self.notes)
        row.addWidget(self.pane)
        self.resize(900, 800)


@pytest.fixture
def beside(qtbot: QtBot, desk: Desk, theme: Theme, language: Language) -> Beside:
    beside = Beside(desk, language)
    qtbot.addWidget(beside, before_close_func=lambda beside: beside.pane.close_page())
    beside.show()
    beside.activateWindow()
    beside.notes.setFocus()
    return beside


def _titles(pane: KnowledgePane) -> list[str]:
    return [row.title for row in pane.results.rows()]


async def test_answers_follow_the_notes_and_the_focus_stays_where_one_types(beside: Beside) -> None:
    beside.pane.follow("the caller lost his passport")
    await until(lambda: any("passport" in title.lower() for title in _titles(beside.pane)))
    assert beside.notes.hasFocus()


async def test_the_article_being_read_stays_open_while_the_notes_go_on(beside: Beside) -> None:
    pane = beside.pane
    pane.follow("passport")
    await until(pane.results.rows)
    pane.open_article(pane.results.rows()[0].key)
    await until(pane.view.article)
    reading = pane.view.article()
    before = _titles(pane)
    pane.follow("driving licence renewal")
    await until(lambda: _titles(pane) != before)
    assert pane.view.article() is reading
    assert pane.view.isVisible()


async def test_a_digit_and_enter_open_an_answer(beside: Beside, qtbot: QtBot) -> None:
    pane = beside.pane
    opened: list[ArticleRow] = []
    pane.article_opened.connect(opened.append)
    qtbot.keyClicks(pane.question, "passport")
    await until(lambda: len(pane.results.rows()) > 1)
    qtbot.keyClick(pane.question, Qt.Key.Key_Return)
    await until(lambda: len(opened) == 1)
    assert opened[0].id == pane.results.rows()[0].key
    qtbot.keyClick(pane.question, Qt.Key.Key_Down)
    assert pane.results.hasFocus()
    qtbot.keyClick(pane.results, Qt.Key.Key_2)
    await until(lambda: len(opened) == 2)
    assert opened[1].id == pane.results.rows()[1].key


async def test_while_a_question_stands_the_notes_only_wait(beside: Beside) -> None:
    pane = beside.pane
    pane.question.setText("passport")
    await until(pane.results.rows)
    asked = _titles(pane)
    pane.follow("driving licence")
    pane.question.setText("passport ")  # the same question: its answers come after whatever the notes started
    await until(lambda: _titles(pane) == asked)
    pane.question.clear()
    await until(lambda: any("driving" in title.lower() for title in _titles(pane)))


async def test_nothing_found_says_what_to_do(beside: Beside) -> None:
    pane = beside.pane
    pane.question.setText("qqqqzzzz")
    await until(lambda: "Try other words" in pane.empty.accessibleName())
    assert pane.empty.isVisible()
    assert not pane.request.isVisible()
    pane.empty.acted.emit()
    assert pane.request.question.hasFocus()
    assert pane.request.question.text() == "qqqqzzzz"


async def test_one_key_links_the_open_article_to_the_call(beside: Beside, qtbot: QtBot) -> None:
    pane = beside.pane
    linked: list[str] = []
    pane.article_linked.connect(linked.append)
    pane.open_article("body-paci")
    await until(pane.view.article)
    alt = Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(beside.notes, Qt.Key.Key_K, alt)
    assert linked == []  # there is no call
    pane.set_call(open_call=True)
    qtbot.keyClick(beside.notes, Qt.Key.Key_K, alt)
    assert linked == ["body-paci"]
    pane.set_call(open_call=True, linked=frozenset({"body-paci"}))
    assert pane.link.text() == "Linked"
    assert not pane.link.isEnabled()


async def test_another_call_begins_with_an_empty_pane(beside: Beside) -> None:
    pane = beside.pane
    pane.question.setText("passport")
    await until(pane.results.rows)
    pane.open_article(pane.results.rows()[0].key)
    await until(pane.view.article)
    pane.begin()
    assert pane.results.rows() == ()
    assert pane.view.article() is None
    assert pane.question.text() == ""
    assert "while you type" in pane.empty.accessibleName()


async def test_a_language_switch_keeps_the_answers_in_their_other_names(beside: Beside, language: Language) -> None:
    pane = beside.pane
    pane.follow("passport")
    await until(pane.results.rows)
    keys = [row.key for row in pane.results.rows()]
    language.set("ar")
    assert [row.key for row in pane.results.rows()] == keys
    assert any("جواز" in title for title in _titles(pane))


async def test_every_word_of_the_pane_is_translated(beside: Beside, language: Language) -> None:
    beside.pane.open_article("body-paci")
    await until(beside.pane.view.article)
    language.set("qps")
    assert unmarked_texts(beside.pane) == []


async def test_another_call_begins_with_nothing_open_and_each_finds_its_own_again(beside: Beside) -> None:
    pane = beside.pane
    proposed: list[ArticleRow] = []
    pane.article_opened.connect(proposed.append)
    pane.begin("first")
    pane.question.setText("passport")
    await until(pane.results.rows)
    article_id = pane.results.rows()[0].key
    pane.open_article(article_id)
    await until(pane.view.article)
    pane.begin("second")
    pane.follow("")
    assert (pane.view.article(), pane.question.text(), pane.results.rows()) == (None, "", ())
    assert not pane.reading.isVisible()
    pane.begin("first")
    await until(pane.view.article)
    reading = pane.view.article()
    assert reading is not None
    assert (reading.row.id, pane.question.text()) == (article_id, "passport")
    assert len(proposed) == 1  # what was chosen in the ticket since is not chosen anew


async def test_what_means_the_same_comes_a_moment_later_and_says_so(beside: Beside, desk: Desk) -> None:
    pane, meanings = beside.pane, Meanings(desk)
    await until(lambda: desk.status.online)
    pane.question.setText("passport")
    await until(lambda: "passport" in meanings.asked)
    by_words = _titles(pane)
    assert by_words
    meanings.answer("passport", "moi-traffic-fines")
    await until(lambda: _titles(pane) != by_words)
    row = pane.results.rows()[0]
    assert row.key == "moi-traffic-fines"
    assert row.subtitle.startswith("the meaning · ")


async def test_the_row_under_the_keyboard_stays_in_its_place(beside: Beside, desk: Desk) -> None:
    pane, meanings = beside.pane, Meanings(desk)
    await until(lambda: desk.status.online)
    pane.question.setText("passport")
    await until(lambda: "passport" in meanings.asked)
    second = pane.results.rows()[1].key
    pane.results.set_current(second)
    meanings.answer("passport", "moi-traffic-fines", "paci-civilid-renewal")
    await until(lambda: pane.results.rows()[0].key == "moi-traffic-fines")
    assert pane.results.rows()[1].key == second
    assert pane.results.current_key() == second


async def test_a_late_answer_to_another_question_changes_nothing(beside: Beside, desk: Desk) -> None:
    pane, meanings = beside.pane, Meanings(desk)
    await until(lambda: desk.status.online)
    pane.question.setText("passport")
    await until(lambda: "passport" in meanings.asked)
    pane.question.setText("driving licence")
    await until(lambda: "driving licence" in meanings.asked)
    by_words = _titles(pane)
    meanings.answer("passport", "moi-traffic-fines")
    meanings.answer("driving licence")
    await desk.ask(search.knowledge, "passport")  # whatever could still be changed has been by now
    assert _titles(pane) == by_words


async def test_the_same_order_paints_nothing_anew(beside: Beside, desk: Desk) -> None:
    pane, meanings = beside.pane, Meanings(desk)
    await until(lambda: desk.status.online)
    pane.question.setText("passport")
    await until(lambda: "passport" in meanings.asked)
    painted: list[None] = []
    pane.results.model().modelReset.connect(lambda: painted.append(None))
    meanings.answer("passport")
    await desk.ask(search.knowledge, "passport")
    assert painted == []


async def test_offline_the_centre_is_not_asked(beside: Beside, desk: Desk) -> None:
    pane, meanings = beside.pane, Meanings(desk)
    await until(lambda: desk.status.online)
    pretend(desk, online=False)
    pane.question.setText("passport")
    await until(pane.results.rows)
    assert await meant(desk, "passport") == {}
    assert meanings.asked == {}


async def test_the_list_stays_while_the_best_answer_to_the_notes_is_the_same(beside: Beside) -> None:
    pane = beside.pane
    pane.follow("passport lost")
    await until(pane.results.rows)
    before, reset = pane.results.rows(), []
    pane.results.model().modelReset.connect(lambda: reset.append(True))
    model = pane._model
    for notes in ("passport lost at", "passport lost at the", "passport lost at the airport"):
        await model.ask(notes, asked=False)
    pane.follow("passport lost at the airport today")
    await model.ask("passport lost", asked=False)
    assert (pane.results.rows(), reset) == (before, [])
    pane.follow("driving licence renewal")
    await until(lambda: reset)


async def test_each_answer_says_why_it_is_there_and_marks_the_words_that_were_meant(beside: Beside) -> None:
    pane = beside.pane
    pane.question.setText("passports")
    await until(lambda: any(row.marks for row in pane.results.rows()))
    row = next(row for row in pane.results.rows() if row.marks)
    (start, end), *_rest = row.marks
    assert row.title[start:end].lower().startswith("passport")
    assert row.subtitle.startswith("in the title · ")
    pane.open_article(row.key)
    await until(pane.view.article)
    marked = {selection.cursor.selectedText().lower() for selection in pane.view.page.extraSelections()}
    assert "passport" in marked
    assert pane.view.text().count("<") == 0  # what is copied is the article, without marks


async def test_the_nearest_stand_in_where_nothing_answers(beside: Beside) -> None:
    pane = beside.pane
    pane.question.setText("pazzport")
    await until(pane.remark.isVisible)
    assert "Alt+R" in pane.remark.text()
    assert 0 < len(pane.results.rows()) <= 3
    assert pane.results.rows()[0].subtitle.startswith("words like these")


async def test_one_key_asks_for_an_article_and_numbers_stay_behind(
    beside: Beside, qtbot: QtBot, desk: Desk
) -> None:
    pane = beside.pane
    pane.begin("the-call")
    pane.question.setText("falcon of 289123104567")
    qtbot.keyClick(beside.notes, Qt.Key.Key_R, Qt.KeyboardModifier.AltModifier)
    assert pane.request.question.text() == "falcon of …"
    pane.request.question.setText("falcon of 99887766 with permit")  # typed again all the same
    qtbot.keyClick(pane.request.question, Qt.Key.Key_Return)
    await until(lambda: not pane.request.isVisible())
    assert pane.question.hasFocus()
    [asked] = await desk.ask(_requests)
    assert asked == ("falcon of … with permit", "the-call", "en")


async def test_a_request_without_words_is_not_sent_and_esc_puts_it_away(
    beside: Beside, qtbot: QtBot, desk: Desk
) -> None:
    pane = beside.pane
    qtbot.keyClick(beside.notes, Qt.Key.Key_R, Qt.KeyboardModifier.AltModifier)
    pane.request.question.setText("289123104567")
    await pane.request._send("289123104567")
    assert pane.request.isVisible()
    qtbot.keyClick(pane.request.question, Qt.Key.Key_Escape)
    assert not pane.request.isVisible()
    assert pane.question.hasFocus()
    assert await desk.ask(_requests) == []


async def test_a_key_narrows_to_the_body_of_the_best_answer_and_on(beside: Beside, qtbot: QtBot) -> None:
    pane = beside.pane
    pane.question.setText("card")
    await until(pane.results.rows)
    best = pane.results.rows()[0].subtitle.split(" · ")[-1]
    everything = pane.results.rows()
    for _press in range(40):
        qtbot.keyClick(beside.notes, Qt.Key.Key_B, Qt.KeyboardModifier.AltModifier)
        chosen = dict(pane._model.narrowing.chosen)
        await until(partial(_is_told, pane, bool(chosen)))
        if not chosen:
            break
        if _press == 0:
            assert {row.subtitle.split(" · ")[-1] for row in pane.results.rows()} == {best}
            assert best.strip("\u2068\u2069") in pane.remark.text()
    assert pane.results.rows() == everything


def _is_told(pane: KnowledgePane, narrowed: bool) -> bool:
    return pane.remark.isVisible() == narrowed


def _requests(session: Session, _viewer: Viewer) -> list[tuple[str, str | None, str]]:
    rows = session.scalars(select(ArticleRequest))
    return [(row.question, row.call_id, row.language.value) for row in rows]
