"""A hall of two on a real centre: Sara's desk with its engine, and Noor at another queue, moved by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from sqlalchemy import func, select

from carecenter.core.ids import new_id
from carecenter.core.terms import Role
from carecenter.models.centre import Audit
from carecenter.operations.callers import RegisterCaller
from carecenter.operations.tickets import OpenTicket
from carecenter.server import scopes
from carecenter.server.scopes import Scoping
from carecenter.store.desk import Desk, DeskStatus
from carecenter.sync.elsewhere import Elsewhere
from carecenter.sync.engine import Engine
from tests.houses import GENERAL, TECHNICAL, House, Seat, house, open_ticket
from tests.ui.waiting import until

PHONE = "+96599887766"


def pretend(desk: Desk, *, online: bool) -> None:
    """What a desk is told of the network from now on, whatever its engine finds out meanwhile."""

    def report(status: DeskStatus) -> None:
        Desk.report(desk, msgspec.structs.replace(status, online=online))

    desk.report = report  # type: ignore[method-assign]  # whoever tells it, calls this
    report(desk.status)


class HallOfTwo:
    """`desk`: Sara's, of the general queue. `noor`: a colleague's of the technical queue."""

    def __init__(self, built: House, role: Role) -> None:
        self.built = built
        with built.centre.transaction() as unit:
            scopes.choose(unit.session, Scoping.HALL)
        built.account("sara", role, GENERAL)
        built.account("noor", Role.AGENT, TECHNICAL)
        self.noor: Seat = built.seat("noor")
        seat = built.seat("sara")
        self.desk = Desk(seat.workstation, seat.viewer)
        self.engine = Engine(self.desk, seat.transport, seat.signed_in)
        self.token = seat.signed_in.token
        self.desk.elsewhere = Elsewhere(self.desk, self.engine.network, self.token)

    def matter(self, name: str = "Mariam Al-Salem", number: str = PHONE) -> tuple[RegisterCaller, OpenTicket]:
        """Somebody's ticket in the technical queue, which Sara's desk does not hold."""
        card = RegisterCaller(
            caller_id=new_id(), name_en=name, name_ar="مريم السالم", phone=(new_id(), number), civil_id=None
        )
        self.noor.perform(card)
        ticket = self.noor.perform(open_ticket("the portal fails", caller_id=card.caller_id, queue_id=TECHNICAL))
        self.noor.push()
        return card, ticket

    def asked(self, action: str = "Lookup") -> int:
        """How often the centre was asked."""
        with self.built.centre.transaction() as unit:
            lines = select(func.count()).select_from(Audit).where(Audit.action == action)
            return unit.session.scalar(lines) or 0

    def pretend(self, *, online: bool) -> None:
        """What the desk is told of the network."""
        pretend(self.desk, online=online)


@asynccontextmanager
async def hall_of_two(directory: Path, role: Role = Role.AGENT) -> AsyncIterator[HallOfTwo]:
    """Open until the end; Sara is online."""
    with house(directory) as built:
        made = HallOfTwo(built, role)
        made.engine.start()
        await until(lambda: made.desk.status.online and made.desk.status.last_sync is not None)
        yield made
        await made.engine.stop()
        made.desk.close()
