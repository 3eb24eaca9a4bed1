"""The whole matrix against a real centre: every role and every operation, on tickets of one's own queue, of another
one and of a restricted one. What ``docs/rights.md`` says is what happens, and every refusal is on record."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from carecenter import operations
from carecenter.core.terms import Role
from carecenter.models.centre import Audit, Review
from carecenter.operations import Operation
from carecenter.operations.brought import Brought
from carecenter.wire import Outcome
from tests.houses import GENERAL, RESTRICTED, TECHNICAL, House, open_ticket
from tests.operations.samples import CALL, CALLBACK, CALLER, OTHER_CALLER, sample
from tests.server.devices import Device

DOCUMENT = Path(__file__).parents[2] / "docs" / "rights.md"
OPENING = {"OpenTicket", "BringTicket"}
LEADING = {Role.SUPERVISOR, Role.ADMINISTRATOR}


def _promised() -> dict[str, tuple[bool, dict[Role, str]]]:
    """Tag → whether the queue decides as well, and role → yes, taken or no."""
    rows = [line.strip("| \n").split("|") for line in DOCUMENT.read_text(encoding="utf-8").splitlines()]
    found = {}
    for tag, *cells in ([cell.strip() for cell in row] for row in rows):
        if len(cells) == len(Role) + 1 and tag.startswith("`"):
            found[tag.strip("`")] = (cells[0] == "yes", dict(zip(Role, cells[1:], strict=True)))
    return found


PROMISED = _promised()


def test_every_operation_is_in_the_document() -> None:
    assert PROMISED.keys() == operations.registry().keys()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("queue_id", [GENERAL, TECHNICAL, RESTRICTED])
def test_the_centre_does_what_the_document_says(local_house: House, role: Role, queue_id: str) -> None:
    local_house.account("opener", Role.AGENT, GENERAL, TECHNICAL, RESTRICTED)
    local_house.account("somebody", role, GENERAL)
    opener, device = Device(local_house.centre, "opener"), Device(local_house.centre, "somebody")
    opener.push(*map(opener.envelope, (CALLER, OTHER_CALLER, CALLBACK)))
    device.send(CALL)
    seen = queue_id == GENERAL or (role in LEADING and queue_id != RESTRICTED)
    for number, (tag, (about_a_ticket, cells)) in enumerate(PROMISED.items()):
        opening = open_ticket(queue_id=queue_id, reference=f"{number:010}")
        opener.send(opening)
        operation = sample(tag, opening.ticket_id)
        if isinstance(operation, Brought):
            operation = operation.in_the_name_of(dict.fromkeys(operation.accounts(), device.account_id))
        result = device.send(operation)
        kind = operations.registry()[tag]
        allowed = cells[role] == "yes" and (seen or not about_a_ticket or tag in OPENING)
        expected = Outcome.ACCEPTED if allowed else Outcome.IN_REVIEW if kind.intake else Outcome.REFUSED
        assert result.outcome is expected, (tag, role, queue_id, result)
        _is_on_record(local_house, device, kind, result.op_id, expected)


def _is_on_record(house: House, device: Device, kind: type[Operation], op_id: str, outcome: Outcome) -> None:
    with house.centre.transaction() as unit:
        mine = select(Audit).where(Audit.account_id == device.account_id).order_by(Audit.number.desc()).limit(1)
        line = unit.session.scalars(mine).one()
        assert (line.action, line.outcome, line.device_id) == (kind.tag(), outcome.value, device.device_id)
        assert (unit.session.get(Review, op_id) is not None) == (outcome is Outcome.IN_REVIEW)


def test_intake_is_never_refused() -> None:
    refusing = {tag for tag, (_, cells) in PROMISED.items() if "no" in cells.values()}
    assert not refusing & {tag for tag, kind in operations.registry().items() if kind.intake}
