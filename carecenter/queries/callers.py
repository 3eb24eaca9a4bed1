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
from carecenter.queries import calls, tickets
from carecenter.queries.base import Row, Viewer


class CallerRow(Row, frozen=True, kw_only=True):
    """A caller in a list; ``phones`` are E.164."""

    id: str
    name_ar: str
    name_en: str
    phones: tuple[str, ...]
    demo: bool


class CallerCard(Row, frozen=True, kw_only=True):
    """What may be shown of a caller at once; the Civil ID only by its last three digits."""

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
    return tuple(found[caller_id] for caller_id in ids if caller_id in found)


def card(session: Session, viewer: Viewer, caller_id: str) -> CallerCard:
    """The card of one caller. Raises ``NotFound``. Opening it is a look: perform ``LookAtCaller`` too."""
    caller = session.get(Caller, caller_id)
    if caller is None:
        raise NotFound(N_("This caller is not on this workstation."))
    (row,) = _rows(session, [caller])
    theirs = tickets.of_caller(session, viewer, caller_id)
    promised = (Callback.caller_id == caller_id) & (Callback.state == CallbackState.PROMISED)
    return CallerCard(
        id=row.id,
        name_ar=row.name_ar,
        name_en=row.name_en,
        phones=row.phones,
        demo=row.demo,
        civil_id_masked=mask(caller.civil_id) if caller.civil_id else "",
        language=caller.language,
        note=caller.note,
        open_tickets=tuple(ticket for ticket in theirs if ticket.status is not TicketStatus.CLOSED),
        closed_tickets=tuple(ticket for ticket in theirs if ticket.status is TicketStatus.CLOSED),
        last_calls=calls.of_caller(session, viewer, caller_id),
        callbacks=tickets.callbacks_of(session, promised),
    )


def civil_id(session: Session, viewer: Viewer, caller_id: str) -> str:
    """The whole Civil ID, or nothing. Perform ``RevealCivilId``, with its reason, first."""
    del viewer
    caller = session.get(Caller, caller_id)
    return caller.civil_id or "" if caller else ""


def _rows(session: Session, callers: Sequence[Caller]) -> tuple[CallerRow, ...]:
    ids = [caller.id for caller in callers]
    numbers: dict[str, list[str]] = {caller_id: [] for caller_id in ids}
    statement = select(CallerPhone).where(CallerPhone.caller_id.in_(ids)).order_by(CallerPhone.id)
    for phone in session.scalars(statement):
        numbers[phone.caller_id].append(phone.e164)
    return tuple(
        CallerRow(
            id=caller.id,
            name_ar=caller.name_ar,
            name_en=caller.name_en,
            phones=tuple(numbers[caller.id]),
            demo=caller.demo,
        )
        for caller in callers
    )
