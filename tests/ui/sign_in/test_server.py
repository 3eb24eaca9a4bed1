"""A desk that works with a server: its address before anybody is in, and the names that are typed then."""

from __future__ import annotations

import pytest

from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.core.server_address import ServerAddress
from tests.ui.sign_in.room import Room
from tests.ui.waiting import until


@pytest.mark.asyncio
async def test_a_new_computer_can_work_with_a_server_instead(new_room: Room) -> None:
    page = await new_room.open()
    page.first_start.server.click()
    card = page.server
    assert page.card is card
    new_room.door.refusals.append(UserError(N_("Nothing listens at {server}."), server="centre.example"))
    card.form.url.setText("centre.example")
    card.use.click()
    await until(lambda: "Nothing listens" in card.form.outcome.text())
    assert new_room.door.server is None
    card.use.click()
    await until(lambda: new_room.door.server is not None)
    assert new_room.door.server == ServerAddress("https://centre.example")


@pytest.mark.asyncio
async def test_with_a_server_anybody_types_their_name_and_the_address_can_be_put_right(room: Room) -> None:
    room.door.server = ServerAddress("https://centre.example")
    page = await room.open()
    form = page.sign_in
    assert form.name.isEditable()
    assert "centre.example" in form.lead.text()
    assert (form.recover.isVisible(), form.restore.isVisible(), form.server.isVisible()) == (False, False, True)
    form.server.click()
    assert page.card is page.server
    assert page.server.form.url.text() == "https://centre.example"
    page.server.alone.click()
    await until(lambda: room.door.server is None)
