"""Workstations have keys, and what they and their people may take in a day is counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from carecenter.models.base import Side

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if context.config.attributes["side"] is Side.DESK:
        return
    op.add_column("device", sa.Column("registered_by", sa.String(length=64), nullable=True))
    op.add_column("device", sa.Column("public_key", sa.String(length=64), nullable=True))
    op.add_column("device", sa.Column("proofs", sa.Integer(), server_default="0", nullable=False))
    op.add_column("device", sa.Column("references_given", sa.Integer(), server_default="0", nullable=False))
    op.add_column("device", sa.Column("references_on", sa.Date(), nullable=True))
    op.create_index("ix_device_registered_by", "device", ["registered_by"], unique=False)
