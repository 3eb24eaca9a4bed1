"""What only a workstation's store holds: the outbox, the centre's images under pending operations, drafts,
cursors and the block of references. Search keeps tables of its own: see `search`."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Float, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from carecenter.models.base import Base, Json, NullableJson, Side, TermType, UtcDateTime


class DeskOnly:
    """A table that exists on the workstation alone."""

    side: ClassVar[Side] = Side.DESK


class OutboxState(StrEnum):
    """Waiting → accepted (until the feed has passed its seq) → gone; or attention, kept until a person acts.

    Later: the centre does not know the operation yet; it waits for a newer centre and counts as waiting.
    """

    WAITING = "waiting"
    LATER = "later"
    ACCEPTED = "accepted"
    ATTENTION = "attention"


class Outbox(DeskOnly, Base):
    """An operation that the feed has not yet brought back. ``number`` is its ``device_seq``."""

    __tablename__ = "outbox"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    op_id: Mapped[str] = mapped_column(String(36), unique=True)
    account_id: Mapped[str] = mapped_column(String(64))
    tag: Mapped[str] = mapped_column(String(64))
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    desk_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    clock_offset: Mapped[float | None] = mapped_column(Float)  # seconds, as measured when it was done
    state: Mapped[OutboxState] = mapped_column(TermType(OutboxState), index=True)
    seqs: Mapped[dict[str, int] | None] = mapped_column(Json, nullable=True)
    reason: Mapped[str] = mapped_column(Text, default="")


class SealedOperation(DeskOnly, Base):
    """An accepted envelope, sealed to the centre's key: for re-offering to a centre put back from a backup.

    ``number`` is its ``device_seq``; nobody at this workstation can open it.
    """

    __tablename__ = "sealed_operation"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    op_id: Mapped[str] = mapped_column(String(36), unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    accepted_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)


class BaseImage(DeskOnly, Base):
    """The centre's image of a row that pending operations touch; null: the centre has no such row."""

    __tablename__ = "base_image"

    entity: Mapped[str] = mapped_column(String(32), primary_key=True)
    entity_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    image: Mapped[Any] = mapped_column(NullableJson, nullable=True)


class HeldRow(DeskOnly, Base):
    """A scope holds a row; a row leaves the desk when no scope holds it and nothing pending touches it."""

    __tablename__ = "held_row"

    scope: Mapped[str] = mapped_column(String(80), primary_key=True)
    entity: Mapped[str] = mapped_column(String(32), primary_key=True)
    entity_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)


class ScopeCursor(DeskOnly, Base):
    """How far the feed of a scope was applied."""

    __tablename__ = "scope_cursor"

    scope: Mapped[str] = mapped_column(String(80), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, default=0)


class Draft(DeskOnly, Base):
    """Text being typed, by account and place (``call:<id>:notes``); seen by its author alone."""

    __tablename__ = "draft"

    account_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    place: Mapped[str] = mapped_column(String(120), primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    saved_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class FreeReference(DeskOnly, Base):
    """A follow-up reference that the centre allocated to this workstation and nobody was given yet."""

    __tablename__ = "free_reference"

    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    reference: Mapped[str] = mapped_column(String(10), unique=True)


class DeskFact(DeskOnly, Base):
    """A single fact about this store: device id, next ``device_seq``, the centre's generation, clock offset."""

    __tablename__ = "desk_fact"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
