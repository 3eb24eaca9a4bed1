"""What callers say stands in no address, header, log, error text or audit line, whatever goes wrong on the way.

A desk takes calls against the service as an administrator starts it, while bodies are spoilt, passwords are wrong,
rows do not fit and the centre fails inside. A service that logs what an exception says must fail the same proof.
"""

from __future__ import annotations

import logging
import os
import random
import string
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests
from sqlalchemy import select

from carecenter.core.errors import UserError
from carecenter.core.ids import new_id
from carecenter.core.keyslots import KdfCost
from carecenter.core.terms import Role, WrapUp
from carecenter.migrations import bring_up_to_date
from carecenter.models.base import Side
from carecenter.models.centre import Audit, Quarantine
from carecenter.models.engine import postgres_engine
from carecenter.operations import Operation
from carecenter.operations.callers import AttachPhone, CorrectCaller, RegisterCaller
from carecenter.operations.calls import EndCall, WriteNotes
from carecenter.operations.looks import LookAtCaller
from carecenter.operations.tickets import CallbackWish
from carecenter.server import command_line
from carecenter.server.centre import Centre
from carecenter.server.endpoints import ENDPOINTS
from carecenter.sync.http import HttpTransport
from carecenter.wire import (
    Envelope,
    LookupRequest,
    ManifestRequest,
    MeaningRequest,
    NewAccount,
    OpenFound,
    Outcome,
    Push,
    SignIn,
)
from tests import houses, postgres
from tests.houses import PASSWORD, START, Seat, add_note, open_call, open_ticket
from tests.sync.faults import faulty_network
from tests.sync.halls import seeds, told

_PROGRAM = """
import logging, sys
from carecenter.server import command_line, service
from carecenter.server.centre import Centre

def fail(self, token, request):
    raise RuntimeError(f"nothing is known of {request}")

Centre.manifest = fail
if sys.argv.pop(1) == "talkative":
    service.WithoutTexts = logging.Formatter
sys.exit(command_line.main())
"""


class Told:
    """What a caller says, each word of it found nowhere else."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.words: set[str] = set()

    def word(self, letters: str = string.ascii_lowercase) -> str:
        return self.keep("".join(self._chance.choices(letters, k=14)))

    def digits(self, head: str, count: int) -> str:
        return self.keep(head + "".join(self._chance.choices(string.digits, k=count)))

    def keep(self, word: str) -> str:
        self.words.add(word)
        return word


class Service:
    """``carecenter-server serve`` on a real database; ``log``: what it says, to its end."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process, self._log = process, log
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said.startswith("Ready: "), log.read_text()
        self.port = int(said.split()[1].rpartition(":")[2])

    def ended(self) -> str:
        self._process.terminate()
        said, _ = self._process.communicate(timeout=60)
        return said + self._log.read_text()


@contextmanager
def _serving(database: str, log: Path, manner: str) -> Iterator[Service]:
    command = [sys.executable, "-c", _PROGRAM, manner, "serve", "--listen", "127.0.0.1:0"]
    environment = {**os.environ, command_line.DATABASE_VARIABLE: database, "LANGUAGE": "en"}
    with (
        log.open("w") as errors,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        try:
            yield Service(process, log)
        finally:
            process.terminate()


class Day:
    """Calls, and everything that may go wrong with them; ``errors`` keeps what anybody was told."""

    def __init__(self, seat: Seat, url: str, told: Told) -> None:
        self._seat, self._url, self._told = seat, url, told
        self.errors: list[str] = []

    def live(self) -> None:
        self._calls()
        self._looking_up()
        self._wrong_passwords()
        self._what_does_not_fit()
        self._spoilt()

    def _calls(self) -> None:
        seat, told = self._seat, self._told
        self.number, self.civil_id = told.digits("+9659", 7), told.digits("2860101", 5)
        self.name = told.word()
        card: dict[str, Any] = {"caller_id": new_id(), "name_en": self.name, "name_ar": told.word("ابتثجحخدذرزسشص")}
        seat.perform(RegisterCaller(**card, civil_id=self.civil_id, phone=(new_id(), self.number)))
        self.caller_id = card["caller_id"]
        of = {"caller_id": self.caller_id}
        seat.perform(CorrectCaller(field="note", was="", now=told.word(), **of))
        seat.perform(CorrectCaller(field="name_en", was=told.word(), now=told.word(), **of))  # comes too late
        seat.perform(AttachPhone(phone_id=new_id(), e164=told.digits("+9656", 7), **of))
        call = seat.perform(open_call(self.number))
        seat.workstation.save_draft(seat.viewer, f"call:{call.call_id}:notes", {"text": told.word()})
        seat.perform(WriteNotes(call_id=call.call_id, notes=told.word()))
        wish = CallbackWish(callback_id=new_id(), number=told.digits("+9655", 7), due_at=START)
        links = {"caller_id": self.caller_id, "call_id": call.call_id, "callback": wish, "remedy": told.word()}
        self.ticket = seat.perform(open_ticket(told.word(), **links))
        seat.perform(add_note(self.ticket.ticket_id, told.word()))
        seat.perform(LookAtCaller(caller_id=self.caller_id, how="search"))
        seat.perform(EndCall(call_id=call.call_id, wrap_up=WrapUp.ANSWERED, notes=told.word()))
        seat.synchronise()
        assert seat.workstation.queue().waiting == 0

    def _looking_up(self) -> None:
        token, line = self._seat.signed_in.token, self._seat.transport
        for question in (self.name, self.number, self.civil_id, self.ticket.reference, self._told.word()):
            line.lookup(token, LookupRequest(question=question))
            line.meaning(token, MeaningRequest(question=question))
        self._refused(lambda: line.lookup(token, LookupRequest(question=self._told.word() * 20)))
        self._refused(
            lambda: line.open_found(token, OpenFound(entity="caller", id=new_id(), slip=self._told.word()))
        )
        for _ in range(2):
            self._refused(lambda: line.manifest(token, ManifestRequest(scopes=(self._told.word(),))))

    def _wrong_passwords(self) -> None:
        for name in ("leader", self._told.word()):
            request = SignIn(name=name, password=self._told.word(), device_id="d", device_name=self._told.word())
            self._refused(lambda asked=request: self._seat.transport.sign_in(asked))

    def _what_does_not_fit(self) -> None:
        """Rows that no database takes, operations that nobody understands, ids that are another's."""
        told, note = self._told, add_note(self.ticket.ticket_id, self._told.word())
        odd: list[Operation] = [
            RegisterCaller(caller_id=new_id(), name_en=told.word() * 20, civil_id=told.digits("2", 30)),
            add_note(self.ticket.ticket_id, f"{told.word()}\x00{told.word()}"),
            open_ticket(told.word(), reference=told.digits("", 14), queue_id="general"),
            open_call(told.digits("+", 30)),
            note,
        ]
        envelopes = [self._envelope(number, operation) for number, operation in enumerate(odd, 900)]
        changed = {"payload": msgspec.Raw(msgspec.json.encode({"text": told.word()}))}
        envelopes += [
            msgspec.structs.replace(envelopes[-1], payload=msgspec.Raw(b'{"note": "%b"}' % told.word().encode())),
            msgspec.structs.replace(self._envelope(950, note), op_id=new_id(), tag="NotKnown", **changed),
            msgspec.structs.replace(self._envelope(951, note), op_id=new_id(), **changed),
        ]
        results = self._seat.transport.push(self._seat.signed_in.token, Push(operations=tuple(envelopes))).results
        self.errors += [result.reason for result in results]
        assert Outcome.QUARANTINED in {result.outcome for result in results}

    def _envelope(self, number: int, operation: Operation) -> Envelope:
        return Envelope(
            op_id=new_id(),
            device_id=self._seat.workstation.device_id(),
            device_seq=number,
            account_id=self._seat.account_id,
            tag=operation.tag(),
            payload=msgspec.Raw(msgspec.json.encode(operation)),
            desk_at=self._seat.workstation.now(),
        )

    def _spoilt(self) -> None:
        """Bodies that are none, each with something that somebody said."""
        headers = {"Authorization": f"Bearer {self._seat.signed_in.token}"}
        for endpoint in ENDPOINTS:
            word = self._told.word()
            for body in (f'{{"question": "{word}', f'{{"{word}": 1}}', f'["{word}"]', word, f'"{word}"' * 9_000):
                if endpoint.request is None:
                    continue
                answer = requests.post(
                    f"{self._url}/v1/{endpoint.name}", data=body.encode(), headers=headers, timeout=30
                )
                assert not answer.ok
                self.errors += [answer.text, str(answer.headers)]

    def _refused(self, ask: Any) -> None:
        with pytest.raises(UserError) as refused:
            ask()
        self.errors += [str(refused.value), repr(refused.value), refused.value.message, str(refused.value.params)]


class Places:
    """Where a whole day could have left a word; place → everything that stands there."""

    def __init__(
        self, directory: Path, cluster: postgres.Cluster, database: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        self._directory, self._database, self._caplog = directory, database, caplog
        self._server_log = cluster.directory / "log"

    def after(self, told: Told, manner: str = "quiet") -> dict[str, str]:
        engine = postgres_engine(self._database)
        bring_up_to_date(engine, Side.CENTRE)
        centre = Centre(engine, cost=KdfCost.MINIMAL)
        centre.initialise()
        centre.create_account(NewAccount(name="leader", password=PASSWORD, role=Role.ADMINISTRATOR))
        with (
            closing(centre),
            self._caplog.at_level(logging.DEBUG),
            _serving(self._database, self._directory / "service.log", manner) as service,
            faulty_network(("127.0.0.1", service.port), 0, rate=0.0) as network,
        ):
            url = f"http://127.0.0.1:{network.port}"
            seat = Seat(houses.open_store(self._directory / "desk.db"), HttpTransport(url), "leader")
            seat.pull()
            seat.refill()
            seat.viewer = seat.workstation.viewer(seat.account_id)
            day = Day(seat, url, told)
            day.live()
            seat.transport.close()
            seat.workstation.close()
            said = service.ended()
            with centre.transaction() as unit:
                audit = [str(vars(line)) for line in unit.session.scalars(select(Audit))]
                assert unit.session.scalars(select(Quarantine)).first() is not None
        return {
            "addresses and headers": b"\n".join(network.heads).decode(errors="replace"),
            "the log of the service": said,
            "the log of the database": self._server_log.read_text(errors="replace"),
            "the log of the desk": self._caplog.text,
            "errors": "\n".join(day.errors),
            "the audit trail": "\n".join(audit),
        }


@pytest.fixture
def places(
    tmp_path: Path, postgres_cluster: postgres.Cluster, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> Places:
    return Places(tmp_path, postgres_cluster, postgres_url, caplog)


def _found(told: Told, places: dict[str, str]) -> dict[str, set[str]]:
    found = {place: {word for word in told.words if word in text} for place, text in places.items()}
    return {place: words for place, words in found.items() if words}


def test_nothing_that_a_caller_said_is_told_on(places: Places) -> None:
    (seed, *_) = seeds(1, 1)
    said = Told(seed)
    everywhere = places.after(said)
    assert "defect" in everywhere["the log of the service"], "the centre must have failed inside"
    assert "POST /v1/lookup" in everywhere["addresses and headers"]
    assert _found(said, everywhere) == {}
    told(f"nothing tells: {len(said.words)} words, {sum(map(len, everywhere.values()))} characters looked through")


def test_a_service_that_logs_what_an_exception_says_would_be_found(places: Places) -> None:
    said = Told(0)
    assert set(_found(said, places.after(said, "talkative"))) == {"the log of the service"}
