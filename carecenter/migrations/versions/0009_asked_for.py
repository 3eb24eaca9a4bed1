"""Articles pinned, articles asked for, and on a workstation which of them answered its calls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from carecenter.models.base import Side

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "article_pin",
        sa.Column("pinned_by", sa.String(length=64), nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["pinned_by"], ["account.id"], name="fk_article_pin_pinned_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_article_pin"),
    )
    op.create_table(
        "article_request",
        sa.Column("question", sa.String(length=300), nullable=False),
        sa.Column("matter", sa.String(length=300), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=True),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("article_id", sa.String(length=64), nullable=True),
        sa.Column("settled_by", sa.String(length=64), nullable=True),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name="fk_article_request_asked_by_account"),
        sa.ForeignKeyConstraint(["settled_by"], ["account.id"], name="fk_article_request_settled_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_article_request"),
    )
    op.create_index("ix_article_request_article_id", "article_request", ["article_id"], unique=False)
    op.create_index("ix_article_request_matter", "article_request", ["matter"], unique=False)
    if context.config.attributes["side"] is Side.DESK:
        _uses()


def _uses() -> None:
    op.create_table(
        "search_use",
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("article_id", sa.String(length=64), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("call_id", "article_id", name="pk_search_use"),
    )
    op.create_index("ix_search_use_article_id_at", "search_use", ["article_id", "at"], unique=False)
    op.execute("INSERT OR IGNORE INTO search_use SELECT call.id, value, started_at FROM call, json_each(articles)")
