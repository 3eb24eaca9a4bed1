"""A load: what it adds stands as if it had been worked on, belongs to nobody, and is never mixed with real work."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from carecenter.core import civil_id, reference
from carecenter.core.errors import UserError
from carecenter.core.kuwait import KUWAIT
from carecenter.core.terms import TicketStatus
from carecenter.models.base import synced_models
from carecenter.models.centre import FeedKind, FeedPointer
from carecenter.server import administration, ageing, audit, scopes, seed
from carecenter.server.seed import Amounts
from tests.houses import PASSWORD, START, House, open_call
from tests.server.devices import Device
from tests.server.halls import hall

LOAD = Amounts(tickets=60, callers=20, accounts=3, queues=2)


def fill(house: House, load: Amounts = LOAD, password: str = PASSWORD) -> None:
    seed.fill(house.centre, load, password, lambda _done, _total: None)


def astray(house: House) -> list[str]:
    """Rows that the feed does not bring to those, and only those, who should hold them by now."""
    with house.centre.transaction() as unit:
        pointers: dict[tuple[str, str], set[str]] = {}
        for pointer in unit.session.scalars(select(FeedPointer).where(FeedPointer.kind == FeedKind.PUT)):
            pointers.setdefault((pointer.entity, pointer.entity_id), set()).add(pointer.scope)
        rows = [row for model in synced_models().values() for row in unit.session.scalars(select(model))]
        return [
            row.id
            for row in rows
            if scopes.scopes_of(unit.session, row) != pointers.get((row.__tablename__, row.id), set())
        ]


def test_each_row_is_where_its_work_is_as_if_somebody_had_done_it(house: House) -> None:
    fill(hall(house))
    assert astray(house) == []
    aged = ageing.run(house.centre)
    assert (aged.tickets, aged.calls, aged.callbacks) == (0, 0, 0)
    with house.centre.transaction() as unit:
        assert audit.first_broken(unit.session) is None
        unit.session.execute(delete(FeedPointer).where(FeedPointer.entity == "ticket_entry"))
    assert astray(house)  # rows that were only inserted would be noticed


def test_an_account_of_the_load_signs_in_and_hears_what_is_open_in_its_queue(house: House) -> None:
    fill(hall(house))
    rows = {row.id: row for row in Device(house.centre, "seed-0001").hear() if row.entity == "ticket"}
    queue_ids = {row.image["queue_id"] for row in rows.values() if row.image}
    assert queue_ids == {"seed-1"}
    mine = [row for row in house.rows("ticket").values() if row["queue_id"] == "seed-1"]
    assert {row["id"] for row in mine if row["status"] != TicketStatus.CLOSED} <= rows.keys()
    assert {row["version"] for row in mine} == {1}


def test_its_people_are_marked_and_can_be_nobody(house: House) -> None:
    fill(hall(house))
    fill(house)  # more of it: other people
    rows = house.rows("caller", "caller_phone", "ticket")
    callers = [row for (entity, _), row in rows.items() if entity == "caller"]
    assert len(callers) == 40
    assert all(row["demo"] for row in callers)
    numbers = [row["civil_id"] for row in callers if row["civil_id"]]
    read = [civil_id.parse(number, START.astimezone(KUWAIT).date()) for number in numbers]
    assert all(isinstance(one, civil_id.CivilId) and one.is_demo for one in read)
    phones = [row["e164"] for (entity, _), row in rows.items() if entity == "caller_phone"]
    assert all(phone.startswith("+9653") for phone in phones)
    references = [row["reference"] for (entity, _), row in rows.items() if entity == "ticket"]
    assert all(reference.parse(one).is_valid for one in references)
    for found in (numbers, phones, references):
        assert len(found) == len(set(found))
    assert len(house.rows("account")) == 1 + 3


def test_real_work_is_recognised(house: House) -> None:
    fill(hall(house))
    assert not seed.holds_real_work(house.centre)
    house.account("agent")
    seat = house.seat("agent")
    seat.perform(open_call())
    seat.push()
    assert seed.holds_real_work(house.centre)


def test_without_a_good_password_or_anybody_to_work_nothing_is_added(local_house: House) -> None:
    for load, password, said in (
        (LOAD, "short", "too short"),
        (Amounts(tickets=1, callers=1, accounts=0), "", "at least one account"),
        (Amounts(tickets=1, callers=0, accounts=1), PASSWORD, "at least one caller"),
    ):
        with pytest.raises(UserError, match=said):
            fill(local_house, load, password)
    assert local_house.rows("caller", "ticket") == {}
    assert len(administration.list_queues(local_house.centre)) == 3
