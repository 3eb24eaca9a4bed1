"""Ageing: what a hall's workstations no longer need goes from their scopes, and what has run out goes altogether.

Tickets leave their queue ``scopes.RECENT`` after they were closed, calls and settled callbacks leave their people
likewise; what was looked up leaves at the end of the day; tokens end. Nothing that the centre holds is deleted
but tokens and grants. To run it twice does no more than to run it once; the service does so every hour.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import ColumnElement, and_, delete, literal, or_, select

from carecenter.core.terms import CallbackState
from carecenter.models.call import Call
from carecenter.models.centre import FeedKind, FeedPointer, LookupGrant, Token
from carecenter.models.ticket import Callback, Ticket
from carecenter.server import facts, scopes, turns
from carecenter.server.scopes import RECENT, Scoping
from carecenter.server.session import CentreSession

if TYPE_CHECKING:
    from carecenter.server.centre import Centre

BATCH: Final = 200
CLOSED_APART: Final = "closed_apart"
"""The fact that no closed ticket stands with the open ones, as they did in earlier versions."""
_TURN: Final = "ageing"


class Aged(msgspec.Struct, frozen=True, kw_only=True):
    """How many were looked at because of their age; ``grants`` and ``tokens`` are gone."""

    tokens: int = 0
    grants: int = 0
    tickets: int = 0
    calls: int = 0
    callbacks: int = 0


def run(centre: Centre) -> Aged:
    """Let everything age by the centre's clock, a batch a transaction."""
    at = centre.clock()
    with centre.transaction() as unit:
        gone = unit.session.execute(delete(Token).where(Token.expires_at <= at).returning(Token.token_hash)).all()
        hall = scopes.chosen(unit.session) is Scoping.HALL
    if not hall:
        return Aged(tokens=len(gone))
    before = at - RECENT
    settled = and_(Callback.state != CallbackState.PROMISED, Callback.due_at <= before)
    return Aged(
        tokens=len(gone),
        grants=_grants(centre, at),
        tickets=_closed_of_earlier_versions(centre)
        + _leave(centre, Ticket, Ticket.closed_at <= before, "closed:", Ticket.queue_id),
        calls=_leave(centre, Call, Call.started_at <= before, "work:", Call.agent_id)
        + _leave(centre, Call, Call.started_at <= before, "account:", Call.agent_id),
        callbacks=_leave(centre, Callback, settled, "account:", Callback.owner_id),
    )


def _closed_of_earlier_versions(centre: Centre) -> int:
    """Once, since it looks at all that were ever closed: seconds of the database for each million."""
    with centre.transaction() as unit:
        if facts.get(unit.session, CLOSED_APART) is not None:
            return 0
    left = _leave(centre, Ticket, Ticket.closed_at.is_not(None), "queue:", Ticket.queue_id)
    with centre.transaction() as unit:
        facts.locked(unit.session, CLOSED_APART, "yes")
    return left


def _grants(centre: Centre, at: dt.datetime) -> int:
    def batch(session: CentreSession, last: str) -> tuple[int, str]:
        del last
        columns = (LookupGrant.account_id, LookupGrant.entity, LookupGrant.entity_id)
        expired = select(*columns).where(LookupGrant.until <= at).order_by(*columns).limit(BATCH)
        found = session.execute(expired).all()
        keys = sorted({(row.entity, row.entity_id) for row in found})
        turns.hold(session, keys)
        same = (and_(*(column == value for column, value in zip(columns, row, strict=True))) for row in found)
        # The time once more: somebody may have looked it up again while we waited.
        if found:
            session.execute(delete(LookupGrant).where(LookupGrant.until <= at, or_(*same)))
        scopes.reconsider(session, keys)
        return len(found), "more"

    return _in_batches(centre, batch)


def _leave(
    centre: Centre, model: type[Any], aged: ColumnElement[bool], prefix: str, place: ColumnElement[str] | Any
) -> int:
    """Rows that are old and that the scope of their place still holds."""
    entity = str(model.__tablename__)

    def batch(session: CentreSession, last: str) -> tuple[int, str]:
        pointer = and_(
            FeedPointer.scope == literal(prefix) + place,
            FeedPointer.entity == entity,
            FeedPointer.entity_id == model.id,
            FeedPointer.kind == FeedKind.PUT,
        )
        old = select(model.id).join(FeedPointer, pointer).where(aged, model.id > last)
        ids = list(session.scalars(old.order_by(model.id).limit(BATCH)))
        keys = [(entity, one) for one in ids]
        turns.hold(session, keys)
        scopes.reconsider(session, keys)
        return len(ids), max(ids, default=last)

    return _in_batches(centre, batch)


def _in_batches(centre: Centre, batch: Callable[[CentreSession, str], tuple[int, str]]) -> int:
    total, last = 0, ""
    while True:
        with centre.transaction() as unit:
            turns.take(unit.session, [_TURN])
            count, last = batch(unit.session, last)
            unit.publish()
        total += count
        if count < BATCH:
            return total
