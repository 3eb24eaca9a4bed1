"""Requests for articles: what is kept of a question, and who settled it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from carecenter.core.terms import Language, RequestState
from carecenter.models.article import ArticleRequest
from carecenter.operations.requests import LONGEST, RequestArticle, SettleRequest
from tests.houses import START
from tests.operations.records import ALI, SARA, Records

_LATER = START + dt.timedelta(minutes=10)


def _ask(desk: Records, question: str, request_id: str = "1") -> ArticleRequest:
    asked = RequestArticle(request_id=request_id, question=question, language=Language.ARABIC, call_id="call")
    desk.apply(asked, actor=SARA)
    return desk.row(ArticleRequest, request_id)


def _settle(desk: Records, now: RequestState, **fields: Any) -> ArticleRequest:
    settling: dict[str, Any] = {"request_id": "1", "was": RequestState.OPEN, **fields}
    desk.apply(SettleRequest(now=now, **settling), actor=ALI, at=_LATER)
    return desk.row(ArticleRequest, "1")


def test_a_request_says_who_asked_when_and_in_which_call(desk: Records) -> None:
    row = _ask(desk, "how to  adopt\na falcon")
    assert (row.question, row.asked_by, row.asked_at) == ("how to adopt a falcon", "sara", START)
    assert (row.call_id, row.state, row.article_id) == ("call", RequestState.OPEN, None)


@pytest.mark.parametrize(
    "personal",
    ["289123104567", "٢٨٩١٢٣١٠٤٥٦٧", "+965 99 88 77 66", "9988-7766", "9\u200f9\u200f8\u200f8", "sara@example.com"],
)
def test_what_may_be_a_persons_is_never_kept(desk: Records, personal: str) -> None:
    row = _ask(desk, f"who is {personal} please")
    assert row.question == "who is … please"
    assert not any(digit.isdecimal() for digit in row.matter)


def test_short_numbers_belong_to_the_question(desk: Records) -> None:
    assert _ask(desk, "what does 164 do with form 15").question == "what does 164 do with form 15"


def test_what_is_asked_in_other_words_of_no_weight_is_the_same_matter(desk: Records) -> None:
    first, second = _ask(desk, "كيف أُجَدِّد رخصة الصقر؟"), _ask(desk, "شلون اجدد رخصه الصقر", "2")
    assert first.matter == second.matter


def test_a_request_of_any_length_is_taken(desk: Records) -> None:
    row = _ask(desk, "ﷺ" * 10_000)
    assert len(row.question) <= LONGEST
    assert len(row.matter) <= LONGEST


def test_a_request_is_settled_once_and_may_be_taken_back(desk: Records) -> None:
    _ask(desk, "falcon")
    row = _settle(desk, RequestState.ANSWERED, article_id="falcons")
    assert (row.state, row.article_id, row.settled_by) == (RequestState.ANSWERED, "falcons", "ali")
    assert _settle(desk, RequestState.NOT_OURS).state is RequestState.ANSWERED  # somebody else was faster
    row = _settle(desk, RequestState.OPEN, was=RequestState.ANSWERED)
    assert (row.state, row.article_id, row.settled_by, row.settled_at) == (RequestState.OPEN, None, None, None)


def test_a_request_nobody_knows_here_is_left_to_the_centre(desk: Records) -> None:
    desk.apply(SettleRequest(request_id="elsewhere", was=RequestState.OPEN, now=RequestState.NOT_OURS))
    assert desk.rows() == {}
