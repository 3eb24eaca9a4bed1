"""Changing the language in the middle of a call."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.ui.language import STANDARD_BUTTONS, Language, Translated
from tests.ui.pseudo import unmarked_texts
from translations import strings


class Part(Translated, QPushButton):
    """A button inside the page, with words of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.times = 0
        self.retranslate()

    def retranslate(self) -> None:
        self.times += 1
        self.setText(_("Save"))


class Page(Translated, QWidget):
    """A page with a field that somebody is typing in."""

    def __init__(self) -> None:
        super().__init__()
        self.field, self.part = QLineEdit(), Part()
        column = QVBoxLayout(self)
        column.addWidget(self.field)
        column.addWidget(self.part)
        self.retranslate()

    def retranslate(self) -> None:
        self.setWindowTitle(_("Message"))
        self.field.setAccessibleName(_("Help"))


@pytest.fixture
def language(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Language]:
    """English at the start and at the end, with the project's own Arabic words."""
    for code in i18n.LANGUAGES:
        shutil.copytree(strings.ROOT / "translations" / code, tmp_path / code)
    strings.compile_all(tmp_path)
    monkeypatch.setattr(i18n, "catalogue_folders", lambda: [tmp_path])
    monkeypatch.setattr(i18n, "_catalogues", {})
    made = Language(qapp)
    yield made
    made.set_digits("latn")
    made.set("en")
    made.deleteLater()


@pytest.fixture
def page(language: Language, qtbot: QtBot) -> Page:
    """The page on the screen, its field in use."""
    page = Page()
    qtbot.addWidget(page)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.field.setFocus()
    qtbot.keyClicks(page.field, "caller asks")
    return page


def test_words_direction_and_locale_change_at_once(language: Language, page: Page) -> None:
    with_signal: list[tuple[str, str]] = []
    language.changed.connect(lambda code: with_signal.append((code, page.part.text())))
    language.set("ar")
    assert (page.windowTitle(), page.part.text()) == ("رسالة", "حفظ")
    assert page.layoutDirection() == page.part.layoutDirection() == Qt.LayoutDirection.RightToLeft
    assert page.field.locale().language() == QLocale.Language.Arabic
    assert with_signal == [("ar", "حفظ")]
    language.toggle()
    assert (page.part.text(), page.layoutDirection()) == ("Save", Qt.LayoutDirection.LeftToRight)


def test_text_cursor_and_focus_stay(language: Language, page: Page, qtbot: QtBot) -> None:
    page.field.setCursorPosition(6)
    language.set("ar")
    assert page.field.hasFocus()
    qtbot.keyClicks(page.field, "!")
    assert page.field.text() == "caller! asks"


def test_each_widget_is_told_once(language: Language, page: Page, qapp: QApplication) -> None:
    before = page.part.times
    language.set("ar")
    qapp.processEvents()
    assert page.part.times == before + 1


def test_dialog_buttons_say_what_people_say(language: Language, qtbot: QtBot) -> None:
    language.set("ar")
    kinds = QDialogButtonBox.StandardButton
    box = QDialogButtonBox(kinds.Save | kinds.Cancel | kinds.Close)
    qtbot.addWidget(box)
    assert [box.button(kind).text() for kind in (kinds.Save, kinds.Cancel, kinds.Close)] == [
        "حفظ",
        "إلغاء",
        "إغلاق",
    ]


def test_qts_other_texts_are_arabic_too(language: Language, qapp: QApplication) -> None:
    language.set("ar")
    assert qapp.translate("QLineEdit", "Select All") != "Select All"
    language.set("en")
    assert qapp.translate("QLineEdit", "Select All") == "Select All"


def test_every_standard_button_has_an_arabic_word(language: Language) -> None:
    language.set("ar")
    assert [word for word in STANDARD_BUTTONS if i18n.gettext(word) == word] == []


def test_the_digits_of_qts_fields_follow(language: Language) -> None:
    language.set("ar")
    assert QLocale().toString(42) == "42"
    language.set_digits("arab")
    assert QLocale().toString(42) == "٤٢"


def test_an_unknown_language_leaves_everything(language: Language, page: Page) -> None:
    with pytest.raises(ValueError, match="fr"):
        language.set("fr")
    assert (language.code, page.part.text()) == ("en", "Save")


def test_the_pseudo_language_shows_what_is_not_marked(language: Language, page: Page) -> None:
    page.field.setPlaceholderText("not marked")
    assert "Save" in unmarked_texts(page)
    language.set("qps")
    assert unmarked_texts(page) == ["not marked"]
    page.field.setProperty("data", True)
    assert unmarked_texts(page) == []
