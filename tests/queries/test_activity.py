"""What accounts did, for those who lead."""

import pytest

from carecenter.core.errors import NotAllowed
from carecenter.queries.activity import activity
from tests.queries.conftest import Rows


def test_only_those_who_lead_see_it(rows: Rows) -> None:
    for viewer in (rows.agent, rows.editor):
        with pytest.raises(NotAllowed):
            activity(rows.session, viewer)


def test_lines_and_calls_newest_first_without_restricted_tickets(rows: Rows) -> None:
    found = activity(rows.session, rows.leader)
    assert [row.at for row in found] == sorted((row.at for row in found), reverse=True)
    assert {row.call_id for row in found if row.call_id} == {"call", "unknown", "running"}
    assert {row.ticket_id for row in found if row.ticket_id} == {"normal"}
    assert {row.reference for row in found if row.ticket_id} == {"0472915644"}
    running = next(row for row in found if row.call_id == "running")
    assert (running.kind, running.reference, running.call_ended) == (None, "", False)


def test_one_account_and_a_limit(rows: Rows) -> None:
    assert {row.account_id for row in activity(rows.session, rows.leader, "agent")} == {"agent"}
    assert [row.call_id for row in activity(rows.session, rows.leader, "member")] == ["unknown"]
    assert len(activity(rows.session, rows.leader, limit=2)) == 2
