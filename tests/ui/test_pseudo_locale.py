"""Every text of the whole program comes from the catalogue: in the made-up language each of them is marked.

What people wrote, names and numbers are left out: their widgets say so with the property "data".
"""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QStringListModel
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QListView,
    QPushButton,
    QScrollArea,
    QTableWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from carecenter.core.civil_id import demo_civil_id
from carecenter.core.i18n import PSEUDO, pseudo
from carecenter.core.ids import new_id
from carecenter.core.recovery_code import new_code
from carecenter.operations.callers import RegisterCaller
from carecenter.queries.tickets import QueueFocus
from carecenter.ui.search.model import Group
from carecenter.ui.sign_in.lock import Lock
from carecenter.ui.views.ticket_view_model import Act
from tests.journeys.person import Person, found_home, running
from tests.ui.pseudo import unmarked_texts
from tests.ui.tickets.opening import open_ticket
from tests.ui.waiting import until

pytestmark = [
    pytest.mark.usefixtures("_no_collection"),
    pytest.mark.qt_log_ignore("does not support raise", extend=True),  # nothing is in front without a screen
]

NAMELESS = (("١", "1"), ("٢", "2"))
"""People without letters: what is shown of them cannot be taken for a text of the program."""


@pytest.fixture
def _no_collection() -> Iterator[None]:
    gc.disable()  # on a worker's thread it would destroy Qt's objects there
    yield
    gc.collect()
    gc.enable()


@asynccontextmanager
async def _pseudo(app: QApplication, home: Path) -> AsyncIterator[Person]:
    async with running(app, home) as person:
        person.program.language.set(PSEUDO)
        yield person


def _check(person: Person, *more: QWidget) -> None:
    """Everything in the window, whether it is seen at this moment or not."""
    for whole in (person.window, *more):
        found = unmarked_texts(whole)
        assert not found, found


@pytest.mark.asyncio
async def test_the_way_in(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    async with _pseudo(qapp, tmp_path / "new") as person:
        panel = person.program.panel
        await until(panel.first_start.demo.isEnabled)
        panel.first_start.make.click()  # with nothing filled in: a complaint
        panel.recovery_code.show_code(new_code())
        panel.waiting.begin(lambda: pseudo("words"), cancellable=True)
        panel.waiting.show_progress(1, 2)
        lock = Lock("٢", "2")
        qtbot.addWidget(lock)
        for card in (panel.first_start, panel.sign_in, panel.recover, panel.recovery_code, panel.waiting, lock):
            found = unmarked_texts(card)
            assert not found, (type(card).__name__, found)
        _check(person)


@pytest.mark.asyncio
async def test_a_call_with_everything_open(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    found_home(tmp_path, NAMELESS)
    async with _pseudo(qapp, tmp_path) as person:
        await person.sign_in("Huda")
        _check(person)
        pane = await person.take_call("99887766")  # nobody on record: the empty card
        person.key_in("2")
        pane.who.civil_id.setText("282040701484")
        pane.who.number.setText("1")
        _check(person)
        await _fill_the_card(person)
        again = await person.take_call("55512345")
        assert again.state.card is not None
        again.caller_card.reveal_button.click()
        person.press("F2")
        person.key_in("12")
        person.press("Return")  # which cannot be a number
        _check(person)
        again.notes.edit.setFocus()
        person.key_in("lost Civil ID card")
        await until(person.knowledge.results.rows)
        person.knowledge.open_article(person.knowledge.results.rows()[0].key)
        await until(person.knowledge.view.isVisible)
        again.tickets.new_ticket()
        again.tickets.form.callback.click()
        again.tickets.form.text.setPlainText("")
        again.tickets.save()
        await until(again.tickets.form.complaint)
        _check(person)
        again.tickets.form.callback.click()
        again.tickets.form.anonymous.click()
        again.tickets.form.text.setPlainText("2")
        again.tickets.save()
        await until(lambda: again.tickets.issued.issued is not None)
        again.ask_end()
        assert again.wrap_up.isVisible()
        _check(person)
        assert all(row.title.startswith("⟦") for row in again.wrap_up.codes.rows())


async def _fill_the_card(person: Person) -> None:
    """Somebody with two numbers, tickets open and closed, and calls."""
    caller_id = new_id()
    await person.store.perform(
        RegisterCaller(
            caller_id=caller_id,
            name_ar="٣",
            name_en="3",
            civil_id=demo_civil_id(3),
            phone=(new_id(), "+96555512345"),
        )
    )
    await open_ticket(person.store, "2", caller_id=caller_id)


@pytest.mark.asyncio
async def test_tickets_queues_search_and_settings(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    found_home(tmp_path, NAMELESS)
    async with _pseudo(qapp, tmp_path) as person:
        await person.sign_in("Huda")
        ticket = await open_ticket(person.store, "4", remedy="5")
        await _fill_the_card(person)
        await _search(person, ticket.reference)
        view = person.tickets.view
        await until(lambda: view.isVisible() and bool(view.timeline.lines()))
        for act in (Act.NOTE, Act.STATUS, Act.ASSIGN, Act.ESCALATE, Act.QUEUE, Act.CLOSE):
            view.actions_panel.choose(act)
            view.actions_panel.submit()  # with something missing, or nothing
            _check(person)
        await until(lambda: len(view.timeline.lines()) >= 1)
        person.tickets.reference.setText("0123456789")
        _check(person)
        person.press("Ctrl+3")
        _check(person)
        await _review(person)
        person.press("Ctrl+5")
        settings = person.session.pages.page("settings")
        await until(settings.isVisible)
        for key in settings.parts:  # type: ignore[attr-defined]  # the page is a plain widget to the others
            settings.show_part(key)  # type: ignore[attr-defined]  # likewise
            _check(person)
        person.press("F1")
        await until(person.window.keys_sheet.isVisible)
        _check(person)


async def _search(person: Person, reference: str) -> None:
    box = person.search_box
    for line in (reference, "99887766", "282040701484", "0123456789", "lost card"):
        person.press("Ctrl+K")
        person.press("Ctrl+A")
        person.key_in(line)
        await until(lambda: box._is_answered() and box.popup().isVisible())
        _check(person, box.popup())
    await person.search(reference, Group.TICKETS)


async def _review(person: Person) -> None:
    person.press("Ctrl+4")
    review = person.queues.review
    assert review is not None
    await until(review.list.rows)
    review.list.selectAll()
    await until(review.bulk.isVisible)
    _check(person)
    for focus in QueueFocus:
        review.filters.focus_chips.button(focus).click()
        _check(person)
    person.queues.tabs.setCurrentIndex(1)
    assert person.queues.activity is not None
    await until(person.queues.activity.list.rows)
    _check(person)


def test_an_unmarked_text_is_reported_wherever_it_stands(qtbot: QtBot) -> None:
    whole, column = QWidget(), QVBoxLayout()
    qtbot.addWidget(whole)
    whole.setLayout(column)
    scroll, tabs, data = QScrollArea(), QTabWidget(), QLabel("a name")
    scroll.setWidget(QPushButton("in a scroll area"))
    tabs.addTab(QLabel("on a tab"), "a tab")
    table = QTableWidget(1, 1)
    table.setHorizontalHeaderLabels(["a header"])
    listed = QListView()
    listed.setModel(QStringListModel(["somebody's words"]))
    data.setProperty("data", True)
    marked = QLabel(pseudo("marked"))
    marked.setToolTip("a tool tip")
    marked.addAction(QAction("an action", marked))
    for part in (scroll, tabs, table, listed, data, marked, QLabel("12:30 · 5")):
        column.addWidget(part)
    found = unmarked_texts(whole)
    expected = {"in a scroll area", "on a tab", "a tab", "a header", "a tool tip", "an action"}
    assert set(found) == expected
