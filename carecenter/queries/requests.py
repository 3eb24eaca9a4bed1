"""What callers asked and no article answered, for those who edit or lead."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.core import text
from carecenter.core.errors import NotAllowed
from carecenter.core.i18n import N_
from carecenter.core.terms import Language, RequestState
from carecenter.models.article import Article, ArticleRequest
from carecenter.queries.base import Row, Viewer


class RequestRow(Row, frozen=True, kw_only=True):
    """Requests of one matter. ``question``: as it was put last; ``request_ids``: the newest first."""

    matter: str
    question: str
    languages: tuple[Language, ...]
    last_at: dt.datetime
    request_ids: tuple[str, ...]

    @property
    def count(self) -> int:
        """How often it was asked."""
        return len(self.request_ids)


class Settled(Row, frozen=True, kw_only=True):
    """A question that an editor settled with an article, and by which search does not find it yet."""

    question: str
    language: Language


def may_see(viewer: Viewer) -> bool:
    """Whether requests for articles are this account's matter."""
    return viewer.edits or viewer.leads


def unanswered(session: Session, viewer: Viewer) -> tuple[RequestRow, ...]:
    """What is still open, the most frequent first, then the latest. Raises ``NotAllowed``."""
    _must_see(viewer)
    statement = select(ArticleRequest).where(ArticleRequest.state == RequestState.OPEN)
    matters: dict[str, list[ArticleRequest]] = {}
    for request in session.scalars(statement.order_by(ArticleRequest.asked_at.desc(), ArticleRequest.id)):
        matters.setdefault(request.matter, []).append(request)
    rows = [_row(requests) for requests in matters.values()]
    return tuple(sorted(rows, key=lambda row: (row.count, row.last_at), reverse=True))


def settled_with(session: Session, viewer: Viewer, article_id: str) -> tuple[Settled, ...]:
    """Questions settled with an article that are not among its own, the latest first. Raises ``NotAllowed``."""
    _must_see(viewer)
    article = session.get(Article, article_id)
    if article is None:
        return ()
    known = {text.fold(one) for fields in article.content.values() for one in fields.get("questions", ())}
    statement = select(ArticleRequest).where(ArticleRequest.article_id == article_id)
    found: dict[str, Settled] = {}
    for request in session.scalars(statement.order_by(ArticleRequest.settled_at.desc(), ArticleRequest.id)):
        if (folded := text.fold(request.question)) not in known:
            found.setdefault(folded, Settled(question=request.question, language=request.language))
    return tuple(found.values())


def _row(requests: list[ArticleRequest]) -> RequestRow:
    return RequestRow(
        matter=requests[0].matter,
        question=requests[0].question,
        languages=tuple(dict.fromkeys(request.language for request in requests)),
        last_at=requests[0].asked_at,
        request_ids=tuple(request.id for request in requests),
    )


def _must_see(viewer: Viewer) -> None:
    if not may_see(viewer):
        raise NotAllowed(N_("Only those who edit or lead see what articles were asked for."))
