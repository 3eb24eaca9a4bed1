"""A desk that worked on its own gets a server and brings its day along, from the settings to a colleague."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from carecenter.core.terms import EntryKind
from carecenter.queries import tickets
from carecenter.ui.settings.page import SettingsPage
from carecenter.ui.settings.server import ServerPart
from tests.journeys.person import PASSWORD, Person, plain, running
from tests.journeys.test_hall import Colleague, Service, quick, service
from tests.ui.waiting import until

__all__ = ["quick", "service"]  # fixtures

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.qt_log_ignore("does not support raise", extend=True),  # nothing is in front without a screen
]


def _server_part(huda: Person) -> ServerPart:
    page = huda.session.pages.page("settings")
    assert isinstance(page, SettingsPage)
    part = page.parts["server"]
    assert isinstance(part, ServerPart)
    return part


async def _move_to(huda: Person, service: Service) -> None:
    """Settings → Server: the address, out, and in again with the account of the server."""
    huda.press("Ctrl+5")
    page = huda.session.pages.page("settings")
    assert isinstance(page, SettingsPage)
    page.show_part("server")
    part = _server_part(huda)
    huda.click(part.form.url)
    huda.key_in(service.url)
    huda.click(part.use)
    form = huda.program.panel.sign_in
    await until(lambda: form.isVisible() and form.isEnabled() and form.name.isEditable())
    form.name.setFocus()
    huda.key_in("Huda")
    huda.click(form.password.line)
    huda.key_in(PASSWORD)
    huda.press("Return")
    await until(lambda: huda.program.session is not None and huda.desk.isVisible())


@pytest.mark.usefixtures("quick")
async def test_a_day_of_ones_own_is_found_by_a_colleague(
    qapp: QApplication, service: Service, home: Path, tmp_path: Path
) -> None:
    async with running(qapp, home) as huda:
        await huda.sign_in("Huda")
        await huda.take_call("99887766")
        reference = await huda.write_ticket("no card arrived")
        await huda.end_call("2")
        await until(lambda: huda.store.status.waiting == 0)
        await _move_to(huda, service)
        await until(lambda: bool(huda.heard) and huda.heard[-1].action is not None)
        assert "can be brought along" in huda.heard[-1].say()
        offered = huda.heard[-1].action
        assert offered is not None
        offered.do()
        section = _server_part(huda).bring_along
        await until(section.form.isVisible)
        section.form.name.setCurrentText("Huda")
        section.form.password.line.setFocus()
        huda.key_in(PASSWORD)
        huda.press("Return")
        await until(section.bring.hasFocus)
        huda.press("Space")
        await until(lambda: "Tickets: 1" in plain(section.outcome.text()) and section.again.isVisible())
        colleague = await asyncio.to_thread(Colleague, tmp_path / "noor", service)
        async with colleague as noor:
            await until(lambda: reference in noor.references)
            (row,) = await noor.desk.ask(tickets.by_reference, reference)
            shown = await noor.desk.ask(tickets.detail, row.id)
            assert [line.kind for line in shown.timeline] == [EntryKind.OPENED, EntryKind.NOTE]
            assert {line.author_name_en for line in shown.timeline} == {"Huda"}
        huda.click(_server_part(huda).alone)
        await until(lambda: huda.program.session is None)
        await huda.sign_in("Huda")
        assert (await huda.detail(reference)).row.summary == "no card arrived"
