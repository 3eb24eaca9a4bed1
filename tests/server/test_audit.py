"""The audit trail holds together, and an edit, a deletion or a swap shows."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, func, select, update

from carecenter.core.errors import NotFound
from carecenter.models.centre import Audit
from carecenter.server import audit
from tests.houses import House, open_call, open_ticket
from tests.server.devices import Device


def _first_broken(house: House) -> int | None:
    with house.centre.transaction() as unit:
        return audit.first_broken(unit.session)


@pytest.fixture
def lines(house: House) -> int:
    """How many lines the trail of some work has."""
    house.account("agent")
    agent = Device(house.centre, "agent")
    for number in range(4):
        agent.send(open_ticket(reference=f"000000000{number}"))
    with house.centre.transaction() as unit:
        return audit.head(unit.session)[0]


def test_an_untouched_trail_holds(house: House, lines: int) -> None:
    assert lines > 6
    assert _first_broken(house) is None


@pytest.mark.parametrize("field", ["account_id", "action", "outcome", "device_id"])
def test_an_edited_line_shows(house: House, lines: int, field: str) -> None:
    with house.centre.transaction() as unit:
        unit.session.execute(update(Audit).where(Audit.number == 3).values({field: "x"}))
    assert _first_broken(house) == 3


def test_a_deleted_line_shows(house: House, lines: int) -> None:
    with house.centre.transaction() as unit:
        unit.session.execute(delete(Audit).where(Audit.number == 4))
    assert _first_broken(house) == 4


def test_missing_last_lines_show(house: House, lines: int) -> None:
    with house.centre.transaction() as unit:
        unit.session.execute(delete(Audit).where(Audit.number == lines))
    assert _first_broken(house) == lines


def test_swapped_lines_show(house: House, lines: int) -> None:
    with house.centre.transaction() as unit:
        for number, moved in ((4, 1000), (5, 4), (1000, 5)):
            unit.session.execute(update(Audit).where(Audit.number == number).values(number=moved))
    assert _first_broken(house) == 4


def test_a_transaction_that_fails_leaves_no_line(house: House, lines: int) -> None:
    device = Device(house.centre, "leader")
    with pytest.raises(NotFound):
        house.centre.set_active("nobody", False, device.token)
    with house.centre.transaction() as unit:
        assert audit.head(unit.session)[0] == lines + 1, "the sign-in"


def test_many_at_once_make_one_chain(house: House) -> None:
    house.account("agent")
    devices = [Device(house.centre, "agent") for _ in range(4)]

    def work(device: Device) -> None:
        for _ in range(5):
            device.push(*(device.envelope(open_call()) for _ in range(3)))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, devices))
    assert _first_broken(house) is None
    with house.centre.transaction() as unit:
        assert unit.session.scalar(select(func.count()).where(Audit.action == "OpenCall")) == 4 * 5 * 3
