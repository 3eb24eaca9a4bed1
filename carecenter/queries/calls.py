"""Calls: the ones an agent still has open, and a caller's last ones."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from carecenter.core.errors import NotFound
from carecenter.core.i18n import N_
from carecenter.core.terms import Channel, Check, Direction, Language, WrapUp
from carecenter.models.account import Account
from carecenter.models.call import Call
from carecenter.queries import persons
from carecenter.queries.base import Row, Viewer, columns


class CallRow(Row, frozen=True, kw_only=True):
    """A call. ``number`` is E.164, empty when withheld; times are UTC."""

    id: str
    agent_id: str
    agent_name_ar: str
    agent_name_en: str
    caller_id: str | None
    channel: Channel
    direction: Direction
    number: str
    withheld: bool
    anonymous: bool
    on_behalf_of: str
    language: Language
    notes: str
    checks: tuple[Check, ...]
    articles: tuple[str, ...]
    started_at: dt.datetime
    ended_at: dt.datetime | None
    wrap_up: WrapUp | None


def open_calls(session: Session, viewer: Viewer) -> tuple[CallRow, ...]:
    """The viewer's calls that were not ended, newest first: also those that a crash interrupted."""
    return _rows(session, (Call.agent_id == viewer.account_id) & Call.ended_at.is_(None), limit=10)


def call(session: Session, viewer: Viewer, call_id: str) -> CallRow:
    """One call. Raises ``NotFound``."""
    rows = _rows(session, Call.id == call_id, limit=1)
    if not rows or not (rows[0].agent_id == viewer.account_id or rows[0].caller_id or viewer.leads):
        raise NotFound(N_("This call is not on this workstation."))
    return rows[0]


def of_caller(session: Session, viewer: Viewer, caller_id: str, limit: int = 10) -> tuple[CallRow, ...]:
    """A caller's calls that ended, newest first."""
    del viewer
    theirs = Call.caller_id.in_(persons.ids(session, caller_id))
    return _rows(session, theirs & Call.ended_at.is_not(None), limit)


def _rows(session: Session, condition: ColumnElement[bool], limit: int) -> tuple[CallRow, ...]:
    statement = (
        select(Call, Account)
        .outerjoin(Account, Account.id == Call.agent_id)
        .where(condition)
        .order_by(Call.started_at.desc())
        .limit(limit)
    )
    return tuple(_row(record, agent) for record, agent in session.execute(statement))


def _row(record: Call, agent: Account | None) -> CallRow:
    names = ("id", "agent_id", "caller_id", "channel", "direction", "number", "withheld", "anonymous")
    more = ("on_behalf_of", "language", "notes", "started_at", "ended_at", "wrap_up")
    return CallRow(
        **columns(record, *names, *more),
        agent_name_ar=agent.display_name_ar if agent else "",
        agent_name_en=agent.display_name_en if agent else "",
        checks=tuple(Check(check) for check in record.checks),
        articles=tuple(record.articles),
    )
