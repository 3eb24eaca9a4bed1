"""An article on the screen: its language and direction, what is copied, and that nothing in it is interpreted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage, QTextDocument
from PySide6.QtWidgets import QTextEdit
from pytestqt.qtbot import QtBot

from carecenter.core.terms import Verification
from carecenter.ui.language import Language
from carecenter.ui.theme import Theme
from carecenter.ui.views.article_view import ArticleView, list_row
from tests.ui.pseudo import unmarked_texts
from tests.ui.views.articles import make_article

_RTL, _LTR = Qt.LayoutDirection.RightToLeft, Qt.LayoutDirection.LeftToRight


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, language: Language) -> ArticleView:
    view = ArticleView()
    qtbot.addWidget(view)
    view.resize(480, 640)
    view.show()
    return view


def _directions(page: QTextEdit) -> Iterator[tuple[str, Qt.LayoutDirection]]:
    block = page.document().begin()
    while block.isValid():
        yield block.text(), block.textDirection()
        block = block.next()


def test_an_article_shows_its_parts(view: ArticleView) -> None:
    view.show_article(make_article())
    text = view.page.toPlainText()
    for part in (
        "Renew a Civil ID card",
        "Public Authority",
        "Step 2",
        "5.000 KWD",
        "Citizens, Residents",
        "Sahel app",
    ):
        assert part in text
    assert text.index("Required documents") < text.index("Steps") < text.index("Fees")


def test_an_arabic_article_runs_from_the_right_on_an_english_screen(view: ArticleView) -> None:
    view.show_article(make_article())
    view.toggle_language()
    assert view.layoutDirection() == _LTR
    directions = dict(_directions(view.page))
    assert directions["تجديد البطاقة المدنية"] == _RTL
    assert directions["https://www.e.gov.kw/renew"] == _LTR


def test_one_key_switches_the_language_for_reading_aloud(view: ArticleView, qtbot: QtBot) -> None:
    view.show_article(make_article())
    view.activateWindow()
    qtbot.keyClick(view.page, Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    assert view.reading() == "ar"
    assert "تجديد بطاقة" in view.page.toPlainText()
    qtbot.keyClick(view.page, Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    assert "Renewing a card" in view.page.toPlainText()


def test_an_article_survives_a_language_switch(view: ArticleView, language: Language) -> None:
    view.show_article(make_article())
    language.set("ar")
    assert "تجديد بطاقة" in view.page.toPlainText()  # nobody chose a language: it follows the screen
    view.toggle_language()
    assert "Renewing a card" in view.page.toPlainText()
    language.set("en")
    language.set("ar")
    assert "Renewing a card" in view.page.toPlainText()  # the language chosen for the caller stays


def test_side_by_side_shows_both_languages_each_in_its_direction(view: ArticleView) -> None:
    view.show_article(make_article())
    view.read_in("both")
    directions = dict(_directions(view.page))
    assert directions["Renewing a card that has expired."] == _LTR
    assert directions["تجديد بطاقة انتهت مدتها."] == _RTL


def test_arabic_text_has_the_digits_that_were_set_and_english_text_its_own(
    view: ArticleView, language: Language
) -> None:
    language.set_digits("arab")
    view.show_article(make_article())
    view.read_in("both")
    text = view.page.toPlainText()
    assert "٥.٠٠٠ د.ك." in text
    assert "5.000 KWD" in text


def test_markup_in_an_article_is_shown_and_nothing_is_loaded(view: ArticleView, tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    assert image.save(str(picture))
    markup = f'<img src="{picture.as_uri()}"><a href="https://example.com">click</a>'
    view.show_article(make_article(summary=markup))
    for reading in ("en", "both"):
        view.read_in("both" if reading == "both" else "en")
        assert markup in view.page.toPlainText()
        assert "￼" not in view.page.toPlainText()  # an object in the text
    loaded = view.page.document().resource(QTextDocument.ResourceType.ImageResource.value, QUrl(picture.as_uri()))
    assert loaded is None


def test_the_copy_is_the_article_as_it_is_read(view: ArticleView, qtbot: QtBot) -> None:
    view.show_article(make_article())
    view.read_in("ar")
    view.activateWindow()
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    with qtbot.waitSignal(view.copied):
        qtbot.keyClick(view.page, Qt.Key.Key_C, keys)
    copied = QGuiApplication.clipboard().text()
    assert "تجديد البطاقة المدنية" in copied
    assert "Renew" not in copied


@pytest.mark.parametrize(
    ("verification", "directory", "word"),
    [
        (Verification.OFFICIAL_PAGE, False, "Official page read"),
        (Verification.PRESS, False, "From the press, to be confirmed"),
        (Verification.ADDRESS_ONLY, False, "Name only, to be confirmed"),
        (Verification.PUBLIC_LIST, True, "Details to be confirmed"),
    ],
)
def test_it_is_plain_how_sure_an_article_is(
    view: ArticleView, verification: Verification, directory: bool, word: str
) -> None:
    article = make_article(verification=verification, directory=directory)
    view.show_article(article)
    shown = [pill.word() for pill in (view.pill, view.unsure) if pill.isVisible()]
    assert word in shown
    assert list_row(article.row).meta == ("" if word == "Official page read" else "to be confirmed")


def test_the_next_article_begins_at_its_beginning_and_the_same_one_keeps_its_place(view: ArticleView) -> None:
    long = tuple(f"Step {number}" for number in range(80))
    view.show_article(make_article(steps=long))
    scroll = view.page.verticalScrollBar()
    scroll.setValue(300)
    view.show_article(make_article(steps=long))
    assert scroll.value() == 300
    view.show_article(make_article("another", steps=long))
    assert scroll.value() == 0


def test_the_colours_of_the_text_follow_the_theme(view: ArticleView, theme: Theme) -> None:
    view.show_article(make_article())
    light = view.page.document().begin().begin().fragment().charFormat().foreground().color()
    theme.set_dark(True)
    dark = view.page.document().begin().begin().fragment().charFormat().foreground().color()
    assert light.lightness() < 128 < dark.lightness()


def test_every_word_around_the_article_is_translated(view: ArticleView, language: Language) -> None:
    view.show_article(make_article())
    language.set("qps")
    assert unmarked_texts(view) == []
