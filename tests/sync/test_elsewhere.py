"""What the centre holds beyond a desk is found, brought, or not there in time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from carecenter.core.errors import NotFound, Unreachable
from carecenter.queries import callers
from carecenter.sync.elsewhere import Elsewhere
from carecenter.wire import LookupAnswer, LookupRequest
from tests.ui.halls import PHONE, HallOfTwo, hall_of_two

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[HallOfTwo]:
    async with hall_of_two(tmp_path) as made:
        yield made


def _elsewhere(hall: HallOfTwo, patience: float = 20.0) -> Elsewhere:
    return Elsewhere(hall.desk, hall.engine.network, hall.token, patience)


async def test_what_is_found_is_brought_and_then_here_without_asking(hall: HallOfTwo) -> None:
    card, _ = hall.matter()
    elsewhere = _elsewhere(hall)
    (found,) = (await elsewhere.find(PHONE)).callers
    await elsewhere.bring(found)
    assert (await hall.desk.ask(callers.card, card.caller_id)).phones == (PHONE,)
    await elsewhere.bring(found)
    assert hall.asked("OpenFound") == 1


async def test_offline_nobody_is_asked(hall: HallOfTwo) -> None:
    hall.pretend(online=False)
    with pytest.raises(Unreachable, match="Offline"):
        await _elsewhere(hall).find(PHONE)
    assert hall.asked() == 0


async def test_a_silent_centre_does_not_keep_anybody_waiting(
    hall: HallOfTwo, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()

    def silent(token: str, request: LookupRequest) -> LookupAnswer:
        answered.wait()
        return LookupAnswer()

    monkeypatch.setattr(hall.engine.network.transport, "lookup", silent)
    with pytest.raises(Unreachable, match="too long"):
        await _elsewhere(hall, patience=0.01).find(PHONE)
    answered.set()


async def test_what_the_centre_refuses_is_told(hall: HallOfTwo) -> None:
    hall.matter()
    (found,) = (await _elsewhere(hall).find(PHONE)).callers
    hall.built.clock.advance(hours=2)
    with pytest.raises(NotFound):
        await _elsewhere(hall).bring(found)


async def test_whoever_leaves_is_not_waited_for(hall: HallOfTwo) -> None:
    asking = asyncio.ensure_future(_elsewhere(hall).find(PHONE))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
