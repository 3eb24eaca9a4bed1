"""What left a desk is not readable there any more, and whoever asks for another queue's is refused, on record.

A store that only deletes rows, one that keeps its log, and a centre that gives what is asked for must fail.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from carecenter.core import sealed_keys
from carecenter.core.errors import UserError
from carecenter.core.ids import new_id
from carecenter.core.terms import Role, TicketStatus, WrapUp
from carecenter.models import engine
from carecenter.models.centre import Audit
from carecenter.models.viewer import Viewer
from carecenter.operations.callers import CorrectCaller, RegisterCaller
from carecenter.operations.calls import EndCall, WriteNotes
from carecenter.operations.tickets import CallbackWish, ChangeQueue, MoveTicket, OpenTicket
from carecenter.server import administration, centre, pages
from carecenter.server.scopes import scopes_for
from carecenter.store import workstation
from carecenter.sync.http import HttpTransport
from carecenter.wire import (
    Envelope,
    FeedRequest,
    LookupRequest,
    ManifestRequest,
    OpenFound,
    Outcome,
    Push,
    Result,
    SealedKeys,
)
from tests import houses
from tests.houses import GENERAL, KEY, RESTRICTED, START, TECHNICAL, House, Seat, add_note, house, open_call
from tests.server.devices import Device
from tests.server.halls import hall as for_a_hall
from tests.sync.halls import Hall, hall, seeds, told
from tests.sync.remains import found

LEADING = {Role.SUPERVISOR, Role.ADMINISTRATOR}


@pytest.fixture
def built(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as opened:
        for_a_hall(opened)
        opened.account("sara", Role.SENIOR_AGENT, GENERAL, TECHNICAL)
        opened.account("ali")
        yield opened


class Matter:
    """A caller, a call, a ticket, its lines and a promised callback, every word of which is found nowhere else."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.words: set[str] = set()

    def _word(self) -> str:
        """As it was typed; the index keeps it in small letters, elsewhere."""
        word = "".join(self._chance.choices(string.ascii_uppercase, k=12))
        self.words |= {word, word.lower()[4:]}
        return word

    def _plain(self, text: str) -> str:
        self.words.add(text)
        return text

    def happen(self, seat: Seat) -> OpenTicket:
        number = self._plain(f"+9659{self._chance.randrange(10**7):07}")
        caller_id, phone_id = new_id(), new_id()
        civil_id = self._plain(f"2860101{self._chance.randrange(10**5):05}")
        card: dict[str, Any] = {"caller_id": caller_id, "name_en": self._word(), "civil_id": civil_id}
        seat.perform(RegisterCaller(**card, phone=(phone_id, number)))
        note = self._plain(self._note())
        seat.perform(CorrectCaller(caller_id=caller_id, field="note", was="", now=note))
        call = seat.perform(open_call(number))
        seat.perform(WriteNotes(call_id=call.call_id, notes=self._plain(self._note())))
        wish = CallbackWish(callback_id=new_id(), number=self._plain("+96522244466"), due_at=START)
        facts = {"caller_id": caller_id, "call_id": call.call_id, "remedy": self._word()}
        opening = houses.open_ticket(f"{self._word()} {self._word()}", callback=wish, **facts)
        opened = seat.perform(opening)
        seat.perform(EndCall(call_id=call.call_id, wrap_up=WrapUp.ANSWERED, notes=self._plain(self._note())))
        seat.perform(add_note(opened.ticket_id, self._plain(self._note())))
        seat.synchronise()
        return opened

    def be_seen(self, seat: Seat, opened: OpenTicket) -> None:
        """Another desk holds it all, and writes to it."""
        seat.pull()
        seat.workstation.save_draft(seat.viewer, "ticket", {"text": self._plain(self._note())})
        seat.perform(add_note(opened.ticket_id, self._plain(self._note())), done_with="ticket")
        seat.synchronise()

    def _note(self) -> str:
        return "note " + "".join(self._chance.choices(string.ascii_lowercase, k=12))


def _moved(built: House, sara: Seat, ali: Seat, opened: OpenTicket) -> None:
    """The ticket goes to a queue in which Ali does not work."""
    sara.pull()
    fields = {"ticket_id": opened.ticket_id, "entry_id": new_id()}
    sara.perform(ChangeQueue(was=GENERAL, now=TECHNICAL, **fields))
    sara.synchronise()
    ali.pull()


def _taken_out(built: House, sara: Seat, ali: Seat, opened: OpenTicket) -> None:
    """Ali does not work in the queue any more."""
    administration.change_members(built.centre, GENERAL, (), ("ali",))
    ali.pull()


def _disabled(built: House, sara: Seat, ali: Seat, opened: OpenTicket) -> None:
    """Ali's account is disabled; somebody else sits down at the same workstation."""
    built.account("noor", Role.AGENT, TECHNICAL)
    administration.set_active(built.centre, "ali", False)
    noor = Seat(ali.workstation, ali.transport, "noor")
    for _ in range(2):  # first that the account is gone, then what nobody follows any more
        noor.synchronise()


_LEAVING = (_moved, _taken_out, _disabled)
_Leaving = Callable[[House, Seat, Seat, OpenTicket], None]


def _left_behind(built: House, leave: _Leaving, seed: int) -> set[str]:
    """What can still be read in the files of Ali's workstation after it left."""
    matter, name = Matter(seed), f"ali {seed}"
    sara = built.seat("sara", at=built.open_store(f"sara {seed}"))
    ali = built.seat("ali", at=built.open_store(name))
    opened = matter.happen(sara)
    matter.be_seen(ali, opened)
    file = built.directory / f"{name}.db"
    assert len(found(file, KEY, matter.words)) > 0.8 * len(matter.words), "it must have been there"
    leave(built, sara, ali, opened)
    with ali.workstation.transaction() as session:
        assert houses.images(session, "ticket", "ticket_entry", "caller", "caller_phone", "call", "callback") == {}
    return found(file, KEY, matter.words)


@pytest.mark.parametrize("leave", _LEAVING)
def test_what_left_is_in_no_page_of_the_store_its_log_or_its_index(built: House, leave: _Leaving) -> None:
    for seed in seeds(1, 1) if leave is _disabled else seeds(2, 100):
        if leave is _taken_out:
            administration.change_members(built.centre, GENERAL, ("ali",), ())
        assert _left_behind(built, leave, seed) == set(), f"seed {seed}"


@pytest.mark.parametrize("careless", ["secure_delete", "log", "index"])
def test_rows_that_are_only_deleted_could_still_be_read(
    built: House, monkeypatch: pytest.MonkeyPatch, careless: str
) -> None:
    if careless == "secure_delete":
        pragmas = tuple(one.replace("secure_delete = ON", "secure_delete = OFF") for one in engine._PRAGMAS)
        monkeypatch.setattr(engine, "_PRAGMAS", pragmas)
    elif careless == "log":
        monkeypatch.setattr(workstation, "empty_log", lambda _engine: True)
    else:
        monkeypatch.setattr(House, "open_store", _with_a_careless_index)
    assert _left_behind(built, _moved, 0) != set()


def _with_a_careless_index(built: House, name: str) -> workstation.Workstation:
    opened = houses.open_store(built.directory / f"{name}.db", built.clock)
    built._open.callback(opened.close)
    with opened.transaction() as session:
        statement = "INSERT INTO search_ticket(search_ticket, rank) VALUES ('secure-delete', 0)"
        session.connection().exec_driver_sql(statement)
    return opened


# Who asks for another queue's


class Asker:
    """Somebody at a desk who asks each endpoint for a ticket of a queue that is not theirs."""

    def __init__(self, served: Hall, role: Role, queue_id: str, opened: OpenTicket) -> None:
        self._served, self._queue_id, self._ticket = served, queue_id, opened
        name = f"{role} {queue_id}"
        self.account_id = served.account(name, role, GENERAL)
        self.device = Device(served.centre, name)
        self.transport = HttpTransport(served.running.url)
        self._token = self.device.token

    def leaks(self) -> Iterator[str]:
        """The endpoints that give something, or keep no record of having been asked."""
        for ask in (self._feed, self._manifest, self._lookup, self._open, self._operate, self._forge, self._unseal):
            before = self._on_record()
            if not ask():
                yield f"{ask.__name__} gives it"
            if self._on_record() <= before:
                yield f"{ask.__name__} is not on record"

    def _on_record(self) -> int:
        """Lines about what this account was refused, or looked for."""
        mine = Audit.account_id == self.account_id
        told = (Audit.outcome == "refused") | (Audit.action == "Lookup")
        with self._served.engine.begin() as connection:
            return connection.execute(select(func.count()).select_from(Audit).where(mine, told)).scalar_one()

    def _feed(self) -> bool:
        page = self.transport.feed(self._token, FeedRequest(after={f"queue:{self._queue_id}": 0}))
        return not page.rows and not page.upto

    def _manifest(self) -> bool:
        manifest = self.transport.manifest(self._token, ManifestRequest(scopes=(f"queue:{self._queue_id}",)))
        return not manifest.scopes

    def _lookup(self) -> bool:
        """Those at desks find tickets of open queues: their callers ask for them. Of a restricted one, nobody."""
        try:
            answer = self.transport.lookup(self._token, LookupRequest(question=self._ticket.reference))
        except UserError:
            return True
        return not answer.tickets or self._queue_id != RESTRICTED

    def _open(self) -> bool:
        return _refuses(
            lambda: self.transport.open_found(self._token, OpenFound(entity="ticket", id=self._ticket.ticket_id))
        )

    def _operate(self) -> bool:
        states = {"was": TicketStatus.RECEIVED, "now": TicketStatus.IN_WORK}
        move = MoveTicket(ticket_id=self._ticket.ticket_id, entry_id=new_id(), **states)
        (result,) = self._pushed(self.device.envelope(move))
        return result.outcome is Outcome.REFUSED

    def _forge(self) -> bool:
        """What another workstation has typed."""
        note = self.device.envelope(add_note(self._ticket.ticket_id, "forged"), device_id=new_id())
        return _refuses(lambda: self._pushed(note))

    def _pushed(self, envelope: Envelope) -> tuple[Result, ...]:
        return self.transport.push(self._token, Push(operations=(envelope,))).results

    def _unseal(self) -> bool:
        """The keys of another workstation's store."""
        sealed = sealed_keys.seal(b"keys", "another workstation", self.device.signed_in.sealing_key)
        return _refuses(lambda: self.transport.unseal(self._token, SealedKeys(sealed=sealed)))


def _refuses(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except UserError:
        return True
    return False


def _leaks(served: Hall) -> list[str]:
    for_a_hall(served)
    served.account("sara", Role.AGENT, GENERAL, TECHNICAL, RESTRICTED)
    sara = served.seat("sara")
    opened = {queue: sara.perform(houses.open_ticket(queue_id=queue)) for queue in (TECHNICAL, RESTRICTED)}
    sara.synchronise()
    leaks: list[str] = []
    asked = 0
    for role in Role:
        for queue_id, ticket in opened.items():
            if role in LEADING and queue_id != RESTRICTED:
                continue  # who leads sees it
            asker = Asker(served, role, queue_id, ticket)
            with closing(asker.transport):
                leaks += [f"{role}, {queue_id}: {leak}" for leak in asker.leaks()]
            asked += 1
    told(f"removal: {asked} askers at 7 endpoints each, {len(leaks)} leaks")
    return leaks


@pytest.fixture
def served(tmp_path: Path, postgres_url: str) -> Iterator[Hall]:
    with hall(tmp_path, postgres_url) as opened:
        yield opened


def test_whoever_asks_for_another_queues_is_refused_and_on_record(served: Hall) -> None:
    assert _leaks(served) == []


def test_a_centre_that_gives_what_is_asked_for_would_leak(served: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    def everything(session: Session, viewer: Viewer) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*scopes_for(session, viewer), f"queue:{RESTRICTED}")))

    for module in (centre, pages):
        monkeypatch.setattr(module, "scopes_for", everything)
    leaks = {leak.rpartition(": ")[2] for leak in _leaks(served)}
    assert leaks >= {"_feed gives it", "_manifest gives it", "_feed is not on record"}
