"""Run in a process of its own, to be killed: `python -m tests.journeys.half_a_call HOME`.

Sara signs in, takes a call, writes notes and half a ticket. When both are said to be saved, `kept` is written to
standard output, and the typing goes on until the process ends.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import qasync
from PySide6.QtWidgets import QApplication

from carecenter.ui.theme import new_application
from tests.journeys.person import running
from tests.ui.waiting import until

NOTES = "رقم المعاملة غير معروف — the caller waits since May"
TICKET = "The card has not arrived for thr"
NUMBER = "99887766"


async def _call(app: QApplication, home: Path) -> None:
    async with running(app, home) as agent:
        await agent.sign_in("Sara")
        pane = await agent.take_call(NUMBER)
        pane.notes.edit.setFocus()
        agent.key_in(NOTES)
        await until(pane.notes.saved)
        agent.press("Ctrl+T")
        await until(pane.tickets.form.text.hasFocus)
        agent.key_in(TICKET)
        await until(pane.tickets.form.saved)
        sys.stdout.write("kept\n")
        sys.stdout.flush()
        while True:
            agent.key_in("e weeks ")
            await asyncio.sleep(0.01)


if __name__ == "__main__":
    qt = new_application()
    qt.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(qt)) as runner:
        runner.run(_call(qt, Path(sys.argv[1])))
