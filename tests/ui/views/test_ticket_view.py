"""An opened ticket as agents and supervisors use it, on real desks that a real centre connects."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from carecenter.core.ids import new_id
from carecenter.core.terms import EntryKind, Outcome, TicketStatus
from carecenter.operations import tickets
from carecenter.queries.tickets import by_ids
from carecenter.store.desk import Desk
from carecenter.ui.language import Language
from carecenter.ui.views.ticket_view_model import Act, place
from tests.ui.pseudo import unmarked_texts
from tests.ui.tickets.opening import detail, open_ticket
from tests.ui.views.ticket_screen import Screen, screen_with_ticket
from tests.ui.waiting import PATIENCE, until

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("theme")]


async def test_each_step_becomes_a_line_of_the_timeline(
    qtbot: QtBot, supervisor_desk: Desk, language: Language
) -> None:
    screen, ticket_id = await screen_with_ticket(qtbot, supervisor_desk, language)
    await screen.take(Act.NOTE, text="Called the body.")
    assert "Called the body." in screen.timeline()
    await screen.take(Act.STATUS, TicketStatus.IN_WORK)
    assert "Status: \u2068Received\u2069 → \u2068In progress\u2069" in screen.timeline()
    await screen.take(Act.ESCALATE, text="Third call")
    assert "Escalated to level 1\n" in screen.timeline()
    await screen.take(Act.QUEUE, "technical")
    assert "\u2068General 164\u2069 → \u2068Online services\u2069" in screen.timeline()
    await screen.take(Act.CLOSE, Outcome.RESOLVED, "The card was delivered.")
    assert "Ticket closed: \u2068Resolved\u2069" in screen.timeline()
    assert screen.view.facts.pills["status"].word() == "Closed"
    await screen.take(Act.REOPEN, text="It was another card.")
    kinds = [line.entry.kind for line in screen.view.timeline.lines()]
    assert kinds[0] is EntryKind.OPENED
    assert kinds[-1] is EntryKind.REOPENED
    assert (await detail(supervisor_desk, ticket_id)).row.status is TicketStatus.IN_WORK


async def test_assigning_appears_in_the_timeline_with_the_supervisors_name(
    qtbot: QtBot, desk: Desk, supervisor_desk: Desk, language: Language
) -> None:
    ticket = await open_ticket(desk)
    agent, supervisor = Screen(qtbot, desk, language), Screen(qtbot, supervisor_desk, language)
    await agent.open(ticket.ticket_id)
    await until(lambda: desk.status.online and desk.status.waiting == 0)
    await _arrived(supervisor_desk, ticket.ticket_id)
    await supervisor.open(ticket.ticket_id)
    await supervisor.take(Act.ASSIGN, desk.viewer.account_id)
    assert "Huda\nAssigned to \u2068Sara\u2069" in supervisor.timeline()
    await until(lambda: "Huda\nAssigned to \u2068Sara\u2069" in agent.timeline())
    assert "Huda" in agent.view.news()


async def _arrived(desk: Desk, ticket_id: str) -> None:
    """Until the feed has brought the ticket, however many rounds that takes."""
    async with asyncio.timeout(PATIENCE):
        while not await desk.ask(by_ids, (ticket_id,)):  # noqa: ASYNC110  # a row of the store, not an event
            await asyncio.sleep(0.01)


async def test_half_typed_note_survives_a_refresh_and_a_language_switch(
    qtbot: QtBot, desk: Desk, language: Language
) -> None:
    screen, ticket_id = await screen_with_ticket(qtbot, desk, language, text="\n".join(["long story"] * 80))
    bar = screen.view.scroll_area.verticalScrollBar()
    await until(lambda: bar.maximum() > 100)
    bar.setValue(90)
    QTest.keyClicks(screen.panel.text, "The body says")
    cursor = screen.panel.text.textCursor().position()
    await desk.perform(tickets.AddNote(ticket_id=ticket_id, entry_id=new_id(), text="from another window"))
    await until(lambda: "from another window" in screen.timeline())
    language.set("ar")
    assert screen.panel.text.toPlainText() == "The body says"
    assert screen.panel.text.textCursor().position() == cursor
    assert bar.value() == 90
    assert "سارة" in screen.timeline()


async def test_half_typed_note_is_kept_and_there_again_when_the_ticket_is_opened(
    qtbot: QtBot, desk: Desk, language: Language
) -> None:
    other = await open_ticket(desk, "Another matter")
    screen, ticket_id = await screen_with_ticket(qtbot, desk, language)
    QTest.keyClicks(screen.panel.text, "half a sent")
    await until(lambda: "saved" in screen.panel.kept())
    assert (await desk.drafts())[place(ticket_id)] == {"text": "half a sent"}
    QTest.keyClicks(screen.panel.text, "ence")
    await screen.open(other.ticket_id)  # before the pause is over
    assert screen.panel.text.toPlainText() == ""
    await screen.open(ticket_id)
    assert screen.panel.text.toPlainText() == "half a sentence"
    QTest.keyClick(screen.panel.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: "half a sentence" in screen.timeline())
    await until(lambda: screen.panel.text.toPlainText() == "")
    assert place(ticket_id) not in await desk.drafts()


async def test_a_note_that_the_full_disk_refuses_is_told_and_stays(
    qtbot: QtBot, desk: Desk, language: Language
) -> None:
    screen, _ = await screen_with_ticket(qtbot, desk, language)

    def fill_the_disk() -> None:
        with desk.workstation.transaction() as session:
            session.execute(sqlalchemy.text("PRAGMA max_page_count = 1"))  # as large as it is, and no larger

    await desk.run(fill_the_disk)
    note = "what must not be lost " * 50_000
    screen.panel.text.setPlainText(note)
    screen.panel.button.click()
    await until(lambda: screen.said)
    assert "full" in screen.said[0]
    assert screen.panel.text.toPlainText() == note
    assert len(screen.view.timeline.lines()) == 1


async def test_markup_and_bidi_in_a_note_are_plain_text_and_nothing_is_loaded(
    qtbot: QtBot, desk: Desk, language: Language, tmp_path: Path
) -> None:
    picture = QImage(64, 64, QImage.Format.Format_RGB32)
    picture.fill(QColor("#ff00ff"))
    assert picture.save(str(tmp_path / "picture.png"))
    markup = f"<b>bold</b> <img src='file://{tmp_path}/picture.png' width='300' height='60'> \u202eevil"
    screen, ticket_id = await screen_with_ticket(qtbot, desk, language, text=markup, remedy=markup)
    await desk.perform(tickets.AddNote(ticket_id=ticket_id, entry_id=new_id(), text=markup))
    await until(lambda: len(screen.view.timeline.lines()) == 2)
    screen.view.resize(640, 1600)
    shown = screen.view.grab().toImage()
    assert markup in screen.timeline()
    assert screen.view.facts.text.toPlainText() == markup
    pixels = ((x, y) for x in range(0, shown.width(), 8) for y in range(0, shown.height(), 8))
    assert not any(shown.pixelColor(x, y) == QColor("#ff00ff") for x, y in pixels)


async def test_a_note_is_kept_without_what_turns_or_breaks_a_line(
    qtbot: QtBot, desk: Desk, language: Language
) -> None:
    screen, ticket_id = await screen_with_ticket(qtbot, desk, language)
    await screen.take(Act.NOTE, text="he said \u202eevil\u202c \x07bell")
    assert (await detail(desk, ticket_id)).timeline[-1].text == "he said evil bell"


async def test_a_change_that_came_too_late_says_so(qtbot: QtBot, desk: Desk, language: Language) -> None:
    screen, ticket_id = await screen_with_ticket(qtbot, desk, language)
    await screen.take(Act.STATUS, TicketStatus.ANSWERED)
    late = {"was": TicketStatus.RECEIVED, "now": TicketStatus.IN_WORK}
    await desk.perform(tickets.MoveTicket(ticket_id=ticket_id, entry_id=new_id(), text="", **late))
    await until(lambda: "changed nothing" in screen.timeline())
    assert "\u2068In progress\u2069" in screen.view.timeline.lines()[-1].words()


async def test_a_ticket_that_is_not_here_says_so(qtbot: QtBot, desk: Desk, language: Language) -> None:
    screen = Screen(qtbot, desk, language)
    screen.view.open_ticket(new_id())
    await until(lambda: "not on this workstation" in screen.view.empty.accessibleName())


async def test_every_text_of_an_opened_ticket_is_translated(
    qtbot: QtBot, supervisor_desk: Desk, language: Language
) -> None:
    screen, _ = await screen_with_ticket(qtbot, supervisor_desk, language)
    language.set("qps")
    for act in Act:
        screen.panel.choose(act)
        assert unmarked_texts(screen.view) == []
