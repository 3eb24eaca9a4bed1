"""The centre goes out of reach in the middle of a call; everything goes on, and is sent when it answers again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from carecenter.core.errors import Unreachable
from carecenter.core.i18n import N_
from carecenter.queries import tickets
from carecenter.sync.in_process import InProcess
from carecenter.ui.search.model import Group
from carecenter.ui.views.ticket_view_model import Act
from tests.houses import lend_queries
from tests.journeys.conftest import Start, Tongue
from tests.journeys.person import plain, waiting_sentence
from tests.ui.waiting import until

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.qt_log_ignore("does not support raise", extend=True),  # nothing is in front without a screen
]


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Cuts the line to the centre, or joins it again."""
    is_cut = False

    def cut(now: bool) -> None:
        nonlocal is_cut
        is_cut = now

    def may_fail(request: Callable[..., object]) -> Callable[..., object]:
        def asked(*arguments: object) -> object:
            if is_cut:
                raise Unreachable(N_("The centre does not answer."))
            return request(*arguments)

        return asked

    for name in ("hello", "push", "feed", "manifest", "references"):
        monkeypatch.setattr(InProcess, name, may_fail(getattr(InProcess, name)))
    return cut


async def test_a_call_goes_on_without_the_centre(
    start: Start, language: Tongue, line: Callable[[bool], None]
) -> None:
    async with start(language) as agent:
        await agent.sign_in("Sara")
        status = agent.window.status_bar
        await until(lambda: agent.store.status.online and agent.store.status.waiting == 0)
        online = plain(status.connection.text())[:4]
        pane = await agent.take_call("99887766")
        line(True)
        pane.who.name_ar.setFocus()
        agent.key_in("فاطمة")
        agent.press("Ctrl+Return")
        await until(lambda: pane.state.card is not None)
        await until(lambda: not agent.store.status.online)
        assert not plain(status.connection.text()).startswith(online)
        number = await agent.write_ticket("no card · لا بطاقة")
        await until(lambda: agent.shows(waiting_sentence(agent.store.status.waiting)))
        assert agent.store.status.waiting >= 3
        await agent.search(number, Group.TICKETS)
        view = agent.tickets.view
        await until(lambda: view.isVisible() and bool(view.timeline.lines()))
        await agent.take_step(view, Act.NOTE, text="a note without the centre")
        await agent.end_call("2")
        assert not [message.say() for message in agent.heard if message.tone in ("warning", "danger")]
        with agent.centre.transaction() as unit:
            lend_queries(unit.session)
            assert tickets.by_reference(unit.session, agent.store.viewer, number) == ()
        waited = agent.store.status.waiting
        assert waited >= 5
        line(False)
        await until(lambda: agent.store.status.online and agent.store.status.waiting == 0)
        await until(lambda: plain(status.connection.text()).startswith(online))
        assert agent.store.status.attention == 0
        with agent.centre.transaction() as unit:
            lend_queries(unit.session)
            (row,) = tickets.by_reference(unit.session, agent.store.viewer, number)
            texts = [entry.text for entry in tickets.detail(unit.session, agent.store.viewer, row.id).timeline]
        assert texts[-1] == "a note without the centre"
