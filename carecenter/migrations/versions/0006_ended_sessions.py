"""A session that ends at the centre is heard of by every process of the service, whoever ended it and how."""

from __future__ import annotations

from alembic import context, op

from carecenter.models.base import Side

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# The channel and the name are those of ``server/bell.py``; a notification is said when its transaction commits.
_FUNCTION = """
CREATE FUNCTION session_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('carecenter', 'session:' || OLD.account_id);
    RETURN NULL;
END
$$
"""
_TRIGGER = "CREATE TRIGGER session_ended AFTER DELETE ON token FOR EACH ROW EXECUTE FUNCTION session_ended()"


def upgrade() -> None:
    if context.config.attributes["side"] is Side.CENTRE and op.get_bind().dialect.name == "postgresql":
        op.execute(_FUNCTION)
        op.execute(_TRIGGER)
