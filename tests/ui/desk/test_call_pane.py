"""One call: who it is, what may be shown, what is kept, how it ends."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from carecenter.core.civil_id import demo_civil_id
from carecenter.core.errors import StoreFull
from carecenter.core.i18n import N_
from carecenter.core.terms import Check, Language, WrapUp
from carecenter.models.centre import Audit
from carecenter.operations.tickets import pin_hash
from carecenter.queries import callers, calls, tickets
from carecenter.server.centre import Centre
from carecenter.store.workstation import Workstation
from carecenter.ui.desk.model import DeskModel, NewCard, notes_place, ticket_place
from tests.ui.desk.conftest import Screen
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio


def _audited(centre: Centre, action: str) -> int:
    with centre.transaction() as unit:
        return unit.session.query(Audit).filter(Audit.action == action).count()


async def test_several_people_on_a_number_are_a_numbered_list(screen: Screen) -> None:
    await screen.person("Mohammed", "+96599887766")
    second = await screen.person("Fatima", "+96599887766")
    pane = await screen.call("99887766")
    assert pane.state.card is None
    at = [row.key for row in pane.who.matches.rows()].index(second)
    assert pane.who.matches.hasFocus()
    QTest.keyClick(pane.who.matches, Qt.Key(Qt.Key.Key_1 + at))
    await until(lambda: pane.state.card is not None)
    assert pane.title() == "Fatima"
    assert pane.notes.edit.hasFocus()


async def test_a_new_card_is_filled_with_the_number_and_saved(screen: Screen) -> None:
    pane = await screen.call("99887766")
    assert pane.who.name_ar.hasFocus()
    assert pane.who.card().number.replace("\u00a0", "") == "99887766"
    pane.who.name_ar.setText("فاطمة")
    pane.who.civil_id.setText(demo_civil_id(7))
    QTest.keyClick(pane.who.name_ar, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: pane.state.card is not None)
    (row,) = await screen.desk.ask(callers.by_phone, "+96599887766")
    assert row.name_ar == "فاطمة"
    assert await screen.desk.ask(callers.civil_id, row.id) == demo_civil_id(7)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("282040701484", "check digit"), ("999999999999", "begins with 1, 2 or 3"), ("1234x", "only digits")],
)
async def test_a_wrong_civil_id_is_told_while_typing_and_not_saved(screen: Screen, typed: str, reason: str) -> None:
    pane = await screen.call("99887766")
    pane.who.name_en.setText("Fatima")
    pane.who.civil_id.setText(typed)
    assert reason in pane.who.civil_id.accessibleDescription()
    pane.who.submit()
    await until(lambda: screen.said)
    assert pane.state.card is None
    assert pane.who.civil_id.text() == typed
    assert pane.who.name_en.text() == "Fatima"


async def test_a_civil_id_of_somebody_not_born_yet_is_told(screen: Screen) -> None:
    pane = await screen.call("99887766")
    pane.who.civil_id.setText("399010100029")
    assert "in the future" in pane.who.civil_id.accessibleDescription()


async def test_a_half_typed_civil_id_is_no_mistake_yet(screen: Screen) -> None:
    pane = await screen.call("99887766")
    pane.who.civil_id.setText("28204")
    assert pane.who.civil_id.accessibleDescription() == ""


async def test_the_number_is_attached_to_a_person_found_otherwise(screen: Screen) -> None:
    known = await screen.person("Mohammed", "+96599887766")
    pane = await screen.call("55512345")
    pane.who.line.setFocus()
    QTest.keyClicks(pane.who.line, "mohammed")
    await until(pane.who.found.rows)
    QTest.keyClick(pane.who.line, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    await until(lambda: pane.state.card is not None)
    card = await screen.desk.ask(callers.card, known)
    assert card.phones == ("+96599887766", "+96555512345")


async def test_a_card_opened_and_a_civil_id_revealed_leave_a_trace(screen: Screen, centre: Centre) -> None:
    await screen.person("Mohammed", "+96599887766", demo_civil_id(3))
    pane = await screen.call("99887766")
    card = pane.caller_card
    assert demo_civil_id(3) not in card.civil_id.text()
    card.reveal_button.click()
    QTest.keyClick(card.reason, Qt.Key.Key_Return)
    assert not _audited(centre, "RevealCivilId"), "no reason, nothing shown"
    QTest.keyClicks(card.reason, "asked by the caller")
    QTest.keyClick(card.reason, Qt.Key.Key_Return)
    await until(lambda: demo_civil_id(3) in card.civil_id.text())
    await until(lambda: _audited(centre, "RevealCivilId") == 1 and _audited(centre, "LookAtCaller") == 1)


async def test_two_right_answers_verify_the_caller_for_this_call(screen: Screen) -> None:
    await screen.person("Mohammed", "+96599887766")
    pane = await screen.call("99887766")
    card = pane.caller_card
    assert card.pill.word() == "not verified yet"
    card.checks[Check.PHONE].click()
    await until(lambda: pane.state.call.checks == (Check.PHONE,))
    assert card.pill.word() == "not verified yet"
    card.checks[Check.BIRTH_DATE].click()
    await until(lambda: card.pill.word() == "verified for this call")
    card.somebody_else.emit()
    await until(lambda: pane.state.card is None)
    pane.who.chosen.emit(pane.state.matches[0].id)
    await until(lambda: pane.state.card is not None)
    assert card.pill.word() == "not verified yet", "somebody else answered those questions"


async def test_what_is_changed_of_the_call_is_kept(screen: Screen) -> None:
    pane = await screen.call("99887766")
    pane.call_card.language.button("en").click()
    pane.call_card.on_behalf_of.setText("her mother")
    pane.call_card.on_behalf_of.editingFinished.emit()
    await until(lambda: pane.state.call.language is Language.ENGLISH)
    await until(lambda: pane.state.call.on_behalf_of == "her mother")


async def test_an_anonymous_caller_gets_a_pin_and_leaves_no_name(screen: Screen) -> None:
    await screen.person("Mohammed", "+96599887766")
    pane = await screen.call("99887766")
    pane.call_card.anonymous.click()
    await until(lambda: pane.state.call.anonymous)
    assert pane.title() == "Anonymous"
    assert pane.call_card.number.text() == "Number not kept"
    kept = await screen.desk.ask(calls.call, pane.call_id)
    assert (kept.number, kept.caller_id) == ("", None)
    pane.tickets.new_ticket()
    assert pane.tickets.form.callback_number.text() == ""
    pane.tickets.form.text.setPlainText("a bribe was asked for")
    pane.tickets.save()
    issued = pane.tickets.issued
    await until(lambda: issued.issued is not None)
    assert issued.issued is not None
    pin = issued.issued.pin
    assert pin in issued.pin.text()
    assert len(pin) == 4
    detail = await screen.desk.ask(tickets.detail, issued.issued.ticket_id)
    assert detail.row.caller_id is None
    assert detail.pin_hash == pin_hash(detail.row.id, pin)
    issued.put_away()
    assert issued.pin.text() == ""


async def test_notes_are_on_the_disk_before_a_second_has_passed_and_then_sent(screen: Screen) -> None:
    pane = await screen.call("anonymous")
    place = notes_place(pane.call_id)
    pane.notes.edit.setPlainText("typed")
    await until(lambda: pane.notes.saved().startswith("saved "))
    assert (await screen.desk.drafts())[place] == {"text": "typed"}
    await pane.notes.write()
    assert place not in await screen.desk.drafts()
    assert (await screen.desk.ask(calls.call, pane.call_id)).notes == "typed"


async def test_notes_are_kept_without_what_turns_or_breaks_a_line(screen: Screen) -> None:
    pane = await screen.call("anonymous")
    pane.notes.edit.setPlainText("he said \u202eevil\u202c \u2066x\u2069 \x07bell \x1b[31m")
    await until(lambda: pane.notes.saved().startswith("saved "))
    assert (await screen.desk.drafts())[notes_place(pane.call_id)] == {"text": "he said evil x bell [31m"}
    await pane.notes.write()
    assert (await screen.desk.ask(calls.call, pane.call_id)).notes == "he said evil x bell [31m"


async def test_a_full_disk_loses_nothing_and_saving_works_again(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = await screen.call("anonymous")
    pane.tickets.new_ticket()
    pane.tickets.form.text.setPlainText("no card after a month")

    def full(*_args: object) -> None:
        raise StoreFull(N_("The disk is full"))

    with monkeypatch.context() as disk:
        disk.setattr(Workstation, "perform", full)
        disk.setattr(Workstation, "save_draft", full)
        pane.tickets.save()
        await until(lambda: pane.tickets.form.complaint() == "The disk is full")
        assert pane.tickets.form.text.toPlainText() == "no card after a month"
        assert pane.tickets.form.isEnabled()
    pane.tickets.save()
    await until(lambda: pane.tickets.issued.issued is not None)
    assert ticket_place(pane.call_id) not in await screen.desk.drafts()


async def test_a_call_does_not_end_over_an_unsaved_ticket(screen: Screen) -> None:
    pane = await screen.call("anonymous")
    pane.tickets.new_ticket()
    pane.tickets.form.text.setPlainText("half")
    pane.ask_end()
    assert not pane.wrap_up.isVisible()
    assert "discard" in pane.tickets.form.complaint()
    pane.tickets.discard()
    pane.ask_end()
    assert pane.wrap_up.isVisible()


async def test_a_call_that_cannot_end_stays_with_its_notes(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    pane = await screen.call("anonymous")
    pane.notes.edit.setPlainText("kept")
    pane.ask_end()

    def full(*_args: object) -> None:
        raise StoreFull(N_("The disk is full"))

    with monkeypatch.context() as disk:
        disk.setattr(Workstation, "perform", full)
        pane.wrap_up.chosen.emit(WrapUp.ANSWERED)
        await until(lambda: screen.said)
    assert pane.notes.text() == "kept"
    pane.wrap_up.chosen.emit(WrapUp.ANSWERED)
    await until(lambda: screen.page.pane() is None)


async def test_keys_that_pause_while_the_call_ends_leave_no_error_and_no_draft(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = await screen.call("anonymous")
    call_id = pane.call_id
    pane.notes.edit.setPlainText("typed to the last moment")
    perform, begun, free = Workstation.perform, threading.Event(), threading.Event()

    def slow(*args: Any) -> Any:
        begun.set()
        free.wait()
        return perform(*args)

    monkeypatch.setattr(Workstation, "perform", slow)
    pane.wrap_up.chosen.emit(WrapUp.ANSWERED)
    await until(begun.is_set)
    for pause in reversed(pane.notes.findChildren(QTimer)):  # to send them, and last to keep them
        pause.timeout.emit()
    await asyncio.sleep(0)
    free.set()
    await until(lambda: not shiboken6.isValid(pane))
    assert await screen.desk.drafts() == {}
    assert screen.said == []
    assert (await screen.desk.ask(calls.call, call_id)).notes == "typed to the last moment"


async def test_a_call_that_has_ended_is_taken_away_only_when_its_work_is_done(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    await screen.person("Mohammed", "+96599887766", demo_civil_id(3))
    pane = await screen.call("99887766")
    answered = asyncio.Event()

    async def slow(_model: DeskModel, _caller_id: str, _reason: str) -> str:
        await answered.wait()
        return demo_civil_id(3)

    monkeypatch.setattr(DeskModel, "reveal", slow)
    pane.caller_card.reveal_asked.emit("asked by the caller")
    pane.wrap_up.chosen.emit(WrapUp.ANSWERED)
    await until(lambda: screen.page.pane() is None)
    assert shiboken6.isValid(pane)
    answered.set()
    await until(lambda: not shiboken6.isValid(pane))
    assert screen.said == []


async def test_esc_goes_back_from_the_wrap_up_to_the_call(screen: Screen) -> None:
    pane = await screen.call("anonymous")
    pane.ask_end()
    QTest.keyClick(pane.wrap_up.codes, Qt.Key.Key_Escape)
    assert not pane.wrap_up.isVisible()
    assert pane.notes.edit.hasFocus()


async def test_a_card_needs_a_name(screen: Screen) -> None:
    pane = await screen.call("99887766")
    pane.who.register_asked.emit(NewCard(number="99887766"))
    await until(lambda: screen.said)
    assert "at least one script" in screen.said[-1]
