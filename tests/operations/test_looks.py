"""Looking leaves rows as they are, and a trace of who looked at whom at the centre."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from carecenter.models.centre import Audit
from carecenter.operations.looks import CheckPin, LookAtCaller, RevealCivilId
from tests.houses import house, open_ticket
from tests.operations.records import Records


def test_a_look_changes_no_row(desk: Records) -> None:
    desk.apply(LookAtCaller(caller_id="noura", how="screen_pop"))
    desk.apply(RevealCivilId(caller_id="noura", reason="to read it back"))
    desk.apply(CheckPin(ticket_id="1", right=True))

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


def test_the_audit_tells_wrong_pins_from_the_right_one(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        built.account("sara")
        sara = built.seat("sara")
        sara.refill()
        ticket = sara.perform(open_ticket())
        for right in (False, True):
            sara.perform(CheckPin(ticket_id=ticket.ticket_id, right=right))
        sara.push()
        with built.centre.transaction() as unit:
            tried = select(Audit).where(Audit.action == "CheckPin").order_by(Audit.number)
            lines = unit.session.scalars(tried).all()

        assert [line.subjects for line in lines] == [
            {"ticket_id": ticket.ticket_id, "right": "no"},
            {"ticket_id": ticket.ticket_id, "right": "yes"},
        ]
