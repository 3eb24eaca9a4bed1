"""Queues, and who works in them."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from carecenter.models.base import Base, Synced


class Queue(Synced, Base):
    """A line of tickets; a restricted one is seen by its members alone, supervisors included."""

    __tablename__ = "queue"

    name_ar: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    restricted: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)


class QueueMember(Synced, Base):
    """An account works in a queue."""

    __tablename__ = "queue_member"
    __table_args__ = (UniqueConstraint("queue_id", "account_id"),)

    queue_id: Mapped[str] = mapped_column(ForeignKey("queue.id"))
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
