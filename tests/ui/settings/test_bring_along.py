"""What a desk did on its own, in the settings: opened, looked at, confirmed, and told what came of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from PySide6.QtTest import QTest

from carecenter.core.backup_key import ByCode, ByPassword
from carecenter.core.errors import NotAllowed, Unreachable
from carecenter.core.i18n import N_
from carecenter.core.joining import Author, Belongings, Brought, Joined, OwnWork
from carecenter.core.server_address import ServerAddress
from carecenter.ui.settings.bring_along import BringAlong
from carecenter.ui.settings.server import ServerPart
from tests.journeys.person import plain
from tests.ui.settings.room import Room
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio
AT = dt.datetime(2026, 3, 1, 6, tzinfo=dt.UTC)
HUDA, SALEM = Author("old-huda", "Huda", "هدى", "Huda"), Author("old-salem", "Salem", "سالم", "Salem")
FOUND = Belongings(callers=2, calls=30, tickets=1_500, entries=4_000, callbacks=3, people=(HUDA, SALEM))


def _section(room: Room, **own: Any) -> BringAlong:
    room.office.server = ServerAddress("https://centre.example:8164")
    room.office.own = OwnWork(("Huda", "Salem"), by_password=True, **own)
    room.office.belongings = FOUND
    room.page.show_part("server")
    part = room.page.parts["server"]
    assert isinstance(part, ServerPart)
    return part.bring_along


async def _previewed(section: BringAlong) -> None:
    await until(section.form.isVisible)
    section.form.password.line.setText("correct horse")
    section.form.password.line.returnPressed.emit()
    await until(section.bring.isVisible)


def _says(section: BringAlong) -> str:
    return plain(section.outcome.text())


async def test_it_is_opened_looked_at_confirmed_and_brought(leading: Room) -> None:
    section = _section(leading)
    await _previewed(section)
    assert "Tickets: 1,500, with timeline entries: 4,000" in _says(section)
    assert leading.office.brought == [], "nothing comes before it is confirmed"
    mine = leading.desk.viewer
    assert section.people.chosen() == {HUDA.id: mine.account_id}
    section.people.boxes[SALEM.id].setCurrentIndex(1)
    section.people.boxes[HUDA.id].setCurrentIndex(0)
    chosen = section.people.chosen()
    section.bring.click()
    await until(section.bar.isVisible)
    await until(lambda: "1 of 2" in _says(section))
    leading.office.came = Brought(callers=2, calls=30, tickets=1_500, entries=4_000)
    leading.office.own = OwnWork(("Huda",), by_password=True, joined=Joined("centre.example:8164", AT, True))
    leading.office.arrival.set()
    await until(lambda: "All of it has come" in _says(section))
    assert leading.office.brought == [(ByPassword("Huda", "correct horse"), chosen)]
    assert list(chosen) == [SALEM.id]
    assert "was brought to centre.example:8164" in plain(section.text.text())
    assert not section.form.isVisible(), "it is not offered again by accident"
    section.again.click()
    assert section.form.isVisible()
    await leading.page.close_page()


async def test_numbers_given_twice_and_what_was_not_taken_are_told(leading: Room) -> None:
    section = _section(leading)
    leading.office.came = Brought(tickets=3, renumbered=("0472915644",), reviewed=2, left=1)
    leading.office.arrival.set()
    await _previewed(section)
    section.bring.click()
    await until(lambda: "0472 915 644" in _says(section))
    assert "has to be called back" in _says(section)
    assert "put up for review: 2" in _says(section)
    assert "did not take: 1" in _says(section)
    await leading.page.close_page()


async def test_a_wrong_key_is_told_at_its_field(leading: Room) -> None:
    section = _section(leading)
    await until(section.form.isVisible)
    section.look.click()
    assert section.form.password.accessibleDescription() == "Type the password."
    section.form.password.line.setText("wrong")
    section.look.click()
    await until(lambda: "do not go together" in section.form.password.accessibleDescription())
    section.form.way.button("code").click()
    section.form.code.setText("ABCD-EFGH")
    section.look.click()
    await until(section.bring.isVisible)
    assert section.people.chosen() == {HUDA.id: leading.desk.viewer.account_id}, "who has the same name"
    leading.office.arrival.set()
    section.bring.click()
    await until(lambda: leading.office.brought)
    assert leading.office.brought[0][0] == ByCode("ABCD-EFGH")
    await leading.page.close_page()


async def test_an_agent_can_only_say_who_they_are_themselves(room: Room) -> None:
    section = _section(room)
    await _previewed(section)
    box = section.people.boxes[SALEM.id]
    assert [box.itemData(place) for place in range(box.count())] == ["", room.desk.viewer.account_id]
    await room.page.close_page()


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (Unreachable(N_("There is no computer named {host}."), host="centre.example"), "nothing comes twice"),
        (NotAllowed(N_("Your role does not allow this. Ask a supervisor.")), "Your role does not allow this"),
    ],
)
async def test_what_stopped_it_is_told_and_it_goes_on(leading: Room, refusal: Any, said: str) -> None:
    section = _section(leading)
    leading.office.refusal = refusal
    leading.office.arrival.set()
    await _previewed(section)
    section.bring.click()
    await until(lambda: said in _says(section))
    leading.office.refusal = None
    section.bring.click()
    await until(lambda: "All of it has come" in _says(section))
    await leading.page.close_page()


async def test_it_can_be_given_up_and_what_was_chosen_then_is_chosen_again(leading: Room) -> None:
    section = _section(leading)
    await _previewed(section)
    section.bring.click()
    await until(section.bar.isVisible)
    mine = leading.desk.viewer.account_id
    unfinished = Joined("centre.example:8164", AT, complete=False, people={SALEM.id: mine})
    leading.office.own = OwnWork(("Huda",), by_password=True, joined=unfinished)
    section.back.click()
    await until(lambda: "did not come to an end" in section.text.text())
    assert section.form.password.text() == ""
    await _previewed(section)
    assert section.people.chosen() == {SALEM.id: mine}
    await leading.page.close_page()


async def test_the_demonstration_stays_where_it_is(room: Room) -> None:
    section = _section(room, made_up=True)
    await until(section.isVisible)
    assert "made up" in section.text.text()
    assert not section.form.isVisible()
    assert not section.look.isVisible()
    await room.page.close_page()


async def test_on_its_own_again_the_desk_knows_that_it_was_brought(room: Room) -> None:
    section = _section(room, joined=Joined("centre.example:8164", AT, complete=True))
    room.office.server = None
    section.shown()
    await until(section.isVisible)
    assert "What is done here now is not there" in section.text.text()
    assert not section.again.isVisible()
    room.office.own = OwnWork(("Huda",), by_password=True)
    section.shown()
    await until(lambda: not section.isVisible())
    await room.page.close_page()


async def test_everything_is_reached_with_the_keyboard(leading: Room) -> None:
    section = _section(leading)
    await until(section.form.isVisible)
    section.form.password.line.setFocus()
    section.form.password.line.setText("correct horse")
    QTest.keySequence(section.form.password.line, "Return")
    await until(section.bring.isVisible)
    assert section.bring.hasFocus()
    QTest.keySequence(section.bring, "Space")
    await until(section.bar.isVisible)
    assert section.back.hasFocus(), "it can be given up at once"
    await leading.page.close_page()
