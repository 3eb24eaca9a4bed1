"""Looking leaves rows as they are, and a trace of who looked at whom at the centre."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from carecenter.models.centre import Audit
from carecenter.operations.looks import LookAtCaller, RevealCivilId
from tests.houses import house
from tests.operations.records import Records


def test_a_look_changes_no_row(desk: Records) -> None:
    desk.apply(LookAtCaller(caller_id="noura", how="screen_pop"))
    desk.apply(RevealCivilId(caller_id="noura", reason="to read it back"))

    assert desk.rows() == {}


def test_the_audit_says_whose_card_was_seen_but_not_what_was_on_it(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        built.account("sara")
        sara = built.seat("sara")
        sara.perform(RevealCivilId(caller_id="noura", reason="to read it back"))
        sara.push()
        with built.centre.transaction() as unit:
            line = unit.session.scalars(select(Audit).order_by(Audit.number.desc()).limit(1)).one()

        assert (line.action, line.account_id) == ("RevealCivilId", sara.account_id)
        assert line.subjects == {"caller_id": "noura"}
