"""The desk page, from the ringing phone to the free line, with the keyboard alone."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from carecenter.core.civil_id import demo_civil_id
from carecenter.core.terms import TicketKind, WrapUp
from carecenter.queries import articles, callers, calls, search, tickets
from carecenter.store.desk import Desk
from carecenter.ui.desk.model import MOST_CALLS
from carecenter.ui.desk.page import DeskPage
from carecenter.ui.language import Language
from carecenter.ui.messages import Messages
from carecenter.ui.widgets.empty_state import EmptyState
from carecenter.ui.widgets.plain_label import PlainLabel
from tests.ui.desk.conftest import Screen
from tests.ui.pseudo import unmarked_texts
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key, wherever the keyboard is."""
    QTest.keyClick(focused(), key, modifier)


def write(text: str) -> None:
    """Text typed where the keyboard is."""
    QTest.keyClicks(focused(), text)


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None, "the keyboard is nowhere"
    return widget


async def test_a_whole_call_needs_no_mouse(screen: Screen) -> None:
    await screen.person("Mohammed", "+96599887766")
    screen.page.setFocus()
    press(Qt.Key.Key_F2)
    write("99887766")
    press(Qt.Key.Key_Return)
    await until(lambda: screen.page.pane() is not None)
    assert screen.pane.title() == "Mohammed"

    write("the card has not arrived")
    press(Qt.Key.Key_T, CTRL)
    write("no card after a month")
    press(Qt.Key.Key_Return, CTRL)
    issued = screen.pane.tickets.issued
    await until(issued.isVisible)
    assert issued.issued is not None

    press(Qt.Key.Key_Period, CTRL | SHIFT)
    assert QApplication.clipboard().text().replace(" ", "") == issued.issued.reference

    press(Qt.Key.Key_E, CTRL)
    press(Qt.Key.Key_2)
    await until(lambda: screen.page.pane() is None)
    card = await screen.desk.ask(callers.by_phone, "+96599887766")
    (ended,) = await screen.desk.ask(calls.of_caller, card[0].id)
    assert ended.notes == "the card has not arrived"
    assert ended.wrap_up is WrapUp.TICKET_OPENED
    (ticket,) = await screen.desk.ask(tickets.of_caller, card[0].id)
    assert (ticket.summary, ticket.kind) == ("no card after a month", TicketKind.COMPLAINT)
    assert await screen.desk.drafts() == {}


@pytest.mark.parametrize("writing", ["+965 9988 7766", "00965-99887766", "٩٩٨٨٧٧٦٦", "9988 7766"])
async def test_one_number_in_any_writing(screen: Screen, writing: str) -> None:
    await screen.person("Mohammed", "+96599887766")
    pane = await screen.call(writing)
    assert pane.title() == "Mohammed"
    assert "9988\u00a07766" in pane.call_card.number.text()


async def test_a_withheld_number_opens_a_call_and_says_so(screen: Screen) -> None:
    pane = await screen.call("anonymous")
    assert pane.state.call.withheld
    assert pane.call_card.number.text() == "Number withheld"


@pytest.mark.parametrize(("typed", "reason"), [("112", "short code"), ("hello", "not a phone number")])
async def test_what_is_no_number_is_told_and_stays(screen: Screen, typed: str, reason: str) -> None:
    screen.page.take_call(typed)
    bar = screen.page.bar
    assert reason in bar.said()
    assert bar.number.text() == typed
    assert screen.page.panes() == []
    press(Qt.Key.Key_N, CTRL | SHIFT)
    await until(lambda: screen.page.pane() is not None)
    assert screen.pane.state.call.withheld


async def test_an_unlisted_number_warns_and_is_taken(screen: Screen) -> None:
    pane = await screen.call("40000000")
    assert pane.state.call.number == "+96540000000"
    texts = [label.text() for label in pane.call_card.findChildren(QWidget) if hasattr(label, "text")]
    assert any("not in the numbering plan" in text for text in texts)


async def test_an_eleventh_call_waits_and_its_number_is_kept(screen: Screen) -> None:
    for _number in range(MOST_CALLS):
        await screen.call("anonymous")
    screen.page.take_call("99887766")
    assert "calls are open already" in screen.said[-1]
    assert screen.page.bar.number.text().replace("\u00a0", "") == "99887766"
    assert len(screen.page.panes()) == MOST_CALLS


async def test_each_call_keeps_its_own_state(screen: Screen) -> None:
    first = await screen.call("99887766")
    first.notes.edit.setPlainText("first")
    await screen.call("99887755")
    screen.pane.notes.edit.setPlainText("second")
    press(Qt.Key.Key_Tab, CTRL)
    assert screen.pane is first
    assert screen.pane.notes.text() == "first"


async def test_the_knowledge_hears_the_notes_of_the_call_in_front(screen: Screen) -> None:
    heard: list[str] = []
    screen.page.notes_settled.connect(heard.append)
    first = await screen.call("anonymous")
    first.notes.edit.setPlainText("passport")
    await until(lambda: "passport" in heard)
    await screen.call("anonymous")
    assert heard[-1] == ""
    first.notes.edit.setPlainText("passport lost")
    first.notes.edit.settle()
    assert heard[-1] == "", "the notes of a call in the back are not what the agent looks up"


async def test_unfinished_calls_and_texts_come_back(screen: Screen, language: Language) -> None:
    pane = await screen.call("99887766")
    pane.notes.edit.setPlainText("half of a sen")
    pane.tickets.new_ticket()
    pane.tickets.form.text.setPlainText("half of a tick")
    await until(lambda: pane.notes.saved() and pane.tickets.form.saved())

    again = DeskPage(screen.desk, Messages(), language)
    again.restore()
    await until(lambda: again.pane() is not None)
    restored = again.pane()
    assert restored is not None
    assert restored.call_id == pane.call_id
    assert restored.notes.text() == "half of a sen"
    assert restored.tickets.form.text.toPlainText() == "half of a tick"
    again.close_page()
    await again.work_done()
    shiboken6.delete(again)


async def test_the_language_changes_in_the_middle_of_a_word(screen: Screen, language: Language) -> None:
    pane = await screen.call("99887766")
    pane.tickets.new_ticket()
    write("half")
    pane.who.name_ar.setText("مح")
    edit = focused()
    language.set("ar")
    write("way")
    assert pane.tickets.form.text.toPlainText() == "halfway"
    assert pane.who.name_ar.text() == "مح"
    assert focused() is edit
    assert screen.page.layoutDirection() is Qt.LayoutDirection.RightToLeft
    language.set("en")
    assert pane.tickets.form.text.toPlainText() == "halfway"


async def test_an_article_is_proposed_and_linked(screen: Screen, desk: Desk) -> None:
    (article, *_more) = await desk.ask(search.knowledge, "civil id renew")
    pane = await screen.call("anonymous")
    screen.page.propose(article)
    screen.page.link_article(article.id)
    pane.tickets.new_ticket()
    assert pane.tickets.form.content().service_id == article.id
    assert pane.tickets.form.content().body_code == article.body_code
    await until(lambda: pane.state.call.articles == (article.id,))


async def test_without_a_call_there_is_nothing_to_link_to(screen: Screen, desk: Desk) -> None:
    (article, *_more) = await desk.ask(articles.browse)
    screen.page.link_article(article.id)
    assert "No call is open" in screen.said[-1]


async def test_a_name_with_an_ampersand_is_shown_whole(screen: Screen) -> None:
    await screen.person("Salem & Sons", "+96599887766")
    await screen.call("99887766")
    assert screen.page.tabs.tabText(0) == "Salem && Sons"  # as Qt wants it, to show one


async def test_the_knowledge_pane_stands_beside_the_calls(screen: Screen) -> None:
    pane = EmptyState()
    screen.page.set_knowledge(pane)
    await until(pane.isVisible)
    assert pane.width() > 0


async def test_the_line_for_the_number_goes_with_esc_and_keeps_what_was_typed(screen: Screen) -> None:
    screen.page.take_call(None)
    write("9988")
    press(Qt.Key.Key_Escape)
    assert not screen.page.bar.isVisible()
    screen.page.take_call(None)
    field = focused()
    assert isinstance(field, QLineEdit)
    assert field.text() == "9988"


async def test_somebody_looked_up_is_shown_and_put_away(screen: Screen) -> None:
    known = await screen.person("Mohammed", "+96599887766")
    screen.page.open_caller(known)
    await until(screen.page.person.isVisible)
    assert not screen.page.person.card.pill.isVisible(), "outside a call nobody is verified"
    press(Qt.Key.Key_Escape)
    assert screen.page.empty.isVisible()


async def test_somebody_looked_up_in_a_call_without_a_name_is_on_the_line(screen: Screen) -> None:
    mohammed = await screen.person("Mohammed", "+96599887766")
    fatima = await screen.person("Fatima", "+96599887755")
    pane = await screen.call("55512345")
    screen.page.open_caller(mohammed)
    await until(lambda: pane.title() == "Mohammed")
    assert screen.page.pane() is pane
    assert (await screen.desk.ask(calls.call, pane.call_id)).caller_id == mohammed

    screen.page.open_caller(fatima)
    await until(screen.page.person.isVisible)
    assert "Fatima" in [part.text() for part in screen.page.person.findChildren(PlainLabel)]
    assert (await screen.desk.ask(calls.call, pane.call_id)).caller_id == mohammed, "looking changes nobody"


async def test_somebody_looked_up_over_the_card_of_another_is_on_the_line(screen: Screen) -> None:
    mohammed = await screen.person("Mohammed", "+96599887766")
    screen.page.open_caller(mohammed)
    await until(screen.page.person.isVisible)
    pane = await screen.call("anonymous")
    screen.page.calls.setCurrentWidget(screen.page.person)
    screen.page.open_caller(mohammed)
    await until(lambda: pane.title() == "Mohammed")
    assert screen.page.pane() is pane


async def test_somebody_looked_up_is_not_named_in_the_call_of_who_stays_anonymous(screen: Screen) -> None:
    mohammed = await screen.person("Mohammed", "+96599887766")
    pane = await screen.call("55512345")
    pane.call_card.anonymous.click()
    await until(lambda: pane.state.call.anonymous)
    screen.page.open_caller(mohammed)
    await until(screen.page.person.isVisible)
    assert (await screen.desk.ask(calls.call, pane.call_id)).caller_id is None


async def test_every_text_of_the_desk_comes_from_the_catalogue(screen: Screen, language: Language) -> None:
    await screen.person("Mohammed", "+96599887766", demo_civil_id(5))
    pane = await screen.call("99887766")
    pane.tickets.new_ticket()
    pane.tickets.form.text.setPlainText("no card")
    pane.tickets.save()
    await until(lambda: pane.tickets.issued.issued is not None)
    screen.page.take_call("112")
    pane.ask_end()
    language.set("qps")
    # A pane is named after the person on the line.
    assert [text for text in unmarked_texts(screen.page) if text != "Mohammed"] == []
