"""The audit trail holds together, and an edit, a deletion or a swap shows."""

import pytest
from sqlalchemy import delete, update

from carecenter.models.centre import Audit
from carecenter.server import audit
from tests.houses import House, open_ticket
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
        return int(audit.lock(unit.session).value.partition(":")[0])


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
