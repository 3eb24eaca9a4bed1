"""The program is killed in the middle of a sentence: what was said to be saved is there at the next start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from carecenter.queries import calls, tickets
from tests.journeys.conftest import Start
from tests.journeys.half_a_call import NOTES, TICKET
from tests.ui.waiting import until

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.qt_log_ignore("does not support raise", extend=True),  # nothing is in front without a screen
]


def _typed_and_killed(home: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.half_a_call", str(home)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        said = process.stdout.readline()
        process.kill()
        assert said == "kept\n", process.stderr.read()
    assert process.returncode == -signal.SIGKILL


async def test_the_call_its_notes_and_the_half_written_ticket_are_there_again(start: Start, home: Path) -> None:
    _typed_and_killed(home)
    async with start("en") as agent:
        await agent.sign_in("Sara")
        await until(agent.desk.pane)
        pane = agent.pane
        assert pane.state.call.number == "+96599887766"
        assert pane.notes.text() == NOTES
        form = pane.tickets.form
        assert form.isVisible()
        assert form.text.toPlainText().startswith(TICKET)
        assert len(agent.desk.panes()) == 1
        form.text.setFocus()
        agent.press("Ctrl+End")
        agent.key_in("— and on.")
        agent.press("Ctrl+Return")
        await until(lambda: pane.tickets.issued.issued is not None)
        (row,) = await agent.store.ask(tickets.of_call, pane.call_id)
        detail = await agent.store.ask(tickets.detail, row.id)
        assert detail.text.startswith(TICKET)
        assert detail.text.endswith("— and on.")
        await agent.end_call("2")
        assert await agent.store.ask(calls.open_calls) == ()
        assert await agent.store.drafts() == {}
