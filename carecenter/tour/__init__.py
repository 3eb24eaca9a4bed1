"""The guided tour: the real program, driven by key presses and clicks through a whole call.

`walk` is the story, `person` the hands and eyes that take it, `record` what is left of it: numbered screenshots and
``tour.json``. It runs on a folder of its own, with the demo desk, and touches nothing of the person who starts it.
Only ``python -m carecenter --tour`` imports this.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import qasync

from carecenter.app import Application
from carecenter.core.config import Paths, Settings, write_settings
from carecenter.tour.person import NotSeen, Person
from carecenter.tour.record import Record
from carecenter.tour.walk import Walk
from carecenter.ui import failures
from carecenter.ui.theme import new_application


def run(folder: Path, settings: Settings, window: tuple[int, int]) -> int:
    """Take the tour as somebody with these settings; 0 only if every step was seen.

    ``folder`` gets the screenshots and ``tour.json``. ``window``: its width and height, in Qt's
    device-independent pixels.
    """
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # nobody's keyring is written to
    with TemporaryDirectory(prefix="carecenter-tour-") as home:
        paths = Paths(Path(home))
        paths.prepare()
        write_settings(paths.settings, settings)
        app = new_application()
        app.setQuitOnLastWindowClosed(False)
        try:
            program = Application(app, paths)
            failures.catch(program.messages)
            program.window.resize(*window)
            person, record = Person(program), Record(folder, program.window)
            program.paint()
            with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
                runner.run(_taken(program, Walk(person, record, settings.language), record))
            record.write(settings)
            return 1 if record.problem else 0
        finally:
            app.shutdown()


async def _taken(program: Application, walk: Walk, record: Record) -> None:
    running = asyncio.ensure_future(program.run())
    try:
        await walk.take()
    except NotSeen as error:
        record.fail(str(error))
    finally:
        program.stop()
        await running
