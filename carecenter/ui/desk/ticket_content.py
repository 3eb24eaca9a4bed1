"""What stands in the new-ticket form: kept as a draft, checked before it is saved."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from carecenter.core import phone
from carecenter.core.decoding import converted
from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.core.phone import PhoneNumber
from carecenter.core.terms import Language, Priority, TicketKind
from carecenter.core.text import plain, visible


class TicketContent(msgspec.Struct, frozen=True, kw_only=True):
    """The form's fields, texts as typed; `callback_at` is UTC."""

    kind: TicketKind = TicketKind.COMPLAINT
    queue_id: str = ""
    service_id: str | None = None
    body_code: str | None = None
    text: str = ""
    remedy: str = ""
    priority: Priority = Priority.NORMAL
    language: Language = Language.ARABIC
    anonymous: bool = False
    callback: bool = False
    callback_number: str = ""
    callback_at: dt.datetime = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

    def kept(self) -> dict[str, Any]:
        """As a draft is stored."""
        cleaned = msgspec.structs.replace(self, text=plain(self.text), remedy=plain(self.remedy))
        content: dict[str, Any] = msgspec.to_builtins(cleaned)
        return content

    @classmethod
    def restored(cls, draft: dict[str, Any]) -> TicketContent:
        """From a draft, also one of an older version: what it does not know stands at its default."""
        known = {name: draft[name] for name in cls.__struct_fields__ if name in draft}
        try:
            return converted(known, cls)
        except msgspec.ValidationError:
            return cls(text=str(draft.get("text", "")), remedy=str(draft.get("remedy", "")))

    def is_typed(self) -> bool:
        """Whether there is a text that somebody would miss."""
        return bool(visible(self.text) or visible(self.remedy))

    def check(self, now: dt.datetime) -> None:
        """Raises `UserError` for what is missing or cannot be."""
        if not visible(plain(self.text)):
            raise UserError(N_("Write what happened before saving the ticket."))
        if not self.queue_id:
            raise UserError(N_("Choose the queue that will answer for the ticket."))
        if not self.callback:
            return
        self.callback_e164()
        if self.callback_at <= now:
            raise UserError(N_("The callback is promised for a time that has passed."))

    def callback_e164(self) -> str:
        """The number to call back. Raises `UserError` for what is none."""
        number = phone.parse(self.callback_number)
        if not isinstance(number, PhoneNumber):
            raise UserError(N_("This is not a phone number. Enter the number to call back."))
        return number.e164
