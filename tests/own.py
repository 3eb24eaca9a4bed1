"""A desk on its own with a day's work of two people, to be brought along to a hall."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import msgspec

from carecenter.core.backup_key import ByPassword
from carecenter.core.config import Paths
from carecenter.core.ids import new_id
from carecenter.core.keyslots import KdfCost
from carecenter.core.terms import Outcome, Role, TicketStatus, WrapUp
from carecenter.operations import Operation, callbacks, callers, calls, tickets
from carecenter.standalone import Opened, Standalone
from carecenter.wire import NewAccount
from tests.houses import GENERAL, PASSWORD, RESTRICTED, add_note, images, open_ticket

TABLES = ("account", "caller", "caller_phone", "call", "ticket", "ticket_entry", "ticket_alias", "callback")
KEY = ByPassword("Huda", PASSWORD)
NUMBER = "+96599887766"
TOMORROW = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)


class OwnDesk:
    """Huda leads it, Salem is an agent; both have the same password."""

    def __init__(self, folder: Path) -> None:
        self.desk = Standalone(Paths(folder), None, KdfCost.MINIMAL)

    def found(self) -> dict[str, str]:
        """Set up and worked at for a day; what is to be remembered of it."""
        code = self.desk.set_up(_account("Huda", Role.SUPERVISOR, GENERAL, RESTRICTED))
        huda = self.enter()
        self.desk.add_account(huda, _account("Salem", Role.AGENT, GENERAL))
        self.leave(huda)
        caller_id, call_id = new_id(), new_id()
        met: dict[str, Any] = {"caller_id": caller_id, "call_id": call_id}
        wish = tickets.CallbackWish(callback_id=new_id(), number=NUMBER, due_at=TOMORROW)
        first, second = open_ticket("no card arrived", **met), open_ticket("nobody came", callback=wish)
        salem = self.enter("Salem")
        do = {"ticket_id": first.ticket_id}
        written = self.do(
            salem,
            callers.RegisterCaller(caller_id=caller_id, name_en="Abdullah", phone=(new_id(), NUMBER)),
            calls.OpenCall(call_id=call_id, number=NUMBER),
            calls.IdentifyCaller(call_id=call_id, caller_id=caller_id),
            first,
            second,
            tickets.AssignTicket(entry_id=new_id(), was=None, now=salem.viewer.account_id, **do),
            add_note(first.ticket_id, "asked again"),
            calls.EndCall(call_id=call_id, wrap_up=WrapUp.TICKET_OPENED, notes="he will come by"),
            calls.OpenCall(call_id=new_id(), number="+96566554433"),
            callbacks.PromiseCallback(callback_id=new_id(), number=NUMBER, due_at=TOMORROW, caller_id=caller_id),
        )
        self.leave(salem)
        huda = self.enter()
        end, was = new_id(), TicketStatus.RECEIVED
        written += self.do(
            huda,
            tickets.CloseTicket(ticket_id=second.ticket_id, entry_id=end, was=was, outcome=Outcome.RESOLVED),
            open_ticket("between us", queue_id=RESTRICTED),
        )
        self.leave(huda)
        return {"code": code} | {one.text: one.reference for one in written if isinstance(one, tickets.OpenTicket)}

    def more(self, *operations: Operation) -> tuple[Operation, ...]:
        """Saved by Huda, and the program was stopped before her own centre heard of it."""
        huda = self.enter()
        kept = tuple(huda.workstation.perform(huda.viewer, operation)[0] for operation in operations)
        self.leave(huda)
        return kept

    def read(self) -> dict[tuple[str, str], dict[str, Any]]:
        """The rows that the desk has when it works on its own."""
        huda = self.enter()
        with huda.centre.transaction() as unit:
            rows = images(unit.session, *TABLES)
        self.leave(huda)
        return rows

    def people(self) -> dict[str, str]:
        """Name → id of the accounts."""
        return {row["name"]: entity_id for (entity, entity_id), row in self.read().items() if entity == "account"}

    def enter(self, name: str = "Huda") -> Opened:
        return self.desk.sign_in(name, PASSWORD)

    def leave(self, opened: Opened) -> None:
        opened.workstation.close()
        opened.close()

    def do(self, opened: Opened, *work: Operation) -> list[Operation]:
        """Saved, and heard by the desk's own centre."""
        kept = [opened.workstation.perform(opened.viewer, operation)[0] for operation in work]
        push = opened.workstation.next_push()
        opened.workstation.settle(opened.transport.push(opened.session.token, push).results)
        return kept


def numbered(operation: tickets.OpenTicket, reference: str) -> tickets.OpenTicket:
    """The same under a number that somebody was given already."""
    return msgspec.structs.replace(operation, reference=reference)


def _account(name: str, role: Role, *queue_ids: str) -> NewAccount:
    return NewAccount(name=name, password=PASSWORD, role=role, display_name_en=name, queue_ids=queue_ids)
