"""The first words with a workstation: whether both understand each other, and its lease."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy.orm import Session

import carecenter
from carecenter.models.viewer import Viewer
from carecenter.server import facts, sealing
from carecenter.server.scopes import scopes_for
from carecenter.wire import SCHEMA, Greeting, Hello, SignedIn, Verdict

LEASE: Final = dt.timedelta(days=7)
"""How long an account may work at a workstation that cannot reach the centre."""

SCHEMA_LEAST: Final = max(SCHEMA - 1, 1)


def let_in(session: Session, viewer: Viewer, token: str, at: dt.datetime) -> SignedIn:
    """The answer to somebody who has just signed in."""
    return SignedIn(
        token=token,
        account_id=viewer.account_id,
        scopes=scopes_for(session, viewer),
        generation=facts.get(session, "generation") or "",
        at=at,
        lease_until=at + LEASE,
        sealing_key=sealing.public_key(session),
    )


def greet(session: Session, viewer: Viewer, request: Hello, at: dt.datetime) -> Greeting:
    """The answer to somebody who is signed in. A newer workstation is welcome: what it says that is not
    understood here yet waits there."""
    generation = facts.get(session, "generation") or ""
    verdict = Verdict.OK
    if request.schema < SCHEMA_LEAST:
        verdict = Verdict.UPGRADE
    elif request.generation not in {None, generation}:
        verdict = Verdict.RESYNC
    return Greeting(
        verdict=verdict,
        generation=generation,
        schema_least=SCHEMA_LEAST,
        schema=SCHEMA,
        version=carecenter.__version__,
        at=at,
        scopes=scopes_for(session, viewer),
        lease_until=at + LEASE,
        sealing_key=sealing.public_key(session),
    )
