"""The people who use the program. What proves who they are is not here: see ``models.centre.Credential``."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from carecenter.core.terms import Language, Role
from carecenter.models.base import Base, Synced, TermType


class Account(Synced, Base):
    """A person who signs in; ``name`` is what they type, compared folded."""

    __tablename__ = "account"

    name: Mapped[str] = mapped_column(String(80), unique=True)
    display_name_ar: Mapped[str] = mapped_column(String(120), default="")
    display_name_en: Mapped[str] = mapped_column(String(120), default="")
    role: Mapped[Role] = mapped_column(TermType(Role))
    language: Mapped[Language] = mapped_column(TermType(Language), default=Language.ENGLISH)
    active: Mapped[bool] = mapped_column(default=True)

    @property
    def is_only_a_name(self) -> bool:
        """Whether nobody ever signed in by it: it came along with what its owner wrote at another desk."""
        return self.name == self.id and not self.active
