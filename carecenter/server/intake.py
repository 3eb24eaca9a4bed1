"""Operations arrive: each takes effect once, is judged by its author's rights, and gets a result.

Intake (what a caller was promised) is never refused: the doubtful is accepted and put up for review. What is
malformed or forged is kept whole in quarantine.
"""

from __future__ import annotations

import datetime as dt
from hashlib import blake2b

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from carecenter import operations
from carecenter.core.errors import NotFound
from carecenter.core.i18n import N_
from carecenter.core.ids import new_id
from carecenter.models.centre import OpLog, Quarantine, Review
from carecenter.models.viewer import viewer_of
from carecenter.operations.callers import CorrectCaller
from carecenter.operations.rights import refusal
from carecenter.operations.tickets import OpenTicket
from carecenter.server import audit, references
from carecenter.server.unit import Key, Unit
from carecenter.wire import Envelope, Outcome, Result


class _Judged(msgspec.Struct, frozen=True, kw_only=True):
    outcome: Outcome
    reason: str = ""
    keys: tuple[Key, ...] = ()
    subjects: dict[str, str] = {}


def accept(unit: Unit, envelopes: tuple[Envelope, ...], at: dt.datetime) -> tuple[Result, ...]:
    """Judge a batch in one transaction and place its effects in the feed; a result an operation."""
    results: dict[str, Result] = {}
    judged: dict[str, _Judged] = {}
    audit.lock(unit.session)
    for envelope in envelopes:
        known = _known(unit.session, envelope, at)
        if known is not None:
            results[envelope.op_id] = known
        elif envelope.op_id not in judged:
            judged[envelope.op_id] = _judge(unit, envelope, at)
            _log(unit.session, envelope, judged[envelope.op_id], at)
    placed = unit.publish()
    for op_id, verdict in judged.items():
        seqs: dict[str, int] = {}
        for key in verdict.keys:
            for scope, seq in placed.get(key, {}).items():
                seqs[scope] = max(seq, seqs.get(scope, 0))
        entry = unit.session.get(OpLog, op_id)
        if entry is not None:
            entry.seqs = seqs
        results[op_id] = Result(op_id=op_id, outcome=verdict.outcome, reason=verdict.reason, seqs=seqs)
    return tuple(results[envelope.op_id] for envelope in envelopes)


def _known(session: Session, envelope: Envelope, at: dt.datetime) -> Result | None:
    """The result of an operation heard before, or what is wrong with its identity."""
    entry = session.get(OpLog, envelope.op_id)
    if entry is not None:
        if entry.payload_hash != _hash(envelope):
            return _forged(session, envelope, N_("Another operation has this id already."), at)
        return Result(
            op_id=entry.op_id,
            outcome=Outcome(entry.outcome),
            reason=entry.reason,
            seqs=entry.seqs,
            repeated=True,
        )
    taken = select(OpLog.op_id).where(
        OpLog.device_id == envelope.device_id, OpLog.device_seq == envelope.device_seq
    )
    if session.scalar(taken) is not None:
        reason = N_("This workstation's disk was copied: another operation has this number.")
        return _forged(session, envelope, reason, at)
    return None


def _forged(session: Session, envelope: Envelope, reason: str, at: dt.datetime) -> Result:
    """Kept whole, once; the log has its place taken by another operation."""
    payload = bytes(envelope.payload)
    same = select(Quarantine.id).where(Quarantine.op_id == envelope.op_id, Quarantine.payload == payload)
    if session.scalar(same) is None:
        _quarantine(session, envelope, reason, at)
    return Result(op_id=envelope.op_id, outcome=Outcome.QUARANTINED, reason=reason)


def _judge(unit: Unit, envelope: Envelope, at: dt.datetime) -> _Judged:
    try:
        operation = operations.decode(envelope.tag, bytes(envelope.payload))
    except (KeyError, msgspec.MsgspecError):
        return _Judged(outcome=Outcome.QUARANTINED, reason=N_("The centre does not understand this operation."))
    doubt = _doubt(unit.session, envelope, operation)
    if doubt and not operation.intake:
        return _Judged(outcome=Outcome.REFUSED, reason=doubt, subjects=operation.subjects())
    actor = operations.Actor(account_id=envelope.account_id, device_id=envelope.device_id, desk_at=envelope.desk_at)
    try:
        with unit.session.begin_nested():
            found = _apply(unit.session, operation, actor, at)  # also when in doubt: intake stands
            unit.session.flush()
            doubt = doubt or found
    except (SQLAlchemyError, ValueError, LookupError, TypeError):
        unit.forget()
        return _Judged(
            outcome=Outcome.QUARANTINED,
            reason=N_("The centre cannot apply this operation to what it holds."),
            subjects=operation.subjects(),
        )
    return _Judged(
        outcome=Outcome.IN_REVIEW if doubt else Outcome.ACCEPTED,
        reason=doubt,
        keys=unit.taken(),
        subjects=operation.subjects(),
    )


def _doubt(session: Session, envelope: Envelope, operation: operations.Operation) -> str:
    try:
        viewer = viewer_of(session, envelope.account_id)
    except NotFound as error:
        return error.message
    return refusal(session, viewer, operation) or ""


def _apply(session: Session, operation: operations.Operation, actor: operations.Actor, at: dt.datetime) -> str:
    """Apply; returns what a supervisor should look at, or nothing."""
    if isinstance(operation, CorrectCaller) and operation.outdated(session):
        return N_("Somebody else corrected this fact of the caller's card meanwhile. It was left as it is.")
    if not isinstance(operation, OpenTicket):
        operation.apply(session, actor, at)
        return ""
    given = operation.reference
    number = references.settle_collision(session, operation.ticket_id, given)
    msgspec.structs.replace(operation, reference=number).apply(session, actor, at)
    if number == given:
        return ""
    session.flush()
    references.keep_alias(session, operation.ticket_id, given)
    return N_("The follow-up reference was given twice: call this caller back with the new one.")


def _log(session: Session, envelope: Envelope, verdict: _Judged, at: dt.datetime) -> None:
    session.add(
        OpLog(
            op_id=envelope.op_id,
            device_id=envelope.device_id,
            device_seq=envelope.device_seq,
            payload_hash=_hash(envelope),
            outcome=verdict.outcome.value,
            reason=verdict.reason,
            seqs={},
        )
    )
    if verdict.outcome is Outcome.QUARANTINED:
        _quarantine(session, envelope, verdict.reason, at)
    elif verdict.outcome is Outcome.IN_REVIEW:
        session.add(
            Review(
                op_id=envelope.op_id,
                account_id=envelope.account_id,
                tag=envelope.tag,
                reason=verdict.reason,
                at=at,
            )
        )
    audit.record(
        session,
        at=at,
        account_id=envelope.account_id,
        device_id=envelope.device_id,
        action=envelope.tag,
        subjects=verdict.subjects,
        outcome=verdict.outcome.value,
    )
    session.flush()


def _quarantine(session: Session, envelope: Envelope, reason: str, at: dt.datetime) -> None:
    session.add(
        Quarantine(
            id=new_id(),
            op_id=envelope.op_id,
            device_id=envelope.device_id,
            account_id=envelope.account_id,
            payload=bytes(envelope.payload),
            reason=reason,
            at=at,
        )
    )


def _hash(envelope: Envelope) -> str:
    content = f"{envelope.account_id}\n{envelope.tag}\n".encode() + bytes(envelope.payload)
    return blake2b(content, digest_size=32).hexdigest()
