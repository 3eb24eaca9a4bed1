"""What a workstation's search keeps beside its full-text tables: which row of them is whose, the words there
are, what still has to be indexed, and which articles were used.

The full-text tables themselves (``search_article``, ``search_ticket``, ``search_caller``) are virtual: see
``queries.search_index``.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from carecenter.models.base import Base, UtcDateTime
from carecenter.models.desk import DeskOnly


class SearchRow(DeskOnly, Base):
    """``number`` is the row's rowid in the full-text table of its entity."""

    __tablename__ = "search_row"
    __table_args__ = (Index("ix_search_row_entity_entity_id", "entity", "entity_id", unique=True),)

    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    entity: Mapped[str] = mapped_column(String(32))
    entity_id: Mapped[str] = mapped_column(String(64))


class SearchWord(DeskOnly, Base):
    """A folded word and in how many rows it occurs, for what is still being typed and what is mistyped."""

    __tablename__ = "search_word"

    entity: Mapped[str] = mapped_column(String(32), primary_key=True)
    word: Mapped[str] = mapped_column(String(64), primary_key=True)
    held: Mapped[int]


class SearchOwed(DeskOnly, Base):
    """A row that has to be indexed anew, in its turn: after a first sync, or when the chain has changed."""

    __tablename__ = "search_owed"

    entity: Mapped[str] = mapped_column(String(32), primary_key=True)
    entity_id: Mapped[str] = mapped_column(String(64), primary_key=True)


class SearchUse(DeskOnly, Base):
    """An article answered a call that this workstation holds."""

    __tablename__ = "search_use"
    __table_args__ = (Index("ix_search_use_article_id_at", "article_id", "at"),)

    call_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    article_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
