"""Pinned and used articles stand first when they are about as near, and only then."""

from __future__ import annotations

import datetime as dt

from carecenter.models.article import ArticlePin
from carecenter.queries import search
from tests.queries.conftest import Rows, article, call

NOW = dt.datetime.now(dt.UTC)


_TEXT = "What owners of birds of prey have to bring along when they come to the authority"


def _found(rows: Rows, question: str = "falcon permit") -> list[str]:
    return [row.id for row in search.knowledge(rows.session, rows.agent, question)]


def _two(rows: Rows) -> None:
    """The first is a little nearer: its text is shorter."""
    rows.add(
        article("first", en={"title": "Falcon permit", "summary": _TEXT}),
        article("second", en={"title": "Falcon permit", "summary": f"{_TEXT} too"}),
    )
    assert _found(rows) == ["first", "second"]


def test_an_article_pinned_this_week_stands_first(rows: Rows) -> None:
    _two(rows)
    pin = ArticlePin(id="second", pinned_by="editor", until=NOW + dt.timedelta(days=1))
    rows.add(pin)
    assert _found(rows) == ["second", "first"]
    assert search.knowledge(rows.session, rows.agent, "falcon permit")[0].pinned
    pin.until = NOW - dt.timedelta(days=1)
    rows.session.flush()
    assert _found(rows) == ["first", "second"]


def test_an_article_that_answered_calls_here_stands_first(rows: Rows) -> None:
    _two(rows)
    rows.add(*(call(f"used-{number}", articles=["second"], started_at=NOW) for number in range(5)))
    assert _found(rows) == ["second", "first"]


def test_what_was_used_long_ago_or_is_linked_no_longer_does_not_count(rows: Rows) -> None:
    _two(rows)
    old = [call(f"old-{n}", articles=["second"], started_at=NOW - dt.timedelta(days=60)) for n in range(5)]
    gone = [call(f"gone-{n}", articles=["second"], started_at=NOW) for n in range(5)]
    rows.add(*old, *gone)
    for one in gone:
        one.articles = []
    rows.session.flush()
    search.index(rows.session, {("call", one.id) for one in gone})
    assert _found(rows) == ["first", "second"]


def test_what_is_far_from_the_question_stays_behind(rows: Rows) -> None:
    _two(rows)
    rows.add(article("far", en={"title": "Tents", "summary": "Not for those who keep a falcon"}))
    rows.add(ArticlePin(id="far", pinned_by="editor", until=NOW + dt.timedelta(days=1)))
    assert _found(rows)[-1] == "far"
