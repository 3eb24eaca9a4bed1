"""A desk with its centre in one process, on a disk that has room up to a chosen byte.

The system itself refuses what a process writes beyond its limit: from the first byte of each write-ahead log on,
every write of both databases fails once, also in its middle, before it is let through.
"""

from __future__ import annotations

import itertools
import multiprocessing
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine, event

from carecenter.core.errors import StoreFull
from carecenter.models.engine import connect
from carecenter.server.centre import Centre
from carecenter.sync.in_process import InProcess
from tests import houses
from tests.houses import KEY, Clock, Seat, add_note, open_ticket

NAME = "sara"
PAGE, FRAME_HEAD, LOG_HEAD = 4_096, 24, 32
_FILES = (NAME, "centre")


@dataclass(frozen=True)
class Life:
    """``rounds`` of work in a directory that ``mortal.prepare`` made; ``hasty``: "saved" is said before COMMIT."""

    directory: Path
    rounds: int = 1
    hasty: bool = False


@dataclass
class Story:
    """What a life tells: what failed how often, what was said to be saved, and what of that was not there."""

    failures: dict[str, int] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    by_halves: list[str] = field(default_factory=list)


def ends_of_room() -> Iterator[int]:
    """Where the disk ends: at each write of a write-ahead log, and in its middle."""
    yield from (0, LOG_HEAD // 2)
    for frame in itertools.count():
        begin = LOG_HEAD + frame * (FRAME_HEAD + PAGE)
        yield from (begin, begin + FRAME_HEAD // 2, begin + FRAME_HEAD, begin + FRAME_HEAD + PAGE // 2)


@contextmanager
def room_up_to(offset: int) -> Iterator[None]:
    """No file of this process grows beyond the offset."""
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (offset, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


class _Desk:
    def __init__(self, life: Life) -> None:
        self._life = life
        self.story = Story()
        self._saving: str | None = None
        clock = Clock()
        self._centre: Centre = houses.open_centre(life.directory / "centre.db", clock)
        workstation = houses.open_store(life.directory / f"{NAME}.db", clock)
        self.seat = Seat(workstation, InProcess(self._centre), NAME)
        self.seat.viewer = workstation.viewer(self.seat.account_id)
        if life.hasty:
            event.listen(Engine, "commit", self._say)

    def live(self) -> Story:
        for turn in range(self._life.rounds):
            self._round(turn)
        self.seat.workstation.close()
        self._centre.close()
        return self.story

    def _round(self, turn: int) -> None:
        seat, place = self.seat, "call:1:notes"
        self._through("draft", lambda: seat.workstation.save_draft(seat.viewer, place, {"text": turn}))
        opening = open_ticket(f"ticket {turn}")
        self._through("ticket", lambda: seat.perform(opening, done_with=place), opening.ticket_id)
        note = add_note(opening.ticket_id, f"note {turn}")
        self._through("note", lambda: seat.perform(note), note.entry_id)
        if self._life.hasty:
            return  # it says nothing more
        push = seat.workstation.next_push()
        results = self._through("centre", lambda: seat.send(push))
        self._through("results", lambda: seat.workstation.settle(results))
        page = seat.fetch()
        self._through("feed", lambda: seat.workstation.apply_page(page))
        self._put_away()

    def _through(self, what: str, act: Callable[[], Any], saving: str | None = None) -> Any:
        """Again and again with a little more room, as somebody would, until it is done."""
        self._empty_logs()
        before = self._after_a_power_cut()
        self._saving = saving
        for offset in ends_of_room():
            try:
                with room_up_to(offset):
                    done = act()
            except StoreFull:
                self.story.failures[what] = self.story.failures.get(what, 0) + 1
                self._look(f"{what} with room up to {offset}", before)
                continue
            self._say()
            self._look(what, None)
            return done
        raise AssertionError

    def _put_away(self) -> None:
        """The logs go into the databases, each page of which fails once."""
        before = self._after_a_power_cut()
        largest = max((self._life.directory / f"{name}.db").stat().st_size for name in _FILES)
        for offset in range(0, largest + PAGE, PAGE // 2):
            try:
                with room_up_to(offset):
                    self._empty_logs()
            except sqlcipher.OperationalError:
                self.story.failures["putting away"] = self.story.failures.get("putting away", 0) + 1
            self._look(f"putting away with room up to {offset}", before)

    def _say(self, *_connection: Any) -> None:
        """Somebody reads "saved"."""
        if self._saving is not None:
            self.story.said.add(self._saving)

    def _look(self, moment: str, wanted: dict[str, Any] | None) -> None:
        """Whether everything stands as it should, were the power cut now."""
        found = self._after_a_power_cut()
        if wanted is not None and found != wanted:
            self.story.by_halves.append(moment)
        here = {value for table in ("ticket", "ticket_entry") for row in found[f"{NAME}.{table}"] for value in row}
        self.story.lost |= self.story.said - here

    def _after_a_power_cut(self) -> dict[str, Any]:
        """Every row of both databases, as who starts the computer next would find them."""
        beside = self._life.directory / "beside"
        beside.mkdir()
        rows: dict[str, Any] = {}
        for name in _FILES:
            for suffix in (".db", ".db-wal"):
                shutil.copy(self._life.directory / f"{name}{suffix}", beside / f"{name}{suffix}")
            with closing(connect(beside / f"{name}.db", KEY)) as connection:
                assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
                tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
                for (table,) in tables:
                    rows[f"{name}.{table}"] = connection.execute(f'SELECT * FROM "{table}"').fetchall()
        shutil.rmtree(beside)
        return rows

    def _empty_logs(self) -> None:
        for name in _FILES:
            with closing(connect(self._life.directory / f"{name}.db", KEY)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def live(life: Life, told: Connection) -> None:
    """In a process of its own, whose limit hurts nobody else."""
    told.send(_Desk(life).live())


def story_of(life: Life) -> Story:
    """Let a process live to its end."""
    context = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=live, args=(life, theirs))
    process.start()
    theirs.close()
    try:
        story: Story = ours.recv()
        return story
    finally:
        ours.close()
        process.join()
        process.close()
