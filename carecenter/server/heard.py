"""Which operations of a push are new: the log knows every one ever judged, its content by a hash."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, or_, select
from sqlalchemy.orm import Session

from carecenter.core.i18n import N_
from carecenter.models.centre import OpBatch, OpLog
from carecenter.server import bulk
from carecenter.wire import Envelope, Outcome, Result

_LAST_NUMBER: Final = 2**63 - 1
_EFFECTIVE: Final = (Outcome.ACCEPTED, Outcome.IN_REVIEW)
_TAKEN_ID: Final = N_("Another operation has this id already.")
_TAKEN_NUMBER: Final = N_("This workstation's disk was copied: another operation has this number.")


class Forged(msgspec.Struct, frozen=True):
    """Its id or number belongs to another operation; why, for a person."""

    outcome: Outcome
    reason: str


class Register:
    """The operations heard so far, those of the push under way included."""

    def __init__(self, session: Session, envelopes: Sequence[Envelope]) -> None:
        self._hashes: dict[str, str] = {}
        self._numbers: dict[tuple[str, int], str] = {}
        self._results: dict[str, Result] = {}
        columns = (OpLog.op_id, OpLog.device_id, OpLog.device_seq, OpLog.payload_hash, OpLog.outcome, OpLog.reason)
        logged = select(*columns, OpBatch.seqs).outerjoin(OpBatch, OpBatch.id == OpLog.batch)
        same = [bulk.among(session, OpLog.op_id, [envelope.op_id for envelope in envelopes])]
        for device_id in sorted({envelope.device_id for envelope in envelopes}):
            numbers = [envelope.device_seq for envelope in envelopes if envelope.device_id == device_id]
            same.append((OpLog.device_id == device_id) & bulk.among(session, OpLog.device_seq, numbers, BigInteger))
        self._enter(session.execute(logged.where(or_(*same))))

    def result(self, envelope: Envelope) -> Result | None:
        """What the centre answered when it first heard this operation."""
        return self._results.get(envelope.op_id)

    def enter(self, envelope: Envelope) -> Forged | None:
        """Take an operation's id and number, unless another operation has them."""
        known = self._hashes.setdefault(envelope.op_id, digest(envelope))
        if known != digest(envelope):
            return Forged(Outcome.QUARANTINED, _TAKEN_ID)
        holder = self._numbers.setdefault((envelope.device_id, envelope.device_seq), envelope.op_id)
        return None if holder == envelope.op_id else Forged(Outcome.CLONED, _TAKEN_NUMBER)

    def _enter(self, rows: Any) -> None:
        for row in rows:
            outcome = Outcome(row.outcome)
            seqs = row.seqs if outcome in _EFFECTIVE else {}
            self._hashes[row.op_id] = row.payload_hash
            self._numbers[row.device_id, row.device_seq] = row.op_id
            self._results[row.op_id] = Result(
                op_id=row.op_id, outcome=outcome, reason=row.reason, seqs=seqs or {}, repeated=True
            )


def answer(envelope: Envelope, outcome: Outcome, reason: str, seqs: dict[str, int]) -> Result:
    """The result of an operation judged now; only what has an effect names the seqs that carry it."""
    carried = seqs if outcome in _EFFECTIVE else {}
    return Result(op_id=envelope.op_id, outcome=outcome, reason=reason, seqs=carried)


def digest(envelope: Envelope) -> str:
    """The hash by which the same operation is known again."""
    content = f"{envelope.account_id}\n{envelope.tag}\n".encode(errors="replace") + bytes(envelope.payload)
    return blake2b(content, digest_size=32).hexdigest()


def is_sound(envelope: Envelope) -> bool:
    """Whether its identity can be logged at all."""
    texts = ((envelope.op_id, 36), (envelope.device_id, 64), (envelope.account_id, 64), (envelope.tag, 64))
    return (
        all(0 < len(text) <= most and text.isprintable() for text, most in texts)
        and 0 < envelope.device_seq <= _LAST_NUMBER
        and _is_moment(envelope.desk_at)
        and _is_moment(envelope.typed_at)
    )


def _is_moment(at: dt.datetime) -> bool:
    try:
        at.astimezone(dt.UTC)
    except OverflowError:
        return False
    return at.tzinfo is not None
