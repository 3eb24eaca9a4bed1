"""Every page fits a hall's screen of 1280 by 720 without being scrolled sideways or cut, in both languages."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import pytest
from PySide6.QtWidgets import QApplication, QRadioButton, QScrollArea, QWidget

from carecenter.core.civil_id import demo_civil_id
from carecenter.core.ids import new_id
from carecenter.operations.callers import RegisterCaller
from carecenter.ui.desk.call_pane import CallPane
from carecenter.ui.views.ticket_view_model import Act
from carecenter.ui.widgets.page_stack import PageScroll
from carecenter.ui.widgets.segmented import Segmented
from tests.journeys.person import Person, found_home, running
from tests.ui.tickets.opening import open_ticket
from tests.ui.waiting import until

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.usefixtures("_no_collection"),
    pytest.mark.qt_log_ignore("does not support raise", extend=True),  # nothing is in front without a screen
]

WIDTH: Final = 1280
HEIGHT: Final = 720
NUMBER: Final = "55512345"
LONG: Final = "The card has not arrived for three weeks although the fee was paid"


@pytest.fixture
def _no_collection() -> Iterator[None]:
    gc.disable()  # on a worker's thread it would destroy Qt's objects there
    yield
    gc.collect()
    gc.enable()


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_every_page_fits(qapp: QApplication, tmp_path: Path, language: Literal["ar", "en"]) -> None:
    found_home(tmp_path)
    async with running(qapp, tmp_path, language) as person:
        await _fits(person)
        await person.sign_in("Huda")
        caller_id = await _somebody(person)
        ticket = await open_ticket(person.store, LONG, remedy=LONG, caller_id=caller_id)
        await _the_desk_fits(person)
        await _the_tickets_fit(person, ticket.ticket_id)
        await _the_queues_fit(person, ticket.ticket_id)
        person.press("Ctrl+3")
        await _fits(person)
        person.press("Ctrl+5")
        settings = person.session.pages.page("settings")
        await until(settings.isVisible)
        for key in settings.parts:  # type: ignore[attr-defined]  # the page is a plain widget to the others
            settings.show_part(key)  # type: ignore[attr-defined]  # likewise
            await _fits(person)


async def test_on_a_screen_too_small_the_page_is_scrolled(qapp: QApplication, tmp_path: Path) -> None:
    """A screen of 1920 by 1080 with everything twice as large has room for half of both."""
    found_home(tmp_path)
    async with running(qapp, tmp_path) as person:
        await person.sign_in("Huda")
        await person.take_call(NUMBER)
        person.window.resize(960, 540)
        await until(lambda: person.window.width() == 960)
        assert person.window.height() == 540
        await until(lambda: _scroll(person).horizontalScrollBar().maximum() > 0)
        await until(lambda: _seen_at_the_end(person.knowledge.question, _scroll(person)))


async def _somebody(person: Person) -> str:
    caller_id = new_id()
    await person.store.perform(
        RegisterCaller(
            caller_id=caller_id,
            name_ar="محمد عبدالرحمن عبدالعزيز العبدالله",
            name_en="Mohammad Abdulrahman Abdulaziz Al-Abdullah",
            civil_id=demo_civil_id(3),
            phone=(new_id(), f"+965{NUMBER}"),
        )
    )
    return caller_id


async def _the_desk_fits(person: Person) -> None:
    await _fits(person)
    await person.take_call("99887766")
    await _fits(person)
    pane = await person.take_call(NUMBER)
    pane.notes.edit.setFocus()
    person.key_in("lost Civil ID card")
    await until(person.knowledge.results.rows)
    person.knowledge.open_article(person.knowledge.results.rows()[0].key)
    await until(person.knowledge.view.isVisible)
    await _the_ticket_form_fits(person, pane)
    pane.ask_end()
    await _fits(person)


async def _the_ticket_form_fits(person: Person, pane: CallPane) -> None:
    pane.tickets.new_ticket()
    pane.tickets.form.callback.click()
    person.press("F2")
    person.key_in("12")
    person.press("Return")  # which cannot be a number, and is told so in words
    await _fits(person)
    pane.tickets.form.callback.click()
    pane.tickets.form.anonymous.click()
    pane.tickets.form.text.setPlainText(LONG)
    pane.tickets.save()
    await until(lambda: pane.tickets.issued.issued is not None)
    await _fits(person)


async def _the_tickets_fit(person: Person, ticket_id: str) -> None:
    person.press("Ctrl+2")
    person.tickets.open_ticket(ticket_id)
    view = person.tickets.view
    await until(lambda: view.isVisible() and bool(view.timeline.lines()))
    for act in (Act.NOTE, Act.STATUS, Act.ASSIGN, Act.ESCALATE, Act.QUEUE, Act.CLOSE):
        view.actions_panel.choose(act)
        view.actions_panel.submit()  # with something missing, or nothing
        await _fits(person)


async def _the_queues_fit(person: Person, ticket_id: str) -> None:
    person.press("Ctrl+4")
    review = person.queues.review
    assert review is not None
    await until(review.list.rows)
    await _fits(person)
    review.open_ticket(ticket_id)
    await until(lambda: review.view.isVisible() and bool(review.view.timeline.lines()))
    await _fits(person)
    review.list.selectAll()
    await until(review.bulk.isVisible)
    await _fits(person)
    person.queues.tabs.setCurrentIndex(1)
    assert person.queues.activity is not None
    await until(person.queues.activity.list.rows)
    await _fits(person)


async def _fits(person: Person) -> None:
    person.window.resize(WIDTH, HEIGHT)
    await until(lambda: _all_in_sight(person.window))
    assert (person.window.width(), person.window.height()) == (WIDTH, HEIGHT)
    room, needed = _scroll(person).viewport().size(), person.window.stack.minimumSizeHint()
    page = type(person.window.stack.currentWidget()).__name__
    assert needed.width() <= room.width(), f"{page} is {needed.width() - room.width()} too wide"
    assert needed.height() <= room.height(), f"{page} is {needed.height() - room.height()} too high"


def _all_in_sight(window: QWidget) -> bool:
    """Whether no choice of a strip lies outside it: its last line comes one pass of the layout later."""
    strips = [strip for strip in window.findChildren(Segmented) if strip.isVisible()]
    return all(
        strip.rect().contains(choice.geometry())
        for strip in strips
        for choice in strip.findChildren(QRadioButton)
        if choice.isVisible()
    )


def _scroll(person: Person) -> PageScroll:
    area = person.window.findChild(PageScroll)
    assert isinstance(area, PageScroll)
    return area


def _seen_at_the_end(widget: QWidget, area: QScrollArea) -> bool:
    area.horizontalScrollBar().setValue(area.horizontalScrollBar().maximum())
    place = widget.rect().translated(widget.mapTo(area.viewport(), widget.rect().topLeft()))
    return area.viewport().rect().contains(place)
