"""The engine: work goes on without the centre, and everything is where it belongs once it is back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from carecenter.core.errors import Busy, NotAllowed, UpgradeNeeded
from carecenter.operations.tickets import AddNote
from carecenter.queries import tickets
from carecenter.store.desk import Desk
from carecenter.sync.engine import Engine
from tests.houses import add_note, house, open_ticket
from tests.sync.office import OFFLINE, office

pytestmark = pytest.mark.asyncio


async def test_a_saved_ticket_is_at_the_centre_without_anybody_doing_anything(tmp_path: Path) -> None:
    async with office(tmp_path) as sara:
        ticket = await sara.desk.perform(open_ticket())
        await sara.settled()

        assert sara.house.rows("ticket").keys() == {("ticket", ticket.ticket_id)}


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
        await sara.engine.synchronise()
        lines = (await sara.desk.ask(tickets.detail, ticket.ticket_id)).timeline
        assert {line.at.replace(microsecond=0) for line in lines} == {sara.desk.now()}  # the centre's time
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


async def test_a_sign_in_that_no_longer_holds_is_shown_and_what_waits_is_kept(tmp_path: Path) -> None:
    async with office(tmp_path) as sara:
        await sara.synchronised()
        sara.house.centre.sign_out(sara.seat.signed_in.token)

        await sara.desk.perform(open_ticket())
        status = await sara.until(lambda status: status.signed_out)

        assert not status.online
        assert status.waiting == 1
        sara.line.fault = OFFLINE
        while sara.desk.status.signed_out:
            await sara.rests.begun()
            sara.rests.end()
        assert not sara.desk.status.online


async def test_a_defect_in_one_round_does_not_end_synchronisation(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with office(tmp_path, ZeroDivisionError("a defect")) as sara:
        await sara.rests.begun()
        assert 10 <= sara.rests.pauses[0] <= 20
        assert not sara.desk.status.online
        assert "synchronisation failed" in caplog.text

        sara.line.fault = None
        sara.rests.end()
        await sara.desk.perform(open_ticket())
        await sara.settled()


async def test_without_anything_to_send_the_next_round_comes_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("carecenter.sync.engine.HOLD", 0.01)
    async with office(tmp_path) as sara:
        before = (await sara.synchronised()).last_sync
        sara.house.clock.advance(minutes=1)

        status = await sara.until(lambda status: status.last_sync != before)

        assert status.last_sync == sara.desk.now()


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


async def test_what_never_gets_through_is_told_after_two_minutes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Naive: online, and one operation waiting, for ever."""
    async with office(tmp_path) as sara:
        await sara.synchronised()
        sara.line.deaf = True
        await sara.desk.perform(open_ticket("confided"))
        await sara.engine.synchronise()
        assert not sara.is_stuck()

        sara.seconds += 121
        await sara.engine.synchronise()
        assert sara.is_stuck()
        assert "has not got through" in caplog.text
        assert "confided" not in caplog.text

        sara.line.deaf = False
        await sara.engine.synchronise()
        status = sara.desk.status
        assert (status.stuck, status.waiting) == (False, 0)


async def test_a_busy_centre_is_left_alone_for_as_long_as_it_asks(tmp_path: Path) -> None:
    async with office(tmp_path, Busy("busy", retry_after=90)) as sara:
        await sara.rests.begun()

        assert 90 <= sara.rests.pauses[0] <= 135


async def test_a_program_that_is_too_old_says_so_and_goes_on_working(tmp_path: Path) -> None:
    async with office(tmp_path, UpgradeNeeded("too old")) as sara:
        await sara.rests.begun()
        ticket = await sara.desk.perform(open_ticket())

        assert (sara.desk.status.upgrade, sara.desk.status.online) == (True, False)
        assert (await sara.desk.ask(tickets.detail, ticket.ticket_id)).row.id == ticket.ticket_id
        sara.line.fault = None
        sara.rests.end()
        assert not (await sara.settled()).upgrade


async def test_the_clock_of_the_centre_is_measured_and_kept(tmp_path: Path) -> None:
    """A desk that is a day late shows and sends the right time; its own clock is sent as well."""
    async with office(tmp_path) as sara:
        honest = sara.house.clock
        sara.desk.workstation.clock = lambda: honest() - dt.timedelta(days=1)
        sara.seconds += 3600
        await sara.desk.perform(open_ticket())
        await sara.settled()
        assert sara.desk.now() == honest()

        sara.line.fault = OFFLINE
        await sara.desk.perform(open_ticket("typed offline"))
        (envelope,) = sara.desk.workstation.next_push().operations
        assert envelope.desk_at == honest() - dt.timedelta(days=1)
        assert envelope.offset == 86_400
        assert envelope.typed_at == honest()
