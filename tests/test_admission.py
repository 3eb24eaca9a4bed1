"""Who may not stay any more is told once; the lease waits for the end of a call, the centre's word does not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from carecenter.admission import Admission
from carecenter.core.errors import NotAllowed, UserError
from carecenter.core.i18n import N_
from carecenter.core.keyslots import Keys
from carecenter.core.terms import WrapUp
from carecenter.opening import OpenDesk
from carecenter.operations.calls import EndCall
from carecenter.store.desk import Desk
from tests.houses import Seat, house, open_call
from tests.ui.waiting import until

OVER = NotAllowed(N_("You are signed out. Sign in again; what waits to be sent is kept."))


class Opened(OpenDesk):
    """A desk whose lease is over when a test says so."""

    over: UserError | None = None

    def close(self) -> None:
        pass

    def ended(self) -> UserError | None:
        return type(self).over


@pytest.fixture
def seat(tmp_path: Path) -> Iterator[Seat]:
    with house(tmp_path) as built:
        built.account("sara")
        made = built.seat("sara")
        made.synchronise()
        yield made
        Opened.over = None


def _opened(seat: Seat, desk: Desk) -> Opened:
    return Opened(desk.workstation, seat.transport, seat.signed_in, desk.viewer, (), Keys.generate())


@pytest.mark.asyncio
async def test_a_lease_that_is_over_waits_for_the_end_of_the_call(seat: Seat) -> None:
    desk, told = Desk(seat.workstation, seat.workstation.viewer(seat.account_id)), list[UserError]()
    call = await desk.perform(open_call())
    admission = Admission(desk, _opened(seat, desk), told.append, every=0.001)
    Opened.over = OVER
    for _ in range(20):
        await desk.run(int)
        await asyncio.sleep(0.001)
    assert told == []
    await desk.perform(EndCall(call_id=call.call_id, wrap_up=WrapUp.ANSWERED, notes=""))
    await until(lambda: told)
    assert told == [OVER]
    admission.stop()
    desk.close()


@pytest.mark.asyncio
async def test_the_centres_word_counts_at_once_and_is_told_once(seat: Seat) -> None:
    desk, told = Desk(seat.workstation, seat.workstation.viewer(seat.account_id)), list[UserError]()
    await desk.perform(open_call())
    admission = Admission(desk, _opened(seat, desk), told.append)
    for waiting in (1, 2):
        desk.report(msgspec.structs.replace(desk.status, signed_out=True, waiting=waiting))
    assert len(told) == 1
    admission.stop()
    desk.close()
