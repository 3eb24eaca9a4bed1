"""The first schema: what both sides hold, what the workstation keeps for itself, what the centre does."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from carecenter.models.base import Side

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _both()
    if context.config.attributes["side"] is Side.DESK:
        _desk()
        _search_index()
    else:
        _centre()


def _both() -> None:
    op.create_table(
        "account",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("display_name_ar", sa.String(length=120), nullable=False),
        sa.Column("display_name_en", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("name", name="uq_account_name"),
    )
    op.create_table(
        "article",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("directory", sa.Boolean(), nullable=False),
        sa.Column("body_code", sa.String(length=32), nullable=True),
        sa.Column("title_ar", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("audience", _JSON, nullable=False),
        sa.Column("channels", _JSON, nullable=False),
        sa.Column("verification", sa.String(length=32), nullable=False),
        sa.Column("as_of", sa.String(length=120), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("sources", _JSON, nullable=False),
        sa.Column("content", _JSON, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_article"),
    )
    op.create_index("ix_article_body_code", "article", ["body_code"], unique=False)
    op.create_table(
        "body",
        sa.Column("name_ar", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_body"),
    )
    op.create_table(
        "caller",
        sa.Column("name_ar", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("civil_id", sa.String(length=12), nullable=True),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_caller"),
    )
    op.create_index("ix_caller_civil_id", "caller", ["civil_id"], unique=False)
    op.create_table(
        "queue",
        sa.Column("name_ar", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_queue"),
    )
    op.create_table(
        "call",
        sa.Column("agent_id", sa.String(length=64), nullable=False),
        sa.Column("caller_id", sa.String(length=64), nullable=True),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("direction", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("withheld", sa.Boolean(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("checks", _JSON, nullable=False),
        sa.Column("articles", _JSON, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrap_up", sa.String(length=32), nullable=True),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["account.id"], name="fk_call_agent_id_account"),
        sa.ForeignKeyConstraint(["caller_id"], ["caller.id"], name="fk_call_caller_id_caller"),
        sa.PrimaryKeyConstraint("id", name="pk_call"),
    )
    op.create_index("ix_call_agent_id", "call", ["agent_id"], unique=False)
    op.create_index("ix_call_caller_id", "call", ["caller_id"], unique=False)
    op.create_index("ix_call_ended_at", "call", ["ended_at"], unique=False)
    op.create_index("ix_call_number", "call", ["number"], unique=False)
    op.create_index("ix_call_started_at", "call", ["started_at"], unique=False)
    op.create_table(
        "caller_phone",
        sa.Column("caller_id", sa.String(length=64), nullable=False),
        sa.Column("e164", sa.String(length=20), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["caller_id"], ["caller.id"], name="fk_caller_phone_caller_id_caller"),
        sa.PrimaryKeyConstraint("id", name="pk_caller_phone"),
    )
    op.create_index("ix_caller_phone_caller_id", "caller_phone", ["caller_id"], unique=False)
    op.create_index("ix_caller_phone_e164", "caller_phone", ["e164"], unique=False)
    op.create_table(
        "queue_member",
        sa.Column("queue_id", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_queue_member_account_id_account"),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name="fk_queue_member_queue_id_queue"),
        sa.PrimaryKeyConstraint("id", name="pk_queue_member"),
        sa.UniqueConstraint("queue_id", "account_id", name="uq_queue_member_queue_id_account_id"),
    )
    op.create_index("ix_queue_member_account_id", "queue_member", ["account_id"], unique=False)
    op.create_table(
        "ticket",
        sa.Column("reference", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("priority", sa.String(length=32), nullable=False),
        sa.Column("queue_id", sa.String(length=64), nullable=False),
        sa.Column("service_id", sa.String(length=64), nullable=True),
        sa.Column("body_code", sa.String(length=32), nullable=True),
        sa.Column("caller_id", sa.String(length=64), nullable=True),
        sa.Column("call_id", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("pin_hash", sa.String(length=64), nullable=True),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assignee_id", sa.String(length=64), nullable=True),
        sa.Column("escalation", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["account.id"], name="fk_ticket_assignee_id_account"),
        sa.ForeignKeyConstraint(["caller_id"], ["caller.id"], name="fk_ticket_caller_id_caller"),
        sa.ForeignKeyConstraint(["opened_by"], ["account.id"], name="fk_ticket_opened_by_account"),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name="fk_ticket_queue_id_queue"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket"),
    )
    op.create_index("ix_ticket_assignee_id", "ticket", ["assignee_id"], unique=False)
    op.create_index("ix_ticket_call_id", "ticket", ["call_id"], unique=False)
    op.create_index("ix_ticket_caller_id", "ticket", ["caller_id"], unique=False)
    op.create_index("ix_ticket_due_at", "ticket", ["due_at"], unique=False)
    op.create_index("ix_ticket_opened_by", "ticket", ["opened_by"], unique=False)
    op.create_index("ix_ticket_queue_id", "ticket", ["queue_id"], unique=False)
    op.create_index("ix_ticket_reference", "ticket", ["reference"], unique=False)
    op.create_index("ix_ticket_status", "ticket", ["status"], unique=False)
    op.create_table(
        "callback",
        sa.Column("ticket_id", sa.String(length=64), nullable=True),
        sa.Column("caller_id", sa.String(length=64), nullable=True),
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["caller_id"], ["caller.id"], name="fk_callback_caller_id_caller"),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name="fk_callback_owner_id_account"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_callback_ticket_id_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_callback"),
    )
    op.create_index("ix_callback_caller_id", "callback", ["caller_id"], unique=False)
    op.create_index("ix_callback_due_at", "callback", ["due_at"], unique=False)
    op.create_index("ix_callback_owner_id", "callback", ["owner_id"], unique=False)
    op.create_index("ix_callback_ticket_id", "callback", ["ticket_id"], unique=False)
    op.create_table(
        "ticket_alias",
        sa.Column("ticket_id", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=10), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_ticket_alias_ticket_id_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_alias"),
    )
    op.create_index("ix_ticket_alias_reference", "ticket_alias", ["reference"], unique=False)
    op.create_index("ix_ticket_alias_ticket_id", "ticket_alias", ["ticket_id"], unique=False)
    op.create_table(
        "ticket_entry",
        sa.Column("ticket_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("author_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("desk_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("was", _JSON, nullable=True),
        sa.Column("now", _JSON, nullable=True),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name="fk_ticket_entry_author_id_account"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_ticket_entry_ticket_id_ticket"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_entry"),
    )
    op.create_index("ix_ticket_entry_at", "ticket_entry", ["at"], unique=False)
    op.create_index("ix_ticket_entry_ticket_id", "ticket_entry", ["ticket_id"], unique=False)


def _desk() -> None:
    op.create_table(
        "base_image",
        sa.Column("entity", sa.String(length=32), nullable=False),
        sa.Column("entity_id", sa.String(length=64), nullable=False),
        sa.Column("image", _JSON, nullable=True),
        sa.PrimaryKeyConstraint("entity", "entity_id", name="pk_base_image"),
    )
    op.create_table(
        "desk_fact",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_desk_fact"),
    )
    op.create_table(
        "draft",
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("content", _JSON, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "place", name="pk_draft"),
    )
    op.create_table(
        "free_reference",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("reference", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_free_reference"),
        sa.UniqueConstraint("reference", name="uq_free_reference_reference"),
    )
    op.create_table(
        "held_row",
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("entity", sa.String(length=32), nullable=False),
        sa.Column("entity_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("scope", "entity", "entity_id", name="pk_held_row"),
    )
    op.create_index("ix_held_row_entity_id", "held_row", ["entity_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("op_id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("desk_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("seqs", _JSON, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_outbox"),
        sa.UniqueConstraint("op_id", name="uq_outbox_op_id"),
    )
    op.create_index("ix_outbox_state", "outbox", ["state"], unique=False)
    op.create_table(
        "scope_cursor",
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name="pk_scope_cursor"),
    )


def _search_index() -> None:
    """FTS5; secure-delete, so that what leaves the index is not left readable in its pages."""
    op.execute(
        "CREATE VIRTUAL TABLE search_index USING fts5(entity UNINDEXED, entity_id UNINDEXED, title, body,"
        " tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3')"
    )
    op.execute("INSERT INTO search_index(search_index, rank) VALUES ('secure-delete', 1)")


def _centre() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subjects", _JSON, nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
    )
    op.create_index("ix_audit_account_id", "audit", ["account_id"], unique=False)
    op.create_table(
        "centre_fact",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_centre_fact"),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_device"),
    )
    op.create_table(
        "feed",
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("entity", sa.String(length=32), nullable=False),
        sa.Column("entity_id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("scope", "entity", "entity_id", name="pk_feed"),
    )
    op.create_index("ix_feed_entity_id", "feed", ["entity_id"], unique=False)
    op.create_index("ix_feed_scope_seq", "feed", ["scope", "seq"], unique=False)
    op.create_table(
        "feed_head",
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name="pk_feed_head"),
    )
    op.create_table(
        "op_log",
        sa.Column("op_id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("device_seq", sa.BigInteger(), nullable=False),
        sa.Column("payload_hash", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("seqs", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("op_id", name="pk_op_log"),
        sa.UniqueConstraint("device_id", "device_seq", name="uq_op_log_device_id_device_seq"),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("op_id", sa.String(length=64), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine"),
    )
    op.create_index("ix_quarantine_op_id", "quarantine", ["op_id"], unique=False)
    op.create_table(
        "review",
        sa.Column("op_id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("op_id", name="pk_review"),
    )
    op.create_table(
        "credential",
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_credential_account_id_account"),
        sa.PrimaryKeyConstraint("account_id", name="pk_credential"),
    )
    op.create_table(
        "token",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_token_account_id_account"),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_token_device_id_device"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_token"),
    )
    op.create_index("ix_token_account_id", "token", ["account_id"], unique=False)
