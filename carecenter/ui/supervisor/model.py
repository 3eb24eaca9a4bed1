"""What a supervisor's page asks for and does: a queue view at one moment, bulk assignment, the record of acts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from carecenter.core.errors import UserError
from carecenter.core.ids import new_id
from carecenter.operations.tickets import AssignTicket
from carecenter.queries import accounts, activity, tickets
from carecenter.queries.accounts import AccountRow, QueueRow
from carecenter.queries.activity import ActivityRow
from carecenter.queries.base import Viewer
from carecenter.queries.tickets import QueueCounts, QueueFilter, TicketRow
from carecenter.store.desk import Desk

MOST_ROWS = 5_000
"""What a list can hold before it stops being one that somebody reads."""


@dataclass(frozen=True)
class QueueView:
    """A queue view as of one moment: the rows, how many each focus holds, and what the filters offer."""

    rows: tuple[TicketRow, ...]
    counts: QueueCounts
    queues: tuple[QueueRow, ...]
    people: tuple[AccountRow, ...]


@dataclass(frozen=True)
class Assigned:
    """What became of a bulk assignment; ``refusals`` are the reasons of those that were not done."""

    done: int
    refusals: tuple[UserError, ...]


class SupervisorModel:
    """Reads queues and acts through the desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def view(self, wanted: QueueFilter) -> QueueView:
        """The queue view at the desk's present moment."""
        return await self._desk.ask(_view, wanted, self._desk.now())

    async def candidates(self, rows: tuple[TicketRow, ...]) -> tuple[AccountRow, ...]:
        """Who can be given all of these tickets: members of every queue they stand in."""
        return await self._desk.ask(_candidates, tuple(sorted({row.queue_id for row in rows})))

    async def assign(self, rows: tuple[TicketRow, ...], account_id: str) -> Assigned:
        """Gives each ticket to an account; one that is refused does not keep the others from it."""
        done, refusals = 0, []
        for row in rows:
            if row.assignee_id == account_id:
                continue
            step = AssignTicket(ticket_id=row.id, entry_id=new_id(), was=row.assignee_id, now=account_id)
            try:
                await self._desk.perform(step)
            except UserError as error:
                refusals.append(error)
            else:
                done += 1
        return Assigned(done, tuple(refusals))

    async def activity(self, account_id: str | None) -> tuple[ActivityRow, ...]:
        """What was done, newest first. Raises ``NotAllowed`` for an account that leads nobody."""
        return await self._desk.ask(activity.activity, account_id)

    async def people(self) -> tuple[AccountRow, ...]:
        """Everybody who has an account."""
        return await self._desk.ask(accounts.accounts)


def _view(session: Any, viewer: Viewer, wanted: QueueFilter, now: dt.datetime) -> QueueView:
    """One read, so that a chip's count and its list cannot disagree."""
    return QueueView(
        rows=tickets.in_queue(session, viewer, wanted, now),
        counts=tickets.counts(session, viewer, now, wanted.queue_id),
        queues=accounts.queues(session, viewer),
        people=accounts.accounts(session, viewer),
    )


def _candidates(session: Any, viewer: Viewer, queue_ids: tuple[str, ...]) -> tuple[AccountRow, ...]:
    groups = [accounts.members(session, viewer, queue_id) for queue_id in queue_ids]
    if not groups:
        return ()
    everywhere = set.intersection(*({member.id for member in group} for group in groups))
    return tuple(member for member in groups[0] if member.id in everywhere)
