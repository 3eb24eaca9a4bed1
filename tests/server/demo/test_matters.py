"""What the people of the demonstration want: matters that this house can deal with, in both languages."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.models.article import Article
from carecenter.models.queue import Queue
from carecenter.server.demo.matters import matters


def test_matters_belong_to_services_bodies_and_queues_of_the_house(session: Session) -> None:
    assert len(matters()) >= 60
    bodies = {article.id: article.body_code for article in session.scalars(select(Article))}
    queues = set(session.scalars(select(Queue.id)))
    for matter in matters():
        assert matter.queue_id in queues
        if matter.service_id is not None:
            assert bodies[matter.service_id] == matter.body_code
    assert len({matter.arabic for matter in matters()} | {matter.english for matter in matters()}) == 2 * len(
        matters()
    )
