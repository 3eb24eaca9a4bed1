"""A desk with its centre in one process, as a single computer has them, that is killed at a chosen moment.

A moment is a place in the work of both databases: before and after each statement that writes, before and after
each COMMIT. What the process said before it died was acknowledged: somebody has read "saved".
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from carecenter.sync.in_process import InProcess
from tests import houses
from tests.houses import Clock, Seat, add_note, house, open_ticket

NAME = "sara"
SAVING = "before the COMMIT of a ticket"


@dataclass(frozen=True)
class Life:
    """``moment``: the number of the moment to die at; None: after one round, by itself, telling all moments.

    ``hasty``: it says "saved" before COMMIT, as it must not.
    """

    directory: Path
    moment: int | None = None
    rounds: int = 1
    hasty: bool = False


def prepare(directory: Path) -> None:
    """A centre and a desk that knows it."""
    directory.mkdir()
    with house(directory) as built:
        built.account(NAME)
        built.seat(NAME)


def sit_down(directory: Path) -> Seat:
    """The desk in this directory, with its centre."""
    clock = Clock()
    centre = houses.open_centre(directory / "centre.db", clock)
    seat = Seat(houses.open_store(directory / f"{NAME}.db", clock), InProcess(centre), NAME)
    seat.viewer = seat.workstation.viewer(seat.account_id)
    return seat


class _Fate:
    """Counts the moments, and ends the process at the chosen one."""

    def __init__(self, life: Life, tell: Callable[[Any], None]) -> None:
        self.moments: list[str] = []
        self._saving: str | None = None
        self._life = life
        self._tell = tell

    def watch(self) -> None:
        """From now on."""
        event.listen(Engine, "before_cursor_execute", self._before)
        event.listen(Engine, "after_cursor_execute", self._after)
        event.listen(Engine, "commit", self._commit)
        event.listen(Session, "after_commit", lambda _session: self._pass("after COMMIT"))

    def is_saving(self, ticket_id: str | None) -> None:
        """A ticket, or none any more."""
        self._saving = ticket_id

    def _before(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SELECT", "BEGIN", "PRAGMA")):
            self._pass(f"before {statement[:40]}")

    def _after(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SELECT", "BEGIN", "PRAGMA")):
            self._pass(f"after {statement[:40]}")

    def _commit(self, _connection: Any) -> None:
        if self._saving is not None and self._life.hasty:
            self._tell(("ticket", self._saving))
        self._pass("before COMMIT" if self._saving is None else SAVING)

    def _pass(self, moment: str) -> None:
        if len(self.moments) == self._life.moment:
            os.kill(os.getpid(), signal.SIGKILL)
        self.moments.append(moment)


def work(seat: Seat, turn: int, saving: Callable[[str | None], None]) -> Iterator[tuple[str, Any]]:
    """One round; what can be said to be saved by then. ``saving`` hears of a ticket while that is being saved."""
    seat.workstation.save_draft(seat.viewer, "call:1:notes", {"text": turn})
    yield "draft", turn
    opening = open_ticket(f"ticket {turn}")
    saving(opening.ticket_id)
    seat.perform(opening)
    saving(None)
    yield "ticket", opening.ticket_id
    note = seat.perform(add_note(opening.ticket_id, f"note {turn}"))
    yield "note", note.entry_id
    seat.synchronise()


def live(life: Life, said: Connection) -> None:
    """Work, and say what was saved."""
    seat = sit_down(life.directory)
    fate = _Fate(life, said.send)
    fate.watch()
    said.send(("ready", ""))
    for turn in range(life.rounds):
        for saved in work(seat, turn, fate.is_saving):
            said.send(saved)
    said.send(("moments", fate.moments))


def heard_from(life: Life, words: int | None = None, delay: float = 0.0) -> list[tuple[str, Any]]:
    """Let a process live; what it said. After so many words, and a delay in seconds, it is killed from outside."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.sync.rehearsed"])
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=live, args=(life, theirs))
    process.start()
    theirs.close()
    heard: list[tuple[str, Any]] = []
    try:
        while True:
            heard.append(ours.recv())
            if len(heard) == words:
                process.join(delay)
                process.kill()
    except (EOFError, ConnectionResetError):
        pass
    finally:
        ours.close()
        process.join()
    died = process.exitcode == -signal.SIGKILL
    assert died is (life.moment is not None or words is not None), process.exitcode
    process.close()
    return heard
