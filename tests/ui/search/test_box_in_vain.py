"""A question that nothing answers, in the search box: what comes nearest, and one key that asks the editors."""

from __future__ import annotations

import pytest
import pytest_asyncio
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from carecenter.core.civil_id import demo_civil_id
from carecenter.core.reference import from_payload
from carecenter.operations.base import Operation
from carecenter.operations.requests import RequestArticle
from carecenter.store.desk import Desk
from carecenter.ui.knowledge.page import KnowledgePage
from carecenter.ui.language import Language
from carecenter.ui.messages import Messages
from carecenter.ui.search.box import SearchBox
from carecenter.ui.search.model import Group
from carecenter.ui.theme import Theme
from tests.ui.meanings import Meanings
from tests.ui.performing import performed
from tests.ui.pseudo import unmarked_texts
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio

_ALT = Qt.KeyboardModifier.AltModifier


class Window(QWidget):
    """The box over notes, and a page that knows the same keys, as the knowledge has them."""

    def __init__(self, desk: Desk, language: Language) -> None:
        super().__init__()
        self.performed: list[Operation] = []
        self.box = SearchBox(desk, Messages(), language)
        self.notes = QPlainTextEdit()
        column = QVBoxLayout(self)
        column.addWidget(self.box)
        column.addWidget(self.notes, 1)
        self.resize(900, 700)
        self.opened: list[str] = []
        self.box.article_requested.connect(lambda key, _stems: self.opened.append(key))
        self.elsewhere: list[bool] = []
        other = QShortcut(QKeySequence("Alt+R"), self)
        other.activated.connect(lambda: self.elsewhere.append(True))
        self.popup = self.box.popup()
        self.request = self.popup.request

    def nearest(self) -> list[str]:
        """Why each article that is shown is there."""
        return [row.meta for row in self.popup.rows(Group.KNOWLEDGE)] if self.popup.isVisible() else []

    def offers(self) -> bool:
        """Whether the editors can be asked."""
        return self.popup.isVisible() and bool(self.popup.rows(Group.EDITORS))


@pytest_asyncio.fixture
async def window(
    qtbot: QtBot, desk: Desk, theme: Theme, language: Language, monkeypatch: pytest.MonkeyPatch
) -> Window:
    window = Window(desk, language)
    window.performed = performed(desk, monkeypatch)
    qtbot.addWidget(window, before_close_func=lambda window: window.box.close_page())
    window.show()
    window.activateWindow()
    await until(window.isActiveWindow)
    window.notes.setFocus()
    window.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
    return window


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("pazzport", ("No article answers this; these come nearest", "words like these")),
        ("جووازززات", ("لا يوجد مقال يجيب عن هذا، وهذه أقرب المقالات", "كلمات قريبة")),
    ],
)
async def test_what_comes_nearest_stands_in_and_has_to_be_chosen(
    window: Window, qtbot: QtBot, language: Language, line: str, said: tuple[str, str]
) -> None:
    language.set("en" if line.isascii() else "ar")
    window.box.line.setText(line)
    await until(window.nearest)
    hint, why = said
    assert set(window.nearest()) == {why}
    assert len(window.nearest()) <= 3
    assert window.popup.hints()[0].startswith(hint)
    qtbot.keyClick(window.box.line, Qt.Key.Key_Return)
    assert window.opened == []
    qtbot.keyClick(window.box.line, Qt.Key.Key_Up)
    assert window.popup.key_at_hand(Group.EDITORS)
    for _press in range(2):
        qtbot.keyClick(window.box.line, Qt.Key.Key_Down)
    qtbot.keyClick(window.box.line, Qt.Key.Key_Return)
    assert len(window.opened) == 1


@pytest.mark.parametrize(
    ("key", "line", "kept"),
    [
        (Qt.Key.Key_R, "falcon of 289123104567", ("falcon of …", "the-call", "en")),
        (ord("ق"), "صققر ززررب ٩٩٨٨٧٧٦٦", ("صققر ززررب …", "the-call", "ar")),
    ],
)
async def test_one_key_asks_with_the_question_its_language_and_the_call(
    window: Window, qtbot: QtBot, key: int, line: str, kept: tuple[str, str, str]
) -> None:
    window.box.set_call("the-call")
    window.box.line.setText(line)
    await until(window.offers)
    QApplication.sendEvent(window.box.line, QKeyEvent(QEvent.Type.KeyPress, key, _ALT))
    assert window.request.question.hasFocus()
    assert window.request.question.text() == kept[0]
    assert not window.offers()  # the line stands in the place of its row
    qtbot.keyClick(window.request.question, Qt.Key.Key_Return)
    await until(window.notes.hasFocus)
    assert not window.popup.isVisible()
    assert window.box.line.text() == ""
    (asked,) = window.performed
    assert isinstance(asked, RequestArticle)
    assert (asked.question, asked.call_id, asked.language) == kept
    assert window.elsewhere == []


async def test_the_keys_are_the_boxs_while_it_offers_and_the_pages_otherwise(window: Window, qtbot: QtBot) -> None:
    window.box.line.setText("qqqqzzzz")
    await until(window.offers)
    qtbot.keyClick(window.box.line, Qt.Key.Key_R, _ALT)
    assert window.request.question.hasFocus()
    assert window.elsewhere == []
    qtbot.keyClick(window.request.question, Qt.Key.Key_Escape)
    assert window.box.line.hasFocus()
    assert window.offers()
    qtbot.keyClick(window.box.line, Qt.Key.Key_Escape)
    assert window.notes.hasFocus()
    qtbot.keyClick(window.notes, Qt.Key.Key_R, _ALT)
    assert window.elsewhere == [True]


@pytest.mark.parametrize(
    "line",
    [
        from_payload(4729156),
        from_payload(4729156)[:-1] + str((int(from_payload(4729156)[-1]) + 1) % 10),
        "99887766",
        "٩٩٨٨٧٧٦٦",
        demo_civil_id(7),
        "0472",
        "zq",
        "zq 289123104567",
    ],
)
async def test_numbers_and_what_is_hardly_begun_are_no_questions(window: Window, qtbot: QtBot, line: str) -> None:
    window.box.line.setText(line)
    await until(lambda: window.popup.hints() and window.box._is_answered())
    assert not window.offers()
    assert window.nearest() == []
    qtbot.keyClick(window.box.line, Qt.Key.Key_R, _ALT)
    assert not window.request.isVisible()
    assert window.elsewhere == [True]


async def test_a_click_asks_as_well_and_what_is_half_written_stays_while_the_window_is_left(
    window: Window, qtbot: QtBot
) -> None:
    window.box.line.setText("qqqqzzzz")
    await until(window.offers)
    row = window.popup.list_of(Group.EDITORS)
    qtbot.mouseClick(row.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, row.height() // 2))
    assert window.request.question.hasFocus()
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    await until(other.isActiveWindow)
    assert window.request.isVisible()
    window.activateWindow()
    await until(window.request.question.hasFocus)
    window.notes.setFocus()
    assert not window.popup.isVisible()
    assert window.request.isHidden()


async def test_editors_count_it_with_what_was_asked_on_the_knowledge_page(
    window: Window, qtbot: QtBot, desk: Desk, supervisor_desk: Desk, language: Language
) -> None:
    page = KnowledgePage(desk, Messages(), language)
    qtbot.addWidget(page, before_close_func=lambda page: page.close_page())
    page.request.begin("Falcon qqqqzzzz?")
    page.request.send.click()
    window.box.line.setText("falcon qqqqzzzz")
    await until(window.offers)
    qtbot.keyClick(window.box.line, Qt.Key.Key_R, _ALT)
    qtbot.keyClick(window.request.question, Qt.Key.Key_Return)
    await until(window.notes.hasFocus)
    editors = KnowledgePage(supervisor_desk, Messages(), language)
    qtbot.addWidget(editors, before_close_func=lambda page: page.close_page())
    editors.kinds.button("asked").click()
    await until(
        lambda: [row.subtitle.startswith("\u2068asked 2 times") for row in editors.results.rows()] == [True]
    )


async def test_what_answers_by_meaning_takes_the_place_of_what_comes_nearest(window: Window, desk: Desk) -> None:
    meanings = Meanings(desk)
    await until(lambda: desk.status.online)
    window.box.line.setText("pazzport")
    await until(lambda: "pazzport" in meanings.asked)
    assert window.offers()
    meanings.answer("pazzport", "moi-traffic-fines")
    await until(lambda: window.nearest() == ["the meaning"])
    assert not window.offers()
    current = window.popup.current()
    assert current is not None
    assert current.key == "moi-traffic-fines"


async def test_who_is_about_to_choose_is_not_disturbed_by_the_meaning(
    window: Window, qtbot: QtBot, desk: Desk
) -> None:
    meanings = Meanings(desk)
    await until(lambda: desk.status.online)
    window.box.line.setText("pazzport")
    await until(lambda: "pazzport" in meanings.asked)
    qtbot.keyClick(window.box.line, Qt.Key.Key_Down)
    chosen = window.popup.current()
    assert chosen is not None
    meanings.answer("pazzport", "moi-traffic-fines")
    await until(lambda: "the meaning" in window.nearest())
    assert window.popup.rows(Group.KNOWLEDGE)[0].key == chosen.key
    qtbot.keyClick(window.box.line, Qt.Key.Key_Return)
    assert window.opened == [chosen.key]


async def test_every_word_is_translated(window: Window, qtbot: QtBot, language: Language) -> None:
    window.box.line.setText("qqqqzzzz")
    await until(window.offers)
    language.set("qps")
    await until(lambda: unmarked_texts(window.popup) == [])
    qtbot.keyClick(window.box.line, Qt.Key.Key_R, _ALT)
    assert unmarked_texts(window.popup) == []
