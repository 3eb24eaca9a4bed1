"""Look-ups: callers and tickets that a workstation of a hall does not hold, found in all that the centre holds.

Who may look up is in ``operations.rights``. What lies in a restricted queue is found by its members and by who
opened it. Each look-up is audited (what kind of question, how many answers; never its text) and there are only
so many a minute. What was found for an account and is opened enters its own scope for the day. The texts of
tickets are not searched here: a question in words finds people by their names.
"""

from __future__ import annotations

import datetime as dt
import math
import threading
from collections.abc import Iterable
from typing import Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from carecenter.core import text
from carecenter.core.civil_id import mask
from carecenter.core.errors import Busy, NotAllowed, NotFound, UserError
from carecenter.core.i18n import N_
from carecenter.core.kuwait import KUWAIT
from carecenter.core.reading import Meaning, Reading, read
from carecenter.models.caller import Caller, CallerPhone
from carecenter.models.queue import Queue
from carecenter.models.ticket import Ticket, TicketAlias
from carecenter.models.viewer import Viewer
from carecenter.operations.rights import LOOKING_UP
from carecenter.queries import people
from carecenter.server import audit, namesakes, persons, scopes, turns
from carecenter.server.scopes import Key, Scoping
from carecenter.server.session import CentreSession
from carecenter.server.slips import Slips
from carecenter.wire import CallerFound, LookupAnswer, LookupRequest, OpenFound, TicketFound

A_MINUTE: Final = 30
"""Look-ups that an account has a minute, and as many more openings; each process counts for itself."""

PER_GROUP: Final = 8
_CANDIDATES = 200
_Merged = aliased(Caller)
_SHORTEST = 2
_NOT_FOR_YOU: Final = N_("Your role does not allow this. Ask a supervisor.")
_NOT_THERE: Final = N_("The centre does not find this any more. Search again.")


class Lookups:
    """The look-ups of one centre. Safe to use from several threads.

    What is refused is returned, not raised, so that the transaction that keeps it on record is not rolled back.
    """

    def __init__(self) -> None:
        self._questions = Allowance(A_MINUTE)
        self._openings = Allowance(A_MINUTE)

    def find(
        self, session: CentreSession, who: tuple[Viewer, str], request: LookupRequest, at: dt.datetime
    ) -> LookupAnswer | UserError:
        """What the question may mean. A centre for one desk adds nothing: the desk holds all it may see."""
        viewer, device_id = who
        readings = read(request.question, at.astimezone(KUWAIT).date())
        answer: LookupAnswer | UserError | None = self._refusal(viewer, self._questions, at)
        if answer is None and scopes.chosen(session) is Scoping.DESK:
            return LookupAnswer()
        if answer is None:
            slips = Slips(session, viewer.account_id, at)
            answer = _found(session, viewer, readings, slips)
        count = 0 if isinstance(answer, UserError) else len(answer.callers) + len(answer.tickets)
        kinds = "+".join(sorted({reading.meaning.value for reading in readings}))
        subjects = {"kind": kinds, "results": str(count), **_during(request)}
        audit.record(
            session,
            at=at,
            account_id=viewer.account_id,
            device_id=device_id,
            action="Lookup",
            subjects=subjects,
            outcome=_outcome(answer),
        )
        return answer

    def open(
        self, session: CentreSession, who: tuple[Viewer, str], request: OpenFound, at: dt.datetime
    ) -> UserError | None:
        """Bring a caller's card or a ticket, with what belongs to it, into the account's own scope for the day."""
        viewer, device_id = who
        key = (request.entity, request.id)
        refusal = self._refusal(viewer, self._openings, at)
        found = Slips(session, viewer.account_id, at).is_good(key, request.slip)
        if refusal is None and not (found and _may_be_opened(session, viewer, key)):
            refusal = NotFound(_NOT_THERE)
        if refusal is None:
            turns.hold(session, [key])
            scopes.grant(session, viewer.account_id, key)
        subjects = {f"{request.entity}_id": _id(request.id), **_during(request)}
        audit.record(
            session,
            at=at,
            account_id=viewer.account_id,
            device_id=device_id,
            action="OpenFound",
            subjects=subjects,
            outcome=_outcome(refusal),
        )
        return refusal

    def _refusal(self, viewer: Viewer, allowance: Allowance, at: dt.datetime) -> UserError | None:
        if viewer.role not in LOOKING_UP:
            return NotAllowed(_NOT_FOR_YOU)
        seconds = allowance.take(viewer.account_id, at)
        if seconds:
            return Busy(N_("This is very much looking up. Seconds to wait: {retry_after}"), retry_after=seconds)
        return None


class Allowance:
    """So many a minute for each account; who has rested has a minute's worth at once."""

    def __init__(self, a_minute: int) -> None:
        self._most = float(a_minute)
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, dt.datetime]] = {}

    def take(self, account_id: str, at: dt.datetime) -> int:
        """Take one; 0 when there was one, else the seconds until there is."""
        with self._lock:
            left, since = self._left.get(account_id, (self._most, at))
            rested = max((at - since).total_seconds(), 0.0) * self._most / 60
            left = min(left + rested, self._most)
            enough = left >= 1
            self._left[account_id] = (left - 1 if enough else left, at)
        return 0 if enough else math.ceil((1 - left) * 60 / self._most)


def _found(session: Session, viewer: Viewer, readings: Iterable[Reading], slips: Slips) -> LookupAnswer:
    callers: dict[str, Caller] = {}
    tickets: dict[str, Ticket] = {}
    for reading in readings:
        if reading.meaning is Meaning.REFERENCE and reading.valid:
            alias = select(TicketAlias.ticket_id).where(TicketAlias.reference == reading.value)
            same = or_(Ticket.reference == reading.value, Ticket.id.in_(alias))
            tickets |= _tickets(session, viewer, same)
        elif reading.meaning is Meaning.PHONE:
            owners = select(CallerPhone.caller_id).where(CallerPhone.e164 == reading.value)
            callers |= _callers(session, viewer, Caller.id.in_(owners))
        elif reading.meaning is Meaning.CIVIL_ID and reading.valid:
            callers |= _callers(session, viewer, Caller.civil_id == reading.value)
        elif reading.meaning is Meaning.WORDS:
            callers |= _named(session, viewer, reading.value)
    callers = _surviving(session, callers)
    cards = persons.with_all_cards(session, callers)
    if callers:
        tickets |= _tickets(session, viewer, Ticket.caller_id.in_(sorted(cards)))
    phones = _phones(session, callers)
    return LookupAnswer(
        callers=tuple(_caller_found(row, phones.get(row.id, ()), slips) for row in callers.values()),
        tickets=tuple(_ticket_found(row, slips) for row in tickets.values()),
    )


def _tickets(session: Session, viewer: Viewer, condition: ColumnElement[bool]) -> dict[str, Ticket]:
    statement = select(Ticket).where(condition, _visible(viewer)).order_by(Ticket.opened_at.desc(), Ticket.id)
    return {row.id: row for row in session.scalars(statement.limit(PER_GROUP))}


def _callers(
    session: Session, viewer: Viewer, condition: ColumnElement[bool], limit: int | None = PER_GROUP
) -> dict[str, Caller]:
    """Callers known by more than what lies behind a wall for this viewer."""
    merged = select(_Merged.id).where(_Merged.merged_into == Caller.id)
    theirs = select(Ticket.id).where(or_(Ticket.caller_id == Caller.id, Ticket.caller_id.in_(merged)))
    known = or_(~theirs.exists(), theirs.where(_visible(viewer)).exists())
    statement = select(Caller).where(condition, known).order_by(Caller.registered_at.desc(), Caller.id)
    return {row.id: row for row in session.scalars(statement.limit(limit))}


def _surviving(session: Session, found: dict[str, Caller]) -> dict[str, Caller]:
    """For a card that was merged, the one that stands for it."""
    cards = (session.get(Caller, row.merged_into) if row.merged_into else row for row in found.values())
    return {card.id: card for card in cards if card is not None}


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    open_queues = select(Queue.id).where(Queue.restricted.is_(False))
    return or_(
        Ticket.queue_id.in_(open_queues),
        Ticket.queue_id.in_(viewer.queue_ids),
        Ticket.opened_by == viewer.account_id,
    )


def _may_be_opened(session: Session, viewer: Viewer, key: Key) -> bool:
    entity, entity_id = key
    if scopes.chosen(session) is Scoping.DESK:
        return False
    if entity == "ticket":
        return bool(_tickets(session, viewer, Ticket.id == entity_id))
    return bool(_callers(session, viewer, Caller.id == entity_id))


def _named(session: Session, viewer: Viewer, line: str) -> dict[str, Caller]:
    """Whose names are most like the line, best first; four digits beside it are the end of a phone number or a year
    of birth."""
    words = text.tokens(line)
    name = " ".join(word for word in words if not word.isdecimal())
    if len(name) < _SHORTEST:
        return {}
    likely = namesakes.find(session, name)[:_CANDIDATES]
    known = _callers(session, viewer, Caller.id.in_(likely), None)
    found = {one: known[one] for one in likely if one in known}
    if digits := [word for word in words if word.isdecimal() and len(word) == people.NARROWING]:
        kept = people.narrowed(session, list(found), digits)
        found = {one: found[one] for one in kept} or found
    return dict(list(found.items())[:PER_GROUP])


def _phones(session: Session, callers: dict[str, Caller]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    statement = select(CallerPhone).where(CallerPhone.caller_id.in_(list(callers))).order_by(CallerPhone.id)
    for row in session.scalars(statement):
        found[row.caller_id] = (*found.get(row.caller_id, ()), mask(row.e164))
    return found


def _caller_found(row: Caller, phones: tuple[str, ...], slips: Slips) -> CallerFound:
    return CallerFound(
        id=row.id,
        name_ar=row.name_ar,
        name_en=row.name_en,
        phones_masked=phones,
        civil_id_masked=mask(row.civil_id) if row.civil_id else "",
        demo=row.demo,
        slip=slips.write(("caller", row.id)),
    )


def _ticket_found(row: Ticket, slips: Slips) -> TicketFound:
    return TicketFound(
        id=row.id,
        reference=row.reference,
        kind=row.kind,
        status=row.status,
        queue_id=row.queue_id,
        opened_at=row.opened_at,
        caller_id=row.caller_id,
        slip=slips.write(("ticket", row.id)),
    )


def _outcome(answer: object) -> str:
    return "refused" if isinstance(answer, UserError) else "accepted"


def _during(request: LookupRequest | OpenFound) -> dict[str, str]:
    return {"call_id": _id(request.call_id)} if request.call_id else {}


def _id(given: str) -> str:
    """An id from outside as it can be kept, whatever it is."""
    return "".join(filter(str.isprintable, given[:64]))
