"""Provisional cards meet the centre: a merge is proposed where it knows the person, and followed when it is done.

A card is known again by the same Civil ID or the same phone number, unless the Civil IDs say that these are two
people. Nothing is merged by itself, and nobody is told of a caller whom they may not know of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from sqlalchemy import ColumnElement, or_, select

from carecenter.core import likeness
from carecenter.core.errors import NotFound
from carecenter.models.caller import Caller, CallerPhone, MergeProposal, MergeState, proposal_id
from carecenter.models.viewer import Viewer, knows, viewer_of
from carecenter.operations import Operation
from carecenter.operations.callers import RegisterCaller
from carecenter.operations.merging import OfTwoCards
from carecenter.server import scopes
from carecenter.server.session import CentreSession

MOST: Final = 3
"""Proposals for one provisional card, the likeliest ones."""
_CANDIDATES: Final = 50


def follow(session: CentreSession, done: Iterable[tuple[str, Operation]], at: dt.datetime) -> None:
    """What operations that took effect lead to; each with its author's account. The rows are written."""
    for account_id, operation in done:
        if isinstance(operation, OfTwoCards):
            _move(session, operation.kept_id, operation.merged_id)
        elif isinstance(operation, RegisterCaller) and operation.provisional:
            _propose(session, account_id, operation, at)


def _move(session: CentreSession, *cards: str) -> None:
    """Whoever holds one of these cards may hold the others from now on, or no longer."""
    scopes.reconsider(session, [("caller", card) for card in cards])


def _propose(session: CentreSession, account_id: str, card: RegisterCaller, at: dt.datetime) -> None:
    try:
        viewer = viewer_of(session, account_id)
    except NotFound:  # nobody is there any more who could be told
        return
    for known in _known(session, viewer, card):
        key = proposal_id(card.caller_id, known)
        if session.get(MergeProposal, key) is None:
            session.add(
                MergeProposal(
                    id=key,
                    caller_id=card.caller_id,
                    other_id=known,
                    registered_by=account_id,
                    proposed_at=at,
                    state=MergeState.OPEN,
                )
            )
            _move(session, card.caller_id, known)


def _known(session: CentreSession, viewer: Viewer, card: RegisterCaller) -> list[str]:
    """Who may be the same person, the likeliest first."""
    same: list[ColumnElement[bool]] = []
    if card.phone is not None:
        same.append(Caller.id.in_(select(CallerPhone.caller_id).where(CallerPhone.e164 == card.phone[1])))
    if card.civil_id is not None:
        same.append(Caller.civil_id == card.civil_id)
    if not same:
        return []
    others = select(Caller).where(or_(*same), Caller.id != card.caller_id, Caller.merged_into.is_(None))
    found = session.scalars(others.order_by(Caller.registered_at.desc(), Caller.id).limit(_CANDIDATES))
    fitting = [one for one in found if card.civil_id is None or one.civil_id in (None, card.civil_id)]
    fitting.sort(key=lambda one: _likeness(card, one), reverse=True)
    return [one.id for one in fitting if knows(session, viewer, one.id)][:MOST]


def _likeness(card: RegisterCaller, one: Caller) -> tuple[bool, float]:
    asked = likeness.spelled(card.name_ar or card.name_en)
    alike = likeness.likeness(asked, [likeness.spelled(name) for name in (one.name_ar, one.name_en) if name])
    return card.civil_id is not None and one.civil_id == card.civil_id, max(alike, default=0.0)
