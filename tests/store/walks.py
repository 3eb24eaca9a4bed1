"""Random walks of three desks and a centre, each step compared with ``model.py``; a seed replays its walk."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from carecenter import operations
from carecenter.core.errors import NotAllowed
from carecenter.core.ids import new_id
from carecenter.core.terms import Outcome, Role, TicketStatus, WrapUp
from carecenter.models.account import Account
from carecenter.models.base import synced_models
from carecenter.models.desk import Outbox, OutboxState
from carecenter.operations import callers, calls, merging, tickets
from carecenter.server.scopes import scopes_of
from carecenter.store import feed
from carecenter.wire import FeedPage, Push, Result
from tests.houses import (
    GENERAL,
    RESTRICTED,
    TECHNICAL,
    Clock,
    House,
    Seat,
    add_note,
    house,
    images,
    open_call,
    open_ticket,
)
from tests.store.model import ENTITIES, ModelDesk, Pending, Rows

STEPS = 60


class WrongScreen(AssertionError):
    """A desk shows something else than the model."""


class Walker:
    """One desk of a walk, and its model. Its clock is wrong by days."""

    def __init__(self, built: House, name: str, wrong_by: float) -> None:
        self.clock = Clock(built.clock.at)
        self.clock.advance(days=wrong_by)
        self.seat: Seat = built.seat(name, clock=self.clock)
        self.model = ModelDesk(cursors=dict(self.seat.workstation.cursors(self.seat.scopes)))
        self.pages: list[FeedPage] = []
        self.sent: list[tuple[Result, ...]] = []

    def perform(self, operation: operations.Operation) -> None:
        kept = self.seat.perform(operation)
        number, op_id = self._last_sent()
        at = self.clock.at
        self.model.pending.append(
            Pending(number=number, op_id=op_id, operation=kept, account_id=self.seat.account_id, at=at)
        )

    def _last_sent(self) -> tuple[int, str]:
        with self.seat.workstation.transaction() as session:
            statement = select(Outbox.number, Outbox.op_id).order_by(Outbox.number.desc()).limit(1)
            return session.execute(statement).one()

    def fetch(self, limit: int) -> FeedPage:
        self.ask()
        page = self.seat.fetch(limit)
        self.pages.append(page)
        return page

    def ask(self) -> None:
        """Every scope that is asked for is followed from nothing on."""
        for scope in self.seat.scopes:
            self.model.cursors.setdefault(scope, 0)

    def hear(self, page: FeedPage) -> None:
        self.seat.workstation.apply_page(page)
        self.model.hear(copy.deepcopy(page))

    def note(self, results: tuple[Result, ...]) -> None:
        self.seat.workstation.settle(results)
        self.model.settle(results)

    def shown(self) -> Rows:
        with self.seat.workstation.transaction() as session:
            return images(session, *ENTITIES)

    def check(self, story: list[str]) -> None:
        shown, wanted = self.shown(), self.model.rows()
        for key in sorted(shown.keys() | wanted.keys()):
            if shown.get(key) != wanted.get(key):
                told = "\n".join(story[-25:])
                raise WrongScreen(f"{key}\n shown {shown.get(key)}\nwanted {wanted.get(key)}\n{told}")
        pending, refused = self._outbox()
        wanted_pending = {one.number for one in self.model.pending}
        if (pending, refused) != (wanted_pending, self.model.refused):
            told = "\n".join(story[-25:])
            raise WrongScreen(f"pending {pending} not {wanted_pending}, refused {refused}\n{told}")

    def _outbox(self) -> tuple[set[int], set[int]]:
        with self.seat.workstation.transaction() as session:
            rows = session.execute(select(Outbox.number, Outbox.state)).all()
        refused = {number for number, state in rows if state is OutboxState.ATTENTION}
        return {number for number, _ in rows} - refused, refused


class Walk:
    """Three desks and a centre, doing at random what can happen to them."""

    def __init__(self, built: House, seed: int) -> None:
        self.random = random.Random(seed)
        self.house = built
        self.story: list[str] = [f"seed {seed}"]
        built.account("leads", Role.SUPERVISOR)
        built.account("sara", Role.SENIOR_AGENT, GENERAL, TECHNICAL)
        built.account("ali", Role.AGENT, GENERAL)
        self.desks = [Walker(built, "leads", 0), Walker(built, "sara", -3), Walker(built, "ali", 4000)]
        self.actions: list[tuple[int, Callable[[Walker], None]]] = [
            (10, self.work),
            (5, self.push),
            (2, self.push_and_lose_the_reply),
            (1, self.push_twice),
            (6, self.pull),
            (4, self.pull_a_little),
            (2, self.hear_an_old_page),
            (1, self.hear_after_a_gap),
            (1, self.change_rights),
            (1, self.hear_results_again),
        ]

    def run(self, steps: int) -> None:
        weights = [weight for weight, _ in self.actions]
        for _ in range(steps):
            for clock in (self.house.clock, *(desk.clock for desk in self.desks)):
                clock.advance(seconds=self.random.choice((0, 1, 90)))
            desk = self.random.choice(self.desks)
            _, action = self.random.choices(self.actions, weights)[0]
            self.tell(desk, action.__name__)
            action(desk)
            desk.check(self.story)
        self.heal()

    def tell(self, desk: Walker, what: str) -> None:
        self.story.append(f"{desk.seat.name}: {what}")

    def work(self, desk: Walker) -> None:
        shown = desk.shown()
        operation = self.random.choice(self._possible(desk, shown))
        if isinstance(operation, tickets.ChangeQueue) and desk.seat.name == "ali":
            return  # an agent's page has no such button
        self.tell(desk, repr(operation))
        with suppress(NotAllowed):  # a ticket that left this desk's queues
            desk.perform(operation)

    def _possible(self, desk: Walker, shown: Rows) -> list[operations.Operation]:
        pick = self.random.choice
        found: list[operations.Operation] = [
            open_ticket(f"text {self.random.random()}", queue_id=pick((GENERAL, TECHNICAL))),
            callers.RegisterCaller(
                caller_id=new_id(),
                name_en="Noura",
                phone=(new_id(), "+96599887766"),
                provisional=pick((True, False)),
            ),
            open_call(),
        ]
        by_entity = {e: [row for (entity, _), row in shown.items() if entity == e] for e in ENTITIES}
        if by_entity["ticket"]:
            found += self._on_ticket(pick(by_entity["ticket"]))
        if by_entity["caller"]:
            card = pick(by_entity["caller"])
            was = pick((card["note"], "never stood here"))
            fields: dict[str, Any] = {"field": "note", "was": was, "now": f"note {self.random.random()}"}
            found += [callers.CorrectCaller(caller_id=card["id"], **fields)] * 2
            pair = {"kept_id": card["id"], "merged_id": pick(by_entity["caller"])["id"]}
            found += [
                merging.MergeCallers(**pair),
                merging.UnmergeCallers(kept_id=card["merged_into"] or card["id"], merged_id=card["id"]),
                merging.DismissMerge(**pair),
            ]
        if by_entity["call"]:
            call = pick(by_entity["call"])
            caller = pick(by_entity["caller"])["id"] if by_entity["caller"] else None
            found += [
                calls.WriteNotes(call_id=call["id"], notes=f"notes {self.random.random()}"),
                calls.IdentifyCaller(call_id=call["id"], caller_id=pick((caller, None))),
                calls.EndCall(call_id=call["id"], wrap_up=WrapUp.ANSWERED, notes="the end"),
            ]
        return found

    def _on_ticket(self, ticket: dict[str, Any]) -> list[operations.Operation]:
        pick = self.random.choice
        status = TicketStatus(ticket["status"])
        was = pick((status, status, TicketStatus.RECEIVED))
        of: dict[str, Any] = {"ticket_id": ticket["id"], "entry_id": new_id()}
        queue = pick((GENERAL, TECHNICAL, RESTRICTED))
        return [
            add_note(ticket["id"], f"line {self.random.random()}"),
            tickets.MoveTicket(was=was, now=pick((TicketStatus.IN_WORK, TicketStatus.ANSWERED)), **of),
            tickets.ChangeQueue(was=ticket["queue_id"], now=queue, **of),
            tickets.CloseTicket(was=was, outcome=Outcome.RESOLVED, **of),
        ]

    def push(self, desk: Walker) -> None:
        batch = desk.seat.workstation.next_push()
        some = Push(operations=batch.operations[: self.random.randint(1, 4)])
        if some.operations:
            desk.sent.append(desk.seat.send(some))
            desk.note(desk.sent[-1])

    def push_and_lose_the_reply(self, desk: Walker) -> None:
        desk.sent.append(desk.seat.send())

    def push_twice(self, desk: Walker) -> None:
        batch = desk.seat.workstation.next_push()
        first, second = desk.seat.send(batch), desk.seat.send(batch)
        assert [(r.outcome, r.seqs) for r in first] == [(r.outcome, r.seqs) for r in second]
        desk.note(second)

    def hear_results_again(self, desk: Walker) -> None:
        if desk.sent:
            desk.note(self.random.choice(desk.sent))

    def pull(self, desk: Walker) -> None:
        more = True
        while more:
            page = desk.fetch(2_000)
            desk.hear(page)
            more = page.more

    def pull_a_little(self, desk: Walker) -> None:
        page = desk.fetch(self.random.randint(1, 3))
        if self.random.random() < 0.8:  # otherwise it is lost on the way, and heard much later or never
            desk.hear(page)

    def hear_an_old_page(self, desk: Walker) -> None:
        if desk.pages:
            page = self.random.choice(desk.pages)
            cursors = desk.model.cursors
            if all(after <= cursors.get(scope, after) for scope, after in page.after.items()):
                desk.hear(page)

    def hear_after_a_gap(self, desk: Walker) -> None:
        desk.ask()
        page = desk.seat.fetch(ahead=1)
        with pytest.raises(feed.FeedGap):
            desk.seat.workstation.apply_page(page)

    def change_rights(self, desk: Walker) -> None:
        self._set_role(desk, self.random.choice((Role.EDITOR, None)))

    def _set_role(self, desk: Walker, role: Role | None) -> None:
        usual = {"leads": Role.SUPERVISOR, "sara": Role.SENIOR_AGENT, "ali": Role.AGENT}
        with self.house.centre.transaction() as unit:
            unit.session.get_one(Account, desk.seat.account_id).role = role or usual[desk.seat.name]
            unit.publish()

    def heal(self) -> None:
        """Everybody has their rights and the network again: all desks agree with the centre."""
        for desk in self.desks:
            self._set_role(desk, None)
        for _ in range(2):
            for desk in self.desks:
                self.tell(desk, "heals")
                while batch := desk.seat.workstation.next_push().operations:
                    desk.note(desk.seat.send(Push(operations=batch)))
                self.pull(desk)
                self.pull(desk)  # once more: the first page may bring back scopes
                desk.check(self.story)
        for desk in self.desks:
            assert not desk.model.pending
            assert desk.shown() == self._due_to(desk)

    def _due_to(self, desk: Walker) -> Rows:
        """The centre's rows in the scopes this desk follows."""
        with self.house.centre.transaction() as unit:
            return {
                (entity, entity_id): image
                for (entity, entity_id), image in images(unit.session, *ENTITIES).items()
                if scopes_of(unit.session, unit.session.get_one(synced_models()[entity], entity_id))
                & set(desk.seat.scopes)
            }


def walk(directory: Path, seed: int) -> list[str]:
    """Raises ``WrongScreen`` at the first step after which a desk shows something else than the model."""
    directory.mkdir()
    with house(directory) as built:
        whole = Walk(built, seed)
        whole.run(STEPS)
        return whole.story
