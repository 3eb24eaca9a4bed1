"""Calls: what an agent still has open, and a caller's last ones."""

import pytest

from carecenter.core.errors import NotFound
from carecenter.core.terms import Check
from carecenter.queries import calls
from tests.queries.conftest import HOUR, NOW, Rows, call


def test_open_calls_are_ones_own_newest_first(rows: Rows) -> None:
    rows.add(call("older", ended_at=None, started_at=NOW - 9 * HOUR))
    assert [row.id for row in calls.open_calls(rows.session, rows.agent)] == ["running", "older"]
    assert calls.open_calls(rows.session, rows.member) == ()


def test_a_call_shows_who_took_it_and_what_was_checked(rows: Rows) -> None:
    shown = calls.call(rows.session, rows.member, "call")
    assert (shown.agent_name_en, shown.checks, shown.articles) == ("Agent", (Check.PHONE,), ("card-renewal",))


def test_a_call_nobody_was_found_for_is_its_agents_and_the_leaders(rows: Rows) -> None:
    assert calls.call(rows.session, rows.member, "unknown").withheld
    assert calls.call(rows.session, rows.leader, "unknown").number == ""
    for call_id in ("unknown", "never was"):
        with pytest.raises(NotFound):
            calls.call(rows.session, rows.agent, call_id)


def test_a_callers_calls_are_those_that_ended(rows: Rows) -> None:
    rows.add(call("newest", started_at=NOW - HOUR))
    assert [row.id for row in calls.of_caller(rows.session, rows.member, "maryam")] == ["newest", "call"]
    assert len(calls.of_caller(rows.session, rows.member, "maryam", limit=1)) == 1
