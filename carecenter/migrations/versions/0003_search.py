"""Search by stems: a full-text table for each noun, the words there are, and what is still to be indexed.

Everything that was indexed before is owed to the new tables; the program indexes it in pieces, by itself.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from carecenter.models.base import Side

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if context.config.attributes["side"] is not Side.DESK:
        return
    op.create_table(
        "search_row",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("entity", sa.String(length=32), nullable=False),
        sa.Column("entity_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_search_row"),
    )
    op.create_index("ix_search_row_entity_entity_id", "search_row", ["entity", "entity_id"], unique=True)
    op.create_table(
        "search_word",
        sa.Column("entity", sa.String(length=32), nullable=False),
        sa.Column("word", sa.String(length=64), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("entity", "word", name="pk_search_word"),
    )
    op.create_table(
        "search_owed",
        sa.Column("entity", sa.String(length=32), nullable=False),
        sa.Column("entity_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("entity", "entity_id", name="pk_search_owed"),
    )
    op.execute("DROP TABLE search_index")
    for entity in ("article", "caller", "ticket"):
        # secure-delete, so that what leaves the index is not left readable in its pages.
        prefix = ", prefix = '2 3'" if entity == "caller" else ""
        op.execute(
            f"CREATE VIRTUAL TABLE search_{entity} USING fts5(title, asked, body, plain UNINDEXED,"
            f" tokenize = 'unicode61 remove_diacritics 0'{prefix})"
        )
        op.execute(f"INSERT INTO search_{entity}(search_{entity}, rank) VALUES ('secure-delete', 1)")  # noqa: S608 - as below
        op.execute(f"CREATE VIRTUAL TABLE search_{entity}_terms USING fts5vocab(search_{entity}, row)")
        op.execute(f"INSERT INTO search_owed SELECT '{entity}', id FROM {entity}")  # noqa: S608 - our own names
