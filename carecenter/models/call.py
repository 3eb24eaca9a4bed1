"""Calls: what happened on the line, apart from any ticket it led to."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from carecenter.core.terms import Channel, Direction, Language, WrapUp
from carecenter.models.base import Base, Json, Synced, TermType, UtcDateTime


class Call(Synced, Base):
    """One call. ``number`` is E.164, or empty when withheld; ``checks`` lists what verified the caller."""

    __tablename__ = "call"

    agent_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    caller_id: Mapped[str | None] = mapped_column(ForeignKey("caller.id"), index=True)
    channel: Mapped[Channel] = mapped_column(TermType(Channel))
    direction: Mapped[Direction] = mapped_column(TermType(Direction))
    number: Mapped[str] = mapped_column(String(20), default="", index=True)
    withheld: Mapped[bool] = mapped_column(default=False)
    anonymous: Mapped[bool] = mapped_column(default=False)
    on_behalf_of: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[Language] = mapped_column(TermType(Language))
    notes: Mapped[str] = mapped_column(Text, default="")
    checks: Mapped[list[str]] = mapped_column(Json, default=list)
    articles: Mapped[list[str]] = mapped_column(Json, default=list)
    started_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, index=True)
    wrap_up: Mapped[WrapUp | None] = mapped_column(TermType(WrapUp))
