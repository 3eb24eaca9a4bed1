"""Looks: reading that leaves a trace. They change no row; the centre's audit trail is their effect."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal

from sqlalchemy.orm import Session

from carecenter.operations.base import Actor, Operation


class Look(Operation, frozen=True, kw_only=True):
    """Somebody saw something personal."""

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        del session, actor, at


class LookAtCaller(Look, frozen=True, kw_only=True):
    """A caller's card was opened. ``how``: by the number calling, by search, or from a ticket."""

    subject: ClassVar[tuple[str, ...]] = ("caller_id",)
    caller_id: str
    how: Literal["screen_pop", "search", "ticket"]


class RevealCivilId(Look, frozen=True, kw_only=True):
    """A masked Civil ID was shown in full, and why."""

    subject: ClassVar[tuple[str, ...]] = ("caller_id",)
    caller_id: str
    reason: str


class CheckPin(Look, frozen=True, kw_only=True):
    """Somebody said the PIN of an anonymous ticket. On record is whether it was ``right``, never the PIN itself."""

    subject: ClassVar[tuple[str, ...]] = ("ticket_id", "right")
    ticket_id: str
    right: bool

    def subjects(self) -> dict[str, str]:
        return {"ticket_id": self.ticket_id, "right": "yes" if self.right else "no"}
