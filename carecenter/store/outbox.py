"""The outbox: an operation and its effect are saved in one transaction; it leaves when the feed has passed it.

Waiting → accepted by the centre, with the seqs that carry its effect → gone once the cursors have passed them;
what the centre does not know yet waits for its next version, or an hour.
Refused or quarantined ones stay under "needs attention", with their text, until a person has dealt with them.
"""

from __future__ import annotations

import datetime as dt

import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from carecenter import operations
from carecenter.core.errors import NotAllowed, UserError
from carecenter.core.i18n import N_
from carecenter.core.ids import new_id
from carecenter.models.desk import FreeReference, Outbox, OutboxState, ScopeCursor
from carecenter.models.viewer import Viewer, is_granted
from carecenter.operations.rights import refusal
from carecenter.operations.tickets import OpenTicket
from carecenter.store import facts, overlay, sealed
from carecenter.wire import BYTES_PER_PUSH, OPERATIONS_PER_PUSH, Envelope, Outcome, Push, Result, put_right

_AROUND = 64
"""Bytes of a push around its operations, at most."""

LATER_AGAIN = dt.timedelta(hours=1)
_LATER_AT = "later_at"


def perform(
    session: Session, viewer: Viewer, operation: operations.Operation, at: dt.datetime
) -> tuple[operations.Operation, set[overlay.Key]]:
    """Apply an operation and put it in the outbox, in the caller's transaction. ``at``: this desk's clock.

    Returns the operation as it was kept (a ticket has its reference now) and the rows it changed. Raises
    ``NotAllowed`` when this account may not do it, ``UserError`` when no reference is left.
    """
    reason = refusal(session, viewer, operation, is_granted)
    if reason is not None:
        raise NotAllowed(reason)
    if isinstance(operation, OpenTicket) and not operation.reference:
        operation = msgspec.structs.replace(operation, reference=_take_reference(session))
    offset = facts.clock_offset(session)
    done_at = put_right(at, offset)
    actor = operations.Actor(account_id=viewer.account_id, device_id=facts.device_id(session), desk_at=done_at)
    with overlay.captured(session) as touched:
        operation.apply(session, actor, done_at)
    session.add(
        Outbox(
            number=facts.next_number(session),
            op_id=new_id(),
            account_id=viewer.account_id,
            tag=operation.tag(),
            payload=operations.encode(operation),
            desk_at=at,
            clock_offset=offset,
            state=OutboxState.WAITING,
        )
    )
    return operation, touched


def _take_reference(session: Session) -> str:
    free = session.scalar(select(FreeReference).order_by(FreeReference.position).limit(1))
    if free is None:
        raise UserError(
            N_(
                "No follow-up reference is left on this workstation. Keep the text as it is and connect to the"
                " centre; then save again."
            )
        )
    session.delete(free)
    return free.reference


def next_push(session: Session, most: int = OPERATIONS_PER_PUSH) -> Push:
    """The oldest waiting operations, at most so many and as large as the centre takes at once."""
    statement = select(Outbox).where(Outbox.state == OutboxState.WAITING).order_by(Outbox.number)
    envelopes: list[Envelope] = []
    size = 0
    for row in session.scalars(statement.limit(most)):
        envelope = _envelope(session, row)
        size += len(msgspec.json.encode(envelope)) + 1
        if envelopes and size > BYTES_PER_PUSH - _AROUND:
            break
        envelopes.append(envelope)
    return Push(operations=tuple(envelopes))


def _envelope(session: Session, row: Outbox) -> Envelope:
    return Envelope(
        op_id=row.op_id,
        device_id=facts.device_id(session),
        device_seq=row.number,
        account_id=row.account_id,
        tag=row.tag,
        payload=msgspec.Raw(row.payload),
        desk_at=row.desk_at,
        offset=row.clock_offset,
    )


def settle(session: Session, results: tuple[Result, ...], at: dt.datetime) -> set[overlay.Key]:
    """Note what the centre made of operations; returns the rows that may have changed on the screen.

    ``at``: the centre's time, as far as this desk knows it.
    """
    refused = False
    for result in results:
        row = session.scalar(select(Outbox).where(Outbox.op_id == result.op_id))
        if row is None or row.state is not OutboxState.WAITING:
            continue
        if result.outcome in (Outcome.REFUSED, Outcome.QUARANTINED):
            row.state, row.reason, refused = OutboxState.ATTENTION, result.reason, True
        elif result.outcome is Outcome.LATER:
            row.state = OutboxState.LATER
            if facts.get(session, _LATER_AT) is None:
                facts.put(session, _LATER_AT, at.isoformat())
        elif result.outcome is not Outcome.CLONED:
            row.state, row.seqs = OutboxState.ACCEPTED, dict(result.seqs)
    session.flush()
    if not refused and not _passed(session):
        return set()
    with overlay.underneath(session) as touched:
        retire(session, at)
    return touched


def retire(session: Session, at: dt.datetime) -> None:
    """Let go of accepted operations whose effect the feed has brought, in every scope this desk follows.

    They are kept sealed from now on, as of ``at``, the centre's time. Only between the taking off and the
    putting back of pending operations (``overlay.underneath``).
    """
    passed = _passed(session)
    sealed.keep(session, (_envelope(session, row) for row in passed), at)
    for row in passed:
        session.delete(row)
    session.flush()


def _passed(session: Session) -> list[Outbox]:
    """Accepted operations with nothing left to wait for; a look, which changes no row, has nothing at all."""
    cursors = dict(session.execute(select(ScopeCursor.scope, ScopeCursor.seq)).all())
    return [
        row
        for row in session.scalars(select(Outbox).where(Outbox.state == OutboxState.ACCEPTED)).all()
        if all(cursors[scope] >= seq for scope, seq in (row.seqs or {}).items() if scope in cursors)
    ]


def put_aside(session: Session, op_id: str, reason: str) -> set[overlay.Key]:
    """An operation cannot even be sent: it needs attention. Returns the rows that changed on the screen."""
    row = session.scalar(select(Outbox).where(Outbox.op_id == op_id, Outbox.state == OutboxState.WAITING))
    if row is None:
        return set()
    row.state, row.reason = OutboxState.ATTENTION, reason
    with overlay.underneath(session) as touched:
        pass
    return touched


def discard(session: Session, number: int) -> None:
    """A person has dealt with an operation that needed attention."""
    session.execute(delete(Outbox).where(Outbox.number == number, Outbox.state == OutboxState.ATTENTION))


def offer_again(session: Session) -> None:
    """The centre was put back to an earlier state: everything accepted but not yet passed waits anew."""
    session.execute(
        update(Outbox).where(Outbox.state == OutboxState.ACCEPTED).values(state=OutboxState.WAITING, seqs=None)
    )


def offer_later(session: Session) -> None:
    """The centre may know by now what it did not know before."""
    session.execute(update(Outbox).where(Outbox.state == OutboxState.LATER).values(state=OutboxState.WAITING))
    facts.drop(session, _LATER_AT)


def is_later_due(session: Session, at: dt.datetime) -> bool:
    """Whether something has waited an hour for the centre to know it; a clock that was put back counts too."""
    told = facts.moment(session, _LATER_AT)
    return told is not None and abs(at - told) >= LATER_AGAIN


def count(session: Session, *states: OutboxState) -> int:
    """How many operations are in one of these states."""
    return session.scalar(select(func.count()).select_from(Outbox).where(Outbox.state.in_(states))) or 0


def oldest(session: Session) -> str:
    """The id of the operation that is sent next; empty when none is."""
    waiting = select(Outbox.op_id).where(Outbox.state == OutboxState.WAITING)
    return session.scalar(waiting.order_by(Outbox.number).limit(1)) or ""
