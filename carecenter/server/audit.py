"""The audit trail: who did or looked at what. Ids and names of fields, never contents; one hash chain.

``chain`` of a line = BLAKE2b of the line before and of this line's facts, so that an edit, a deletion or a
change of order shows. What proves the end of the chain stands in ``signed_heads``.
"""

from __future__ import annotations

import datetime as dt
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.models.centre import Audit, CentreFact
from carecenter.server import bulk, facts

_HEAD = "audit_head"
_WAITING = "audit lines not yet written"
_PAGE = 2_000


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
    """Add a line. ``at`` is UTC; ``subjects`` maps a field's name to an id.

    It is written at the end of the transaction (``write``): everybody shares the end of the chain, so it is the
    last thing a transaction takes.
    """
    line = {"at": at, "account_id": account_id, "device_id": device_id, "action": action}
    session.info.setdefault(_WAITING, []).append({**line, "subjects": subjects, "outcome": outcome})


def not_theirs(session: Session, at: dt.datetime, who: tuple[str, str], action: str, scopes: set[str]) -> None:
    """Add a line about scopes that somebody (account, device) asked for and may not follow, if there are any.

    A workstation asks once more for what its account has just lost.
    """
    if scopes:
        account_id, device_id = who
        subjects = {"scope": "".join(filter(str.isprintable, min(scopes)[:64])), "scopes": str(len(scopes))}
        line = {"account_id": account_id, "device_id": device_id, "action": action}
        record(session, at=at, **line, subjects=subjects, outcome="refused")


def write(session: Session) -> None:
    """Append the lines of this transaction to the chain."""
    lines: list[dict[str, Any]] = session.info.pop(_WAITING, [])
    if not lines:
        return
    session.flush()
    last = facts.locked(session, _HEAD, "0:")
    number, chain = _parsed(last.value)
    rows = []
    for line in lines:
        number += 1
        chain = _link(chain, [number, *line.values()])
        rows.append({"number": number, **line, "chain": chain})
    end = {"name": _HEAD, "value": f"{number}:{chain}"}
    bulk.insert_together(session, (Audit, rows, ()), (CentreFact, [end], ("value",)))
    session.expire(last)


def head(session: Session) -> tuple[int, str]:
    """The number of the last line and its chain; (0, "") for an empty trail."""
    return _parsed(facts.get(session, _HEAD) or "0:")


def first_broken(session: Session) -> int | None:
    """The number of the first line that was changed, moved or taken away; None when the chain holds."""
    number, chain = 0, ""
    statement = select(*Audit.__table__.columns).order_by(Audit.number)
    with session.execute(statement, execution_options={"yield_per": _PAGE}) as lines:
        for line in lines:
            number += 1
            values = [line.at, line.account_id, line.device_id, line.action, line.subjects, line.outcome]
            if line.number != number or line.chain != _link(chain, [number, *values]):
                return number
            chain = line.chain
    return None if head(session) == (number, chain) else number + 1


def _parsed(value: str) -> tuple[int, str]:
    number, _, chain = value.partition(":")
    return int(number), chain


def _link(before: str, values: list[object]) -> str:
    content = msgspec.json.encode(values, order="sorted")
    return blake2b(content, key=before.encode(), digest_size=32).hexdigest()
