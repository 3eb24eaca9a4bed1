"""The audit trail: who did or looked at what. Ids and names of fields, never contents; one hash chain.

``chain`` of a line = BLAKE2b of the line before and of this line's facts, so that an edit, a deletion or a
change of order shows.
"""

from __future__ import annotations

import datetime as dt
from hashlib import blake2b

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.models.centre import Audit, CentreFact
from carecenter.server import facts

_HEAD = "audit_head"


def record(
    session: Session,
    *,
    at: dt.datetime,
    account_id: str,
    device_id: str,
    action: str,
    subjects: dict[str, str],
    outcome: str,
) -> None:
    """Add a line. ``at`` is UTC; ``subjects`` maps a field's name to an id."""
    head = lock(session)
    last, _, before = head.value.partition(":")
    number = int(last) + 1
    chain = _link(before, [number, at, account_id, device_id, action, subjects, outcome])
    head.value = f"{number}:{chain}"
    session.add(
        Audit(
            number=number,
            at=at,
            account_id=account_id,
            device_id=device_id,
            action=action,
            subjects=subjects,
            outcome=outcome,
            chain=chain,
        )
    )


def lock(session: Session) -> CentreFact:
    """Take the end of the chain: whoever writes lines does so before touching rows, or two could deadlock."""
    return facts.locked(session, _HEAD, "0:")


def first_broken(session: Session) -> int | None:
    """The number of the first line that was changed, moved or taken away; None when the chain holds."""
    number, chain = 0, ""
    for line in session.scalars(select(Audit).order_by(Audit.number)):
        number += 1
        values = [line.number, line.at, line.account_id, line.device_id, line.action, line.subjects, line.outcome]
        if line.number != number or line.chain != _link(chain, values):
            return number
        chain = line.chain
    head = facts.get(session, _HEAD) or "0:"
    return None if head == f"{number}:{chain}" else number + 1


def _link(before: str, values: list[object]) -> str:
    content = msgspec.json.encode(values, order="sorted")
    return blake2b(content, key=before.encode(), digest_size=32).hexdigest()
