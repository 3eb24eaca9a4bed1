"""Requests for articles: what callers asked and no article answered, and what editors made of it."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Final

from sqlalchemy.orm import Session

from carecenter.core import analysis, text
from carecenter.core.terms import Language, RequestState, Role
from carecenter.models.article import ArticleRequest
from carecenter.operations.base import EDITING_ROLES, LEADING_ROLES, Actor, Operation, Rows

LONGEST: Final = 300
"""Characters of a question that are kept."""


def without_personal(question: str) -> str:
    """A question as it may be kept: one line, no longer than ``LONGEST``, without numbers and addresses."""
    return text.without_numbers(" ".join(text.plain(question[:LONGEST]).split()))


def matter_of(question: str) -> str:
    """What requests are counted by: the folded words of a question that say something."""
    return " ".join(analysis.question_words(question))[:LONGEST]


class RequestArticle(Operation, frozen=True, kw_only=True):
    """A caller asked, and no article answers. ``question``: the line that the agent confirmed.

    What may be somebody's number or address is taken out here once more, whoever sends it.
    """

    intake: ClassVar[bool] = True
    subject: ClassVar[tuple[str, ...]] = ("request_id", "call_id")
    request_id: str
    question: str
    language: Language
    call_id: str | None = None

    def rows(self) -> Rows:
        return (("article_request", self.request_id),)

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        question = without_personal(self.question)
        if session.get(ArticleRequest, self.request_id) is not None:
            return
        session.add(
            ArticleRequest(
                id=self.request_id,
                question=question,
                matter=matter_of(question),
                language=self.language,
                call_id=self.call_id,
                asked_by=actor.account_id,
                asked_at=at,
                state=RequestState.OPEN,
            )
        )


class SettleRequest(Operation, frozen=True, kw_only=True):
    """An editor says which article answers a request, or that it is nothing for the centre; or takes it back.

    Where somebody else was faster, theirs stands.
    """

    allowed: ClassVar[frozenset[Role]] = EDITING_ROLES | LEADING_ROLES
    subject: ClassVar[tuple[str, ...]] = ("request_id", "article_id")
    request_id: str
    was: RequestState
    now: RequestState
    article_id: str | None = None

    def rows(self) -> Rows:
        return (("article_request", self.request_id),)

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        request = session.get(ArticleRequest, self.request_id)
        if request is None or request.state is not self.was:
            return
        settled = self.now is not RequestState.OPEN
        request.state = self.now
        request.article_id = self.article_id if self.now is RequestState.ANSWERED else None
        request.settled_by = actor.account_id if settled else None
        request.settled_at = at if settled else None
