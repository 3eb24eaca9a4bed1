"""Two workstations of a hall, one service on PostgreSQL: they see each other's ticket, and go on without it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter import app
from carecenter.core.config import Paths, read_settings
from carecenter.core.keyslots import KdfCost
from carecenter.core.server_address import ServerAddress
from carecenter.core.terms import Role
from carecenter.hall import HallDesk
from carecenter.migrations import bring_up_to_date
from carecenter.models.base import Side
from carecenter.models.engine import postgres_engine
from carecenter.models.ticket import Ticket
from carecenter.models.viewer import Viewer
from carecenter.queries import tickets
from carecenter.server import administration
from carecenter.server.centre import Centre
from carecenter.store.desk import Desk
from carecenter.sync.engine import Engine
from carecenter.ui.search.model import Group
from carecenter.ui.views.ticket_view_model import Act
from carecenter.wire import NewAccount, SignIn
from tests.houses import lend_queries, open_ticket
from tests.journeys.person import PASSWORD, Person, running, waiting_sentence
from tests.server.serving import serving
from tests.ui.waiting import until

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.qt_log_ignore("does not support raise", extend=True),  # nothing is in front without a screen
]
QUEUES = ("general", "technical", "bodies")


class Service:
    """The real service, at one address however often it is started."""

    def __init__(self, url: str) -> None:
        engine = postgres_engine(url)
        bring_up_to_date(engine, Side.CENTRE)
        self.centre = Centre(engine, cost=KdfCost.MINIMAL)
        self.centre.initialise()
        huda = NewAccount(
            name="Huda", password=PASSWORD, role=Role.SUPERVISOR, display_name_en="Huda", queue_ids=QUEUES
        )
        self.centre.create_account(huda)
        request = SignIn(name="Huda", password=PASSWORD, device_id="setup", device_name="setup")
        token = self.centre.sign_in(request).token
        for name in ("Sara", "Noor"):
            agent = NewAccount(
                name=name, password=PASSWORD, role=Role.AGENT, display_name_en=name, queue_ids=QUEUES
            )
            self.centre.create_account(agent, token)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._up = ExitStack()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._up.enter_context(serving(self.centre, port=self.port))

    def stop(self) -> None:
        self._up.close()


@pytest.fixture
def service(postgres_url: str) -> Iterator[Service]:
    made = Service(postgres_url)
    made.start()
    yield made
    made.stop()
    made.centre.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setattr(app, "_HAND_OVER_TRIES", 2)
    monkeypatch.setattr(KdfCost, "INTERACTIVE", KdfCost.MINIMAL)


async def _join(agent: Person, service: Service, name: str) -> None:
    """From the first start to the open desk: the address, the name, the password."""
    panel = agent.program.panel
    await until(lambda: panel.card is panel.first_start and panel.first_start.server.isEnabled())
    agent.click(panel.first_start.server)
    await until(panel.server.isVisible)
    agent.click(panel.server.form.url)
    agent.key_in(service.url)
    agent.press("Return")
    form = panel.sign_in
    await until(lambda: form.isVisible() and form.name.isEditable())
    form.name.setFocus()
    agent.key_in(name)
    agent.click(form.password.line)
    agent.key_in(PASSWORD)
    agent.press("Return")
    await until(lambda: agent.program.session is not None and agent.desk.isVisible())
    await until(lambda: agent.store.status.online)


class Colleague:
    """Noor at another workstation: a store and an engine of its own; only the window is missing."""

    def __init__(self, home: Path, service: Service) -> None:
        computer = HallDesk(Paths(home), None, ServerAddress(service.url), KdfCost.MINIMAL)
        self._opened = computer.sign_in("Noor", PASSWORD)
        self.desk = Desk(self._opened.workstation, self._opened.viewer)
        self._engine = Engine(self.desk, self._opened.transport, self._opened.session)
        self.references: set[str] = set()

    async def __aenter__(self) -> Self:
        self._engine.start()
        self._stop = self.desk.on_changed(lambda _entities: self._look_soon())
        self._look_soon()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop()
        await self._engine.stop()
        self.desk.close()
        self._opened.close()

    async def write_ticket(self, text: str) -> str:
        return (await self.desk.perform(open_ticket(text, queue_id="general"))).reference

    def _look_soon(self) -> None:
        self._looking = asyncio.ensure_future(self._look())

    async def _look(self) -> None:
        self.references = await self.desk.ask(_references)


def _references(session: Session, _viewer: Viewer) -> set[str]:
    return set(session.scalars(select(Ticket.reference)))


@pytest.mark.usefixtures("quick")
async def test_two_desks_see_each_others_ticket_and_go_on_without_the_server(
    qapp: QApplication, service: Service, tmp_path: Path
) -> None:
    async with running(qapp, tmp_path / "sara") as sara:
        await _join(sara, service, "Sara")
        assert read_settings(Paths(tmp_path / "sara").settings).server_url == service.url
        colleague = await asyncio.to_thread(Colleague, tmp_path / "noor", service)
        async with colleague as noor:
            await sara.take_call("99887766")
            first = await sara.write_ticket("no card arrived")
            await until(lambda: first in noor.references)
            theirs = await noor.write_ticket("nobody came")
            await sara.search(theirs, Group.TICKETS)
            view = sara.tickets.view
            await until(lambda: view.isVisible() and bool(view.timeline.lines()))
            await asyncio.to_thread(service.stop)
            await until(lambda: not sara.store.status.online)
            await sara.take_step(view, Act.NOTE, text="a note without the server")
            sara.press("Ctrl+1")
            await sara.end_call("2")
            await sara.take_call("66554433")
            offline = await sara.write_ticket("written without the server")
            await until(lambda: sara.shows(waiting_sentence(sara.store.status.waiting)))
            await sara.end_call("2")
            assert sara.store.status.waiting >= 5
            assert offline not in noor.references
            service.start()
            await until(lambda: sara.store.status.online and sara.store.status.waiting == 0)
            await until(lambda: offline in noor.references)
        assert not [message.say() for message in sara.heard if message.tone in ("warning", "danger")]
        assert sara.store.status.attention == 0
        with service.centre.transaction() as unit:
            lend_queries(unit.session)
            (row,) = tickets.by_reference(unit.session, sara.store.viewer, theirs)
            texts = [entry.text for entry in tickets.detail(unit.session, sara.store.viewer, row.id).timeline]
        assert texts[-1] == "a note without the server"


@pytest.mark.usefixtures("quick")
async def test_a_disabled_account_is_out_and_is_told_why(
    qapp: QApplication, service: Service, tmp_path: Path
) -> None:
    async with running(qapp, tmp_path / "sara") as sara:
        await _join(sara, service, "Sara")
        administration.set_active(service.centre, "Sara", False)
        await until(lambda: sara.program.session is None)
        await until(lambda: sara.shows("This account is not active."))
        assert sara.program.panel.sign_in.name.count() == 0
