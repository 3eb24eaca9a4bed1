"""Alembic's entry: runs on the connection that ``bring_up_to_date`` hands over."""

from __future__ import annotations

from alembic import context

from carecenter.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
context.run_migrations()
