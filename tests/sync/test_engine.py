"""The engine: work goes on without the centre, and everything is where it belongs once it is back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import delete

from carecenter.core.errors import NotAllowed, Unreachable
from carecenter.core.ids import new_id
from carecenter.models.centre import CentreFact
from carecenter.models.desk import FreeReference
from carecenter.operations.tickets import AddNote
from carecenter.queries import tickets
from carecenter.store.desk import Desk, DeskStatus
from carecenter.sync.engine import Engine
from carecenter.sync.in_process import InProcess
from carecenter.wire import Block, BlockRequest, FeedPage, FeedRequest, Push, Pushed
from tests.houses import House, Seat, add_note, house, open_ticket

pytestmark = pytest.mark.asyncio


class Line(InProcess):
    """The way to the centre, which tests cut. ``fault`` is raised by everything while it is set."""

    fault: Exception | None = None
    after_commit: Exception | None = None
    pushes = 0

    def push(self, token: str, request: Push) -> Pushed:
        self._check()
        self.pushes += 1
        answer = super().push(token, request)
        if self.after_commit is not None:
            raise self.after_commit
        return answer

    def feed(self, token: str, request: FeedRequest) -> FeedPage:
        self._check()
        return super().feed(token, request)

    def references(self, token: str, request: BlockRequest) -> Block:
        self._check()
        return super().references(token, request)

    def _check(self) -> None:
        if self.fault is not None:
            raise self.fault


class Rests:
    """Stands in for the time between two tries: each pause is noted and waits to be let go."""

    def __init__(self) -> None:
        self.pauses: list[float] = []
        self._begun = asyncio.Event()
        self._go = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self._begun.set()
        await self._go.wait()
        self._go.clear()

    async def begun(self) -> None:
        """Until the engine rests."""
        await self._begun.wait()
        self._begun.clear()

    def end(self) -> None:
        """Let it try again."""
        self._go.set()


class Office:
    """Sara at her desk, with an engine that runs."""

    def __init__(self, built: House, seat: Seat, line: Line) -> None:
        self.house = built
        self.line = line
        self.rests = Rests()
        self.desk = Desk(seat.workstation, seat.viewer)
        self.seat = seat
        self.engine = Engine(self.desk, line, seat.signed_in, rest=self.rests)

    async def until(self, wanted: Callable[[DeskStatus], bool]) -> DeskStatus:
        """Wait until the status bar says what is wanted."""
        reached = asyncio.Event()
        stop = self.desk.on_status(lambda status: reached.set() if wanted(status) else None)
        if not wanted(self.desk.status):
            await reached.wait()
        stop()
        return self.desk.status

    async def settled(self) -> DeskStatus:
        return await self.until(lambda status: status.online and status.waiting == 0)


@asynccontextmanager
async def office(directory: Path, fault: Exception | None = None) -> AsyncIterator[Office]:
    with house(directory) as built:
        built.account("sara")
        line = Line(built.centre)
        opened = Office(built, built.seat("sara", transport=line), line)
        line.fault = fault
        opened.engine.start()
        try:
            yield opened
        finally:
            await opened.engine.stop()
            opened.desk.close()


OFFLINE = Unreachable("the cable is out")


async def test_a_saved_ticket_is_at_the_centre_without_anybody_doing_anything(tmp_path: Path) -> None:
    async with office(tmp_path) as sara:
        ticket = await sara.desk.perform(open_ticket())
        status = await sara.settled()

        assert status.last_sync == sara.desk.now()
        assert sara.house.rows("ticket").keys() == {("ticket", ticket.ticket_id)}


async def test_what_others_did_appears_and_pages_are_told(tmp_path: Path) -> None:
    async with office(tmp_path) as sara:
        await sara.settled()
        sara.house.account("ali")
        ali = sara.house.seat("ali")
        ticket = ali.perform(open_ticket("from ali"))
        ali.push()
        heard: list[frozenset[str]] = []
        sara.desk.on_changed(heard.append)

        await sara.engine.synchronise()

        assert frozenset.union(*heard) >= {"ticket", "ticket_entry"}
        assert (await sara.desk.ask(tickets.detail, ticket.ticket_id)).text == "from ali"


async def test_offline_work_goes_on_and_drains_in_order(tmp_path: Path) -> None:
    async with office(tmp_path, OFFLINE) as sara:
        await sara.rests.begun()
        since = sara.desk.status.since
        ticket = await sara.desk.perform(open_ticket("typed offline"))
        notes: list[AddNote] = []
        for number in range(4):
            sara.house.clock.advance(minutes=1)
            notes.append(await sara.desk.perform(add_note(ticket.ticket_id, f"line {number}")))

        status = sara.desk.status
        assert (status.online, status.waiting, status.since) == (False, 5, since)
        assert len((await sara.desk.ask(tickets.detail, ticket.ticket_id)).timeline) == 5
        assert sara.house.rows("ticket") == {}

        sara.house.clock.advance(hours=2)
        sara.line.fault = None
        sara.rests.end()
        status = await sara.settled()
        assert status.since == sara.desk.now()
        lines = (await sara.desk.ask(tickets.detail, ticket.ticket_id)).timeline
        assert {line.at for line in lines} == {sara.desk.now()}  # the centre's time
        assert [line.desk_at.minute for line in lines if line.text] == [1, 2, 3, 4]
        assert [line.text for line in lines if line.text] == [note.text for note in notes]
        assert sara.line.pushes == 1


async def test_tries_grow_rarer_up_to_twenty_seconds_and_are_quick_again_afterwards(tmp_path: Path) -> None:
    async with office(tmp_path, OFFLINE) as sara:
        for _ in range(7):
            await sara.rests.begun()
            sara.rests.end()
        await sara.rests.begun()
        longest = [1, 2, 4, 8, 16, 20, 20, 20]
        assert all(limit / 2 <= pause <= limit for pause, limit in zip(sara.rests.pauses, longest, strict=True))

        sara.line.fault = None
        sara.rests.end()
        await sara.settled()
        sara.line.fault = OFFLINE
        await sara.desk.perform(open_ticket())
        await sara.rests.begun()
        assert sara.rests.pauses[-1] <= 1


async def test_a_reply_lost_after_the_commit_is_no_second_ticket(tmp_path: Path) -> None:
    async with office(tmp_path) as sara:
        await sara.settled()
        sara.line.after_commit = OFFLINE
        ticket = await sara.desk.perform(open_ticket())
        await sara.rests.begun()
        assert sara.desk.status.waiting == 1

        sara.line.after_commit = None
        sara.rests.end()
        await sara.settled()

        assert sara.line.pushes == 2
        assert sara.house.rows("ticket", "ticket_entry").keys() == {
            ("ticket", ticket.ticket_id),
            ("ticket_entry", ticket.entry_id),
        }


async def test_a_sign_in_that_no_longer_holds_is_shown_and_what_waits_is_kept(tmp_path: Path) -> None:
    async with office(tmp_path) as sara:
        await sara.settled()
        sara.house.centre.sign_out(sara.seat.signed_in.token)

        await sara.desk.perform(open_ticket())
        status = await sara.until(lambda status: status.signed_out)

        assert not status.online
        assert status.waiting == 1
        sara.line.fault = OFFLINE
        sara.rests.end()
        assert not (await sara.until(lambda status: not status.signed_out)).online


async def test_a_defect_in_one_round_does_not_end_synchronisation(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with office(tmp_path, ZeroDivisionError("a defect")) as sara:
        await sara.rests.begun()
        assert sara.rests.pauses == [20]
        assert not sara.desk.status.online
        assert "synchronisation failed" in caplog.text

        sara.line.fault = None
        sara.rests.end()
        await sara.desk.perform(open_ticket())
        await sara.settled()


async def test_without_anything_to_send_the_next_round_comes_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("carecenter.sync.engine.PULSE", 0.01)
    async with office(tmp_path) as sara:
        before = (await sara.settled()).last_sync
        sara.house.clock.advance(minutes=1)

        status = await sara.until(lambda status: status.last_sync != before)

        assert status.last_sync == sara.desk.now()


async def test_references_are_refilled_before_they_run_out(tmp_path: Path) -> None:
    async with office(tmp_path) as sara:
        await sara.settled()
        with sara.desk.workstation.transaction() as session:
            session.execute(delete(FreeReference).where(FreeReference.position > 150))

        await sara.engine.synchronise()

        with sara.desk.workstation.transaction() as session:
            assert session.query(FreeReference).count() == 650


async def test_a_restored_centre_is_noticed_although_it_has_nothing_new(tmp_path: Path) -> None:
    async with office(tmp_path) as sara:
        await sara.settled()
        with sara.house.centre.transaction() as unit:
            unit.session.get_one(CentreFact, "generation").value = new_id()

        await sara.engine.synchronise()

        cursors = await sara.desk.run(sara.desk.workstation.cursors, sara.seat.scopes)
        assert set(cursors.values()) == {0}


async def test_signing_out_sends_what_waits_and_ends_the_session(tmp_path: Path) -> None:
    async with office(tmp_path, OFFLINE) as sara:
        await sara.rests.begun()
        ticket = await sara.desk.perform(open_ticket("just before leaving"))
        sara.line.fault = None

        await sara.engine.stop()

        assert sara.house.rows("ticket").keys() == {("ticket", ticket.ticket_id)}
        with pytest.raises(NotAllowed):
            sara.seat.fetch()


@pytest.mark.parametrize("fault", [OFFLINE, NotAllowed("signed out"), ZeroDivisionError("a defect")])
async def test_signing_out_never_waits_for_a_centre_that_is_not_there(tmp_path: Path, fault: Exception) -> None:
    """That no thread is left is looked at after every test (``tests/conftest.py``)."""
    async with office(tmp_path, fault) as sara:
        await sara.rests.begun()
        await sara.desk.perform(open_ticket())

        await sara.engine.stop()

        assert sara.desk.workstation.queue().waiting == 1


async def test_an_engine_that_never_ran_can_be_stopped(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        built.account("sara")
        seat = built.seat("sara")
        desk = Desk(seat.workstation, seat.viewer)
        await Engine(desk, seat.transport, seat.signed_in).stop()
        desk.close()
