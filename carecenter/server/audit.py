"""The audit trail: who did or looked at what. Ids and names of fields, never contents; one hash chain.

``chain`` of a line = BLAKE2b of the line before and of this line's facts, so that an edit, a deletion or a
change of order shows.
"""

from __future__ import annotations

import datetime as dt
from hashlib import blake2b

import msgspec
from sqlalchemy.orm import Session

from carecenter.models.centre import Audit
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
    head = facts.locked(session, _HEAD, "0:")
    last, _, chain = head.value.partition(":")
    number = int(last) + 1
    content = msgspec.json.encode([number, at, account_id, device_id, action, subjects, outcome], order="sorted")
    chain = blake2b(content, key=chain.encode()[:64], digest_size=32).hexdigest()
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
