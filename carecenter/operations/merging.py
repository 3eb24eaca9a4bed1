"""Two cards of one person: merged, separated again, or left as the two people they are.

A merge moves no row. It says which card stands for the other; what was written for either keeps its id, and
whoever reads follows. So it is undone exactly, and whatever still comes for the merged card is found at the other.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.core.terms import Role
from carecenter.models.caller import Caller, MergeProposal, MergeState, proposal_id
from carecenter.operations.base import LEADING_ROLES, Actor, Operation, Rows


class OfTwoCards(Operation, frozen=True, kw_only=True):
    """About two cards; ``kept_id`` is the one that stands, or would stand, for both."""

    allowed: ClassVar[frozenset[Role]] = LEADING_ROLES | {Role.SENIOR_AGENT}
    subject: ClassVar[tuple[str, ...]] = ("kept_id", "merged_id")
    kept_id: str
    merged_id: str

    def rows(self) -> Rows:
        cards = (("caller", self.kept_id), ("caller", self.merged_id))
        return (*cards, ("merge_proposal", proposal_id(self.kept_id, self.merged_id)))

    def outdated(self, session: Session) -> bool:
        """Whether the cards are not, or no longer, such that this can be done."""
        raise NotImplementedError

    def _card(self, session: Session) -> Caller | None:
        """The card that is merged, when it and the other are here."""
        merged = session.get(Caller, self.merged_id)
        return merged if session.get(Caller, self.kept_id) is not None else None

    def _settle(self, session: Session, state: MergeState) -> None:
        proposal = session.get(MergeProposal, proposal_id(self.kept_id, self.merged_id))
        if proposal is not None:
            proposal.state = state


class MergeCallers(OfTwoCards, frozen=True, kw_only=True):
    """From now on one card stands for both. Nothing happens where either is part of another merge."""

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        del actor, at
        merged = self._card(session)
        if merged is not None and not self.outdated(session):
            merged.merged_into = self.kept_id
            self._settle(session, MergeState.MERGED)

    def outdated(self, session: Session) -> bool:
        merged, kept = self._card(session), session.get(Caller, self.kept_id)
        if merged is None or kept is None or self.kept_id == self.merged_id:
            return True
        if merged.merged_into is not None:
            return merged.merged_into != self.kept_id
        return kept.merged_into is not None or self._stands_for_others(session)

    def _stands_for_others(self, session: Session) -> bool:
        # Who merges a card locks it, so that at the centre nobody adds to this meanwhile.
        with session.no_autoflush:  # there a batch is written as one
            written = session.scalars(select(Caller).where(Caller.merged_into == self.merged_id)).all()
        changed = [row for row in session.dirty if isinstance(row, Caller)]
        return any(row.merged_into == self.merged_id for row in (*written, *changed))


class UnmergeCallers(OfTwoCards, frozen=True, kw_only=True):
    """They are two cards again, each with what was written for it."""

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        del actor, at
        merged = self._card(session)
        if merged is not None and merged.merged_into == self.kept_id:
            merged.merged_into = None
            self._settle(session, MergeState.OPEN)

    def outdated(self, session: Session) -> bool:
        merged = self._card(session)
        return merged is None or merged.merged_into not in (None, self.kept_id)


class DismissMerge(OfTwoCards, frozen=True, kw_only=True):
    """These are two people; it is not proposed again."""

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        del actor, at
        if not self.outdated(session):
            self._settle(session, MergeState.DISMISSED)

    def outdated(self, session: Session) -> bool:
        merged, kept = session.get(Caller, self.merged_id), session.get(Caller, self.kept_id)
        pairs = ((merged, self.kept_id), (kept, self.merged_id))
        return any(card is not None and card.merged_into == other for card, other in pairs)
