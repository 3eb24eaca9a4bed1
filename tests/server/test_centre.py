"""The centre as a whole: its first start, its restart, and what a database error means to a person."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from carecenter.core.errors import NotAllowed
from carecenter.core.terms import Role
from carecenter.migrations import bring_up_to_date
from carecenter.models.article import Article
from carecenter.models.base import Side
from carecenter.models.directory import Body
from carecenter.models.engine import postgres_engine
from carecenter.models.queue import Queue
from carecenter.server import facts
from carecenter.server.centre import Centre
from carecenter.wire import NewAccount
from tests import houses
from tests.houses import PASSWORD, House, open_ticket
from tests.server.devices import Device


def test_the_first_start_brings_queues_bodies_and_articles_once(local_house: House) -> None:
    engine = houses.open_engine(local_house.directory / "fresh.db", Side.CENTRE)
    centre = houses.open_centre(
        local_house.directory / "fresh.db", local_house.clock, knowledge=True, engine=engine
    )
    counted = [select(func.count()).select_from(model) for model in (Queue, Body, Article)]
    with centre.transaction() as unit:
        before = [unit.session.scalar(statement) for statement in counted]
        generation = facts.get(unit.session, "generation")
    centre.initialise()
    with centre.transaction() as unit:
        assert [unit.session.scalar(statement) for statement in counted] == before
        assert facts.get(unit.session, "generation") == generation
        articles = unit.session.scalars(select(Article)).all()
    assert all(count and count > 3 for count in before)
    assert all(set(article.content) == {"ar", "en"} for article in articles)
    assert not centre.has_accounts()
    centre.close()


def test_everything_is_there_after_a_restart(house: House) -> None:
    house.account("agent")
    agent = Device(house.centre, "agent")
    opening = open_ticket(reference="0000000002")
    agent.send(opening)
    house.centre.close()
    again = house.open_centre()
    agent.centre = again
    assert opening.ticket_id in {row.id for row in agent.hear()}


def test_only_the_first_account_needs_nobodys_leave(house: House) -> None:
    with pytest.raises(NotAllowed):
        house.centre.create_account(NewAccount(name="second", password=PASSWORD, role=Role.SUPERVISOR))


def test_a_defect_is_not_dressed_up_as_a_message(house: House) -> None:
    def insert() -> None:
        with house.centre.transaction() as unit:
            unit.session.add(Body(id="same", name_ar="", name_en=""))

    insert()
    with pytest.raises(IntegrityError):
        insert()


def test_two_processes_that_start_on_one_empty_database_fill_it_once(postgres_url: str) -> None:
    engine = postgres_engine(postgres_url)
    bring_up_to_date(engine, Side.CENTRE)
    with ThreadPoolExecutor(2) as pool:
        for started in [pool.submit(Centre(engine).initialise) for _ in range(2)]:
            started.result()
    with Centre(engine).transaction() as unit:
        assert unit.session.scalar(select(func.count()).select_from(Queue)) == 4
    engine.dispose()
