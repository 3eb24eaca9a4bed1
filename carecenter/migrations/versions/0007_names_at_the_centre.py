"""By what the centre of a hall finds callers whose names are spelled in another way.

The keys of callers who are there already are made by ``carecenter-server migrate``, and by the service when it
starts and every hour, in pieces.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import ARRAY

from carecenter.models.base import Side

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if context.config.attributes["side"] is not Side.CENTRE:
        return
    op.create_table(
        "caller_name",
        sa.Column("caller_id", sa.String(length=64), nullable=False),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.Column("keys", ARRAY(sa.Text()).with_variant(sa.JSON(), "sqlite"), nullable=False),
        sa.Column("plain", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["caller_id"], ["caller.id"], name="fk_caller_name_caller_id_caller", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("caller_id", name="pk_caller_name"),
    )
    op.create_index("ix_caller_name_keys", "caller_name", ["keys"], postgresql_using="gin")
