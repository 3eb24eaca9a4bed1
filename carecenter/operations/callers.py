"""Callers: a new card, a corrected fact, one more number."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.core.terms import Language
from carecenter.models.caller import Caller, CallerPhone
from carecenter.operations.base import Actor, Operation, Rows


def surviving(session: Session, caller_id: str) -> Caller | None:
    """The card itself, or the one it was merged into, as far as it is here."""
    caller = session.get(Caller, caller_id)
    if caller is None or caller.merged_into is None:
        return caller
    return session.get(Caller, caller.merged_into) or caller


class RegisterCaller(Operation, frozen=True, kw_only=True):
    """A new card. ``phone``: (id of the phone's row, E.164), or nothing for a withheld number.

    ``provisional``: the centre could not be asked whether it knows the person; it proposes a merge if it does.
    """

    intake: ClassVar[bool] = True
    subject: ClassVar[tuple[str, ...]] = ("caller_id",)
    caller_id: str
    name_ar: str = ""
    name_en: str = ""
    civil_id: str | None = None
    language: Language = Language.ARABIC
    phone: tuple[str, str] | None = None
    demo: bool = False
    provisional: bool = False

    def rows(self) -> Rows:
        phone = () if self.phone is None else (("caller_phone", self.phone[0]),)
        return (("caller", self.caller_id), *phone)

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        del actor
        # Each row for itself: a page of the feed may have brought the card and not yet its number.
        if session.get(Caller, self.caller_id) is None:
            session.add(
                Caller(
                    id=self.caller_id,
                    name_ar=self.name_ar,
                    name_en=self.name_en,
                    civil_id=self.civil_id,
                    language=self.language,
                    note="",  # at once: a correction may follow before the card is written
                    demo=self.demo,
                    registered_at=at,
                    merged_into=None,
                    provisional=self.provisional,
                )
            )
        if self.phone is not None and session.get(CallerPhone, self.phone[0]) is None:
            phone_id, e164 = self.phone
            session.add(CallerPhone(id=phone_id, caller_id=self.caller_id, e164=e164))


class CorrectCaller(Operation, frozen=True, kw_only=True):
    """One fact of a card changes from ``was`` to ``now``; a value that is neither stands.

    A card that was merged meanwhile is corrected where it leads to.
    """

    subject: ClassVar[tuple[str, ...]] = ("caller_id",)
    caller_id: str
    field: Literal["name_ar", "name_en", "civil_id", "language", "note"]
    was: str | None
    now: str | None

    def rows(self) -> Rows:
        return (("caller", self.caller_id),)

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        del actor, at
        caller = surviving(session, self.caller_id)
        if caller is not None and getattr(caller, self.field) == self.was:
            setattr(caller, self.field, self._value())

    def outdated(self, session: Session) -> bool:
        """Whether somebody else corrected the fact meanwhile: it is neither what it was nor what it should be."""
        caller = surviving(session, self.caller_id)
        return caller is not None and getattr(caller, self.field) not in (self.was, self._value())

    def _value(self) -> Any:
        value: Any = self.now if self.field == "civil_id" else self.now or ""
        return Language(value) if self.field == "language" else value


class AttachPhone(Operation, frozen=True, kw_only=True):
    """A person found otherwise also answers on this number (E.164)."""

    intake: ClassVar[bool] = True
    subject: ClassVar[tuple[str, ...]] = ("caller_id",)
    phone_id: str
    caller_id: str
    e164: str

    def rows(self) -> Rows:
        # The card as well: two desks that attach the same number take turns.
        return (("caller", self.caller_id), ("caller_phone", self.phone_id))

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        del actor, at
        written = select(CallerPhone.id).where(
            CallerPhone.caller_id == self.caller_id, CallerPhone.e164 == self.e164
        )
        with session.no_autoflush:  # at the centre a batch is written as one
            known = session.scalar(written) is not None
        if not known and not any(map(self._is_same, session.new)):
            session.add(CallerPhone(id=self.phone_id, caller_id=self.caller_id, e164=self.e164))

    def _is_same(self, row: object) -> bool:
        return isinstance(row, CallerPhone) and (row.caller_id, row.e164) == (self.caller_id, self.e164)
