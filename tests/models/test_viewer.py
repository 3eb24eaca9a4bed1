"""Who sees which queues."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from carecenter.core.errors import NotFound
from carecenter.core.terms import Role
from carecenter.migrations import bring_up_to_date
from carecenter.models.account import Account
from carecenter.models.base import Side
from carecenter.models.engine import memory_engine
from carecenter.models.queue import Queue, QueueMember
from carecenter.models.viewer import viewer_of


@pytest.fixture
def session() -> Iterator[Session]:
    engine = memory_engine()
    bring_up_to_date(engine, Side.DESK)
    with Session(engine) as opened:
        for position, queue_id in enumerate(("b", "a", "closed")):
            opened.add(
                Queue(id=queue_id, name_ar="", name_en="", position=position, restricted=queue_id == "closed")
            )
        yield opened
    engine.dispose()


def _account(session: Session, role: Role, *queue_ids: str, active: bool = True) -> str:
    session.add(Account(id="who", name="who", role=role, active=active))
    session.add_all(QueueMember(id=queue_id, queue_id=queue_id, account_id="who") for queue_id in queue_ids)
    session.flush()
    return "who"


def test_an_agent_sees_the_queues_they_work_in_in_the_queues_order(session: Session) -> None:
    viewer = viewer_of(session, _account(session, Role.AGENT, "a", "b"))
    assert viewer.queue_ids == ("b", "a")
    assert not viewer.leads


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_those_who_lead_see_all_but_restricted_queues_they_are_no_member_of(session: Session, role: Role) -> None:
    viewer = viewer_of(session, _account(session, role))
    assert viewer.leads
    assert viewer.queue_ids == ("b", "a")


def test_a_member_sees_a_restricted_queue_whatever_the_role(session: Session) -> None:
    assert viewer_of(session, _account(session, Role.SUPERVISOR, "closed")).queue_ids == ("b", "a", "closed")


def test_an_account_that_is_closed_or_unknown_is_nobody(session: Session) -> None:
    _account(session, Role.AGENT, active=False)
    for account_id in ("who", "never heard of"):
        with pytest.raises(NotFound, match="not active"):
            viewer_of(session, account_id)
