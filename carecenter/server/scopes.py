"""Which scopes a row belongs to, and which scopes an account may follow.

``everyone``: knowledge, directory, queues, accounts · ``editors``: what articles were asked for · ``queue:<id>``:
its tickets · ``account:<id>``: what somebody opened, promised or looked up · ``work:<id>``: their calls ·
``leading``: what those who lead decide in a hall · ``callers`` and ``closed:<id>``: see below.

A centre is scoped in one of two ways, once and for all. For one *desk* (standalone) every workstation holds all
callers, in ``callers``, with their ended calls. In a *hall* there is no such scope: a card goes where a current
ticket of its caller is, and to whoever wrote or looked it up today; all cards of one person go together. A
ticket is current while it is open and for ``RECENT`` after it was closed; a closed one stands in
``closed:<queue>``, which is followed last: a new workstation hears what is open before anything else. Narrower or
wider scopes belong here and nowhere else.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from carecenter.core.kuwait import KUWAIT
from carecenter.core.terms import CallbackState
from carecenter.models.account import Account
from carecenter.models.article import ArticleRequest
from carecenter.models.base import Synced, entity_of, synced_models
from carecenter.models.call import Call
from carecenter.models.caller import Caller, CallerPhone, MergeProposal, MergeState
from carecenter.models.centre import LookupGrant
from carecenter.models.queue import Queue, QueueMember
from carecenter.models.ticket import Callback, Ticket, TicketAlias, TicketEntry
from carecenter.models.viewer import Viewer
from carecenter.operations.base import DESK_ROLES
from carecenter.server import bulk, facts, persons

EVERYONE: Final = "everyone"
CALLERS: Final = "callers"
LEADING: Final = "leading"
EDITORS: Final = "editors"
"""For those who edit or lead: whoever asks for an article need not keep what others asked."""
RECENT: Final = dt.timedelta(days=30)
"""How long a ticket stays with its queue after it was closed, and a call with its agent."""

Key = tuple[str, str]
Rows = Mapping[Key, Synced]
_Scopes = frozenset[str]
_NOWHERE: Final[_Scopes] = frozenset()
_FACT: Final = "scoping"
_CLOCK: Final = "clock of the centre"
_GRANTS: Final = "grants not yet written"
_RECONSIDERED: Final = "rows whose scopes may have changed"
_SHIFT: Final = dt.timedelta(hours=8)


class Scoping(StrEnum):
    """For whom a centre is made."""

    DESK = "desk"
    HALL = "hall"


def choose(session: Session, scoping: Scoping) -> None:
    """Say for whom this centre is made, before anything is published in it. The first word stands."""
    facts.locked(session, _FACT, scoping.value)


def chosen(session: Session) -> Scoping:
    """For whom this centre is made."""
    if _FACT not in session.info:
        session.info[_FACT] = Scoping(facts.get(session, _FACT) or Scoping.DESK)
    answered: Scoping = session.info[_FACT]
    return answered


def known_scoping(session: Session) -> Scoping | None:
    """What ``chosen`` has answered to this session, if it was asked."""
    answered: Scoping | None = session.info.get(_FACT)
    return answered


def set_scoping(session: Session, scoping: Scoping) -> None:
    """Spare a session the look at what another one was answered."""
    session.info[_FACT] = scoping


def set_clock(session: Session, clock: Callable[[], dt.datetime]) -> None:
    """What tells this session what is recent (UTC)."""
    session.info[_CLOCK] = clock


def _moment(session: Session) -> dt.datetime:
    clock: Callable[[], dt.datetime] | None = session.info.get(_CLOCK)
    return dt.datetime.now(dt.UTC) if clock is None else clock()


def scopes_for(session: Session, viewer: Viewer) -> tuple[str, ...]:
    """What an account may follow, in the order in which a new workstation needs it.

    Those who lead follow the calls of all accounts; in a hall, of the members of the queues they see.
    """
    hall = chosen(session) is Scoping.HALL
    scopes = [EVERYONE]
    if viewer.role in DESK_ROLES and not hall:
        scopes.append(CALLERS)
    if viewer.edits or viewer.leads:
        scopes.append(EDITORS)
    scopes.extend(f"queue:{queue_id}" for queue_id in viewer.queue_ids)
    scopes.append(f"account:{viewer.account_id}")
    workers: Iterable[str] = [viewer.account_id]
    if viewer.leads and hall:
        scopes.append(LEADING)
        members = select(QueueMember.account_id).where(QueueMember.queue_id.in_(viewer.queue_ids))
        workers = sorted({viewer.account_id, *session.scalars(members)})
    elif viewer.leads:
        workers = session.scalars(select(Account.id))
    scopes.extend(f"work:{account_id}" for account_id in workers)
    if hall:
        scopes.extend(f"closed:{queue_id}" for queue_id in viewer.queue_ids)
    return tuple(scopes)


def grant(session: Session, account_id: str, key: Key) -> None:
    """An account holds a ticket or a caller's card for the day, from when this transaction is published.

    The day ends at midnight in Kuwait, but not before a shift is over.
    """
    at = _moment(session)
    midnight = dt.datetime.combine(at.astimezone(KUWAIT).date() + dt.timedelta(days=1), dt.time(), KUWAIT)
    until = max(midnight.astimezone(dt.UTC), at + _SHIFT)
    waiting: dict[tuple[str, Key], dt.datetime] = session.info.setdefault(_GRANTS, {})
    waiting[account_id, key] = until
    reconsider(session, [key])


def is_granted(session: Session, account_id: str, key: Key, at: dt.datetime) -> bool:
    """Whether an account holds a row for the day because it looked it up."""
    grant = LookupGrant.account_id == account_id, LookupGrant.entity == key[0], LookupGrant.entity_id == key[1]
    with session.no_autoflush:  # a batch is written as one
        return session.scalar(select(LookupGrant.until).where(*grant, LookupGrant.until > at)) is not None


def reconsider(session: Session, keys: Iterable[Key]) -> None:
    """Who holds these rows may be others now, though nothing in them has changed."""
    session.info.setdefault(_RECONSIDERED, set()).update(keys)


def scopes_of(session: Session, row: Synced) -> frozenset[str]:
    """The scopes that hold one row as it stands now."""
    key = (entity_of(row), row.id)
    return holding(session).of({key: row})[key]


def holding(session: Session) -> Holding:
    """Who holds rows, in the way this centre is scoped. What was changed is in the database already."""
    return Hall(session) if chosen(session) is Scoping.HALL else Holding(session)


class Holding:
    """Who holds rows of a centre for one desk."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def reconsidered(self) -> dict[Key, Synced]:
        """The rows that were named to ``reconsider``; what was granted is written."""
        granted: dict[tuple[str, Key], dt.datetime] = self.session.info.pop(_GRANTS, {})
        rows = [
            {"account_id": account_id, "entity": entity, "entity_id": entity_id, "until": until}
            for (account_id, (entity, entity_id)), until in sorted(granted.items())
        ]
        bulk.insert(self.session, LookupGrant, rows, replace=("until",))
        ids: dict[str, set[str]] = defaultdict(set)
        for entity, entity_id in self.session.info.pop(_RECONSIDERED, ()):
            ids[entity].add(entity_id)
        found: dict[Key, Synced] = {}
        for entity in sorted(ids):
            model = synced_models()[entity]
            found |= self._found(model, model.id, ids[entity])
        return found

    def of(self, rows: Rows) -> dict[Key, frozenset[str]]:
        """The scopes that hold each row as it stands now."""
        return {key: self._of(row) for key, row in rows.items()}

    def moving_with(self, moved: Rows, new: Collection[Key]) -> dict[Key, Synced]:
        """Rows whose scopes may be others now, because those of the ``moved`` rows are; ``new`` rows among
        them were written in this transaction, with all that belongs to them."""
        return self._lines_of(moved, new)

    def carries(self, row: Synced) -> bool:
        """Whether a change of the row may move others although it stays where it is."""
        del row
        return False

    def _of(self, row: Synced) -> _Scopes:
        if isinstance(row, Caller | CallerPhone | MergeProposal):
            return frozenset({CALLERS})
        if isinstance(row, Call):
            shared = {CALLERS} if row.caller_id is not None and row.ended_at is not None else set()
            return frozenset({f"work:{row.agent_id}", *shared})
        if isinstance(row, Ticket):
            return frozenset({f"queue:{row.queue_id}", f"account:{row.opened_by}"})
        if isinstance(row, TicketEntry | TicketAlias):
            return self._of_ticket(row.ticket_id)
        if isinstance(row, Callback):
            return self._of_ticket(row.ticket_id) | {f"account:{row.owner_id}"}
        return frozenset({EDITORS if isinstance(row, ArticleRequest) else EVERYONE})

    def _of_ticket(self, ticket_id: str | None) -> _Scopes:
        ticket = self.session.get(Ticket, ticket_id) if ticket_id is not None else None
        return _NOWHERE if ticket is None else self._of(ticket)

    def _lines_of(self, moved: Rows, new: Collection[Key]) -> dict[Key, Synced]:
        ids = [row.id for key, row in moved.items() if isinstance(row, Ticket) and key not in new]
        return {
            **self._found(TicketEntry, TicketEntry.ticket_id, ids),
            **self._found(TicketAlias, TicketAlias.ticket_id, ids),
            **self._found(Callback, Callback.ticket_id, ids),
        }

    def _found(self, model: type[Synced], column: Any, ids: Collection[str]) -> dict[Key, Synced]:
        if not ids:
            return {}
        found = self.session.scalars(select(model).where(bulk.among(self.session, column, sorted(ids))))
        return {(entity_of(row), row.id): row for row in found}


class _Matter(msgspec.Struct, frozen=True):
    """What of a ticket says who holds it."""

    id: str
    queue_id: str
    opened_by: str
    closed_at: dt.datetime | None
    caller_id: str | None
    call_id: str | None
    restricted: bool


class Hall(Holding):
    """Who holds rows of a centre for a hall."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._at = _moment(session)

    def of(self, rows: Rows) -> dict[Key, frozenset[str]]:
        tickets: set[str] = set()
        callers: set[str] = set()
        calls: set[str] = set()
        known: set[str] = set()
        for row in rows.values():
            if isinstance(row, Ticket):
                tickets.add(row.id)
            elif isinstance(row, TicketEntry | TicketAlias | Callback) and row.ticket_id:
                tickets.add(row.ticket_id)
            elif isinstance(row, Caller | CallerPhone):
                callers.add(row.id if isinstance(row, Caller) else row.caller_id)
            elif isinstance(row, MergeProposal):
                callers |= {row.caller_id, row.other_id}
            elif isinstance(row, Call):
                calls.add(row.id)
                known |= {row.caller_id} if row.caller_id is not None and row.ended_at is not None else set()
        self._look_up(tickets, callers, calls, known)
        return {key: self._of(row) for key, row in rows.items()}

    def moving_with(self, moved: Rows, new: Collection[Key]) -> dict[Key, Synced]:
        callers: set[str] = set()
        calls: set[str] = set()
        owners: set[str] = set()
        for row in moved.values():
            if isinstance(row, Ticket | Callback) and row.caller_id:
                callers.add(row.caller_id)
            if isinstance(row, Ticket) and row.call_id:
                calls.add(row.call_id)
            if isinstance(row, Caller):
                owners.add(row.id)
            if isinstance(row, MergeProposal):
                callers |= {row.caller_id, row.other_id}
        callers = persons.with_all_cards(self.session, callers)
        ended = self._found(Call, Call.caller_id, owners)
        return {
            **self._lines_of(moved, new),
            **self._found(Caller, Caller.id, callers),
            **self._found(Call, Call.id, calls),
            **self._found(CallerPhone, CallerPhone.caller_id, owners),
            **self._found(MergeProposal, MergeProposal.caller_id, owners),
            **self._found(MergeProposal, MergeProposal.other_id, owners),
            **{key: call for key, call in ended.items() if isinstance(call, Call) and call.ended_at is not None},
        }

    def carries(self, row: Synced) -> bool:
        return isinstance(row, Callback)  # a promise that is kept lets go of the card

    def _of(self, row: Synced) -> _Scopes:
        if isinstance(row, Caller | CallerPhone):
            return self._of_caller(row.id if isinstance(row, Caller) else row.caller_id)
        if isinstance(row, MergeProposal):
            return self._of_proposal(row) if row.state is MergeState.OPEN else _NOWHERE
        if isinstance(row, Call):
            return self._of_call(row)
        if isinstance(row, Ticket):
            return self._of_ticket(row.id)
        if isinstance(row, Callback):
            kept = row.state is CallbackState.PROMISED or row.due_at > self._at - RECENT
            return self._of_ticket(row.ticket_id) | ({f"account:{row.owner_id}"} if kept else set())
        return super()._of(row)

    def _of_ticket(self, ticket_id: str | None) -> _Scopes:
        found = self._matters.get(ticket_id or "")
        return _NOWHERE if found is None else self._of_matter(found)

    def _of_matter(self, matter: _Matter) -> _Scopes:
        granted = self._granted["ticket", matter.id]
        if matter.closed_at is not None and matter.closed_at <= self._at - RECENT:
            return frozenset(granted)
        place = "queue" if matter.closed_at is None else "closed"
        return frozenset({f"{place}:{matter.queue_id}", f"account:{matter.opened_by}", *granted})

    def _of_caller(self, caller_id: str) -> _Scopes:
        person = self._person(caller_id)
        theirs = (self._of_matter(one) for card in person for one in self._matters_of[card])
        given = (self._granted["caller", card] | self._promised[card] for card in person)
        proposed = (self._of_proposal(one) for one in self._proposed if person & {one.caller_id, one.other_id})
        return _NOWHERE.union(*theirs, *given, *proposed)

    def _of_proposal(self, proposal: MergeProposal) -> _Scopes:
        """Both cards go with it, so it goes to nobody who may not know of one of them."""
        if self._is_hidden(proposal.other_id):
            return _NOWHERE
        author = f"account:{proposal.registered_by}"
        return frozenset({author} if self._is_hidden(proposal.caller_id) else {author, LEADING})

    def _is_hidden(self, caller_id: str) -> bool:
        """Whether a caller is known by nothing but tickets of restricted queues."""
        person = self._person(caller_id)
        walls = [one.restricted for card in person for one in self._matters_of[card]]
        return bool(walls) and all(walls)

    def _person(self, caller_id: str) -> frozenset[str]:
        return self._persons.get(caller_id) or frozenset({caller_id})

    def _of_call(self, call: Call) -> _Scopes:
        """Of a call that led into a restricted queue, those who lead hear only when they are members."""
        led_to = self._led_to[call.id]
        restricted = any(one.restricted for one in led_to)
        scopes: set[str] = set()
        if call.started_at > self._at - RECENT:
            scopes.add(f"{'account' if restricted else 'work'}:{call.agent_id}")
        if call.caller_id is not None and call.ended_at is not None and not restricted:
            scopes = scopes.union(*(self._granted["caller", card] for card in self._person(call.caller_id)))
        return frozenset(scopes).union(*map(self._of_matter, led_to))

    def _look_up(self, tickets: set[str], callers: set[str], calls: set[str], known: set[str]) -> None:
        """Load what says who holds rows: of the tickets by these ids, and by those of callers and calls."""
        self._matters: dict[str, _Matter] = {}
        self._matters_of: dict[str | None, list[_Matter]] = defaultdict(list)
        self._led_to: dict[str | None, list[_Matter]] = defaultdict(list)
        self._granted: dict[Key, set[str]] = defaultdict(set)
        self._promised: dict[str, set[str]] = defaultdict(set)
        self._persons = persons.cards_of(self.session, callers | known)
        callers, known = self._with_persons(callers), self._with_persons(known)
        self._proposed = self._open_proposals(callers)
        paired = {card for one in self._proposed for card in (one.caller_id, one.other_id)} - callers
        self._persons |= persons.cards_of(self.session, paired)
        callers |= self._with_persons(paired)
        wanted = ((Ticket.id, tickets), (Ticket.caller_id, callers), (Ticket.call_id, calls))
        who = (Ticket.id, Ticket.queue_id, Ticket.opened_by, Ticket.closed_at, Ticket.caller_id, Ticket.call_id)
        if conditions := [self._among(column, ids) for column, ids in wanted if ids]:
            statement = select(*who, Queue.restricted).join(Queue, Queue.id == Ticket.queue_id)
            for found in self.session.execute(statement.where(or_(*conditions))):
                matter = self._matters[found.id] = _Matter(*found)
                self._matters_of[matter.caller_id].append(matter)
                self._led_to[matter.call_id].append(matter)
        granted = (("ticket", set(self._matters)), ("caller", callers | known))
        if conditions := [
            and_(LookupGrant.entity == entity, self._among(LookupGrant.entity_id, ids))
            for entity, ids in granted
            if ids
        ]:
            grants = select(LookupGrant).where(LookupGrant.until > self._at, or_(*conditions))
            for grant in self.session.scalars(grants):
                self._granted[grant.entity, grant.entity_id].add(f"account:{grant.account_id}")
        if callers:
            promised = self._among(Callback.caller_id, callers), Callback.state == CallbackState.PROMISED
            for row in self.session.execute(select(Callback.caller_id, Callback.owner_id).where(*promised)):
                self._promised[row.caller_id].add(f"account:{row.owner_id}")

    def _with_persons(self, cards: set[str]) -> set[str]:
        return cards.union(*map(self._person, cards))

    def _open_proposals(self, callers: set[str]) -> list[MergeProposal]:
        if not callers:
            return []
        near = (self._among(column, callers) for column in (MergeProposal.caller_id, MergeProposal.other_id))
        still = MergeProposal.state == MergeState.OPEN
        return list(self.session.scalars(select(MergeProposal).where(still, or_(*near))))

    def _among(self, column: Any, ids: Collection[str]) -> Any:
        return bulk.among(self.session, column, sorted(ids))
