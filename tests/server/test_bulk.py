"""Many rows in one statement hold what the same rows hold one by one, and are refused for the same reasons."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, StatementError

from carecenter.models.centre import FeedKind, FeedPointer, OpBatch, Quarantine
from carecenter.models.directory import Body
from carecenter.server import bulk
from tests.houses import START, House

AFAR = dt.timezone(dt.timedelta(hours=3))


def _quarantined(**changed: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"id": "1", "op_id": "x", "device_id": "d", "account_id": "a"}
    fields["reason"] = "نص “quoted” \\"
    return {**fields, "payload": bytes(range(256)), "at": START.astimezone(AFAR), **changed}


def test_every_kind_of_value_comes_back_as_it_went(house: House) -> None:
    rows = [_quarantined(), _quarantined(id="2", payload=b"", reason="")]
    batch = {"id": "b", "at": START, "seqs": {"queue:1": 2**40}}
    with house.centre.transaction() as unit:
        bulk.insert(unit.session, Quarantine, rows)
        bulk.insert(unit.session, OpBatch, [batch])
        bulk.insert(unit.session, OpBatch, [])
    with house.centre.transaction() as unit:
        found = unit.session.execute(select(*Quarantine.__table__.columns).order_by(Quarantine.id)).mappings()
        assert [{**row, "payload": bytes(row["payload"])} for row in found] == rows
        assert unit.session.get_one(OpBatch, "b").seqs == batch["seqs"]


def test_a_pointer_that_is_there_already_moves(house: House) -> None:
    def pointers(seq: int, kind: FeedKind) -> list[dict[str, Any]]:
        return [
            {"scope": "nobody", "entity": "body", "entity_id": name, "seq": seq, "kind": kind}
            for name in "ab"[:seq]
        ]

    with house.centre.transaction() as unit:
        bulk.insert(unit.session, FeedPointer, pointers(1, FeedKind.PUT), replace=("seq", "kind"))
        bulk.insert(unit.session, FeedPointer, pointers(2, FeedKind.REMOVE), replace=("seq", "kind"))
        found = unit.session.scalars(select(FeedPointer).where(FeedPointer.scope == "nobody")).all()
        assert {(one.entity_id, one.seq, one.kind) for one in found} == {
            ("a", 2, FeedKind.REMOVE),
            ("b", 2, FeedKind.REMOVE),
        }


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": START.replace(tzinfo=None)},
        {"at": dt.datetime(1, 1, 1, tzinfo=AFAR)},
        {"reason": None},
    ],
    ids=str,
)
def test_what_the_database_could_not_give_back_is_refused(house: House, wrong: dict[str, Any]) -> None:
    with (
        pytest.raises((ValueError, OverflowError, StatementError)),
        house.centre.transaction() as unit,
    ):
        bulk.insert(unit.session, Quarantine, [_quarantined(**wrong)])


def test_a_text_that_is_too_long_is_refused_and_not_cut(postgres_house: House) -> None:
    with pytest.raises(DBAPIError), postgres_house.centre.transaction() as unit:
        bulk.insert(unit.session, Quarantine, [_quarantined(device_id="d" * 65)])


def test_a_changed_row_keeps_what_was_not_changed(house: House) -> None:
    with house.centre.transaction() as unit:
        unit.session.add_all([Body(id=name, name_ar="س", name_en=name) for name in "abc"])
        unit.write()
        unit.publish()
    with house.centre.transaction() as unit:
        one, other, _ = unit.session.scalars(select(Body).where(Body.id.in_(list("abc"))).order_by(Body.id))
        one.name_en, other.name_ar = "A", "ش"
        unit.session.add(Body(id="d", name_ar="س", name_en="d"))
        unit.write()
        unit.publish()
    rows = {key: row for (_, key), row in house.rows(Body.__tablename__).items() if key in "abcd"}
    assert {key: (row["name_ar"], row["name_en"], row["version"]) for key, row in rows.items()} == {
        "a": ("س", "A", 2),
        "b": ("ش", "b", 2),
        "c": ("س", "c", 1),
        "d": ("س", "d", 1),
    }
