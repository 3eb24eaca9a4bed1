"""The demonstration as its visitors find it: every view of a supervisor filled, the same show each time."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.core.errors import NotAllowed
from carecenter.core.terms import Role
from carecenter.models.caller import Caller
from carecenter.models.ticket import Ticket, TicketEntry
from carecenter.models.viewer import Viewer, viewer_of
from carecenter.queries import tickets as queries
from carecenter.server import accounts, demo
from carecenter.server.centre import Centre
from carecenter.wire import SignIn
from tests.server.demo.filled import NOW, TICKETS, filled


def test_every_view_of_the_supervisor_holds_something(session: Session) -> None:
    viewer = _viewer(session, "supervisor")
    counted = queries.counts(session, viewer, NOW)
    assert min(getattr(counted, focus.value) for focus in queries.QueueFocus) > 0
    assert counted.all_open + counted.closed == TICKETS
    assert counted.closed > 0.7 * TICKETS


def test_an_agent_sees_no_confidential_ticket(session: Session) -> None:
    for name, sees in (("agent", False), ("agent2", True), ("editor", False)):
        counted = queries.counts(session, _viewer(session, name), NOW)
        assert bool(counted.restricted) is sees, name


def _viewer(session: Session, name: str) -> Viewer:
    account = accounts.named(session, name)
    assert account is not None
    return viewer_of(session, account.id)


def test_everybody_signs_in_with_the_password_that_is_shown(shown: Centre) -> None:
    roles = {account.role for account in demo.DEMO_ACCOUNTS}
    assert {Role.AGENT, Role.SUPERVISOR, Role.EDITOR} <= roles
    for account in demo.DEMO_ACCOUNTS:
        request = SignIn(name=account.name, password=demo.DEMO_PASSWORD, device_id="d", device_name="d")
        assert shown.sign_in(request).account_id == shown.account_id(account.name)


def test_the_same_seed_tells_the_same_story_and_another_another(shown: Centre, tmp_path: Path) -> None:
    def story(centre: Centre) -> list[tuple[object, ...]]:
        with centre.transaction() as unit:
            statement = (
                select(TicketEntry.at, TicketEntry.kind, TicketEntry.text, Ticket.text, Caller.name_en)
                .join(Ticket, Ticket.id == TicketEntry.ticket_id)
                .outerjoin(Caller, Caller.id == Ticket.caller_id)
                .order_by(TicketEntry.at, TicketEntry.kind, TicketEntry.text)
            )
            return [tuple(row) for row in unit.session.execute(statement)]

    same, _ = filled(tmp_path / "same.db")
    other, _ = filled(tmp_path / "other.db", seed=165)
    assert story(same) == story(shown)
    assert story(other) != story(shown)
    same.close()
    other.close()


def test_a_centre_in_use_is_notfilled(shown: Centre) -> None:
    with pytest.raises(NotAllowed):
        demo.fill(shown, lambda *_: None)
