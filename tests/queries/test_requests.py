"""What was asked in vain: counted by matter, for those who edit or lead."""

from __future__ import annotations

from typing import Any

import pytest

from carecenter.core.errors import NotAllowed
from carecenter.core.terms import Language, RequestState
from carecenter.models.article import ArticleRequest
from carecenter.operations.requests import matter_of
from carecenter.queries import requests
from tests.queries.conftest import HOUR, NOW, Rows, article


def _request(request_id: str, question: str, **changed: Any) -> ArticleRequest:
    fields: dict[str, Any] = {
        "id": request_id,
        "question": question,
        "matter": matter_of(question),
        "language": Language.ENGLISH,
        "asked_by": "agent",
        "asked_at": NOW,
        "state": RequestState.OPEN,
    }
    return ArticleRequest(**{**fields, **changed})


def test_what_is_asked_most_stands_first_as_it_was_put_last(rows: Rows) -> None:
    rows.add(
        _request("1", "How do I register a falcon?", asked_at=NOW - 2 * HOUR, call_id="call"),
        _request("2", "register a falcon", call_id="elsewhere"),
        _request("3", "tent permit", asked_at=NOW + HOUR),
        _request("4", "weather", state=RequestState.NOT_OURS),
    )
    first, second = requests.unanswered(rows.session, rows.editor)
    assert (first.question, first.count, first.last_at) == ("register a falcon", 2, NOW)
    assert (first.request_ids, first.languages) == (("2", "1"), (Language.ENGLISH,))
    assert second.question == "tent permit"


def test_nobody_else_is_told(rows: Rows) -> None:
    with pytest.raises(NotAllowed):
        requests.unanswered(rows.session, rows.agent)
    with pytest.raises(NotAllowed):
        requests.settled_with(rows.session, rows.agent, "passport")
    assert requests.unanswered(rows.session, rows.leader) == ()


def test_what_was_settled_with_an_article_is_offered_until_search_finds_it_by_that(rows: Rows) -> None:
    rows.add(
        article("falcons", en={"questions": ["register my falcon"]}),
        _request("1", "falcon card", state=RequestState.ANSWERED, article_id="falcons", settled_at=NOW),
        _request("2", "Falcon  Card", state=RequestState.ANSWERED, article_id="falcons", settled_at=NOW - HOUR),
        _request("3", "Register my falcon", state=RequestState.ANSWERED, article_id="falcons", settled_at=NOW),
    )
    offered = requests.settled_with(rows.session, rows.editor, "falcons")
    assert [one.question for one in offered] == ["falcon card"]
    assert requests.settled_with(rows.session, rows.editor, "no-such-article") == ()
