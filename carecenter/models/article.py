"""The knowledge base: one record an article, both languages in it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from carecenter.core.terms import ArticleKind, Verification
from carecenter.models.base import Base, Json, Synced, TermType


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
