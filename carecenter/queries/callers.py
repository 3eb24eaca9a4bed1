"""Callers: matched by number or Civil ID, and the card that stands beside a call."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.core.civil_id import mask
from carecenter.core.errors import NotFound
from carecenter.core.i18n import N_
from carecenter.core.terms import CallbackState, Language, TicketStatus
from carecenter.models.caller import Caller, CallerPhone
from carecenter.models.ticket import Callback
from carecenter.queries import calls, merging, persons, tickets
from carecenter.queries.base import Row, Viewer


class CallerRow(Row, frozen=True, kw_only=True):
    """A caller in a list, all cards of a person as one; ``phones`` are E.164."""

    id: str
    name_ar: str
    name_en: str
    phones: tuple[str, ...]
    demo: bool


class CallerCard(Row, frozen=True, kw_only=True):
    """What may be shown of a caller at once; the Civil ID only by its last three digits.

    ``merged``: the cards that this one stands for. ``proposals``: cards that may be the same person's.
    """

    id: str
    name_ar: str
    name_en: str
    phones: tuple[str, ...]
    demo: bool
    civil_id_masked: str
    language: Language
    note: str
    open_tickets: tuple[tickets.TicketRow, ...]
    closed_tickets: tuple[tickets.TicketRow, ...]
    last_calls: tuple[calls.CallRow, ...]
    callbacks: tuple[tickets.CallbackRow, ...]
    provisional: bool
    merged: tuple[merging.CardRow, ...]
    proposals: tuple[merging.ProposalRow, ...]


def by_phone(session: Session, viewer: Viewer, e164: str) -> tuple[CallerRow, ...]:
    """Everybody who answers on this number (E.164)."""
    del viewer
    ids = select(CallerPhone.caller_id).where(CallerPhone.e164 == e164)
    return _rows(session, session.scalars(select(Caller).where(Caller.id.in_(ids))).all())


def by_civil_id(session: Session, viewer: Viewer, civil_id: str) -> tuple[CallerRow, ...]:
    """The caller of a Civil ID (12 ASCII digits)."""
    del viewer
    return _rows(session, session.scalars(select(Caller).where(Caller.civil_id == civil_id)).all())


def by_ids(session: Session, viewer: Viewer, ids: tuple[str, ...]) -> tuple[CallerRow, ...]:
    """Callers in the order of ``ids``; those not here are left out."""
    del viewer
    rows = _rows(session, session.scalars(select(Caller).where(Caller.id.in_(ids))).all())
    found = {row.id: row for row in rows}
    led_to = dict(session.execute(select(Caller.id, Caller.merged_into).where(Caller.id.in_(ids))).all())
    ordered = dict.fromkeys(kept if (kept := led_to.get(one)) in found else one for one in ids)
    return tuple(found[one] for one in ordered if one in found)


def card(session: Session, viewer: Viewer, caller_id: str) -> CallerCard:
    """The card of one caller. Raises ``NotFound``. Opening it is a look: perform ``LookAtCaller`` too."""
    person = persons.one(session, caller_id)
    if person is None:
        raise NotFound(N_("This caller is not on this workstation."))
    row = _row(person, _numbers(session, [person]))
    theirs = tickets.of_caller(session, viewer, caller_id)
    promised = Callback.caller_id.in_(person.ids) & (Callback.state == CallbackState.PROMISED)
    civil_id = person.fact("civil_id")
    return CallerCard(
        id=row.id,
        name_ar=row.name_ar,
        name_en=row.name_en,
        phones=row.phones,
        demo=row.demo,
        civil_id_masked=mask(civil_id) if civil_id else "",
        language=person.card.language,
        note=person.fact("note"),
        open_tickets=tuple(ticket for ticket in theirs if ticket.status is not TicketStatus.CLOSED),
        closed_tickets=tuple(ticket for ticket in theirs if ticket.status is TicketStatus.CLOSED),
        last_calls=calls.of_caller(session, viewer, caller_id),
        callbacks=tickets.callbacks_of(session, promised),
        provisional=person.card.provisional,
        merged=tuple(map(merging.card_row, person.merged)),
        proposals=merging.proposals(session, viewer, person.ids),
    )


def civil_id(session: Session, viewer: Viewer, caller_id: str) -> str:
    """The whole Civil ID, or nothing. Perform ``RevealCivilId``, with its reason, first."""
    del viewer
    person = persons.one(session, caller_id)
    return "" if person is None else person.fact("civil_id") or ""


def _rows(session: Session, callers: Sequence[Caller]) -> tuple[CallerRow, ...]:
    people = persons.of(session, callers)
    numbers = _numbers(session, people)
    return tuple(_row(person, numbers) for person in people)


def _numbers(session: Session, people: Sequence[persons.Person]) -> dict[str, list[str]]:
    """Card → its numbers."""
    numbers: dict[str, list[str]] = {card: [] for person in people for card in person.ids}
    statement = select(CallerPhone).where(CallerPhone.caller_id.in_(numbers)).order_by(CallerPhone.id)
    for phone in session.scalars(statement):
        numbers[phone.caller_id].append(phone.e164)
    return numbers


def _row(person: persons.Person, numbers: dict[str, list[str]]) -> CallerRow:
    return CallerRow(
        id=person.card.id,
        name_ar=person.fact("name_ar"),
        name_en=person.fact("name_en"),
        phones=tuple(dict.fromkeys(number for card in person.ids for number in numbers[card])),
        demo=person.card.demo,
    )
