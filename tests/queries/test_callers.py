"""Callers: found by number and Civil ID, and the card beside a call."""

import pytest

from carecenter.core.errors import NotFound
from carecenter.queries import callers
from tests.queries.conftest import NOW, Rows


def test_one_number_may_belong_to_several_people(rows: Rows) -> None:
    found = callers.by_phone(rows.session, rows.agent, "+96599887766")
    assert {row.id for row in found} == {"maryam", "john"}
    maryam = next(row for row in found if row.id == "maryam")
    assert maryam.phones == ("+96599887766", "+442079460958")
    assert callers.by_phone(rows.session, rows.agent, "+96500000000") == ()


def test_a_civil_id_finds_its_holder_and_lists_do_not_show_it(rows: Rows) -> None:
    (found,) = callers.by_civil_id(rows.session, rows.agent, "282040701483")
    assert found.id == "maryam"
    assert "282040701483" not in repr(found)


def test_by_ids_keeps_the_order_asked(rows: Rows) -> None:
    asked = ("john", "nobody", "maryam")
    assert [row.id for row in callers.by_ids(rows.session, rows.agent, asked)] == ["john", "maryam"]


def test_the_card_shows_tickets_calls_and_promises_and_masks_the_civil_id(rows: Rows) -> None:
    card = callers.card(rows.session, rows.agent, "maryam")
    assert {row.id for row in card.open_tickets} == {"normal", "overdue"}
    assert [row.id for row in card.closed_tickets] == ["closed"]
    assert [row.id for row in card.last_calls] == ["call"]
    assert [row.id for row in card.callbacks] == ["later"]
    assert card.callbacks[0].due_at > NOW
    assert card.civil_id_masked == "•••••••••483"
    assert "28204" not in repr(card)
    assert card.note == "prefers mornings"


def test_the_card_of_somebody_with_less_known(rows: Rows) -> None:
    card = callers.card(rows.session, rows.member, "john")
    assert (card.civil_id_masked, card.open_tickets, card.last_calls) == ("", (), ())
    with pytest.raises(NotFound):
        callers.card(rows.session, rows.agent, "nobody")


def test_the_card_hides_tickets_of_a_restricted_queue_from_all_but_members(rows: Rows) -> None:
    for viewer, seen in ((rows.agent, False), (rows.leader, False), (rows.member, True)):
        card = callers.card(rows.session, viewer, "maryam")
        assert ("secret" in {row.id for row in card.open_tickets}) is seen


def test_the_whole_civil_id_when_it_is_asked_for(rows: Rows) -> None:
    assert callers.civil_id(rows.session, rows.agent, "maryam") == "282040701483"
    assert callers.civil_id(rows.session, rows.agent, "john") == ""
    assert callers.civil_id(rows.session, rows.agent, "nobody") == ""
