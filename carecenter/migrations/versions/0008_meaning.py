"""Search by meaning: the vectors of articles, at the centre. They are made by themselves, in the background."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from carecenter.models.base import Side

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if context.config.attributes["side"] is not Side.CENTRE:
        return
    op.create_table(
        "article_vector",
        sa.Column("article_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", "number", name="pk_article_vector"),
    )
