"""The directory of government bodies; their services are articles."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from carecenter.models.base import Base, Synced


class Body(Synced, Base):
    """A government body; ``id`` is its code, for example ``PACI``."""

    __tablename__ = "body"

    name_ar: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
