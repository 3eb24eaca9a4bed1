"""A call from the first ring to the closed ticket, and a complaint by somebody who stays unknown."""

from __future__ import annotations

import pytest

from carecenter.core import reference, speech
from carecenter.core.terms import Language, Outcome, TicketStatus, label
from carecenter.queries import callers, calls, tickets
from carecenter.store.desk import Desk
from carecenter.ui.search.model import Group
from carecenter.ui.views.ticket_view_model import Act
from tests.journeys.conftest import Start, Tongue
from tests.journeys.person import Person, plain
from tests.ui.tickets.opening import open_ticket
from tests.ui.waiting import until

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.qt_log_ignore("does not support raise", extend=True),  # nothing is in front without a screen
]

MATTER = {"en": "The card has not arrived for three weeks", "ar": "لم تصل البطاقة منذ ثلاثة أسابيع"}
QUESTION = {"en": "lost Civil ID card", "ar": "ضاعت البطاقة المدنية"}
SENTENCE = {"en": "Your reference number is: ", "ar": "رقم المتابعة الخاص بك هو: "}
AGENT = {"en": "Sara", "ar": "سارة"}
CALLER = {"en": "Mohammed Al-Mutairi", "ar": "محمد المطيري"}


def other(language: Tongue) -> Tongue:
    return "en" if language == "ar" else "ar"


async def test_a_known_caller_is_helped_and_the_ticket_found_again(start: Start, language: Tongue) -> None:
    async with start(language) as agent:
        await agent.sign_in("Sara")
        await agent.register(CALLER["ar"], CALLER["en"], "+96599887766")
        pane = await agent.take_call("٩٩٨٨٧٧٦٦")
        assert pane.title() == CALLER[language]
        await agent.see("9988 7766")
        assert pane.notes.edit.hasFocus()
        await _ask(agent, language)
        # The caller's language is the caller's: what is read out follows it, not the screen.
        theirs = other(language)
        agent.click(pane.call_card.language.button(theirs))
        await until(lambda: pane.state.call.language is Language(theirs))
        number = await agent.write_ticket(MATTER[language])
        await agent.see(reference.format_grouped(number).replace("\u00a0", " "))
        sentence = pane.tickets.issued.sentence.text()
        assert sentence == f"{SENTENCE[theirs]}{speech.digits_aloud(number, Language(theirs))}."
        await _find(agent, language, number)
        await _work_on_it(agent, language, number)
        await agent.end_call("3")
        (call,) = (await _card(agent.store)).last_calls
        assert (call.notes, call.wrap_up) == (QUESTION[language], "followed_up")
        assert not [message.say() for message in agent.heard if message.tone == "danger"]


async def _ask(agent: Person, language: Tongue) -> None:
    """An answer stands beside the notes while they are typed; the article is read and linked."""
    agent.key_in(QUESTION[language])
    knowledge, pane = agent.knowledge, agent.pane
    await until(knowledge.results.rows)
    first = knowledge.results.rows()[0]
    knowledge.results.setFocus()
    agent.press("1")
    await until(lambda: (article := knowledge.view.article()) is not None and article.row.id == first.key)
    assert knowledge.view.isVisible()
    agent.click(knowledge.link)
    await until(lambda: not knowledge.link.isEnabled())
    (call,) = await agent.store.ask(calls.open_calls)
    assert call.articles == (first.key,)
    assert pane.notes.text() == QUESTION[language]


async def _find(agent: Person, language: Tongue, number: str) -> None:
    """By its reference, by the caller's number, and by the name."""
    detail = await agent.detail(number)
    shown = agent.tickets.view
    await agent.search(reference.format_grouped(number), Group.TICKETS)
    await until(lambda: agent.tickets.isVisible() and shown.title.isVisible() and bool(shown.timeline.lines()))
    assert shown.ticket_id() == detail.row.id
    for line in ("9988 7766", CALLER[language].split()[0]):
        shown.clear()
        agent.press("Ctrl+1")
        await agent.search(line, Group.CALLERS)
        card = agent.desk.person.card
        await until(card.isVisible)
        rows = card.sections["open"][1]
        await until(rows.rows)
        rows.set_current(detail.row.id)
        agent.press("Return", rows)
        await until(lambda: agent.tickets.isVisible() and shown.ticket_id() == detail.row.id)
        await until(lambda: bool(shown.timeline.lines()) and shown.title.isVisible())
        agent.press("Ctrl+1")
        agent.press("Escape")  # the message that the article is linked, if it still stands
        agent.press("Escape")
        await until(lambda: agent.desk.pane() is not None)
    agent.press("Ctrl+2")


async def _work_on_it(agent: Person, language: Tongue, number: str) -> None:
    shown = agent.tickets.view
    note = "asked the authority" if language == "en" else "سألنا الهيئة"
    await agent.take_step(shown, Act.NOTE, text=note)
    await agent.take_step(shown, Act.STATUS, TicketStatus.IN_WORK)
    await agent.take_step(shown, Act.CLOSE, Outcome.RESOLVED, "told")
    lines = [plain(line.words()) for line in shown.timeline.lines()]
    assert len(lines) == 4
    assert all(line.startswith(AGENT[language]) for line in lines)
    assert MATTER[language] in shown.facts.text.toPlainText()
    assert note in lines[1]
    was, now = label(TicketStatus.RECEIVED), label(TicketStatus.IN_WORK)
    assert 0 < lines[2].find(was) < lines[2].find(now)
    assert label(Outcome.RESOLVED) in lines[3]
    detail = await agent.detail(number)
    assert (detail.row.status, detail.outcome) == (TicketStatus.CLOSED, Outcome.RESOLVED)
    await agent.see(label(TicketStatus.CLOSED))


async def _card(desk: Desk) -> callers.CallerCard:
    (row,) = await desk.ask(callers.by_phone, "+96599887766")
    return await desk.ask(callers.card, row.id)


async def test_an_unknown_number_becomes_a_card_without_leaving_the_call(start: Start, language: Tongue) -> None:
    async with start(language) as agent:
        await agent.sign_in("Sara")
        pane = await agent.take_call("٥٥٥١٢٣٤٥")
        assert pane.who.name_ar.hasFocus()
        agent.key_in("فاطمة")
        pane.who.name_en.setFocus()
        agent.key_in("Fatima")
        agent.press("Ctrl+Return")
        await until(lambda: pane.state.card is not None)
        assert pane.title() == {"en": "Fatima", "ar": "فاطمة"}[language]
        assert pane.notes.edit.hasFocus()
        await agent.end_call("1")
        again = await agent.take_call("+965 5551 2345")
        assert again.state.card is not None
        assert again.title() == pane.title()


async def test_an_anonymous_complaint_keeps_nobody_and_its_pin_opens_it(start: Start, language: Tongue) -> None:
    async with start(language) as agent:
        await agent.sign_in("Sara")
        known = await agent.register(CALLER["ar"], CALLER["en"], "+96599887766")
        pane = await agent.take_call("99887766")
        agent.click(pane.call_card.anonymous)
        await until(lambda: pane.state.call.anonymous)
        assert not agent.shows(CALLER[language])
        assert pane.tickets.form.callback_number.text() == ""
        number = await agent.write_ticket(MATTER[language])
        issued = pane.tickets.issued.issued
        assert issued is not None
        assert issued.pin
        await agent.see(issued.pin)
        await agent.end_call("2")
        detail = await agent.detail(number)
        assert detail.row.caller_id is None
        card = await agent.store.ask(callers.card, known)
        assert (card.open_tickets, card.last_calls) == ((), ())
        await agent.search(number, Group.TICKETS)
        await _prove(agent, issued.pin)


async def _prove(agent: Person, pin: str) -> None:
    """At follow-up a wrong PIN is refused, the right one lets the ticket be read out."""
    panel = agent.tickets.view.pin
    await until(panel.isVisible)
    asked = panel.sentence()
    agent.click(panel.pin)
    agent.key_in("0000" if pin != "0000" else "1111")
    agent.press("Return")
    refused = panel.sentence()
    assert refused != asked
    assert panel.pin.isVisible()
    assert panel.pin.hasFocus(), agent.focus()
    agent.key_in(pin)  # over the wrong one, which is selected
    agent.press("Return")
    assert panel.sentence() not in (asked, refused)
    assert not panel.pin.isVisible()
    assert not agent.shows(pin), "what proves the owner is not left on the screen"


async def test_a_restricted_ticket_is_not_there_for_an_agent_of_another_queue(start: Start) -> None:
    async with start("en") as person:
        await person.sign_in("Huda")
        secret = await open_ticket(person.store, "bribery at the counter", queue_id="confidential")
        common = await open_ticket(person.store, "long queue at the counter")
        await person.sign_out()
        await person.sign_in("Sara")
        await person.search(common.reference, Group.TICKETS)  # so that the absence of the other one says something
        await until(lambda: person.tickets.view.ticket_id() == common.ticket_id)
        popup = person.search_box.popup()
        person.press("Ctrl+K")
        person.key_in(secret.reference)
        await until(lambda: popup.isVisible() and any("is on this workstation" in hint for hint in popup.hints()))
        assert not popup.rows(Group.TICKETS)
        person.press("Ctrl+A")
        person.key_in("bribery")
        await until(person.search_box._is_answered)
        assert not popup.rows(Group.TICKETS)
        assert await person.store.ask(tickets.by_reference, secret.reference) == ()
        assert not person.shows("bribery at the counter")
