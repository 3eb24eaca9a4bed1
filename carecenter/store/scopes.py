"""Which scopes are followed at this workstation, and what happens to the rows of one that nobody follows any more.

The store serves everybody who has signed in here. A scope is followed as long as one of them does, as of when
they were last heard; an account that was disabled follows nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import delete, literal, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from carecenter.models.account import Account
from carecenter.models.desk import HeldRow, ScopeCursor
from carecenter.store import facts

LINGERING = "~pending"
"""Holds rows that their last scope let go while a pending operation still touched them."""
_OWN = "account:"


def follow(session: Session, scopes: Iterable[str]) -> None:
    """The centre said what an account may follow; rows of scopes that nobody follows now are let go.

    Whose scopes they are shows by the account's own one among them. Without it nobody is meant.
    """
    told = tuple(scopes)
    account_id = next((scope.removeprefix(_OWN) for scope in told if scope.startswith(_OWN)), None)
    if account_id is None:
        return
    known = facts.followers(session)
    known.setdefault(account_id, facts.Follower()).scopes = told
    shut_out = set(session.scalars(select(Account.id).where(Account.id.in_(known), Account.active.is_(False))))
    known = {account: follower for account, follower in known.items() if account not in shut_out}
    facts.keep_followers(session, known)
    followed = {scope for follower in known.values() for scope in follower.scopes}
    for scope in session.scalars(select(ScopeCursor.scope)).all():
        if scope not in followed:
            release(session, scope)
            session.execute(delete(ScopeCursor).where(ScopeCursor.scope == scope))


def renew_lease(session: Session, account_id: str, until: dt.datetime) -> None:
    """The account may work without the centre until then."""
    known = facts.followers(session)
    known.setdefault(account_id, facts.Follower()).lease_until = until
    facts.keep_followers(session, known)


def release(session: Session, holder: str) -> None:
    """A scope holds nothing any more; rows that no other one holds go as soon as nothing pending touches them."""
    hand_over(session, holder, LINGERING)


def hand_over(session: Session, holder: str, to: str) -> None:
    """What one holds is held by another from now on."""
    held = select(literal(to), HeldRow.entity, HeldRow.entity_id).where(HeldRow.scope == holder)
    columns = ["scope", "entity", "entity_id"]
    session.execute(insert(HeldRow).from_select(columns, held).on_conflict_do_nothing())
    session.execute(delete(HeldRow).where(HeldRow.scope == holder))
