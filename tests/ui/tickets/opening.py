"""Tickets as a desk opens them, for the tests of every page that shows one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from carecenter.core.ids import new_id
from carecenter.core.terms import TicketKind
from carecenter.operations import tickets
from carecenter.operations.callers import RegisterCaller
from carecenter.queries import tickets as ticket_queries
from carecenter.queries.tickets import TicketDetail
from carecenter.store.desk import Desk


async def open_ticket(desk: Desk, text: str = "The card has not come.", **facts: Any) -> tickets.OpenTicket:
    """A complaint in the general queue, unless `facts` say otherwise; returned with its reference."""
    given = {"kind": TicketKind.COMPLAINT, "queue_id": "general", "text": text, **facts}
    return await desk.perform(tickets.OpenTicket(ticket_id=new_id(), entry_id=new_id(), **given))


async def register(desk: Desk, name_ar: str = "محمد المطيري", name_en: str = "Mohammed Al-Mutairi") -> str:
    """A caller on record; returns their id."""
    caller_id = new_id()
    await desk.perform(RegisterCaller(caller_id=caller_id, name_ar=name_ar, name_en=name_en))
    return caller_id


async def detail(desk: Desk, ticket_id: str) -> TicketDetail:
    """The ticket as the desk has it now."""
    return await desk.ask(ticket_queries.detail, ticket_id)


def later(desk: Desk, span: dt.timedelta) -> None:
    """The desk's clock goes on by `span` from now on."""
    clock = desk.workstation.clock
    desk.workstation.clock = lambda: clock() + span


def near(desk: Desk, moment: dt.datetime, before: dt.timedelta) -> None:
    """The desk's clock says `before` less than `moment` from now on."""
    later(desk, moment - before - desk.now())
