"""Articles and the directory of bodies: publishing a record in both languages."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from carecenter.core.terms import ArticleKind, Role, Verification
from carecenter.models.article import Article
from carecenter.models.directory import Body
from carecenter.operations.base import EDITING_ROLES, Actor, Operation, Rows


class PublishBody(Operation, frozen=True, kw_only=True):
    """A government body enters the directory, or its names change."""

    allowed: ClassVar[frozenset[Role]] = EDITING_ROLES
    subject: ClassVar[tuple[str, ...]] = ("code",)
    code: str
    name_ar: str
    name_en: str

    def rows(self) -> Rows:
        return (("body", self.code),)

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        del actor, at
        body = session.get(Body, self.code) or Body(id=self.code)
        body.name_ar, body.name_en = self.name_ar, self.name_en
        session.add(body)


class PublishArticle(Operation, frozen=True, kw_only=True):
    """An article stands as given; ``content`` is described in ``resources/knowledge/README.md``."""

    allowed: ClassVar[frozenset[Role]] = EDITING_ROLES
    subject: ClassVar[tuple[str, ...]] = ("article_id",)
    article_id: str
    kind: ArticleKind
    directory: bool
    body_code: str | None
    audience: tuple[str, ...]
    channels: tuple[str, ...]
    verification: Verification
    as_of: str
    reviewed_on: dt.date
    sources: tuple[str, ...]
    content: dict[str, Any]

    def rows(self) -> Rows:
        return (("article", self.article_id),)

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        del actor, at
        article = session.get(Article, self.article_id) or Article(id=self.article_id)
        article.kind = self.kind
        article.directory = self.directory
        article.body_code = self.body_code
        article.title_ar = self.content["ar"]["title"]
        article.title_en = self.content["en"]["title"]
        article.audience = list(self.audience)
        article.channels = list(self.channels)
        article.verification = self.verification
        article.as_of = self.as_of
        article.reviewed_on = self.reviewed_on
        article.sources = list(self.sources)
        article.content = self.content
        session.add(article)
