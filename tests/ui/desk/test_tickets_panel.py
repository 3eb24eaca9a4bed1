"""A new ticket: written, checked, saved, read out."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLabel

from carecenter.core import speech
from carecenter.core.terms import Language, Priority, TicketKind
from carecenter.queries import tickets
from tests.ui.desk.conftest import Screen
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio


class Shown(QObject):
    """Counts how often a part comes to be seen."""

    times = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Lets everything pass."""
        self.times += event.type() == QEvent.Type.Show
        return False


async def test_the_reference_is_read_out_in_the_callers_language(screen: Screen) -> None:
    pane = await screen.call("anonymous")
    pane.tickets.new_ticket()
    form = pane.tickets.form
    form.text.setPlainText("no card")
    form.language.button("en").click()
    pane.tickets.save()
    panel = pane.tickets.issued
    await until(lambda: panel.issued is not None)
    assert panel.issued is not None
    assert panel.sentence.text() == speech.reference_aloud(panel.issued.reference, Language.ENGLISH)
    assert panel.reference.hasFocus()
    pane.tickets.copy_reference()
    assert QApplication.clipboard().text() == panel.reference.reference()
    assert "Copied" in screen.said[-1]


async def test_the_list_is_not_called_empty_beside_a_fresh_reference(screen: Screen) -> None:
    pane = await screen.call("anonymous")
    shown = Shown()
    labels = pane.tickets.findChildren(QLabel)
    next(label for label in labels if "No ticket yet" in label.text()).installEventFilter(shown)
    pane.tickets.new_ticket()
    pane.tickets.form.text.setPlainText("no card")
    shown.times = 0
    pane.tickets.save()
    await until(lambda: pane.state.tickets)
    assert shown.times == 0


async def test_everything_in_the_form_is_in_the_ticket(screen: Screen) -> None:
    pane = await screen.call("99887766")
    pane.tickets.new_ticket()
    form = pane.tickets.form
    form.kind.button("suggestion").click()
    form.priority.button("high").click()
    form.queue.setCurrentIndex(form.queue.findData("technical"))
    form.text.setPlainText("what happened")
    form.remedy.setPlainText("what is asked for")
    form.callback.click()
    assert form.callback_number.text().replace("\u00a0", "") == "99887766"
    due_at = form.content().callback_at
    pane.tickets.save()
    await until(lambda: pane.state.tickets)
    detail = await screen.desk.ask(tickets.detail, pane.state.tickets[0].id)
    assert detail.row.kind is TicketKind.SUGGESTION
    assert detail.row.priority is Priority.HIGH
    assert detail.row.queue_id == "technical"
    assert (detail.text, detail.remedy) == ("what happened", "what is asked for")
    assert [(row.number, row.due_at) for row in detail.callbacks] == [("+96599887766", due_at)]


@pytest.mark.parametrize("text", ["", "   \n\u200f"])
async def test_a_ticket_without_a_text_is_not_saved(screen: Screen, text: str) -> None:
    pane = await screen.call("anonymous")
    pane.tickets.new_ticket()
    pane.tickets.form.text.setPlainText(text)
    pane.tickets.save()
    await until(pane.tickets.form.complaint)
    assert "what happened" in pane.tickets.form.complaint()


async def test_a_callback_needs_a_number_and_a_time_to_come(screen: Screen) -> None:
    pane = await screen.call("anonymous")
    pane.tickets.new_ticket()
    form = pane.tickets.form
    form.text.setPlainText("no card")
    form.callback.click()
    form.callback_number.setText("12")
    pane.tickets.save()
    await until(lambda: "number to call back" in form.complaint())
    form.callback_number.setText("99887766")
    form.callback_at.setDateTime(form.callback_at.dateTime().addDays(-2))
    pane.tickets.save()
    await until(lambda: "has passed" in form.complaint())
    assert form.text.toPlainText() == "no card"


async def test_fifty_thousand_characters_are_pasted_and_saved(screen: Screen) -> None:
    pane = await screen.call("anonymous")
    pane.tickets.new_ticket()
    QApplication.clipboard().setText("م" * 49_999 + "\u202e!")
    pane.tickets.form.text.paste()
    pane.tickets.save()
    await until(lambda: pane.state.tickets)
    detail = await screen.desk.ask(tickets.detail, pane.state.tickets[0].id)
    assert detail.text == "م" * 49_999 + "!", "what turns lines around is not kept"


async def test_pressing_save_twice_makes_one_ticket(screen: Screen) -> None:
    pane = await screen.call("anonymous")
    pane.tickets.new_ticket()
    pane.tickets.form.text.setPlainText("once")
    pane.tickets.save()
    pane.tickets.save()
    await until(lambda: pane.tickets.issued.issued is not None)
    await until(lambda: pane.state.tickets)
    assert len(await screen.desk.ask(tickets.of_call, pane.call_id)) == 1


async def test_a_discarded_ticket_leaves_no_draft(screen: Screen) -> None:
    pane = await screen.call("anonymous")
    pane.tickets.new_ticket()
    pane.tickets.form.text.setPlainText("never mind")
    await until(pane.tickets.form.saved)
    pane.tickets.discard()
    await pane.settle()
    assert await screen.desk.drafts() == {}
    pane.tickets.new_ticket()
    assert pane.tickets.form.text.toPlainText() == ""


async def test_the_time_of_a_callback_is_kuwaits(screen: Screen) -> None:
    pane = await screen.call("99887766")
    pane.tickets.new_ticket()
    form = pane.tickets.form
    at = dt.datetime(2030, 1, 31, 21, 30, tzinfo=dt.UTC)
    content = form.content()
    form.show_content(type(content)(queue_id="general", callback=True, callback_at=at))
    assert form.callback_at.dateTime().toString("yyyy-MM-dd HH:mm") == "2030-02-01 00:30"
    assert form.content().callback_at == at
