"""What the accounts of this computer did, newest first, for the supervisor."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.core.errors import NotAllowed
from carecenter.core.i18n import N_
from carecenter.core.terms import EntryKind
from carecenter.models.account import Account
from carecenter.models.call import Call
from carecenter.models.ticket import Ticket, TicketEntry
from carecenter.queries.base import Row, Viewer, visible_tickets


class ActivityRow(Row, frozen=True, kw_only=True):
    """One act. ``kind`` is a timeline line's, or nothing for a call; ``reference`` is empty for a call."""

    at: dt.datetime
    account_id: str
    account_name_ar: str
    account_name_en: str
    kind: EntryKind | None
    ticket_id: str | None
    reference: str
    call_id: str | None
    call_ended: bool


def activity(
    session: Session, viewer: Viewer, account_id: str | None = None, limit: int = 300
) -> tuple[ActivityRow, ...]:
    """Calls taken and lines written. Raises ``NotAllowed`` for an account that leads nobody."""
    if not viewer.leads:
        raise NotAllowed(N_("Only a supervisor sees what other accounts did."))
    rows = [*_lines(session, viewer, account_id, limit), *_calls(session, account_id, limit)]
    return tuple(sorted(rows, key=lambda row: row.at, reverse=True)[:limit])


def _lines(session: Session, viewer: Viewer, account_id: str | None, limit: int) -> list[ActivityRow]:
    statement = (
        select(TicketEntry, Account, Ticket.reference)
        .join(Ticket, Ticket.id == TicketEntry.ticket_id)
        .join(Account, Account.id == TicketEntry.author_id)
        .where(visible_tickets(viewer))
        .order_by(TicketEntry.at.desc())
        .limit(limit)
    )
    if account_id is not None:
        statement = statement.where(TicketEntry.author_id == account_id)
    return [
        ActivityRow(
            at=entry.at,
            account_id=account.id,
            account_name_ar=account.display_name_ar,
            account_name_en=account.display_name_en,
            kind=entry.kind,
            ticket_id=entry.ticket_id,
            reference=reference,
            call_id=None,
            call_ended=False,
        )
        for entry, account, reference in session.execute(statement)
    ]


def _calls(session: Session, account_id: str | None, limit: int) -> list[ActivityRow]:
    statement = (
        select(Call, Account)
        .join(Account, Account.id == Call.agent_id)
        .order_by(Call.started_at.desc())
        .limit(limit)
    )
    if account_id is not None:
        statement = statement.where(Call.agent_id == account_id)
    return [
        ActivityRow(
            at=call.started_at,
            account_id=account.id,
            account_name_ar=account.display_name_ar,
            account_name_en=account.display_name_en,
            kind=None,
            ticket_id=None,
            reference="",
            call_id=call.id,
            call_ended=call.ended_at is not None,
        )
        for call, account in session.execute(statement)
    ]
