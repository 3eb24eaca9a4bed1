"""Callbacks: a promise to call somebody, and what became of it."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from sqlalchemy.orm import Session

from carecenter.core.terms import CallbackState
from carecenter.models.ticket import Callback
from carecenter.operations.base import Actor, Operation, Rows


class PromiseCallback(Operation, frozen=True, kw_only=True):
    """Somebody will be called at ``due_at`` (UTC) on ``number`` (E.164)."""

    intake: ClassVar[bool] = True
    subject: ClassVar[tuple[str, ...]] = ("callback_id", "ticket_id", "caller_id")
    callback_id: str
    number: str
    due_at: dt.datetime
    ticket_id: str | None = None
    caller_id: str | None = None

    def rows(self) -> Rows:
        ticket = () if self.ticket_id is None else (("ticket", self.ticket_id),)
        return (("callback", self.callback_id), *ticket)

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        del at
        if session.get(Callback, self.callback_id) is not None:
            return
        session.add(
            Callback(
                id=self.callback_id,
                ticket_id=self.ticket_id,
                caller_id=self.caller_id,
                owner_id=actor.account_id,
                number=self.number,
                due_at=self.due_at,
                state=CallbackState.PROMISED,
            )
        )


class SettleCallback(Operation, frozen=True, kw_only=True):
    """The promise was kept or taken back."""

    subject: ClassVar[tuple[str, ...]] = ("callback_id",)
    callback_id: str
    now: CallbackState

    def rows(self) -> Rows:
        return (("callback", self.callback_id),)

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        del actor, at
        callback = session.get(Callback, self.callback_id)
        if callback is not None and callback.state is CallbackState.PROMISED:
            callback.state = self.now
