"""Callers and their phone numbers."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from carecenter.core.terms import Language
from carecenter.models.base import Base, Synced, TermType, UtcDateTime


class Caller(Synced, Base):
    """A person who called. ``demo`` marks a synthetic one."""

    __tablename__ = "caller"

    name_ar: Mapped[str] = mapped_column(String(200), default="")
    name_en: Mapped[str] = mapped_column(String(200), default="")
    civil_id: Mapped[str | None] = mapped_column(String(12), index=True)
    language: Mapped[Language] = mapped_column(TermType(Language), default=Language.ARABIC)
    note: Mapped[str] = mapped_column(Text, default="")
    demo: Mapped[bool] = mapped_column(default=False)
    registered_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class CallerPhone(Synced, Base):
    """A number of a caller, in E.164. One number may belong to several people."""

    __tablename__ = "caller_phone"

    caller_id: Mapped[str] = mapped_column(ForeignKey("caller.id"), index=True)
    e164: Mapped[str] = mapped_column(String(20), index=True)
