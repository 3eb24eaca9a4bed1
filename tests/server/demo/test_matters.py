"""What the people of the demonstration want: matters that this house can deal with, in both languages."""

import re
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.core.terms import Language
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


def test_arabic_numbers_agree_with_their_nouns() -> None:
    """Two of something is a word of its own, without a number."""
    texts = [matter.text(Language.ARABIC, Random(seed)) for matter in matters() for seed in range(20)]
    assert any("3 أيام" in text for text in texts)
    assert [text for text in texts if re.search(r"\b[12] \w", text)] == []
