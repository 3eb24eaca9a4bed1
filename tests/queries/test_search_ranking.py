"""Which articles stand first: by stems, by likeness of letters, while the last word is still being typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from carecenter.models.base import Side
from carecenter.queries import search_index, search_ranking
from tests import houses
from tests.queries.conftest import article, ticket

ARTICLES = {
    "card": ("تجديد البطاقة المدنية", "Civil ID renewal", ["ضيعت بطاقتي", "lost my card"]),
    "passport": ("تجديد جواز السفر", "Passport renewal", ["جوازي خلص"]),
    "licence": ("تجديد رخصة القيادة", "Driving licence renewal", ["ليسن"]),
    "fines": ("دفع المخالفات المرورية", "Pay traffic violations", ["مخالفة رادار"]),
    "bill": ("دفع فاتورة الكهرباء", "Pay the electricity bill", ["فاتورة عالية"]),
}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    engine = houses.open_engine(Path(tmp_path_factory.mktemp("ranking")) / "store.db", Side.DESK)
    with Session(engine) as opened:
        for name, (ar, en, asked) in ARTICLES.items():
            opened.add(article(name, ar={"title": ar, "questions": asked}, en={"title": en, "summary": ""}))
        opened.add(ticket("bribe", text="He asked me for money at the counter", reference="0000000017"))
        opened.add(ticket("money", text="The money was paid twice", reference="0000000114"))
        opened.flush()
        keys = {("article", name) for name in ARTICLES} | {("ticket", "bribe"), ("ticket", "money")}
        search_index.index(opened, keys)
        yield opened
    engine.dispose()


def first(session: Session, question: str) -> str | None:
    return next(iter(search_ranking.nearest(session, "article", question, 5)), None)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("أبي أجدد بطاقتي المدنيه", "card"),
        ("ضاعت البطاقة", "card"),
        ("كيف أدفع مخالفة المرور", "fines"),
        ("renewing my passports", "passport"),
        ("electrcity bill", "bill"),  # a letter left out
        ("pasport", "passport"),
        ("ليسني خلص", "licence"),
        ("شلون أدفع الكهربا", "bill"),
    ],
)
def test_the_answer_stands_first(session: Session, question: str, answer: str) -> None:
    assert first(session, question) == answer


@pytest.mark.parametrize("typed", ["elec", "electr", "electrici", "pay electr"])
def test_a_word_that_is_still_being_typed_leads_there(session: Session, typed: str) -> None:
    assert first(session, typed) == "bill"


@pytest.mark.parametrize("line", ["", " ", "؟", "zebra", "qq", "ال"])
def test_what_leads_nowhere_finds_nothing(session: Session, line: str) -> None:
    assert not search_ranking.nearest(session, "article", line, 5)


def test_a_ticket_has_to_have_every_word(session: Session) -> None:
    assert search_ranking.holding(session, "ticket", "money counter", 5) == ["bribe"]
    assert set(search_ranking.holding(session, "ticket", "mon", 5)) == {"bribe", "money"}
    assert search_ranking.holding(session, "ticket", "money zebra", 5) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(st.text(max_size=200))
@example('AND OR NOT NEAR( "*" ^ : - {} title:x')
@example("\ud800 card \udfff")
@example("\u200f\u200d\u202e" * 50)
@example("بطاقة " * 2_000)
@example("x" * 10_000)
def test_whatever_is_typed_is_answered(session: Session, line: str) -> None:
    assert set(search_ranking.nearest(session, "article", line, 5)) <= set(ARTICLES)
    assert set(search_ranking.holding(session, "ticket", line, 5)) <= {"bribe", "money"}
