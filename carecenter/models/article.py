"""The knowledge base: one record an article, both languages in it; what was pinned, and what was asked in vain."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from carecenter.core.terms import ArticleKind, Language, RequestState, Verification
from carecenter.models.base import Base, Json, Synced, TermType, UtcDateTime


class Article(Synced, Base):
    """A service card, a body's entry, or a page on the centre itself.

    ``content`` holds ``{"en": {...}, "ar": {...}}`` as described in ``resources/knowledge/README.md``.
    ``directory`` says that only a short entry is warranted by the facts.
    """

    __tablename__ = "article"

    kind: Mapped[ArticleKind] = mapped_column(TermType(ArticleKind))
    directory: Mapped[bool] = mapped_column(default=False)
    body_code: Mapped[str | None] = mapped_column(String(32), index=True)
    title_ar: Mapped[str] = mapped_column(String(300))
    title_en: Mapped[str] = mapped_column(String(300))
    audience: Mapped[list[str]] = mapped_column(Json, default=list)
    channels: Mapped[list[str]] = mapped_column(Json, default=list)
    verification: Mapped[Verification] = mapped_column(TermType(Verification))
    as_of: Mapped[str] = mapped_column(String(120), default="")
    reviewed_on: Mapped[dt.date] = mapped_column(Date)
    sources: Mapped[list[str]] = mapped_column(Json, default=list)
    content: Mapped[dict[str, Any]] = mapped_column(Json)


class ArticlePin(Synced, Base):
    """An article that callers will ask for these days; its id is the article's. It runs out by itself."""

    __tablename__ = "article_pin"

    pinned_by: Mapped[str] = mapped_column(ForeignKey("account.id"))
    until: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class ArticleRequest(Synced, Base):
    """A question that no article answered, as an agent confirmed it: without numbers, which may be a person's.

    ``matter``: its folded words; requests of one matter are one line for the editors. ``call_id`` has no foreign
    key: a request stands whatever became of its call.
    """

    __tablename__ = "article_request"

    question: Mapped[str] = mapped_column(String(300))
    matter: Mapped[str] = mapped_column(String(300), index=True)
    language: Mapped[Language] = mapped_column(TermType(Language))
    call_id: Mapped[str | None] = mapped_column(String(64))
    asked_by: Mapped[str] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    state: Mapped[RequestState] = mapped_column(TermType(RequestState))
    article_id: Mapped[str | None] = mapped_column(String(64), index=True)
    settled_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    settled_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
