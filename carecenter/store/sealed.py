"""Accepted operations, kept sealed to the centre's key for the backup window: nobody here can read them.

A centre that was put back from a backup has forgotten what came after it. Then all that is kept is offered
again, in order, before anything is heard. What was offered stays for the rest of its 35 days.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterable
from typing import Final

import msgspec
from nacl.encoding import HexEncoder
from nacl.public import PublicKey, SealedBox
from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from carecenter.models.desk import SealedOperation
from carecenter.store import facts
from carecenter.wire import BYTES_PER_PUSH, Envelope, Outcome, Push, Result

WINDOW: Final = dt.timedelta(days=35)
_FROM, _UNKNOWN = "offered_upto", "not_known_yet"
_AROUND = 64
"""Bytes of a push around its operations, at most."""


class Offer(msgspec.Struct, frozen=True):
    """A push of sealed operations, and their numbers here."""

    push: Push
    numbers: tuple[int, ...]


def keep(session: Session, envelopes: Iterable[Envelope], at: dt.datetime) -> None:
    """Seal what the centre has accepted, if it has said to which key. ``at``: the centre's time."""
    key = facts.get(session, "sealing_key")
    if not key:
        return
    box = SealedBox(PublicKey(key.encode(), HexEncoder))
    for envelope in envelopes:
        values = {"number": envelope.device_seq, "op_id": envelope.op_id, "accepted_at": at}
        values["sealed"] = box.encrypt(msgspec.json.encode(envelope))
        session.execute(insert(SealedOperation).values(values).on_conflict_do_nothing())


def purge(session: Session, at: dt.datetime) -> None:
    """Forget what no backup can be older than. ``at``: the centre's time."""
    session.execute(delete(SealedOperation).where(SealedOperation.accepted_at < at - WINDOW))


def drop_all(session: Session) -> None:
    """They are another workstation's to offer."""
    session.execute(delete(SealedOperation))
    facts.drop(session, _FROM)
    facts.drop(session, _UNKNOWN)


def offer_all(session: Session) -> None:
    """The centre may have forgotten any of them."""
    facts.put(session, _FROM, "0")
    facts.drop(session, _UNKNOWN)


def offer_unknown(session: Session) -> None:
    """The centre has another version: what it did not know is offered again."""
    first = facts.get(session, _UNKNOWN)
    if first is not None:
        facts.drop(session, _UNKNOWN)
        upto = facts.get(session, _FROM)
        facts.put(session, _FROM, str(min(int(first) - 1, int(upto or first))))


def is_offering(session: Session) -> bool:
    """Whether some still have to be offered before the feed is heard."""
    return facts.get(session, _FROM) is not None


def next_offer(session: Session, most: int) -> Offer | None:
    """The next ones, at most so many and as large as the centre takes at once; None when all were offered."""
    upto = facts.get(session, _FROM)
    if upto is None:
        return None
    following = select(SealedOperation).where(SealedOperation.number > int(upto)).order_by(SealedOperation.number)
    texts: list[str] = []
    numbers: list[int] = []
    size = 0
    for row in session.scalars(following.limit(most)):
        text = base64.b64encode(row.sealed).decode()
        size += len(text) + 3
        if texts and size > BYTES_PER_PUSH - _AROUND:
            break
        texts.append(text)
        numbers.append(row.number)
    if not texts:
        facts.drop(session, _FROM)
        return None
    return Offer(Push(operations=(), sealed=tuple(texts)), tuple(numbers))


def offered(session: Session, offer: Offer, results: Iterable[Result]) -> None:
    """The centre has answered; what it does not know yet is offered once more to its next version."""
    facts.put(session, _FROM, str(offer.numbers[-1]))
    later = [n for n, result in zip(offer.numbers, results, strict=False) if result.outcome is Outcome.LATER]
    if later and facts.get(session, _UNKNOWN) is None:
        facts.put(session, _UNKNOWN, str(later[0]))
