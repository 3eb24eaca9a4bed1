"""The PIN of an anonymous caller, asked for before anything is read out."""

import pytest
import sqlalchemy
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from carecenter.core.ids import new_id
from carecenter.core.terms import TicketKind
from carecenter.models.centre import Audit
from carecenter.operations import tickets
from carecenter.operations.tickets import pin_hash
from carecenter.server.centre import Centre
from carecenter.store.desk import Desk
from carecenter.ui.language import Language
from carecenter.ui.views.pin_tries import FIRST_WAIT
from tests.ui.tickets.opening import later, open_ticket
from tests.ui.views.ticket_screen import Screen
from tests.ui.waiting import until

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("theme")]


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


def _say_pin(screen: Screen, pin: str) -> None:
    screen.view.pin.pin.setText(pin)
    screen.view.pin.check()


def _pins_on_record(centre: Centre, ticket_id: str) -> list[str]:
    with centre.transaction() as unit:
        lines = unit.session.scalars(
            sqlalchemy.select(Audit).where(Audit.action == "CheckPin").order_by(Audit.number)
        ).all()
        return [line.subjects["right"] for line in lines if line.subjects["ticket_id"] == ticket_id]
