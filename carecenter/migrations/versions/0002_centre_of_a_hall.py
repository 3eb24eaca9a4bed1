"""What a hall needs: results kept a batch, looks granted for a day, tokens that end, operations kept sealed."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from carecenter.models.base import Side, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    if context.config.attributes["side"] is Side.DESK:
        _desk()
    else:
        _batches()
        _sessions()


def _desk() -> None:
    op.create_table(
        "sealed_operation",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", sa.String(length=36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("accepted_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_sealed_operation"),
        sa.UniqueConstraint("op_id", name="uq_sealed_operation_op_id"),
    )
    op.create_index("ix_sealed_operation_accepted_at", "sealed_operation", ["accepted_at"], unique=False)
    op.add_column("outbox", sa.Column("clock_offset", sa.Float(), nullable=True))


def _batches() -> None:
    """Results move from the operation to its batch; each operation judged so far was a batch of its own."""
    batch = op.create_table(
        "op_batch",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("seqs", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_op_batch"),
    )
    op.add_column("op_log", sa.Column("batch", sa.String(length=36), nullable=True))
    log = sa.table("op_log", sa.column("op_id"), sa.column("batch"), sa.column("seqs"))
    now = sa.literal(dt.datetime.now(dt.UTC), UtcDateTime())
    op.execute(batch.insert().from_select(["id", "at", "seqs"], sa.select(log.c.op_id, now, log.c.seqs)))
    op.execute(log.update().values(batch=log.c.op_id))
    with op.batch_alter_table("op_log") as table:
        table.alter_column("batch", existing_type=sa.String(length=36), nullable=False)
        table.drop_column("seqs")


def _sessions() -> None:
    op.create_table(
        "lookup_grant",
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("entity", sa.String(length=32), nullable=False),
        sa.Column("entity_id", sa.String(length=64), nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "entity", "entity_id", name="pk_lookup_grant"),
    )
    op.create_index("ix_lookup_grant_until", "lookup_grant", ["until"], unique=False)
    op.add_column("token", sa.Column("seen_at", _MOMENT, nullable=True))
    op.add_column("token", sa.Column("expires_at", _MOMENT, nullable=True))
    op.add_column("device", sa.Column("last_seen", _MOMENT, nullable=True))
