"""An opened ticket as agents and supervisors use it, on real desks that a real centre connects."""

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from carecenter.core.ids import new_id
from carecenter.core.terms import CallbackState, EntryKind, Outcome, TicketKind, TicketStatus, label
from carecenter.models.centre import Audit
from carecenter.operations import tickets
from carecenter.operations.callbacks import PromiseCallback
from carecenter.operations.tickets import pin_hash
from carecenter.queries import articles
from carecenter.queries.tickets import by_ids
from carecenter.server.centre import Centre
from carecenter.store.desk import Desk
from carecenter.ui.language import Language
from carecenter.ui.messages import Message, Messages
from carecenter.ui.views.pin_tries import FIRST_WAIT
from carecenter.ui.views.ticket_view import TicketView
from carecenter.ui.views.ticket_view_model import Act, place
from tests.ui.pseudo import unmarked_texts
from tests.ui.tickets.opening import detail, later, near, open_ticket, register
from tests.ui.waiting import PATIENCE, until

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("theme")]

DAY = dt.timedelta(days=1)


class Screen:
    """A ticket view on a desk, with what was said on it."""

    def __init__(self, qtbot: QtBot, desk: Desk, language: Language) -> None:
        self.desk = desk
        self.said: list[Message] = []
        messages = Messages()
        messages.said.connect(self.said.append)
        self.view = TicketView(desk, messages, language)
        self.view.resize(640, 720)
        qtbot.addWidget(self.view, before_close_func=lambda view: view.close_view())
        self.view.show()

    @property
    def panel(self) -> Any:
        return self.view.actions_panel

    async def open(self, ticket_id: str) -> None:
        stood: list[str] = []
        self.view.opened.connect(stood.append)
        self.view.open_ticket(ticket_id)
        await until(lambda: ticket_id in stood)

    def timeline(self) -> str:
        return "\n".join(line.words() for line in self.view.timeline.lines())

    async def take(self, act: Act, choice: str | None = None, text: str = "") -> None:
        """Takes a step as a person does, and waits for its line."""
        before = len(self.view.timeline.lines())
        self.panel.choose(act)
        if choice is not None:
            self.panel.choice_box.setCurrentIndex(self.panel.choice_box.findData(choice))
        if text:
            self.panel.text.setPlainText(text)
        self.panel.button.click()
        await until(lambda: len(self.view.timeline.lines()) > before)


async def screen_with_ticket(qtbot: QtBot, desk: Desk, language: Language, **facts: Any) -> tuple[Screen, str]:
    ticket = await open_ticket(desk, **facts)
    screen = Screen(qtbot, desk, language)
    await screen.open(ticket.ticket_id)
    return screen, ticket.ticket_id


async def test_the_reference_is_shown_in_its_groups_and_copied_plainly(
    qtbot: QtBot, desk: Desk, language: Language
) -> None:
    ticket = await open_ticket(desk)
    screen = Screen(qtbot, desk, language)
    await screen.open(ticket.ticket_id)
    digits = ticket.reference
    label = screen.view.title.reference
    assert label.reference() == f"{digits[:4]} {digits[4:7]} {digits[7:]}"
    assert f"{digits[:4]}\u00a0{digits[4:7]}\u00a0{digits[7:]}" in label.text()


async def test_facts_are_shown_and_lead_to_the_caller_and_the_article(
    qtbot: QtBot, desk: Desk, language: Language
) -> None:
    caller_id = await register(desk)
    service = (await desk.ask(articles.browse))[0]
    screen, ticket_id = await screen_with_ticket(
        qtbot, desk, language, caller_id=caller_id, service_id=service.id, remedy="A new card"
    )
    moment = desk.now() + DAY
    await desk.perform(
        PromiseCallback(callback_id=new_id(), number="+96599887766", due_at=moment, ticket_id=ticket_id)
    )
    facts = screen.view.facts
    await until(lambda: "9988\u00a07766" in "".join(facts.callbacks.sentences()))
    assert facts.fact("caller") == "Mohammed Al-Mutairi"
    assert facts.fact("service") == service.title_en
    assert facts.fact("assignee") == "Nobody yet"
    assert facts.remedy.toPlainText() == "A new card"
    led_to: list[str] = []
    screen.view.caller_requested.connect(led_to.append)
    screen.view.article_requested.connect(led_to.append)
    facts.button("caller").click()
    facts.button("service").click()
    assert led_to == [caller_id, service.id]


async def test_overdue_ticket_is_marked_by_word(qtbot: QtBot, desk: Desk, language: Language) -> None:
    screen, ticket_id = await screen_with_ticket(qtbot, desk, language)
    due = screen.view.facts.pills["due"]
    assert due.word().startswith("Due ")
    near(desk, (await detail(desk, ticket_id)).row.due_at, dt.timedelta(hours=2))
    screen.view.tick()
    assert due.word().startswith("Due soon")
    later(desk, dt.timedelta(hours=3))
    screen.view.tick()
    assert due.word().startswith("Overdue since")
    assert due.property("tone") == "danger"


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


async def test_assigning_to_me_takes_one_press(qtbot: QtBot, desk: Desk, language: Language) -> None:
    screen, _ = await screen_with_ticket(qtbot, desk, language)
    screen.panel.choose(Act.ASSIGN)
    screen.panel.to_me.click()
    await until(lambda: screen.view.facts.fact("assignee") == "Sara")


async def test_an_agent_without_the_right_to_escalate_is_told(qtbot: QtBot, desk: Desk, language: Language) -> None:
    screen, _ = await screen_with_ticket(qtbot, desk, language)
    screen.panel.choose(Act.ESCALATE)
    assert "supervisor" in screen.panel.hint()
    assert screen.panel.button.isHidden()
    screen.panel.choose(Act.NOTE)
    assert not screen.panel.button.isHidden()


async def test_a_ticket_is_not_closed_without_an_outcome(qtbot: QtBot, desk: Desk, language: Language) -> None:
    screen, ticket_id = await screen_with_ticket(qtbot, desk, language)
    screen.panel.choose(Act.CLOSE)
    screen.panel.text.setPlainText("Told the caller.")
    screen.panel.button.click()
    assert "outcome" in screen.panel.complaint()
    assert screen.panel.text.toPlainText() == "Told the caller."
    assert (await detail(desk, ticket_id)).row.status is TicketStatus.RECEIVED


async def test_only_sensible_next_steps_are_offered(qtbot: QtBot, desk: Desk, language: Language) -> None:
    screen, _ = await screen_with_ticket(qtbot, desk, language)
    await screen.take(Act.STATUS, TicketStatus.ANSWERED)
    screen.panel.choose(Act.STATUS)
    box = screen.panel.choice_box
    offered = [box.itemText(at) for at in range(box.count())]
    assert "Decision told to the caller" in offered
    assert not {"Received", "Answered", "Closed"} & set(offered)
    await screen.take(Act.CLOSE, Outcome.RESOLVED)
    assert screen.panel.segments.button(Act.STATUS).isHidden()
    assert not screen.panel.segments.button(Act.REOPEN).isHidden()


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
    assert "full" in screen.said[0].say()
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


async def test_anonymous_ticket_asks_for_its_pin_before_anything_is_read_out(
    qtbot: QtBot, desk: Desk, language: Language
) -> None:
    other = await open_ticket(desk)
    ticket_id = await _anonymous_ticket(desk)
    screen = Screen(qtbot, desk, language)
    await screen.open(ticket_id)
    pin = screen.view.pin
    assert "PIN" in pin.sentence()
    pin.pin.setText("1234")
    pin.button.click()
    assert "read nothing out" in pin.sentence()
    pin.pin.setText("٤٧١١")
    QTest.keyClick(pin.pin, Qt.Key.Key_Return)
    assert "may be read out" in pin.sentence()
    assert screen.view.facts.fact("caller") == "Anonymous"
    await screen.open(other.ticket_id)
    assert pin.isHidden()
    await screen.open(ticket_id)
    assert "ask for the PIN" in pin.sentence()


async def _anonymous_ticket(desk: Desk) -> str:
    """A ticket of somebody whose PIN is 4711."""
    ticket_id = new_id()
    await desk.perform(
        tickets.OpenTicket(
            ticket_id=ticket_id,
            entry_id=new_id(),
            kind=TicketKind.COMPLAINT,
            queue_id="general",
            text="Nobody shall know",
            pin_hash=pin_hash(ticket_id, "4711"),
        )
    )
    return ticket_id


async def test_each_pin_said_is_on_record_and_after_five_wrong_ones_the_field_waits(
    qtbot: QtBot, desk: Desk, language: Language, centre: Centre
) -> None:
    ticket_id = await _anonymous_ticket(desk)
    screen = Screen(qtbot, desk, language)
    await screen.open(ticket_id)
    for wrong in ("1000", "2000", "3000", "4000", "5000"):
        assert screen.view.pin.pin.isEnabled()
        _say_pin(screen, wrong)
    elsewhere = Screen(qtbot, desk, language)  # another page of the same sign-in
    await elsewhere.open(ticket_id)
    for shown in (screen, elsewhere):
        assert "Too many wrong PINs" in shown.view.pin.sentence()
        assert not shown.view.pin.pin.isEnabled()
        _say_pin(shown, "4711")
        assert "may be read out" not in shown.view.pin.sentence()
    later(desk, FIRST_WAIT)
    screen.view.tick()
    _say_pin(screen, "4711")
    assert "may be read out" in screen.view.pin.sentence()
    await until(lambda: _pins_on_record(centre, ticket_id) == ["no"] * 5 + ["yes"])


def _say_pin(screen: Screen, pin: str) -> None:
    screen.view.pin.pin.setText(pin)
    screen.view.pin.check()


def _pins_on_record(centre: Centre, ticket_id: str) -> list[str]:
    with centre.transaction() as unit:
        lines = unit.session.scalars(
            sqlalchemy.select(Audit).where(Audit.action == "CheckPin").order_by(Audit.number)
        ).all()
        return [line.subjects["right"] for line in lines if line.subjects["ticket_id"] == ticket_id]


@pytest.mark.parametrize(
    ("button", "becomes"), [("kept", CallbackState.KEPT), ("cancelled", CallbackState.CANCELLED)]
)
async def test_a_promised_callback_is_settled_in_one_press(
    qtbot: QtBot, desk: Desk, language: Language, button: str, becomes: CallbackState
) -> None:
    screen, ticket_id = await screen_with_ticket(qtbot, desk, language)
    callbacks = screen.view.facts.callbacks
    assert callbacks.isHidden()
    for hours, number in ((5, "+96599887766"), (1, "+96522334455")):
        due = desk.now() + dt.timedelta(hours=hours)
        await desk.perform(PromiseCallback(callback_id=new_id(), number=number, due_at=due, ticket_id=ticket_id))
    await until(lambda: len(callbacks.sentences()) == 2)
    later(desk, dt.timedelta(hours=2))
    screen.view.tick()
    soonest, other = callbacks.sentences()
    assert "2233\u00a04455" in soonest
    assert "overdue" in soonest
    assert "Promised" in other
    getattr(callbacks.line(0), button).click()
    await until(lambda: label(becomes) in callbacks.sentences()[0])
    assert callbacks.line(0).kept.isHidden()
    assert callbacks.line(0).cancelled.isHidden()
    assert "Promised" in callbacks.sentences()[1]
    assert callbacks.line(1).kept.isVisible()


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
