"""Articles and the directory of bodies: publishing a record in both languages; pinning one for the week, adding a
question by which it is found."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Final

from sqlalchemy.orm import Session

from carecenter.core import text
from carecenter.core.terms import ArticleKind, Language, Role, Verification
from carecenter.models.article import Article, ArticlePin
from carecenter.models.directory import Body
from carecenter.operations.base import EDITING_ROLES, LEADING_ROLES, Actor, Operation, Rows

PINNED_FOR: Final = dt.timedelta(days=7)
MOST_QUESTIONS: Final = 25
"""In one language of an article."""


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


class AddQuestion(Operation, frozen=True, kw_only=True):
    """Callers put it like this: from now on search finds the article by this question, too.

    Nothing else of the article changes. One that has it already, or ``MOST_QUESTIONS``, stays as it is.
    """

    allowed: ClassVar[frozenset[Role]] = EDITING_ROLES
    subject: ClassVar[tuple[str, ...]] = ("article_id",)
    article_id: str
    language: Language
    question: str

    def rows(self) -> Rows:
        return (("article", self.article_id),)

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        del actor, at
        article = session.get(Article, self.article_id)
        if article is None:
            return
        fields = article.content.get(self.language.value, {})
        known: list[str] = fields.get("questions", [])
        if len(known) < MOST_QUESTIONS and text.fold(self.question) not in map(text.fold, known):
            fields = {**fields, "questions": [*known, self.question]}
            article.content = {**article.content, self.language.value: fields}


class PinArticle(Operation, frozen=True, kw_only=True):
    """Callers will ask for this article this week: it stands before others that are as near to a question.

    One that is pinned already stays so until its week is over.
    """

    allowed: ClassVar[frozenset[Role]] = EDITING_ROLES | LEADING_ROLES
    subject: ClassVar[tuple[str, ...]] = ("article_id",)
    article_id: str

    def rows(self) -> Rows:
        return (("article_pin", self.article_id),)

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        pin = session.get(ArticlePin, self.article_id)
        if pin is not None and pin.until > at:
            return
        pin = pin or ArticlePin(id=self.article_id)
        pin.pinned_by = actor.account_id
        pin.until = at + PINNED_FOR
        session.add(pin)


class UnpinArticle(Operation, frozen=True, kw_only=True):
    """The week is over sooner."""

    allowed: ClassVar[frozenset[Role]] = EDITING_ROLES | LEADING_ROLES
    subject: ClassVar[tuple[str, ...]] = ("article_id",)
    article_id: str

    def rows(self) -> Rows:
        return (("article_pin", self.article_id),)

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        del actor
        pin = session.get(ArticlePin, self.article_id)
        if pin is not None:
            pin.until = min(pin.until, at)
