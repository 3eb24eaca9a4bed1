"""The language is changed in the middle of a call: nothing typed is lost, and every page has the other words."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from carecenter.core.terms import Priority
from tests.journeys.conftest import Start, Tongue
from tests.journeys.person import Person, words_of
from tests.ui.waiting import until

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.qt_log_ignore("does not support raise", extend=True),  # nothing is in front without a screen
]

DIRECTION = {"en": Qt.LayoutDirection.LeftToRight, "ar": Qt.LayoutDirection.RightToLeft}
PAGES = ("desk", "tickets", "knowledge", "supervisor", "settings")


async def test_nothing_typed_is_lost_and_every_page_changes(start: Start, language: Tongue) -> None:
    async with start(language) as leader:
        await leader.sign_in("Huda")
        before = await _walk(leader, language)
        pane = await leader.take_call("٩٩٨٨٧٧٦٦")
        pane.who.name_en.setFocus()
        leader.key_in("Fati")
        pane.notes.edit.setFocus()
        leader.key_in("half a note · نصف")
        leader.press("Ctrl+T")
        form = pane.tickets.form
        await until(form.text.hasFocus)
        leader.click(form.priority.button(Priority.HIGH))
        form.remedy.setFocus()
        leader.key_in("a new card")
        form.text.setFocus()
        leader.key_in("half a ticket · نصف")
        for _step in range(4):
            leader.press("Left")  # to the middle of a word
        typed, place = form.content(), form.text.textCursor().position()
        assert place not in (0, len(typed.text))
        leader.press("Ctrl+Shift+L")
        assert leader.focus() is form.text
        assert form.text.hasFocus()
        assert form.text.textCursor().position() == place
        assert form.content() == typed
        assert pane.notes.text() == "half a note · نصف"
        assert pane.who.name_en.text() == "Fati"
        leader.key_in("!")  # the next key goes on where the last one was
        assert form.text.toPlainText() == f"{typed.text[:place]}!{typed.text[place:]}"
        after = await _walk(leader, "en" if language == "ar" else "ar")
        for page in PAGES:
            arabic, latin = (before, after) if language == "ar" else (after, before)
            assert _has_arabic(arabic[page]), page
            assert len(arabic[page] & latin[page]) < len(latin[page]) / 2, page
        leader.press("Ctrl+1")
        assert form.text.hasFocus(), "the keyboard is where it was when the desk was left"
        leader.press("Ctrl+Shift+L")
        assert form.text.toPlainText() == f"{typed.text[:place]}!{typed.text[place:]}"
        await leader.pane.settle()


async def _walk(person: Person, language: Tongue) -> dict[str, set[str]]:
    """The words on each page, whose direction is that of the language."""
    words: dict[str, set[str]] = {}
    for at, key in enumerate(PAGES, start=1):
        person.press(f"Ctrl+{at}")
        page = person.session.pages.page(key)
        await until(page.isVisible)
        assert page.layoutDirection() is DIRECTION[language]
        words[key] = {word for word in words_of(page) if any(letter.isalpha() for letter in word)}
        assert words[key], key
    assert person.window.rail.layoutDirection() is DIRECTION[language]
    return words


def _has_arabic(words: set[str]) -> bool:
    return any("\u0600" <= letter <= "\u06ff" for word in words for letter in word)
