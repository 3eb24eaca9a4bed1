"""Filling a centre for a load test: synthetic people and a year of their tickets, many in a transaction.

Nobody performed anything of it: rows are written as they would stand by now, through the unit that gives operations
their versions and their places in the feed, with a line of the audit trail a transaction. The people are made like
those of the demonstration: marked as such, with numbers and Civil IDs that nobody has.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Final

import msgspec
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.core.ids import new_id
from carecenter.core.promises import due_at
from carecenter.core.terms import EntryKind, Language, Outcome, Priority, Role, TicketStatus
from carecenter.models.account import Account
from carecenter.models.call import Call
from carecenter.models.caller import Caller, CallerPhone
from carecenter.models.centre import Credential
from carecenter.models.queue import Queue, QueueMember
from carecenter.models.ticket import Ticket, TicketEntry
from carecenter.server import accounts, administration, references
from carecenter.server.centre import Centre
from carecenter.server.demo.matters import matters
from carecenter.server.demo.people import invented_callers
from carecenter.server.demo.remarks import Occasion, ending, remark
from carecenter.server.unit import Unit

PREFIX: Final = "seed-"
"""How the names of accounts and the ids of queues begin that are made here."""

_AT_ONCE: Final = 1_000
_YEAR: Final = dt.timedelta(days=365)
_LONGEST: Final = dt.timedelta(days=14)
_OPEN: Final = (TicketStatus.RECEIVED, TicketStatus.ASSESSED, TicketStatus.IN_WORK, TicketStatus.REFERRED)
_PRIORITIES: Final = {Priority.LOW: 10, Priority.NORMAL: 68, Priority.HIGH: 17, Priority.URGENT: 5}


class Amounts(msgspec.Struct, frozen=True, kw_only=True):
    """How much: ``tickets`` and ``callers`` are added; of ``accounts`` and ``queues`` so many are there afterwards.
    Without queues of its own a load goes to those of the centre that are not restricted."""

    tickets: int
    callers: int
    accounts: int
    queues: int = 0


class _Agent(msgspec.Struct, frozen=True):
    account_id: str
    queue_id: str


def holds_real_work(centre: Centre) -> bool:
    """Whether there is a person, a ticket or a call that is not synthetic."""
    with centre.transaction() as unit:
        whose = or_(Caller.id.is_(None), Caller.demo.is_(False))
        return any(
            unit.session.execute(statement.limit(1)).first() is not None
            for statement in (
                select(Caller.id).where(Caller.demo.is_(False)),
                select(Ticket.id).outerjoin(Caller, Caller.id == Ticket.caller_id).where(whose),
                select(Call.id).outerjoin(Caller, Caller.id == Call.caller_id).where(whose),
            )
        )


def missing_accounts(centre: Centre, wanted: int) -> int:
    """How many accounts would be made, which need a password."""
    with centre.transaction() as unit:
        return max(wanted - len(_seeded(unit.session)), 0)


def fill(
    centre: Centre, wanted: Amounts, password: str, progress: Callable[[int, int], None], *, seed: int = 164
) -> None:
    """Add to a centre. ``password``: of the accounts that are made. ``progress``: callers and tickets so far.

    What was interrupted stays; to fill again adds more. Raises ``UserError`` for a weak password, and when nobody
    would work on the tickets.
    """
    rng = Random(seed)  # noqa: S311  # a load, not a secret
    agents = _agents(centre, wanted, password)
    if not agents and wanted.tickets:
        raise UserError(N_("Somebody has to work on the tickets: ask for at least one account."))
    total = wanted.callers + wanted.tickets
    known: list[str] = []
    for count in _portions(wanted.callers):
        known += _add_callers(centre, count, rng)
        progress(len(known), total)
    with centre.transaction() as unit:
        known = known or list(unit.session.scalars(select(Caller.id).where(Caller.demo).limit(_AT_ONCE)))
    if not known and wanted.tickets:
        raise UserError(N_("Somebody has to call: ask for at least one caller."))
    load = _Load(now=centre.clock(), callers=known, agents=agents, rng=rng)
    done = 0
    for count in _portions(wanted.tickets):
        with centre.transaction() as unit:
            for number, reference in enumerate(references.allocate(unit.session, count), done):
                unit.session.add_all(load.ticket(reference, number / wanted.tickets))
            _publish(centre, unit, "tickets", count)
        done += count
        progress(wanted.callers + done, total)


def _portions(count: int) -> Iterator[int]:
    yield from (min(_AT_ONCE, count - start) for start in range(0, count, _AT_ONCE))


def _publish(centre: Centre, unit: Unit, what: str, count: int) -> None:
    unit.write()
    administration.record(centre, unit, "Seed", **{what: str(count)})
    unit.publish()


def _agents(centre: Centre, wanted: Amounts, password: str) -> list[_Agent]:
    """Who works where: accounts of an earlier load, and new ones, spread over the queues."""
    with centre.transaction() as unit:
        session = unit.session
        queue_ids = _queues(session, wanted.queues)
        there = _seeded(session)
        missing = range(len(there), wanted.accounts)
        if missing:
            accounts.check_new(PREFIX, password)
            hashed = accounts.hashed(password)  # one for all: a hash takes as long as a guess should
            new = [_account(number + 1) for number in missing]
            session.add_all(new)
            session.flush()
            session.add_all(Credential(account_id=one.id, password_hash=hashed, failures=0) for one in new)
            places = zip(missing, new, strict=True)
            session.add_all(_member(queue_ids[number % len(queue_ids)], one.id) for number, one in places)
            administration.record(centre, unit, "Seed", accounts=str(len(new)))
        unit.publish()
        mine = select(QueueMember.account_id, QueueMember.queue_id).join(Queue).where(Queue.id.in_(queue_ids))
        works = mine.where(QueueMember.account_id.in_([one.id for one in _seeded(session)]))
        return [_Agent(*row) for row in session.execute(works.order_by(QueueMember.id))]


def _seeded(session: Session) -> Sequence[Account]:
    return session.scalars(select(Account).where(Account.name.startswith(PREFIX)).order_by(Account.name)).all()


def _queues(session: Session, wanted: int) -> list[str]:
    """The queues a load goes to; what is missing of them is made."""
    for number in range(1, wanted + 1):
        queue_id = f"{PREFIX}{number}"
        if session.get(Queue, queue_id) is None:
            names = {"name_ar": f"تجربة {number}", "name_en": f"Load {number}"}
            session.add(Queue(id=queue_id, position=1_000 + number, restricted=False, **names))
    session.flush()
    chosen = Queue.id.startswith(PREFIX) if wanted else Queue.restricted.is_(False)
    return list(session.scalars(select(Queue.id).where(chosen).order_by(Queue.position, Queue.id)))


def _account(number: int) -> Account:
    name = f"{PREFIX}{number:04}"
    names = {"display_name_ar": f"تجربة {number}", "display_name_en": f"Load {number}"}
    return Account(id=new_id(), name=name, role=Role.AGENT, language=Language.ARABIC, active=True, **names)


def _member(queue_id: str, account_id: str) -> QueueMember:
    return QueueMember(id=new_id(), queue_id=queue_id, account_id=account_id)


def _add_callers(centre: Centre, count: int, rng: Random) -> list[str]:
    with centre.transaction() as unit:
        first = unit.session.scalar(select(func.count()).where(Caller.demo)) or 0
        people = invented_callers(count, rng, first)
        registered = centre.clock() - _YEAR
        for one in people:
            unit.session.add(
                Caller(
                    id=one.caller_id,
                    name_ar=one.name_ar,
                    name_en=one.name_en,
                    civil_id=one.civil_id,
                    language=one.language,
                    demo=True,
                    registered_at=registered,
                )
            )
            if one.phone is not None:
                phone_id, e164 = one.phone
                unit.session.add(CallerPhone(id=phone_id, caller_id=one.caller_id, e164=e164))
        _publish(centre, unit, "callers", count)
    return [one.caller_id for one in people]


class _Load(msgspec.Struct, frozen=True, kw_only=True):
    """Tickets as they stand ``now``: open for at most a fortnight, then closed."""

    now: dt.datetime
    callers: Sequence[str]
    agents: Sequence[_Agent]
    rng: Random

    def ticket(self, reference: str, when: float) -> Iterator[Ticket | TicketEntry]:
        """A ticket and its timeline. ``when``: 0 a year ago, 1 now."""
        rng, now = self.rng, self.now
        opened_at = now - _YEAR * (1 - when)
        agent, matter = rng.choice(self.agents), rng.choice(matters())
        language = rng.choice((Language.ARABIC, Language.ENGLISH))
        priority = rng.choices(list(_PRIORITIES), list(_PRIORITIES.values()))[0]
        noted_at = min(opened_at + dt.timedelta(hours=rng.uniform(0.2, 12)), now)
        ended_at = noted_at + rng.random() * _LONGEST
        outcome = rng.choice(tuple(Outcome)) if ended_at <= now else None
        ticket = Ticket(
            id=new_id(),
            reference=reference,
            kind=matter.kind,
            status=rng.choice(_OPEN) if outcome is None else TicketStatus.CLOSED,
            priority=priority,
            queue_id=agent.queue_id,
            service_id=matter.service_id,
            body_code=matter.body_code,
            caller_id=rng.choice(self.callers),
            language=language,
            text=matter.text(language, rng),
            opened_by=agent.account_id,
            opened_at=opened_at,
            due_at=due_at(matter.kind, priority, opened_at),
            changed_at=noted_at if outcome is None else ended_at,
            assignee_id=agent.account_id,
            outcome=outcome,
            closed_at=None if outcome is None else ended_at,
        )
        yield ticket
        yield _line(ticket, EntryKind.OPENED, opened_at, now=matter.kind.value)
        yield _line(ticket, EntryKind.NOTE, noted_at, text=remark(Occasion.CHECKED, language, rng))
        if outcome is not None:
            text, was = ending(outcome, language), TicketStatus.IN_WORK.value
            yield _line(ticket, EntryKind.CLOSED, ended_at, text=text, was=was, now=outcome.value)


def _line(ticket: Ticket, kind: EntryKind, at: dt.datetime, **facts: str) -> TicketEntry:
    author = ticket.opened_by
    return TicketEntry(id=new_id(), ticket_id=ticket.id, kind=kind, author_id=author, at=at, desk_at=at, **facts)
