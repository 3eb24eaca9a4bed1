"""Drafts: every text being typed, by account and place; seen and restored for its author alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from carecenter.models.desk import Draft


def put(session: Session, account_id: str, place: str, content: dict[str, Any], at: dt.datetime) -> None:
    """Keep what stands in a place now (``call:<id>:notes``, ``call:<id>:ticket``)."""
    draft = session.get(Draft, (account_id, place))
    if draft is None:
        draft = Draft(account_id=account_id, place=place, content=content, saved_at=at)
        session.add(draft)
    draft.content, draft.saved_at = content, at


def all_of(session: Session, account_id: str) -> dict[str, dict[str, Any]]:
    """Place → content of an account's drafts, oldest first."""
    statement = select(Draft).where(Draft.account_id == account_id).order_by(Draft.saved_at)
    return {draft.place: draft.content for draft in session.scalars(statement)}


def drop(session: Session, account_id: str, place: str) -> None:
    """The text went where it belongs, or its author threw it away."""
    session.execute(delete(Draft).where(Draft.account_id == account_id, Draft.place == place))
