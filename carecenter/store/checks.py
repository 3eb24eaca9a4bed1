"""The comparison with the centre's manifest: a scope whose rows differ is heard again from the start.

Meanwhile its rows stay on the screen, held by a stand-in for the scope; those that the centre did not bring
again by then are let go. What is pending is not touched.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Final

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from carecenter.core.decoding import decoded
from carecenter.core.manifest import digest
from carecenter.models.base import Base, synced_models
from carecenter.models.desk import HeldRow, ScopeCursor
from carecenter.store import facts, overlay, scopes
from carecenter.wire import Manifest

log = logging.getLogger(__name__)

EVERY: Final = dt.timedelta(days=1)
_CHECKED, _AGAIN = "checked_at", "heard_again"


def due(session: Session, at: dt.datetime) -> bool:
    """Whether the rows here should be compared; a clock that was put back makes it due as well."""
    last = facts.moment(session, _CHECKED)
    return last is None or abs(at - last) >= EVERY


def doubt(session: Session) -> None:
    """Something was odd: compare as soon as possible."""
    facts.drop(session, _CHECKED)


def done(session: Session, at: dt.datetime) -> None:
    """There was a comparison, or the centre does not offer any."""
    facts.put(session, _CHECKED, at.isoformat())


def compare(session: Session, manifest: Manifest) -> tuple[str, ...]:
    """The scopes that are heard again from the start, because their rows are not those of the centre.

    Only where this desk has heard exactly as much as the manifest speaks of.
    """
    cursors = dict(session.execute(select(ScopeCursor.scope, ScopeCursor.seq)).all())
    wrong = [
        scope
        for scope, told in manifest.scopes.items()
        if cursors.get(scope) == told.seq and _digest(session, scope) != told.digest
    ]
    for scope in wrong:
        log.warning("the rows of %s differ from the centre's: they are heard again", scope.partition(":")[0])
    if wrong:
        with overlay.underneath(session):
            for scope in wrong:
                _hear_again(session, scope, manifest.scopes[scope].seq)
    return tuple(wrong)


def let_go_of_unconfirmed(session: Session) -> None:
    """Of scopes that were heard again far enough: what the centre did not bring is held by nothing any more."""
    waiting = _waiting(session)
    if not waiting:
        return
    cursors = dict(session.execute(select(ScopeCursor.scope, ScopeCursor.seq)).all())
    for scope, seq in list(waiting.items()):
        if cursors.get(scope, seq) >= seq:
            scopes.release(session, _stand_in(scope))
            del waiting[scope]
    _keep(session, waiting)


def _digest(session: Session, scope: str) -> str:
    rows: list[tuple[str, str, int]] = []
    for entity in synced_models():
        table = Base.metadata.tables[entity]
        held = select(table.c.id, table.c.version).join(HeldRow, HeldRow.entity_id == table.c.id)
        here = held.where(HeldRow.scope == scope, HeldRow.entity == entity)
        rows.extend((entity, entity_id, version) for entity_id, version in session.execute(here))
    return digest(rows)


def _hear_again(session: Session, scope: str, seq: int) -> None:
    for entity in synced_models():
        table = Base.metadata.tables[entity]
        held = select(HeldRow.entity_id).where(HeldRow.scope == scope, HeldRow.entity == entity)
        # Whatever the centre brings now is right, also where its version is no newer than what is here.
        session.execute(update(table).where(table.c.id.in_(held)).values(version=0))
    scopes.hand_over(session, scope, _stand_in(scope))
    session.execute(update(ScopeCursor).where(ScopeCursor.scope == scope).values(seq=0))
    _keep(session, _waiting(session) | {scope: seq})


def _stand_in(scope: str) -> str:
    return f"~{scope}"


def _waiting(session: Session) -> dict[str, int]:
    return decoded(facts.get(session, _AGAIN) or "{}", dict[str, int])


def _keep(session: Session, waiting: dict[str, int]) -> None:
    facts.put(session, _AGAIN, msgspec.json.encode(waiting).decode())
