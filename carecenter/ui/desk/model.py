"""What the desk does and knows, without widgets: calls opened and restored, the person on the line, notes, tickets.

Every coroutine raises `UserError` with nothing changed, so that the page can leave everything where it is.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from carecenter.core import civil_id as civil_ids
from carecenter.core import phone as phones
from carecenter.core.civil_id import CivilId
from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.core.ids import new_id
from carecenter.core.kuwait import KUWAIT
from carecenter.core.phone import PhoneNumber, PhoneProblem
from carecenter.core.terms import Channel, Check, Language, WrapUp
from carecenter.core.text import plain
from carecenter.operations.callers import AttachPhone, RegisterCaller
from carecenter.operations.calls import (
    ChooseCallLanguage,
    EndCall,
    IdentifyCaller,
    LinkArticle,
    OpenCall,
    VerifyCaller,
    WriteNotes,
)
from carecenter.operations.looks import LookAtCaller, RevealCivilId
from carecenter.operations.tickets import CallbackWish, OpenTicket, pin_hash
from carecenter.queries import callers, calls, search, tickets
from carecenter.queries.callers import CallerCard, CallerRow
from carecenter.queries.calls import CallRow
from carecenter.queries.tickets import TicketRow
from carecenter.store.desk import Desk
from carecenter.ui.desk.ticket_content import TicketContent
from carecenter.wire import CallerFound

MOST_CALLS: Final = 10
FACTS_NEEDED: Final = 2
"""How many facts a caller must get right before anything personal is read out; one may have been overheard."""


@dataclass(frozen=True)
class NewCard:
    """What is typed into a new caller's card; `number` and `civil_id` as typed."""

    name_ar: str = ""
    name_en: str = ""
    number: str = ""
    civil_id: str = ""
    language: Language = Language.ARABIC


@dataclass(frozen=True)
class Issued:
    """A ticket just saved, as it is read out. An anonymous one has a `pin`, which is kept nowhere else."""

    ticket_id: str
    reference: str
    language: Language
    pin: str = ""


@dataclass
class CallState:
    """One open call as the screen shows it. `matches` are the people who answer on its number."""

    call: CallRow
    card: CallerCard | None = None
    matches: tuple[CallerRow, ...] = ()
    tickets: tuple[TicketRow, ...] = ()
    notes: str = ""
    ticket_draft: dict[str, Any] = field(default_factory=dict)

    @property
    def verified(self) -> bool:
        """Whether personal matters may be read out in this call."""
        return self.call.caller_id is not None and len(self.call.checks) >= FACTS_NEEDED


def notes_place(call_id: str) -> str:
    """Where a call's notes are kept as a draft."""
    return f"call:{call_id}:notes"


def ticket_place(call_id: str) -> str:
    """Where the new ticket of a call is kept as a draft."""
    return f"call:{call_id}:ticket"


def today(desk: Desk) -> dt.date:
    """The date in Kuwait."""
    return desk.now().astimezone(KUWAIT).date()


class DeskModel:
    """The calls of one account's desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._answered: set[str] = set()  # calls about whose number the centre was asked

    async def open_call(
        self, number: str, channel: Channel = Channel.LINE_164, language: Language = Language.ARABIC
    ) -> CallState:
        """A call begins; `number` is E.164, or empty when it is withheld. The only match is on the card already."""
        operation = OpenCall(
            call_id=new_id(), number=number, withheld=not number, channel=channel, language=language
        )
        await self.desk.perform(operation)
        found = await self.desk.ask(callers.by_phone, number) if number else ()
        if len(found) == 1:
            await self.identify(operation.call_id, found[0].id, "screen_pop")
        return await self.state(operation.call_id)

    async def unfinished(self) -> tuple[CallState, ...]:
        """Calls that were not ended, oldest first, each with what was being typed."""
        rows = await self.desk.ask(calls.open_calls)
        drafts = await self.desk.drafts()
        states = [await self.state(row.id) for row in reversed(rows)]
        for state in states:
            kept = drafts.get(notes_place(state.call.id))
            state.notes = str(kept.get("text", "")) if kept is not None else state.call.notes
            state.ticket_draft = drafts.get(ticket_place(state.call.id), {})
        return tuple(states)

    async def state(self, call_id: str) -> CallState:
        """A call as it stands now. Raises `NotFound`."""
        call = await self.desk.ask(calls.call, call_id)
        state = CallState(call=call, notes=call.notes)
        state.tickets = await self.desk.ask(tickets.of_call, call_id)
        if call.caller_id is not None:
            state.card = await self.desk.ask(callers.card, call.caller_id)
        elif call.number and not call.anonymous:
            state.matches = await self.desk.ask(callers.by_phone, call.number)
        return state

    async def ask_centre(self, call: CallRow) -> tuple[CallerFound, ...]:
        """Who answers on the number calling, as the centre of a hall knows; some may be here already.

        Raises `UserError` when it does not say.
        """
        found = await self.find_at_centre(call.id, call.number)
        self._answered.add(call.id)
        return found

    async def find_at_centre(self, call_id: str, line: str) -> tuple[CallerFound, ...]:
        """Whom the centre of a hall finds by a name or a number; raises `UserError` when it does not say."""
        if self.desk.elsewhere is None:
            return ()
        return (await self.desk.elsewhere.find(line, call_id)).callers

    async def attach_found(self, call_id: str, found: CallerFound) -> None:
        """As `attach`, of somebody whom the centre has found; their card is brought first."""
        await self._bring(call_id, found)
        await self.attach(call_id, found.id)

    async def identify_found(self, call_id: str, found: CallerFound) -> None:
        """The person on the line is one whom the centre has found; their card is brought first."""
        await self._bring(call_id, found)
        await self.identify(call_id, found.id, "screen_pop")

    async def identify(self, call_id: str, caller_id: str, how: Literal["screen_pop", "search"] = "search") -> None:
        """The person on the line is this caller; opening the card leaves a trace."""
        call = await self.desk.ask(calls.call, call_id)
        await self.desk.perform(
            IdentifyCaller(call_id=call_id, caller_id=caller_id, on_behalf_of=call.on_behalf_of)
        )
        await self.desk.perform(LookAtCaller(caller_id=caller_id, how=how))

    async def attach(self, call_id: str, caller_id: str) -> None:
        """A person found otherwise is on the line, and answers on its number from now on."""
        call = await self.desk.ask(calls.call, call_id)
        if call.number:
            await self.desk.perform(AttachPhone(phone_id=new_id(), caller_id=caller_id, e164=call.number))
        await self.identify(call_id, caller_id)

    async def nobody(self, call_id: str) -> None:
        """It is somebody else after all."""
        call = await self.desk.ask(calls.call, call_id)
        await self.desk.perform(IdentifyCaller(call_id=call_id, caller_id=None, on_behalf_of=call.on_behalf_of))

    async def describe(self, call_id: str, *, anonymous: bool, on_behalf_of: str) -> None:
        """Whom the call is for, and whether the caller wants to stay unknown: then no card is kept with it."""
        call = await self.desk.ask(calls.call, call_id)
        behalf = plain(on_behalf_of).strip()
        if (call.anonymous, call.on_behalf_of) == (anonymous, behalf):
            return
        caller_id = None if anonymous else call.caller_id
        await self.desk.perform(
            IdentifyCaller(call_id=call_id, caller_id=caller_id, anonymous=anonymous, on_behalf_of=behalf)
        )

    async def register(self, call_id: str, new: NewCard) -> str:
        """A new card for the person on the line; returns its id. Raises `UserError` for what cannot be right."""
        names = plain(new.name_ar).strip(), plain(new.name_en).strip()
        if not any(names):
            raise UserError(N_("Enter the caller's name in at least one script."))
        operation = RegisterCaller(
            caller_id=new_id(),
            name_ar=names[0],
            name_en=names[1],
            civil_id=_civil_id(new.civil_id, today(self.desk)),
            language=new.language,
            phone=_phone(new.number),
            provisional=self.desk.elsewhere is not None and call_id not in self._answered,
        )
        await self.desk.perform(operation)
        await self.identify(call_id, operation.caller_id)
        return operation.caller_id

    async def find(self, line: str) -> tuple[CallerRow, ...]:
        """People on record by name, number, Civil ID or the reference of one of their tickets."""
        found = await self.desk.ask(search.search, line)
        ids = tuple(ticket.caller_id for ticket in found.tickets if ticket.caller_id)
        more = await self.desk.ask(callers.by_ids, ids) if ids else ()
        return tuple({row.id: row for row in (*found.callers, *more)}.values())

    async def look(self, caller_id: str) -> CallerCard:
        """A card opened outside a call, which leaves a trace as well. Raises `NotFound`."""
        card = await self.desk.ask(callers.card, caller_id)
        await self.desk.perform(LookAtCaller(caller_id=caller_id, how="search"))
        return card

    async def reveal(self, caller_id: str, reason: str) -> str:
        """The whole Civil ID, once the reason is on record."""
        await self.desk.perform(RevealCivilId(caller_id=caller_id, reason=plain(reason).strip()))
        return await self.desk.ask(callers.civil_id, caller_id)

    async def verify(self, call_id: str, checks: tuple[Check, ...]) -> None:
        """What was asked and answered rightly."""
        await self.desk.perform(VerifyCaller(call_id=call_id, checks=checks))

    async def choose_language(self, call_id: str, language: Language) -> None:
        """What the caller speaks."""
        await self.desk.perform(ChooseCallLanguage(call_id=call_id, language=language))

    async def keep_notes(self, call_id: str, text: str) -> dt.datetime:
        """Notes as they are being typed; returns when they were on the disk."""
        return await self.desk.save_draft(notes_place(call_id), {"text": plain(text)})

    async def write_notes(self, call_id: str, text: str) -> None:
        """Notes at a pause: from here on they travel to the centre."""
        await self.desk.perform(WriteNotes(call_id=call_id, notes=plain(text)), done_with=notes_place(call_id))

    async def keep_ticket(self, call_id: str, content: TicketContent) -> dt.datetime:
        """The new ticket as it is being typed; returns when it was on the disk."""
        return await self.desk.save_draft(ticket_place(call_id), content.kept())

    async def drop_ticket(self, call_id: str) -> None:
        """The agent does not want the ticket after all."""
        await self.desk.drop_draft(ticket_place(call_id))

    async def open_ticket(self, call: CallRow, content: TicketContent) -> Issued:
        """Saves the ticket and takes its reference from the workstation's block.

        Raises `UserError` when something is missing or the disk is full; the draft stays then.
        """
        content.check(self.desk.now())
        ticket_id = new_id()
        pin = f"{secrets.randbelow(10_000):04}" if content.anonymous else ""
        kept = await self.desk.perform(
            OpenTicket(
                ticket_id=ticket_id,
                entry_id=new_id(),
                kind=content.kind,
                queue_id=content.queue_id,
                text=plain(content.text).strip(),
                remedy=plain(content.remedy).strip(),
                priority=content.priority,
                language=content.language,
                service_id=content.service_id,
                body_code=content.body_code,
                caller_id=None if content.anonymous else call.caller_id,
                call_id=call.id,
                callback=_wish(content),
                pin_hash=pin_hash(ticket_id, pin) if pin else None,
            ),
            done_with=ticket_place(call.id),
        )
        return Issued(ticket_id, kept.reference, content.language, pin)

    async def link(self, call_id: str, article_id: str) -> None:
        """An article answered this call."""
        await self.desk.perform(LinkArticle(call_id=call_id, article_id=article_id))

    async def end(self, call_id: str, wrap_up: WrapUp, notes: str) -> None:
        """The line is free."""
        operation = EndCall(call_id=call_id, wrap_up=wrap_up, notes=plain(notes))
        await self.desk.perform(operation, done_with=notes_place(call_id))

    async def _bring(self, call_id: str, found: CallerFound) -> None:
        if self.desk.elsewhere is not None:
            await self.desk.elsewhere.bring(found, call_id)


def _civil_id(typed: str, day: dt.date) -> str | None:
    if not typed.strip():
        return None
    parsed = civil_ids.parse(typed, day)
    if not isinstance(parsed, CivilId):
        raise UserError(N_("The Civil ID cannot be right. Correct it, or leave it empty."))
    return parsed.number


def _phone(typed: str) -> tuple[str, str] | None:
    parsed = phones.parse(typed)
    if parsed is PhoneProblem.EMPTY:
        return None
    if not isinstance(parsed, PhoneNumber):
        raise UserError(N_("The phone number cannot be right. Correct it, or leave it empty."))
    return new_id(), parsed.e164


def _wish(content: TicketContent) -> CallbackWish | None:
    if not content.callback:
        return None
    return CallbackWish(callback_id=new_id(), number=content.callback_e164(), due_at=content.callback_at)
