"""Callers, their phone numbers, and cards that may be the same person's."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from hashlib import blake2b

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from carecenter.core.terms import Language
from carecenter.models.base import Base, Synced, TermType, UtcDateTime


class Caller(Synced, Base):
    """A person who called. ``demo`` marks a synthetic one.

    ``merged_into``: the card of the same person that stands for both. What was written for this one keeps its id,
    so that the merge can be undone exactly; whoever reads follows the pointer (``docs/decisions/018``). A card that
    others were merged into is never merged itself. ``provisional``: written while the centre could not be asked
    whether it knows the person; at the centre no card is.
    """

    __tablename__ = "caller"

    name_ar: Mapped[str] = mapped_column(String(200), default="")
    name_en: Mapped[str] = mapped_column(String(200), default="")
    civil_id: Mapped[str | None] = mapped_column(String(12), index=True)
    language: Mapped[Language] = mapped_column(TermType(Language), default=Language.ARABIC)
    note: Mapped[str] = mapped_column(Text, default="")
    demo: Mapped[bool] = mapped_column(default=False)
    registered_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    merged_into: Mapped[str | None] = mapped_column(String(64), index=True)
    provisional: Mapped[bool] = mapped_column(default=False)


class CallerPhone(Synced, Base):
    """A number of a caller, in E.164. One number may belong to several people."""

    __tablename__ = "caller_phone"

    caller_id: Mapped[str] = mapped_column(ForeignKey("caller.id"), index=True)
    e164: Mapped[str] = mapped_column(String(20), index=True)


class MergeState(StrEnum):
    """What became of a proposal. Open again when the merge is undone."""

    OPEN = "open"
    MERGED = "merged"
    DISMISSED = "dismissed"


class MergeProposal(Synced, Base):
    """The centre takes a provisional card (``caller_id``) for a person whom it knew already (``other_id``)."""

    __tablename__ = "merge_proposal"

    caller_id: Mapped[str] = mapped_column(ForeignKey("caller.id"), index=True)
    other_id: Mapped[str] = mapped_column(ForeignKey("caller.id"), index=True)
    registered_by: Mapped[str] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    state: Mapped[MergeState] = mapped_column(TermType(MergeState), index=True)


def proposal_id(one_id: str, other_id: str) -> str:
    """The one id under which two cards are ever proposed, in either order."""
    return blake2b("\n".join(sorted((one_id, other_id))).encode(errors="replace"), digest_size=16).hexdigest()
