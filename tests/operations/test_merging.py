"""Two cards of one person: what a merge says, and what it leaves alone."""

from __future__ import annotations

import pytest

from carecenter.core.ids import new_id
from carecenter.models.caller import Caller, CallerPhone, MergeProposal, MergeState, proposal_id
from carecenter.operations.callers import CorrectCaller, RegisterCaller
from carecenter.operations.merging import DismissMerge, MergeCallers, UnmergeCallers
from tests.houses import START
from tests.operations.records import Records


@pytest.fixture
def cards(desk: Records) -> Records:
    for name in ("a", "b", "c"):
        desk.apply(RegisterCaller(caller_id=name, name_en=name, phone=(f"phone of {name}", "+96599887766")))
    facts = {"registered_by": "sara", "proposed_at": START, "state": MergeState.OPEN}
    desk.session.add(MergeProposal(id=proposal_id("b", "a"), caller_id="b", other_id="a", **facts))
    desk.session.flush()
    return desk


def _leads_to(cards: Records, card: str) -> str | None:
    return cards.row(Caller, card).merged_into


def _proposed(cards: Records) -> MergeState:
    return cards.row(MergeProposal, proposal_id("a", "b")).state


def test_a_merge_moves_nothing_and_is_undone_exactly(cards: Records) -> None:
    before = cards.rows()
    cards.apply(MergeCallers(kept_id="a", merged_id="b"))
    assert (_leads_to(cards, "b"), _leads_to(cards, "a"), _proposed(cards)) == ("a", None, MergeState.MERGED)
    assert cards.row(CallerPhone, "phone of b").caller_id == "b"
    cards.apply(UnmergeCallers(kept_id="a", merged_id="b"))
    assert cards.rows() == before


@pytest.mark.parametrize(
    "late",
    [
        MergeCallers(kept_id="c", merged_id="b"),  # merged otherwise
        MergeCallers(kept_id="b", merged_id="c"),  # into one that leads elsewhere
        MergeCallers(kept_id="c", merged_id="a"),  # one that stands for another
        MergeCallers(kept_id="c", merged_id="c"),
        MergeCallers(kept_id="c", merged_id="nobody"),
        UnmergeCallers(kept_id="c", merged_id="b"),
        DismissMerge(kept_id="a", merged_id="b"),
    ],
    ids=str,
)
def test_what_comes_too_late_changes_nothing(cards: Records, late: MergeCallers) -> None:
    cards.apply(MergeCallers(kept_id="a", merged_id="b"))
    before = cards.rows()
    assert late.outdated(cards.session)
    cards.apply(late)
    assert cards.rows() == before


def test_two_people_are_left_alone(cards: Records) -> None:
    cards.apply(DismissMerge(kept_id="b", merged_id="a"))  # in either order
    assert (_leads_to(cards, "a"), _leads_to(cards, "b"), _proposed(cards)) == (None, None, MergeState.DISMISSED)


def test_a_correction_of_the_merged_card_lands_on_the_one_that_stands(cards: Records) -> None:
    cards.apply(MergeCallers(kept_id="a", merged_id="b"))
    cards.apply(CorrectCaller(caller_id="b", field="note", was="", now="prefers mornings"))
    assert (cards.row(Caller, "a").note, cards.row(Caller, "b").note) == ("prefers mornings", "")


def test_it_names_the_rows_it_looks_up() -> None:
    merge = MergeCallers(kept_id="a", merged_id="b")
    assert set(merge.rows()) == {("caller", "a"), ("caller", "b"), ("merge_proposal", proposal_id("a", "b"))}
    assert merge.subjects() == {"kept_id": "a", "merged_id": "b"}


def test_a_card_written_without_the_centre_is_provisional(desk: Records) -> None:
    card = RegisterCaller(caller_id=new_id(), name_en="Mariam", provisional=True)
    desk.apply(card)
    assert desk.row(Caller, card.caller_id).provisional
