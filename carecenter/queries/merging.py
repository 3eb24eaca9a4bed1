"""Cards that may be, or are, one person's: what the centre proposes, and two cards side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from carecenter.core.civil_id import mask
from carecenter.core.errors import NotFound
from carecenter.core.i18n import N_
from carecenter.core.terms import Language
from carecenter.models.caller import Caller, CallerPhone, MergeProposal, MergeState
from carecenter.models.ticket import Ticket
from carecenter.queries import tickets
from carecenter.queries.base import Row, Viewer

_Other = aliased(Caller)


class CardRow(Row, frozen=True, kw_only=True):
    """A card by itself, whatever it was merged into."""

    id: str
    name_ar: str
    name_en: str
    registered_at: dt.datetime


class ProposalRow(Row, frozen=True, kw_only=True):
    """The centre takes the card ``written`` for that of somebody ``known`` before."""

    id: str
    written: CardRow
    known: CardRow
    proposed_at: dt.datetime


class Side(Row, frozen=True, kw_only=True):
    """One of two cards, with what was written for it alone; ``phones`` are E.164."""

    card: CardRow
    phones: tuple[str, ...]
    civil_id_masked: str
    language: Language
    note: str
    tickets: tuple[tickets.TicketRow, ...]


class Pair(Row, frozen=True, kw_only=True):
    """Two cards, the one that stands or would stand for both first.

    ``is_merged``: it does. ``is_possible``: it can; a card that stands for others is not merged itself.
    ``same_civil_id``: both have one, and it is the same; None: one has none.
    """

    kept: Side
    merged: Side
    is_merged: bool
    is_possible: bool
    same_civil_id: bool | None


def card_row(card: Caller) -> CardRow:
    """A card in a list."""
    return CardRow(id=card.id, name_ar=card.name_ar, name_en=card.name_en, registered_at=card.registered_at)


def proposals(
    session: Session, viewer: Viewer, cards: Collection[str] | None = None, limit: int = 200
) -> tuple[ProposalRow, ...]:
    """What is still to be decided, oldest first; about some ``cards``, or all that are here."""
    del viewer
    statement = (
        select(MergeProposal, Caller, _Other)
        .join(Caller, Caller.id == MergeProposal.caller_id)
        .join(_Other, _Other.id == MergeProposal.other_id)
        .where(MergeProposal.state == MergeState.OPEN)
        .order_by(MergeProposal.proposed_at, MergeProposal.id)
        .limit(limit)
    )
    if cards is not None:
        statement = statement.where(or_(MergeProposal.caller_id.in_(cards), MergeProposal.other_id.in_(cards)))
    return tuple(
        ProposalRow(id=row.id, written=card_row(card), known=card_row(other), proposed_at=row.proposed_at)
        for row, card, other in session.execute(statement)
    )


def pair(session: Session, viewer: Viewer, kept_id: str, merged_id: str) -> Pair:
    """Two cards side by side, in the order given, or in the only one in which they can be merged. Raises
    ``NotFound``. Opening them is a look at both: perform ``LookAtCaller`` too."""
    kept, merged = session.get(Caller, kept_id), session.get(Caller, merged_id)
    if kept is None or merged is None:
        raise NotFound(N_("This caller is not on this workstation."))
    if kept.merged_into == merged.id or (_stands_for_others(session, merged) and merged.merged_into is None):
        kept, merged = merged, kept
    both = bool(kept.civil_id and merged.civil_id)
    is_merged = merged.merged_into == kept.id
    free = kept.merged_into is None and merged.merged_into is None
    return Pair(
        kept=_side(session, viewer, kept),
        merged=_side(session, viewer, merged),
        is_merged=is_merged,
        is_possible=free and not _stands_for_others(session, merged),
        same_civil_id=kept.civil_id == merged.civil_id if both else None,
    )


def _stands_for_others(session: Session, card: Caller) -> bool:
    return session.scalar(select(Caller.id).where(Caller.merged_into == card.id).limit(1)) is not None


def _side(session: Session, viewer: Viewer, card: Caller) -> Side:
    phones = select(CallerPhone.e164).where(CallerPhone.caller_id == card.id).order_by(CallerPhone.id)
    written = select(Ticket.id).where(Ticket.caller_id == card.id).order_by(Ticket.opened_at.desc()).limit(20)
    return Side(
        card=card_row(card),
        phones=tuple(session.scalars(phones)),
        civil_id_masked=mask(card.civil_id) if card.civil_id else "",
        language=card.language,
        note=card.note,
        tickets=tickets.by_ids(session, viewer, tuple(session.scalars(written))),
    )
