"""Cards of one person on the screens: one in every list, side by side where it is decided."""

from __future__ import annotations

import pytest

from carecenter.core.errors import NotFound
from carecenter.models.caller import Caller, MergeProposal, MergeState, proposal_id
from carecenter.queries import callers, calls, merging, search, tickets
from tests.queries.conftest import NOW, Rows, call, ticket


def _merge(rows: Rows) -> None:
    rows.session.get_one(Caller, "john").merged_into = "maryam"
    rows.add(ticket("johns", caller_id="john"), call("johns call", caller_id="john"))


def test_every_way_to_the_merged_card_leads_to_the_one_that_stands(rows: Rows) -> None:
    _merge(rows)
    for found in (
        callers.by_phone(rows.session, rows.agent, "+96599887766"),
        callers.by_ids(rows.session, rows.agent, ("john", "maryam")),
        search.search(rows.session, rows.agent, "john smith").callers,
    ):
        assert [row.id for row in found] == ["maryam"]
    card = callers.card(rows.session, rows.agent, "john")
    assert (card.id, [one.id for one in card.merged]) == ("maryam", ["john"])
    assert card.phones == ("+96599887766", "+442079460958")  # the same number once
    assert "johns" in {row.id for row in card.open_tickets}
    assert "johns call" in {row.id for row in calls.of_caller(rows.session, rows.agent, "maryam")}


def test_a_ticket_shows_who_stands_for_its_caller(rows: Rows) -> None:
    _merge(rows)
    row = tickets.detail(rows.session, rows.agent, "johns").row
    assert (row.caller_id, row.caller_name_en) == ("maryam", "Maryam Al-Enezi")


def test_what_the_card_leaves_empty_the_merged_one_says(rows: Rows) -> None:
    rows.session.get_one(Caller, "maryam").merged_into = "john"
    rows.session.flush()
    assert callers.civil_id(rows.session, rows.agent, "john") == "282040701483"
    assert callers.card(rows.session, rows.agent, "john").note == "prefers mornings"


def test_two_cards_stand_side_by_side_each_with_its_own(rows: Rows) -> None:
    pair = merging.pair(rows.session, rows.agent, "maryam", "john")
    assert (pair.is_merged, pair.is_possible, pair.same_civil_id) == (False, True, None)
    assert pair.kept.civil_id_masked.endswith("483")
    assert "secret" not in {row.id for row in pair.kept.tickets}  # of a queue the agent does not see
    _merge(rows)
    pair = merging.pair(rows.session, rows.agent, "john", "maryam")  # in either order
    assert (pair.kept.card.id, pair.is_merged, pair.is_possible) == ("maryam", True, False)
    with pytest.raises(NotFound):
        merging.pair(rows.session, rows.agent, "maryam", "nobody")


def test_what_was_decided_is_proposed_no_more(rows: Rows) -> None:
    proposal = MergeProposal(
        id=proposal_id("john", "maryam"),
        caller_id="john",
        other_id="maryam",
        registered_by="agent",
        proposed_at=NOW,
        state=MergeState.OPEN,
    )
    rows.add(proposal)
    (row,) = merging.proposals(rows.session, rows.agent)
    assert (row.written.id, row.known.id) == ("john", "maryam")
    assert callers.card(rows.session, rows.agent, "maryam").proposals == (row,)
    proposal.state = MergeState.DISMISSED
    assert merging.proposals(rows.session, rows.agent) == ()
