"""The server of this desk: what a try has found, and that only one that answered is used."""

from __future__ import annotations

import pytest

from carecenter.core.errors import Unreachable
from carecenter.core.i18n import N_
from carecenter.core.server_address import ServerAddress
from carecenter.ui.settings.server import ServerPart
from tests.ui.settings.room import Room
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio


def _part(room: Room) -> ServerPart:
    room.page.show_part("server")
    part = room.page.parts["server"]
    assert isinstance(part, ServerPart)
    return part


async def test_a_try_says_that_a_centre_answers(room: Room) -> None:
    part = _part(room)
    assert "on its own" in part.lead.text()
    part.form.url.setText("centre.example:8164")
    part.form.test_button.click()
    await until(lambda: "A CareCenter centre answers" in part.form.outcome.text())
    assert room.office.probed == [ServerAddress("https://centre.example:8164")]
    assert room.office.used == []


async def test_what_is_wrong_is_said_and_nothing_is_used(room: Room) -> None:
    part = _part(room)
    room.office.refusal = Unreachable(N_("There is no computer named {host}."), host="centre.example")
    part.form.url.setText("https://centre.example")
    part.use.click()
    await until(lambda: "There is no computer named" in part.form.outcome.text())
    assert room.office.used == []
    room.page.show_part("screen")
    room.page.show_part("server")
    assert not part.form.outcome.isVisible()


async def test_a_server_that_answered_is_used_with_its_authority_and_proxy(room: Room) -> None:
    part = _part(room)
    part.form.url.setText("https://centre.example")
    part.form.ca_bundle.setText("/etc/authority.pem")
    part.form.proxy.setText("http://proxy.example:3128")
    part.use.click()
    await until(lambda: room.office.used)
    wanted = ServerAddress("https://centre.example", "/etc/authority.pem", "http://proxy.example:3128")
    assert room.office.used == [wanted]
