"""Calls: opened the moment the phone rings, noted, matched with a caller, ended."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from sqlalchemy.orm import Session

from carecenter.core.terms import Channel, Check, Direction, Language, WrapUp
from carecenter.models.call import Call
from carecenter.operations.base import Actor, Operation, Rows


class OpenCall(Operation, frozen=True, kw_only=True):
    """A call begins. ``number``: E.164, or empty when withheld."""

    intake: ClassVar[bool] = True
    subject: ClassVar[tuple[str, ...]] = ("call_id", "caller_id")
    call_id: str
    number: str = ""
    withheld: bool = False
    channel: Channel = Channel.LINE_164
    direction: Direction = Direction.INCOMING
    language: Language = Language.ARABIC
    caller_id: str | None = None

    def rows(self) -> Rows:
        return (("call", self.call_id),)

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        if session.get(Call, self.call_id) is not None:
            return
        session.add(
            Call(
                id=self.call_id,
                agent_id=actor.account_id,
                caller_id=self.caller_id,
                channel=self.channel,
                direction=self.direction,
                number=self.number,
                withheld=self.withheld,
                language=self.language,
                started_at=at,
                checks=[],
                articles=[],
            )
        )


class OfCall(Operation, frozen=True, kw_only=True):
    """A change of a call that stands already; a call this side does not know is left to the other."""

    intake: ClassVar[bool] = True
    subject: ClassVar[tuple[str, ...]] = ("call_id",)
    call_id: str

    def rows(self) -> Rows:
        return (("call", self.call_id),)

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        call = session.get(Call, self.call_id)
        if call is not None and call.agent_id == actor.account_id:
            self.change(call, at)

    def change(self, call: Call, at: dt.datetime) -> None:
        raise NotImplementedError


class IdentifyCaller(OfCall, frozen=True, kw_only=True):
    """The person on the line is this caller, or nobody after all. Earlier checks no longer hold.

    For somebody who wants to stay ``anonymous`` neither caller nor number is kept with the call.
    """

    subject: ClassVar[tuple[str, ...]] = ("call_id", "caller_id")
    caller_id: str | None
    anonymous: bool = False
    on_behalf_of: str = ""

    def change(self, call: Call, at: dt.datetime) -> None:
        del at
        caller_id = None if self.anonymous else self.caller_id
        if call.caller_id != caller_id:
            call.checks = []
        call.caller_id = caller_id
        call.anonymous = self.anonymous
        if self.anonymous:
            call.number = ""
        call.on_behalf_of = self.on_behalf_of


class VerifyCaller(OfCall, frozen=True, kw_only=True):
    """What was asked and answered rightly, for this call alone."""

    checks: tuple[Check, ...]

    def change(self, call: Call, at: dt.datetime) -> None:
        del at
        call.checks = [check.value for check in self.checks]


class WriteNotes(OfCall, frozen=True, kw_only=True):
    """The notes of a call; one author, so the last text stands."""

    notes: str

    def change(self, call: Call, at: dt.datetime) -> None:
        del at
        call.notes = self.notes


class ChooseCallLanguage(OfCall, frozen=True, kw_only=True):
    """The language the caller speaks; it is not the agent's."""

    language: Language

    def change(self, call: Call, at: dt.datetime) -> None:
        del at
        call.language = self.language


class LinkArticle(OfCall, frozen=True, kw_only=True):
    """An article answered this call."""

    article_id: str

    def change(self, call: Call, at: dt.datetime) -> None:
        del at
        if self.article_id not in call.articles:
            call.articles = [*call.articles, self.article_id]


class EndCall(OfCall, frozen=True, kw_only=True):
    """The line is free; ``notes`` are what stood on the screen at that moment."""

    wrap_up: WrapUp
    notes: str

    def change(self, call: Call, at: dt.datetime) -> None:
        if call.ended_at is None:
            call.ended_at = at
        call.wrap_up = self.wrap_up
        call.notes = self.notes
