"""Articles: browsed by kind and body, and one opened in both languages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from carecenter.core.errors import NotFound
from carecenter.core.i18n import N_
from carecenter.core.terms import ArticleKind, Verification
from carecenter.models.article import Article, ArticlePin
from carecenter.models.directory import Body
from carecenter.queries.base import Row, Viewer


class ArticleRow(Row, frozen=True, kw_only=True):
    """An article in a list."""

    id: str
    kind: ArticleKind
    directory: bool
    title_ar: str
    title_en: str
    body_code: str | None
    body_name_ar: str
    body_name_en: str
    verification: Verification
    reviewed_on: dt.date
    audience: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    pinned: bool = False


class ArticleText(Row, frozen=True, kw_only=True):
    """An article in one language. Lists have the same length in both languages."""

    title: str
    summary: str
    who: tuple[str, ...]
    documents: tuple[str, ...]
    steps: tuple[str, ...]
    fees: tuple[str, ...]
    hours: tuple[str, ...]
    where: str
    notes: tuple[str, ...]


class ArticleView(Row, frozen=True, kw_only=True):
    """An article opened. ``channels`` and ``audience`` are codes; ``as_of`` is the age of its facts."""

    row: ArticleRow
    arabic: ArticleText
    english: ArticleText
    audience: tuple[str, ...]
    channels: tuple[str, ...]
    as_of: str
    sources: tuple[str, ...]


def browse(
    session: Session, viewer: Viewer, kind: ArticleKind | None = None, body_code: str | None = None
) -> tuple[ArticleRow, ...]:
    """Articles by kind and body, by English title."""
    del viewer
    statement = _with_body()
    if kind is not None:
        statement = statement.where(Article.kind == kind)
    if body_code is not None:
        statement = statement.where(Article.body_code == body_code)
    return tuple(_row(*record) for record in session.execute(statement.order_by(Article.title_en)))


def by_ids(session: Session, viewer: Viewer, ids: tuple[str, ...]) -> tuple[ArticleRow, ...]:
    """Articles in the order of ``ids``; those not here are left out."""
    del viewer
    records = session.execute(_with_body().where(Article.id.in_(ids)))
    found = {record.Article.id: _row(*record) for record in records}
    return tuple(found[article_id] for article_id in ids if article_id in found)


def article(session: Session, viewer: Viewer, article_id: str) -> ArticleView:
    """One article in both languages. Raises ``NotFound``."""
    del viewer
    record = session.execute(_with_body().where(Article.id == article_id)).one_or_none()
    if record is None:
        raise NotFound(N_("This article is no longer in the knowledge base."))
    found = record.Article
    return ArticleView(
        row=_row(*record),
        arabic=_text(found.content["ar"]),
        english=_text(found.content["en"]),
        audience=tuple(found.audience),
        channels=tuple(found.channels),
        as_of=found.as_of,
        sources=tuple(found.sources),
    )


def _with_body() -> Select[Article, Body, ArticlePin]:
    """Articles with their body and their pin, where they have any."""
    pinned = and_(ArticlePin.id == Article.id, ArticlePin.until > dt.datetime.now(dt.UTC))
    statement = select(Article, Body, ArticlePin).outerjoin(Body, Body.id == Article.body_code)
    return statement.outerjoin(ArticlePin, pinned)


def _text(content: dict[str, Any]) -> ArticleText:
    lists = ("who", "documents", "steps", "fees", "hours", "notes")
    return ArticleText(
        title=content["title"],
        summary=content["summary"],
        where=content["where"],
        **{name: tuple(content[name]) for name in lists},
    )


def _row(record: Article, body: Body | None, pin: ArticlePin | None) -> ArticleRow:
    return ArticleRow(
        id=record.id,
        kind=record.kind,
        directory=record.directory,
        title_ar=record.title_ar,
        title_en=record.title_en,
        body_code=record.body_code,
        body_name_ar=body.name_ar if body else "",
        body_name_en=body.name_en if body else "",
        verification=record.verification,
        reviewed_on=record.reviewed_on,
        audience=tuple(record.audience),
        channels=tuple(record.channels),
        pinned=pin is not None,
    )
