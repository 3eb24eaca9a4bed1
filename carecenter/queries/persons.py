"""People behind cards: a card that stands for others, and the cards that were merged into it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from carecenter.models.caller import Caller


@dataclass(frozen=True)
class Person:
    """``card`` stands for all; ``merged`` are those whose pointers lead to it, as far as they are here."""

    card: Caller
    merged: tuple[Caller, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Under which anything of this person may have been written."""
        return (self.card.id, *(card.id for card in self.merged))

    def fact(self, name: str) -> Any:
        """What the card says; what it leaves empty, as a merged one says it."""
        said = (getattr(card, name) for card in (self.card, *self.merged))
        return next(filter(None, said), getattr(self.card, name))


def of(session: Session, callers: Sequence[Caller]) -> list[Person]:
    """The people of cards, each once, in the order of the cards."""
    roots = list(dict.fromkeys(caller.merged_into or caller.id for caller in callers))
    near = select(Caller).where(or_(Caller.id.in_(roots), Caller.merged_into.in_(roots))).order_by(Caller.id)
    cards = {card.id: card for card in session.scalars(near)}
    merged: dict[str, list[Caller]] = defaultdict(list)
    for card in cards.values():
        if card.merged_into in cards:
            merged[card.merged_into].append(card)
    standing = {root: cards.get(root) for root in roots}
    found = [Person(card, tuple(merged[root])) for root, card in standing.items() if card is not None]
    lost = [Person(caller) for caller in callers if standing[caller.merged_into or caller.id] is None]
    return [*found, *lost]


def one(session: Session, caller_id: str) -> Person | None:
    """The person of a card; None when it is not here."""
    caller = session.get(Caller, caller_id)
    return None if caller is None else of(session, [caller])[0]


def ids(session: Session, caller_id: str) -> tuple[str, ...]:
    """All ids of the person of a card, that of the card alone when it is not here."""
    person = one(session, caller_id)
    return (caller_id,) if person is None else person.ids
