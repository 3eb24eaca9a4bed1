"""Cards of the same person: which one stands for another, which ones the centre proposes to merge."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("caller", sa.Column("merged_into", sa.String(length=64), nullable=True))
    op.add_column("caller", sa.Column("provisional", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_caller_merged_into", "caller", ["merged_into"], unique=False)
    op.create_table(
        "merge_proposal",
        sa.Column("caller_id", sa.String(length=64), nullable=False),
        sa.Column("other_id", sa.String(length=64), nullable=False),
        sa.Column("registered_by", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["caller_id"], ["caller.id"], name="fk_merge_proposal_caller_id_caller"),
        sa.ForeignKeyConstraint(["other_id"], ["caller.id"], name="fk_merge_proposal_other_id_caller"),
        sa.ForeignKeyConstraint(["registered_by"], ["account.id"], name="fk_merge_proposal_registered_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_merge_proposal"),
    )
    for column in ("caller_id", "other_id", "state"):
        op.create_index(f"ix_merge_proposal_{column}", "merge_proposal", [column], unique=False)
