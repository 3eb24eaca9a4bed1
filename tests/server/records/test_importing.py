"""An import writes each record once and brings it to the desks; what is wrong is put aside and holds nothing up."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from carecenter.core import reference
from carecenter.models.centre import Audit, Review
from carecenter.models.ticket import Ticket, TicketAlias
from carecenter.server import audit, references
from carecenter.server.records import checking, importing
from carecenter.server.records.checking import Problem
from carecenter.server.records.exporting import export
from carecenter.server.records.form import What
from carecenter.server.records.importing import Imported, Importer
from carecenter.server.records.reading import Source
from tests import houses
from tests.houses import GENERAL, House
from tests.server.devices import Device
from tests.server.halls import hall, held
from tests.server.records.test_checking import CALL, CALLER, PHONE, TICKET
from tests.server.records.test_exporting import engine_of, worked_in
from tests.server.test_seed import astray

MINE = {"opened_by": "leader", "caller_id": "c-1"}
ENTRY = {
    "entity": "ticket_entry",
    "id": "e-1",
    "ticket_id": "t-1",
    "kind": "opened",
    "author_id": "LEADER",
    "at": "2026-03-01T06:00:00Z",
    "now": "complaint",
}
RECORDS = [CALLER, PHONE, {**TICKET, **MINE}, ENTRY]


def written(path: Path, records: Sequence[dict[str, Any] | str]) -> Path:
    """A file as somebody prepares it from an older system."""
    lines = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in records]
    path.write_text("\n".join(['{"carecenter_records": 1}', *lines, json.dumps({"end": len(lines)})]))
    return path


class Told(list[tuple[int, str, str]]):
    """Line, entity and field of each mistake."""

    def __call__(self, number: int, raw: bytes, entity: str, problems: Sequence[Problem]) -> None:
        del raw
        self.extend((number, entity, problem.field) for problem in problems)


def bring(house: House, path: Path, told: Told | None = None, *, dry: bool = False) -> Imported:
    source = Source(path, lambda _done, _total: None)
    reject = Told() if told is None else told
    return Importer(house.centre, source, reject, dry=dry).run(lambda _done, _total: None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hall.jsonl"


def test_what_an_older_system_knew_reaches_the_desks(house: House, file: Path) -> None:
    hall(house)
    house.account("agent")
    desk = Device(house.centre, "agent")
    desk.hear()
    found = bring(house, written(file, RECORDS))
    assert (found.new.total(), found.there, found.rejected) == (4, 0, 0)
    assert {row.entity for row in desk.hear()} >= {"ticket", "ticket_entry", "caller", "caller_phone"}
    ticket = house.rows("ticket")["ticket", "t-1"]
    assert (ticket["version"], ticket["opened_by"]) == (1, house.leader_id)
    assert reference.parse(ticket["reference"]).is_valid
    assert held(house, "caller", "c-1") >= {f"queue:{GENERAL}"}
    assert astray(house) == []


def test_an_export_read_elsewhere_is_the_same_and_once_only(house: House, file: Path, tmp_path: Path) -> None:
    nouns = ("caller", "caller_phone", "ticket", "ticket_entry", "callback", "queue")
    (tmp_path / "first").mkdir()
    with houses.house(tmp_path / "first") as first:
        worked_in(first)
        export(engine_of(first), file, list(What))
        wanted = first.rows(*nouns)
    found = bring(house, file)
    assert found.rejected == 0
    # The leaders of the two houses have one name: they are one person here.
    left_out = {"version", "pin_hash"}
    there = house.rows(*nouns)
    assert {key: {**row, **dict.fromkeys(left_out)} for key, row in there.items()} == {
        key: {**row, **dict.fromkeys(left_out)} for key, row in wanted.items()
    }
    again = bring(house, file)
    assert (again.new.total(), again.there) == (0, found.new.total() + found.there)
    assert house.rows(*nouns) == there


def interrupted(house: House, file: Path, after: int) -> None:
    """An import that is broken off between two batches."""
    calls: Iterator[int] = iter(range(after))

    def progress(_done: int, _total: int) -> None:
        if next(calls, None) is None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Importer(house.centre, Source(file, lambda _done, _total: None), Told()).run(progress)


def test_what_was_interrupted_goes_on_and_writes_nothing_twice(
    house: House, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    tickets = [{**TICKET, **MINE, "id": f"t-{n}", "caller_id": None} for n in range(9)]
    written(file, tickets)
    interrupted(house, file, after=1)
    assert 0 < len(house.rows("ticket")) < 9
    before = house.rows("ticket")
    found = bring(house, file)
    assert (found.new["ticket"], found.there) == (9 - len(before), len(before))
    assert {key: house.rows("ticket")[key] for key in before} == before
    with house.centre.transaction() as unit:
        assert audit.first_broken(unit.session) is None


def test_a_bad_line_is_told_with_its_number_and_field_and_the_others_go_on(house: House, file: Path) -> None:
    told = Told()
    records: list[dict[str, Any] | str] = [
        {**CALLER, "civil_id": "123"},
        {**CALLER, "id": "c-2"},
        PHONE,
        {**PHONE, "id": "p-2", "caller_id": "c-2"},
        "{ half a line",
        {**TICKET, "opened_by": "nobody", "queue_id": "nowhere"},
    ]
    found = bring(house, written(file, records), told)
    assert told == [
        (2, "caller", "civil_id"),
        (4, "caller_phone", "caller_id"),
        (6, "", ""),
        (7, "ticket", "queue_id"),
        (7, "ticket", "opened_by"),
    ]
    assert (found.new, found.rejected) == ({"caller": 1, "caller_phone": 1}, 4)
    assert [key for _, key in house.rows("caller", "caller_phone")] == ["c-2", "p-2"]


def test_one_line_that_the_database_refuses_takes_no_other_with_it(
    house: House, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = checking.read

    def careless(line: bytes, today: Any) -> Any:
        entity, values = plain(line, today)
        if isinstance(values, dict) and values["id"] == "c-1":
            values["registered_at"] = values["registered_at"].replace(tzinfo=None)
        return entity, values

    monkeypatch.setattr(checking, "read", careless)
    told = Told()
    found = bring(house, written(file, [CALLER, {**CALLER, "id": "c-2"}]), told)
    assert told == [(2, "caller", "")]
    assert found.new == {"caller": 1}


def given_twice(house: House, file: Path) -> tuple[Imported, str]:
    """A ticket of the house, and one of the file under the same number."""
    worked_in(house)
    number = next(iter(house.rows("ticket").values()))["reference"]
    tickets = [{**TICKET, **MINE, "caller_id": None, "reference": number}, {**TICKET, **MINE, "caller_id": None}]
    tickets[1]["id"] = "t-2"
    return bring(house, written(file, tickets)), number


def test_of_a_reference_given_twice_the_later_ticket_gets_a_new_one_and_is_found_by_both(
    house: House, file: Path
) -> None:
    found, number = given_twice(house, file)
    assert (found.new["ticket"], found.given_twice) == (2, 1)
    with house.centre.transaction() as unit:
        later = unit.session.get_one(Ticket, "t-1")
        assert later.reference != number
        assert reference.parse(later.reference).is_valid
        aliases = unit.session.execute(select(TicketAlias.ticket_id, TicketAlias.reference)).all()
        assert [tuple(one) for one in aliases] == [("t-1", number)]
        review = unit.session.scalars(select(Review)).one()
        assert (review.account_id, "twice" in review.reason) == (house.leader_id, True)
        lines = unit.session.scalars(select(Audit).where(Audit.outcome == "in_review")).all()
        assert [line.subjects for line in lines] == [{"ticket_id": "t-1"}]


def test_an_import_that_does_not_ask_who_has_a_number_would_give_it_twice(
    local_house: House, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "holders", lambda _session, _wanted: {})
    given_twice(local_house, file)
    numbers = [row["reference"] for row in local_house.rows("ticket").values()]
    assert len(set(numbers)) < len(numbers)


def test_a_check_finds_the_same_mistakes_and_writes_nothing(house: House, file: Path) -> None:
    records = [*RECORDS, {**ENTRY, "id": "e-2", "ticket_id": "nothing"}, CALLER]
    dry, wet = Told(), Told()
    with house.centre.transaction() as unit:
        trail = audit.head(unit.session)
    found = bring(house, written(file, records), dry, dry=True)
    assert house.rows("caller", "ticket") == {}
    with house.centre.transaction() as unit:
        assert audit.head(unit.session) == trail
    real = bring(house, file, wet)
    assert (found.new, found.there, found.rejected) == (real.new, real.there, real.rejected) == (real.new, 1, 1)
    assert dry == wet == [(6, "ticket_entry", "ticket_id")]


def test_a_check_remembers_parents_of_earlier_batches(
    house: House, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 1)
    assert bring(house, written(file, RECORDS), dry=True).rejected == 0


def test_what_it_wrote_is_on_record_as_done_at_the_server(house: House, file: Path) -> None:
    bring(house, written(file, [*RECORDS, {**CALL, "agent_id": "leader"}]))
    with house.centre.transaction() as unit:
        line = unit.session.scalars(select(Audit).order_by(Audit.number.desc()).limit(1)).one()
        assert (line.action, line.account_id, line.device_id) == ("Import", "", "")
        assert line.subjects == {
            "caller": "1",
            "caller_phone": "1",
            "ticket": "1",
            "ticket_entry": "1",
            "call": "1",
        }


def test_an_account_of_the_same_name_is_the_same_person_and_others_cannot_sign_in_yet(
    house: House, file: Path
) -> None:
    account = {"entity": "account", "id": "a-1", "name": "Leader", "role": "agent"}
    other = {**account, "id": "a-2", "name": "sara"}
    member = {"entity": "queue_member", "id": "m-1", "queue_id": GENERAL, "account_id": "a-2"}
    ticket = {**TICKET, "opened_by": "a-1", "assignee_id": "sara"}
    found = bring(house, written(file, [account, other, member, {**member, "id": "m-2"}, ticket]))
    assert (found.new.total(), found.there, found.rejected) == (3, 2, 0)
    row = house.rows("ticket")["ticket", "t-1"]
    assert (row["opened_by"], row["assignee_id"]) == (house.leader_id, "a-2")
    assert house.rows("account")["account", house.leader_id]["role"] == "administrator"
    with pytest.raises(Exception, match="do not go together"):
        Device(house.centre, "sara")
