"""The index is in step with the rows, and what is owed to it is caught up with in pieces."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from carecenter.models.article import Article
from carecenter.models.search import SearchOwed, SearchWord
from carecenter.queries import search_index, search_ranking
from tests.queries.conftest import Rows, article, ticket


def _words(session: Session, entity: str = "article") -> dict[str, int]:
    statement = select(SearchWord.word, SearchWord.held).where(SearchWord.entity == entity)
    return dict(session.execute(statement).all())


def test_words_are_counted_by_the_rows_that_have_them(rows: Rows) -> None:
    rows.add(article("again", en={"title": "Passport passport", "summary": ""}))
    assert _words(rows.session)["passport"] == 2
    assert _words(rows.session)[search_index.ALL_ROWS] == 3


def test_indexing_twice_changes_nothing(rows: Rows) -> None:
    before = _words(rows.session)
    search_index.index(rows.session, {("article", "passport"), ("article", "card-renewal")})
    assert _words(rows.session) == before


def test_the_words_of_a_row_that_went_are_gone(rows: Rows) -> None:
    rows.session.delete(rows.session.get_one(Article, "passport"))
    rows.session.flush()
    search_index.index(rows.session, {("article", "passport")})
    assert "passport" not in _words(rows.session)
    statement = text("SELECT count(*) FROM search_article WHERE plain LIKE '%passport%'")
    assert rows.session.scalar(statement) == 0


def test_what_is_owed_is_found_when_it_was_caught_up_with(rows: Rows) -> None:
    session = rows.session
    session.add_all(ticket(f"owed-{number}", text="flood in the street") for number in range(5))
    session.flush()
    search_index.owe(session, {("ticket", f"owed-{number}") for number in range(5)})
    assert search_ranking.holding(session, "ticket", "flood", 9) == []
    assert search_index.index_owed(session, 2) == 3
    assert len(search_ranking.holding(session, "ticket", "flood", 9)) == 2
    assert search_index.index_owed(session, 9) == 0
    assert len(search_ranking.holding(session, "ticket", "flood", 9)) == 5


def test_what_is_indexed_already_never_waits(rows: Rows) -> None:
    session = rows.session
    session.delete(session.get_one(Article, "passport"))
    session.flush()
    search_index.owe(session, {("article", "passport")})
    assert session.scalars(select(SearchOwed)).all() == []
    assert "passport" not in _words(session)


def test_an_index_made_anew_finds_what_it_found(rows: Rows) -> None:
    session = rows.session
    before = _words(session)
    search_index.start_over(session)
    assert not search_ranking.nearest(session, "article", "passport", 3)
    while search_index.index_owed(session, 4):
        pass
    assert _words(session) == before
    assert list(search_ranking.nearest(session, "article", "passport", 3)) == ["passport"]
