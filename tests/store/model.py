"""The model of ``test_overlay``: what a desk's rows must be, computed in plain dictionaries.

A desk shows the centre's rows as last heard, with its pending operations on top, in order. Nothing here looks
at a database; the operations are told a second time, in the words of their forms.
"""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from carecenter.core.promises import due_at
from carecenter.models.caller import proposal_id
from carecenter.operations import Operation, callers, calls, merging, tickets
from carecenter.wire import FeedPage, Outcome, Result

Key = tuple[str, str]
Rows = dict[Key, dict[str, Any]]

ENTITIES = ("ticket", "ticket_entry", "caller", "caller_phone", "call", "callback", "merge_proposal")


@dataclass
class Pending:
    """An operation on its way; ``seqs``: where its effect stands in the feed, once accepted."""

    number: int
    op_id: str
    operation: Operation
    account_id: str
    at: dt.datetime
    seqs: dict[str, int] | None = None


@dataclass
class ModelDesk:
    """What one desk has heard and not yet heard back. ``heard``: the newest image of each row it still has."""

    heard: Rows = field(default_factory=dict)
    holders: dict[Key, set[str]] = field(default_factory=dict)
    cursors: dict[str, int] = field(default_factory=dict)
    pending: list[Pending] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)

    def hear(self, page: FeedPage) -> None:
        """A page, if it is news."""
        for row in page.rows:
            if row.entity not in ENTITIES or row.seq <= self.cursors.get(row.scope, row.seq):
                continue
            key = (row.entity, row.id)
            holders = self.holders.setdefault(key, set())
            if row.image is None:
                holders.discard(row.scope)
                continue
            holders.add(row.scope)
            if key not in self.heard or row.image["version"] >= self.heard[key]["version"]:
                self.heard[key] = row.image
        for scope, seq in page.upto.items():
            if scope in self.cursors:
                self.cursors[scope] = max(seq, self.cursors[scope])
        for scope in self.cursors.keys() - set(page.scopes):  # nobody at this desk follows it any more
            del self.cursors[scope]
            for holders in self.holders.values():
                holders.discard(scope)
        self.pending = [pending for pending in self.pending if not self._passed(pending)]
        self._let_go()

    def settle(self, results: tuple[Result, ...]) -> None:
        """What the centre said of operations that wait."""
        for result in results:
            pending = next((p for p in self.pending if p.op_id == result.op_id and p.seqs is None), None)
            if pending is None:
                continue
            if result.outcome in (Outcome.REFUSED, Outcome.QUARANTINED):
                self.pending.remove(pending)
                self.refused.add(pending.number)
            else:
                pending.seqs = result.seqs
        self.pending = [pending for pending in self.pending if not self._passed(pending)]
        self._let_go()

    def rows(self) -> Rows:
        """What the screens must show."""
        return self._applied()[0]

    def _passed(self, pending: Pending) -> bool:
        if pending.seqs is None:
            return False
        return all(self.cursors[scope] >= seq for scope, seq in pending.seqs.items() if scope in self.cursors)

    def _let_go(self) -> None:
        _, touched = self._applied()
        kept = {key for key in self.heard if self.holders[key] or key in touched}
        self.heard = {key: self.heard[key] for key in kept}

    def _applied(self) -> tuple[Rows, set[Key]]:
        rows = copy.deepcopy(self.heard)
        touched: set[Key] = set()
        for pending in self.pending:
            before = copy.deepcopy(rows)
            tell(rows, pending)
            touched |= {key for key in rows if rows[key] != before.get(key)}
        return rows, touched


def tell(rows: Rows, pending: Pending) -> None:
    """An operation's effect on dictionaries."""
    match pending.operation:
        case tickets.OpenTicket() as ticket:
            _open_ticket(rows, ticket, pending)
        case callers.RegisterCaller() as caller:
            _register(rows, caller, pending)
        case callers.CorrectCaller() as correction:
            card = rows.get(("caller", correction.caller_id))
            card = card and rows.get(("caller", card["merged_into"]), card)
            if card is not None and card[correction.field] == correction.was:
                card[correction.field] = correction.now
        case calls.OpenCall() as call:
            _open_call(rows, call, pending)
        case calls.WriteNotes() | calls.EndCall() | calls.IdentifyCaller() as change:
            _change_call(rows, change, pending)
        case tickets.AddNote() | tickets.MoveTicket() | tickets.ChangeQueue() | tickets.CloseTicket() as line:
            _line(rows, line, pending)
        case merging.OfTwoCards() as pair:
            _merge(rows, pair)
        case unknown:
            raise AssertionError(f"the model does not know {unknown}")


def _open_ticket(rows: Rows, ticket: tickets.OpenTicket, pending: Pending) -> None:
    rows.setdefault(
        ("ticket", ticket.ticket_id),
        {
            "id": ticket.ticket_id,
            "version": 0,
            "reference": ticket.reference,
            "kind": ticket.kind,
            "status": "received",
            "priority": ticket.priority,
            "queue_id": ticket.queue_id,
            "service_id": None,
            "body_code": None,
            "caller_id": None,
            "call_id": None,
            "language": "ar",
            "text": ticket.text,
            "remedy": "",
            "pin_hash": None,
            "opened_by": pending.account_id,
            "opened_at": pending.at.isoformat(),
            "due_at": due_at(ticket.kind, ticket.priority, pending.at).isoformat(),
            "changed_at": pending.at.isoformat(),
            "assignee_id": None,
            "escalation": 0,
            "outcome": None,
            "closed_at": None,
        },
    )
    _write(rows, ticket, pending, "opened", fact=(None, ticket.kind))


def _line(
    rows: Rows,
    line: tickets.AddNote | tickets.MoveTicket | tickets.ChangeQueue | tickets.CloseTicket,
    pending: Pending,
) -> None:
    if ("ticket_entry", line.entry_id) in rows:
        return
    ticket = rows.get(("ticket", line.ticket_id))
    changed: dict[str, Any] | None = {}
    was, now = None, None
    if isinstance(line, tickets.MoveTicket):
        kind, was, now = "status", line.was, line.now
        in_step = ticket and ticket["status"] in (was, now) and "closed" not in (was, now)
        changed = {"status": now} if in_step else None
    elif isinstance(line, tickets.ChangeQueue):
        kind, was, now = "queue", line.was, line.now  # type: ignore[assignment]  # a queue's id
        changed = {"queue_id": now, "assignee_id": None} if ticket and ticket["queue_id"] in (was, now) else None
    elif isinstance(line, tickets.CloseTicket):
        kind, was, now = "closed", line.was, line.outcome  # type: ignore[assignment]  # how it ended
        if ticket and ticket["status"] == line.was and ticket["status"] != "closed":
            changed = {"status": "closed", "outcome": now, "closed_at": pending.at.isoformat()}
        else:
            changed = None
    else:
        kind = "note"
    if ticket is not None and changed is not None:
        ticket.update(changed, changed_at=pending.at.isoformat())
    in_time = ticket is None or changed is not None
    _write(rows, line, pending, kind if in_time else "outdated", fact=(was, now), text=line.text)


def _write(
    rows: Rows, line: Any, pending: Pending, kind: str, *, fact: tuple[Any, Any] = (None, None), text: str = ""
) -> None:
    rows.setdefault(
        ("ticket_entry", line.entry_id),
        {
            "id": line.entry_id,
            "version": 0,
            "ticket_id": line.ticket_id,
            "kind": kind,
            "author_id": pending.account_id,
            "at": pending.at.isoformat(),
            "desk_at": pending.at.isoformat(),
            "text": text,
            "was": fact[0],
            "now": fact[1],
        },
    )


def _register(rows: Rows, caller: callers.RegisterCaller, pending: Pending) -> None:
    rows.setdefault(
        ("caller", caller.caller_id),
        {
            "id": caller.caller_id,
            "version": 0,
            "name_ar": caller.name_ar,
            "name_en": caller.name_en,
            "civil_id": None,
            "language": "ar",
            "note": "",
            "demo": False,
            "registered_at": pending.at.isoformat(),
            "merged_into": None,
            "provisional": caller.provisional,
        },
    )
    if caller.phone is not None:
        number = {"id": caller.phone[0], "version": 0, "caller_id": caller.caller_id, "e164": caller.phone[1]}
        rows.setdefault(("caller_phone", caller.phone[0]), number)


def _merge(rows: Rows, pair: merging.OfTwoCards) -> None:
    kept, merged = rows.get(("caller", pair.kept_id)), rows.get(("caller", pair.merged_id))
    if kept is None or merged is None:
        return
    leads = merged["merged_into"]
    others = [row for (entity, _), row in rows.items() if entity == "caller" and row["merged_into"] == merged["id"]]
    state = None
    if isinstance(pair, merging.MergeCallers):
        free = leads is None and kept["merged_into"] is None and not others and kept is not merged
        if free or leads == kept["id"]:
            merged["merged_into"], state = kept["id"], "merged"
    elif isinstance(pair, merging.UnmergeCallers):
        if leads == kept["id"]:
            merged["merged_into"], state = None, "open"
    elif leads != kept["id"] and kept["merged_into"] != merged["id"]:
        state = "dismissed"
    proposal = rows.get(("merge_proposal", proposal_id(pair.kept_id, pair.merged_id)))
    if proposal is not None and state is not None:
        proposal["state"] = state


def _open_call(rows: Rows, call: calls.OpenCall, pending: Pending) -> None:
    rows.setdefault(
        ("call", call.call_id),
        {
            "id": call.call_id,
            "version": 0,
            "agent_id": pending.account_id,
            "caller_id": None,
            "channel": "164",
            "direction": "incoming",
            "number": call.number,
            "withheld": False,
            "anonymous": False,
            "on_behalf_of": "",
            "language": "ar",
            "notes": "",
            "checks": [],
            "articles": [],
            "started_at": pending.at.isoformat(),
            "ended_at": None,
            "wrap_up": None,
        },
    )


def _change_call(
    rows: Rows, change: calls.WriteNotes | calls.EndCall | calls.IdentifyCaller, pending: Pending
) -> None:
    call = rows.get(("call", change.call_id))
    if call is None or call["agent_id"] != pending.account_id:
        return
    if isinstance(change, calls.IdentifyCaller):
        call.update(caller_id=change.caller_id, anonymous=change.anonymous)
        return
    call["notes"] = change.notes
    if isinstance(change, calls.EndCall):
        call["wrap_up"] = change.wrap_up
        call["ended_at"] = call["ended_at"] or pending.at.isoformat()
