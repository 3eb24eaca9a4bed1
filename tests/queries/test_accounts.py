"""Accounts, queues and bodies as lists to choose from."""

from carecenter.queries import accounts
from tests.queries.conftest import Rows


def test_accounts_stand_active_ones_first(rows: Rows) -> None:
    found = [row.name for row in accounts.accounts(rows.session, rows.agent)]
    assert found == ["agent", "editor", "leader", "member", "former"]


def test_a_ticket_goes_to_members_and_to_those_who_lead_but_a_restricted_one_to_members_alone(rows: Rows) -> None:
    def names(queue_id: str) -> list[str]:
        return [row.name for row in accounts.members(rows.session, rows.leader, queue_id)]

    assert names("general") == ["agent", "leader", "member"]
    assert names("technical") == ["leader"]
    assert names("confidential") == ["member"]
    assert names("never was") == []


def test_queues_are_those_one_may_see_and_all_for_handing_over(rows: Rows) -> None:
    def ids(viewer_queues: tuple[accounts.QueueRow, ...]) -> list[str]:
        return [row.id for row in viewer_queues]

    assert ids(accounts.queues(rows.session, rows.agent)) == ["general"]
    assert ids(accounts.queues(rows.session, rows.member)) == ["general", "confidential"]
    assert ids(accounts.queues(rows.session, rows.leader)) == ["general", "technical"]
    assert ids(accounts.all_queues(rows.session, rows.agent)) == ["general", "technical", "confidential"]


def test_bodies_stand_by_their_english_name(rows: Rows) -> None:
    assert [row.code for row in accounts.bodies(rows.session, rows.agent)] == ["MOI", "PACI"]
