"""Operations arrive: each takes effect once, is judged by its author's rights, and gets a result.

Intake (what a caller was promised) is never refused: the doubtful is accepted and put up for review. What is
malformed or forged is kept whole in quarantine, and so is, beside its review, what has nothing left to stand on.
A batch is loaded, judged and written as one; only when that fails is each operation judged for itself, so that one
bad operation never stops the others.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Iterable, Sequence
from contextlib import nullcontext

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError
from sqlalchemy.orm import Session

from carecenter import operations
from carecenter.core.i18n import N_
from carecenter.core.ids import new_id
from carecenter.models.centre import Audit, OpBatch, OpLog, Quarantine, Review
from carecenter.models.viewer import Viewer
from carecenter.operations.brought import BringTicket
from carecenter.operations.callers import AttachPhone, CorrectCaller, RegisterCaller
from carecenter.operations.calls import IdentifyCaller, OpenCall
from carecenter.operations.tickets import OpenTicket
from carecenter.server import accounts, audit, bulk, heard, merging, scopes, turns
from carecenter.server.judgement import TICK, Judge, Verdict
from carecenter.server.unit import Unit
from carecenter.wire import Envelope, Outcome, Result

log = logging.getLogger(__name__)

_WRITES_CARDS = (RegisterCaller, CorrectCaller, AttachPhone, OpenCall, IdentifyCaller)

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""No text of PostgreSQL holds it, and its log would quote what stands around it."""

_NOT_UNDERSTOOD = Verdict(Outcome.QUARANTINED, N_("The centre does not understand this operation."))
_NOT_KNOWN_YET = Verdict(Outcome.LATER, N_("The centre does not know this operation yet. It waits for an upgrade."))
_NOT_FROM_THERE = Verdict(Outcome.QUARANTINED, N_("Its author never signed in at the workstation that sent it."))
_NOT_APPLIED = Verdict(Outcome.QUARANTINED, N_("The centre cannot apply this operation to what it holds."))


class _Case(msgspec.Struct):
    """An operation that was not heard before. ``logged``: its identity is its own and goes into the log."""

    envelope: Envelope
    operation: operations.Operation | None = None
    verdict: Verdict | None = None
    logged: bool = True


class Stumbled(Exception):
    """An operation went wrong where nothing would have caught it: begin the transaction again, carefully."""


def accept(
    unit: Unit,
    envelopes: Sequence[Envelope],
    at: dt.datetime,
    viewer: Viewer | None = None,
    *,
    careful: bool = True,
) -> tuple[Result, ...]:
    """Judge a batch in one transaction and place its effects in the feed; a result an operation, in order.

    ``viewer``: who sends it, when that was looked up in the same transaction. Not ``careful``: without a savepoint,
    which costs two statements and is hardly ever needed; raises ``Stumbled`` when it was.
    """
    cases = [_read(envelope) for envelope in envelopes]
    turns.take(unit.session, _turns(cases))
    known, new = _sorted_out(unit.session, cases)
    _judge(unit, [case for case in new if case.verdict is None], at, viewer, careful)
    batch = new_id()
    _log(unit.session, new, at)
    _keep_cards(unit.session, new)
    merging.follow(unit.session, _taken(new), at)
    seqs = unit.publish()
    if logged := [_entry(case, batch) for case in new if case.logged]:
        made = {"id": batch, "at": at, "seqs": seqs}
        bulk.insert_together(unit.session, (OpBatch, [made], ()), (OpLog, logged, ()))
    answers = {id(case): heard.answer(case.envelope, *_told(case), seqs) for case in new}
    first = {case.envelope.op_id: answers[id(case)] for case in reversed(new) if case.logged}
    return tuple(known.get(id(case)) or answers.get(id(case)) or first[case.envelope.op_id] for case in cases)


def _read(envelope: Envelope) -> _Case:
    if not heard.is_sound(envelope):
        return _Case(envelope, verdict=_NOT_UNDERSTOOD, logged=False)
    if _NUL.search(envelope.payload):
        return _Case(envelope, verdict=_NOT_UNDERSTOOD)
    try:
        return _Case(envelope, operations.decode(envelope.tag, bytes(envelope.payload)))
    except KeyError:
        return _Case(envelope, verdict=_NOT_KNOWN_YET, logged=False)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _Case(envelope, verdict=_NOT_UNDERSTOOD)


def _turns(cases: Iterable[_Case]) -> Iterable[str]:
    """One push of a workstation after the other, and one ticket under a reference after the other."""
    for case in cases:
        yield f"device {case.envelope.device_id}"
        if isinstance(case.operation, OpenTicket | BringTicket):
            yield f"reference {case.operation.reference}"


def _sorted_out(session: Session, cases: Sequence[_Case]) -> tuple[dict[int, Result], list[_Case]]:
    """The results of operations heard before, and the new ones; those twice in this push are left out."""
    sound = [case.envelope for case in cases if heard.is_sound(case.envelope)]
    register = heard.Register(session, sound)
    known: dict[int, Result] = {}
    new: dict[str, _Case] = {}
    others: list[_Case] = []
    for case in cases:
        forged = register.enter(case.envelope) if case.logged else None
        if forged is not None:
            case.verdict, case.logged = Verdict(forged.outcome, forged.reason), False
        result = register.result(case.envelope) if case.logged else None
        if result is not None:
            known[id(case)] = result
        elif not case.logged:
            others.append(case)
        else:
            new.setdefault(case.envelope.op_id, case)
    return known, [*new.values(), *others]


def _judge(unit: Unit, cases: Sequence[_Case], at: dt.datetime, viewer: Viewer | None, careful: bool) -> None:
    try:
        _judge_together(unit, cases, at, viewer, careful)
    except Exception as error:  # whatever an operation does wrong, the others go on
        if _is_the_databases(error):
            raise
        if not careful:
            raise Stumbled from error
        for place, case in enumerate(cases):
            _judge_alone(unit, case, at + place * TICK, viewer)


def _judge_together(
    unit: Unit, cases: Sequence[_Case], at: dt.datetime, viewer: Viewer | None, careful: bool = True
) -> None:
    if not cases:
        return
    with unit.savepoint() if careful else nullcontext():
        judge = Judge(unit.session, at, viewer)
        judge.prepare(case.operation for case in cases if case.operation is not None)
        strange = _strange_authors(unit.session, cases, viewer)
        for case in cases:
            if case.operation is None:
                continue
            if case.envelope.account_id not in strange:
                case.verdict = judge.judge(case.envelope, case.operation)
            elif case.operation.intake:
                told = judge.judge(case.envelope, case.operation)
                case.verdict = msgspec.structs.replace(
                    told, outcome=Outcome.IN_REVIEW, reason=_NOT_FROM_THERE.reason
                )
            else:
                case.verdict = _NOT_FROM_THERE
        unit.write()


def _strange_authors(session: Session, cases: Iterable[_Case], viewer: Viewer | None) -> set[str]:
    """A workstation sends what its people typed; whom nobody ever saw there is probably made up by it."""
    sender = None if viewer is None else viewer.account_id
    pairs = {(case.envelope.account_id, case.envelope.device_id) for case in cases}
    return {
        author
        for author, device_id in pairs
        if sender not in {None, author} and accounts.never_signed_in(session, author, device_id)
    }


def _judge_alone(unit: Unit, case: _Case, at: dt.datetime, viewer: Viewer | None) -> None:
    try:
        _judge_together(unit, [case], at, viewer)
    except Exception as error:
        if _is_the_databases(error):
            raise
        # What an error says may be what a caller said: its kind is enough.
        log.warning("operation %s (%s): %s", case.envelope.op_id, case.envelope.tag, type(error).__name__)
        case.verdict = _NOT_APPLIED
    unit.session.forget()


def _is_the_databases(error: Exception) -> bool:
    """Whether it says nothing about the operation: a full disk, a lost connection, a deadlock."""
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or isinstance(error, OperationalError | InternalError)


def _keep_cards(session: Session, cases: Iterable[_Case]) -> None:
    """In a hall, whoever wrote a caller's card or named its owner on the phone holds it for the day."""
    if scopes.chosen(session) is not scopes.Scoping.HALL:
        return
    for case in cases:
        named = case.operation.caller_id if isinstance(case.operation, _WRITES_CARDS) else None
        if named is not None and _told(case)[0] is Outcome.ACCEPTED:
            scopes.grant(session, case.envelope.account_id, ("caller", named))


def _taken(cases: Iterable[_Case]) -> Iterable[tuple[str, operations.Operation]]:
    for case in cases:
        if case.operation is not None and _told(case)[0] in (Outcome.ACCEPTED, Outcome.IN_REVIEW):
            yield case.envelope.account_id, case.operation


def _told(case: _Case) -> tuple[Outcome, str]:
    verdict = case.verdict or _NOT_UNDERSTOOD
    return verdict.outcome, verdict.reason


def _is_kept_whole(case: _Case) -> bool:
    astray = case.verdict is not None and case.verdict.astray
    return astray or _told(case)[0] is Outcome.QUARANTINED


def _log(session: Session, cases: Sequence[_Case], at: dt.datetime) -> None:
    """Keep what a person has to look at, and audit what became of the operations."""
    strangers = _not_kept_yet(session, [case for case in cases if _is_kept_whole(case)])
    bulk.insert(session, Quarantine, [_kept(case, at) for case in strangers])
    reviews = [case for case in cases if _told(case)[0] is Outcome.IN_REVIEW]
    bulk.insert(session, Review, [_review(case, at) for case in reviews])
    waiting = _told_before(session, cases)
    for case in cases:
        outcome, _ = _told(case)
        repeated = outcome is Outcome.QUARANTINED and not any(case is stranger for stranger in strangers)
        if not repeated and case.envelope.op_id not in waiting:
            _audit(session, case, outcome, at)


def _entry(case: _Case, batch: str) -> bulk.Values:
    outcome, reason = _told(case)
    return {
        "op_id": case.envelope.op_id,
        "device_id": case.envelope.device_id,
        "device_seq": case.envelope.device_seq,
        "payload_hash": heard.digest(case.envelope),
        "outcome": outcome.value,
        "reason": reason,
        "batch": batch,
    }


def _kept(case: _Case, at: dt.datetime) -> bulk.Values:
    return {
        "id": new_id(),
        "op_id": _plain(case.envelope.op_id),
        "device_id": case.envelope.device_id,
        "account_id": _plain(case.envelope.account_id),
        "payload": bytes(case.envelope.payload),
        "reason": _told(case)[1],
        "at": at,
    }


def _review(case: _Case, at: dt.datetime) -> bulk.Values:
    return {
        "op_id": case.envelope.op_id,
        "account_id": case.envelope.account_id,
        "tag": case.envelope.tag,
        "reason": _told(case)[1],
        "at": at,
    }


def _not_kept_yet(session: Session, cases: Sequence[_Case]) -> list[_Case]:
    """Those that are not in quarantine already: the log does not know them, so they may come again and again."""
    kept: set[tuple[str, bytes]] = set()
    fresh: list[_Case] = []
    for case in cases:
        key = (_plain(case.envelope.op_id), bytes(case.envelope.payload))
        same = select(Quarantine.id).where(Quarantine.op_id == key[0], Quarantine.payload == key[1]).limit(1)
        if case.logged or (key not in kept and session.scalar(same) is None):
            fresh.append(case)
        kept.add(key)
    return fresh


def _told_before(session: Session, cases: Sequence[_Case]) -> set[str]:
    """Operations that wait for an upgrade and were audited when they were first offered."""
    later = [case.envelope for case in cases if _told(case)[0] is Outcome.LATER]
    found: set[str] = set()
    for account_id in {envelope.account_id for envelope in later}:
        lines = select(Audit.subjects).where(Audit.account_id == account_id, Audit.outcome == Outcome.LATER.value)
        found |= {subjects.get("op_id", "") for subjects in session.scalars(lines)}
    return found


def _audit(session: Session, case: _Case, outcome: Outcome, at: dt.datetime) -> None:
    subjects = {"op_id": case.envelope.op_id} if case.operation is None else case.operation.subjects()
    audit.record(
        session,
        at=at,
        account_id=_plain(case.envelope.account_id),
        device_id=case.envelope.device_id,
        action=_plain(case.envelope.tag),
        subjects={name: _plain(value) for name, value in subjects.items()},
        outcome=outcome.value,
    )


def _plain(text: str) -> str:
    """An id as it can be kept whatever it is."""
    return "".join(filter(str.isprintable, text[:64]))
