"""Which cards of callers are one person's: a card that stands for others, and those merged into it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from carecenter.models.caller import Caller
from carecenter.server import bulk


def cards_of(session: Session, ids: Collection[str]) -> dict[str, frozenset[str]]:
    """Card → all cards of the same person, for those of these cards that are part of a merge, and for the others
    of their persons. What was changed is in the database already."""
    given = sorted(ids)
    merged = select(Caller.id, Caller.merged_into).where(Caller.merged_into.is_not(None))
    near = or_(bulk.among(session, Caller.id, given), bulk.among(session, Caller.merged_into, given))
    roots = {row.merged_into for row in session.execute(merged.where(near))} if given else set()
    if not roots:
        return {}
    persons: dict[str, set[str]] = defaultdict(set)
    for row in session.execute(merged.where(bulk.among(session, Caller.merged_into, sorted(roots)))):
        persons[row.merged_into] |= {row.id, row.merged_into}
    return {card: frozenset(person) for person in persons.values() for card in person}


def with_all_cards(session: Session, ids: Collection[str]) -> set[str]:
    """These cards, and the others of the same persons."""
    return set(ids).union(*cards_of(session, ids).values())
