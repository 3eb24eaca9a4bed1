"""Desks and centres of neighbouring versions: nothing that was said to an older or a newer one is dropped.

What a version does not know is taken from the messages on their way, or put into them, so that both ends are the
real ones: an older desk leaves out fields that came later and hears of nouns and columns it never had; an older
centre meets the name of an operation that came later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import carecenter
from carecenter import operations
from carecenter.core.errors import UpgradeNeeded
from carecenter.core.ids import new_id
from carecenter.migrations import bring_up_to_date, upgrade
from carecenter.models.base import Side
from carecenter.models.engine import sqlcipher_engine
from carecenter.queries import tickets
from carecenter.server import greeting, intake
from carecenter.sync.http import HttpTransport
from carecenter.sync.in_process import InProcess
from carecenter.wire import Envelope, FeedPage, FeedRow, Hello, Outcome, Push, Pushed, Verdict
from carecenter.wire.transport import Transport
from tests.houses import KEY, START, House, Seat, add_note, open_ticket
from tests.sync.halls import Hall

LATER_FIELDS = {"remedy", "priority", "service_id", "body_code", "callback", "pin_hash"}
"""Fields of an opened ticket that have defaults: a desk that had none of them sends none of them."""


@pytest.fixture(params=["sqlcipher", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A centre in this process, and one on PostgreSQL behind its real service."""
    if request.param == "sqlcipher":
        built: House = House(tmp_path)
    else:
        built = Hall(tmp_path, request.getfixturevalue("postgres_url"))
    built.account("sara")
    yield built
    built.close()


def line_to(house: House) -> Transport:
    return HttpTransport(house.running.url) if isinstance(house, Hall) else InProcess(house.centre)


class Between:
    """A line on which messages are made as another version would have made them."""

    def __init__(
        self,
        line: Transport,
        sent: Callable[[Envelope], Envelope] = lambda envelope: envelope,
        heard: Callable[[FeedPage], FeedPage] = lambda page: page,
    ) -> None:
        self._line = line
        self.sent = sent
        self._heard = heard

    def push(self, token: str, request: Push) -> Pushed:
        changed = tuple(self.sent(one) for one in request.operations)
        return self._line.push(token, msgspec.structs.replace(request, operations=changed))

    def feed(self, token: str, request: Any) -> FeedPage:
        return self._heard(self._line.feed(token, request))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)


def seated(house: House, line: Any, name: str = "sara", store: str = "sara") -> Seat:
    """Somebody who begins a connection as the engine does."""
    seat = house.seat(name, at=house.open_store(store), transport=line)
    greet(seat)
    return seat


def greet(seat: Seat) -> None:
    request = Hello(version="1", generation=seat.workstation.generation())
    answer = seat.transport.hello(seat.signed_in.token, request)
    if answer.verdict is Verdict.UPGRADE:
        raise UpgradeNeeded("too old")
    seat.workstation.greeted(answer, seat.account_id, 0.0)


# A desk of the version before


def without_later_fields(envelope: Envelope) -> Envelope:
    fields = msgspec.json.decode(envelope.payload)
    payload = msgspec.json.encode({name: value for name, value in fields.items() if name not in LATER_FIELDS})
    return msgspec.structs.replace(envelope, payload=msgspec.Raw(payload), offset=None)


def with_what_came_later(page: FeedPage) -> FeedPage:
    """A page as a newer centre fills it: each row has a column more, and there is a noun more."""
    rows = [
        msgspec.structs.replace(row, image=None if row.image is None else {**row.image, "mood": "calm"})
        for row in page.rows
    ]
    noun = [
        FeedRow(scope=row.scope, seq=row.seq, entity="postcard", id="p", version=1, image={"id": "p"})
        for row in rows[-1:]
    ]
    return msgspec.structs.replace(page, rows=(*rows, *noun))


def work_of_an_older_desk(house: House) -> tuple[Seat, list[str]]:
    """A day of a desk of the version before: texts it sent."""
    desk = seated(house, Between(line_to(house), without_later_fields, with_what_came_later))
    opening = desk.perform(open_ticket("said to an older desk"))
    desk.perform(add_note(opening.ticket_id, "a note of an older desk"))
    desk.synchronise()
    return desk, [opening.text, "a note of an older desk"]


def texts_at_the_centre(house: House) -> set[str]:
    return {row["text"] for row in house.rows("ticket", "ticket_entry").values()} - {""}


@pytest.fixture
def centre_is_newer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(greeting, "SCHEMA", 2)


def test_a_desk_of_the_version_before_works_with_a_newer_centre(house: House, centre_is_newer: None) -> None:
    desk, said = work_of_an_older_desk(house)
    assert texts_at_the_centre(house) == set(said)
    assert desk.workstation.queue().waiting == 0
    colleague = seated(house, line_to(house), "leader", "leader")
    opening = colleague.perform(open_ticket("said to a newer desk"))
    colleague.synchronise()
    desk.synchronise()
    assert desk.ask(tickets.detail, opening.ticket_id).text == "said to a newer desk"


def test_a_centre_that_serves_its_own_version_alone_would_send_it_away(
    house: House, centre_is_newer: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(greeting, "SCHEMA_LEAST", 2)
    with pytest.raises(UpgradeNeeded):
        work_of_an_older_desk(house)
    assert texts_at_the_centre(house) == set()


def test_a_centre_that_asks_for_every_field_would_drop_what_it_sends(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    decode = operations.decode

    def strict(tag: str, payload: bytes | memoryview) -> operations.Operation:
        operation = decode(tag, payload)
        if msgspec.json.decode(payload).keys() != msgspec.json.decode(operations.encode(operation)).keys():
            raise ValueError(tag)
        return operation

    monkeypatch.setattr(operations, "decode", strict)
    work_of_an_older_desk(house)
    assert "said to an older desk" not in texts_at_the_centre(house)


# A desk that was upgraded with work of the version before in it


def old_store(house: House) -> Path:
    """The file of a desk of the very first schema, with two operations that were never sent."""
    path = house.directory / "old.db"
    engine = sqlcipher_engine(path, KEY, foreign_keys=False)
    upgrade(engine, Side.DESK, "0001")
    opening = {"ticket_id": new_id(), "entry_id": new_id(), "reference": "0472915607", "kind": "complaint"}
    opening |= {"queue_id": "general", "text": "typed before the upgrade"}
    note = {"ticket_id": opening["ticket_id"], "entry_id": new_id(), "text": "a note before the upgrade"}
    with engine.begin() as connection:
        for number, (tag, payload) in enumerate((("OpenTicket", opening), ("AddNote", note)), 1):
            connection.exec_driver_sql(
                "INSERT INTO outbox (number, op_id, account_id, tag, payload, desk_at, state, reason)"
                " VALUES (?, ?, ?, ?, ?, ?, 'waiting', '')",
                (number, new_id(), house.leader_id, tag, msgspec.json.encode(payload), START.replace(tzinfo=None)),
            )
        connection.exec_driver_sql("INSERT INTO desk_fact (name, value) VALUES ('next_device_seq', '3')")
    engine.dispose()
    return path


def test_what_waited_in_a_desk_when_it_was_upgraded_arrives(house: House) -> None:
    path = old_store(house)
    engine = sqlcipher_engine(path, KEY, foreign_keys=False)
    bring_up_to_date(engine, Side.DESK)
    engine.dispose()
    desk = seated(house, line_to(house), "leader", "old")
    assert [result.outcome for result in desk.push()] == [Outcome.ACCEPTED, Outcome.ACCEPTED]
    assert texts_at_the_centre(house) == {"typed before the upgrade", "a note before the upgrade"}


# A desk of the version after


class Upgraded:
    """A centre that does not know ``AddNote`` by the name a newer desk gives it, until it is upgraded."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._newer = False

    def upgrade(self) -> None:
        self._newer = True
        self._monkeypatch.setattr(carecenter, "__version__", "999")

    def sent(self, envelope: Envelope) -> Envelope:
        if self._newer or envelope.tag != "AddNote":
            return envelope
        return msgspec.structs.replace(envelope, tag="AddNoteInInk")


def work_of_a_newer_desk(house: House, centre: Upgraded) -> Seat:
    """A desk that was upgraded before the centre, and started again meanwhile."""
    desk = seated(house, Between(line_to(house), centre.sent))
    opening = desk.perform(open_ticket("known to both"))
    desk.perform(add_note(opening.ticket_id, "only known to the newer one"))
    desk.perform(open_ticket("said afterwards"))
    desk.synchronise()
    desk.workstation.close()
    again = seated(house, Between(line_to(house), centre.sent))
    again.synchronise()
    return again


def test_what_an_older_centre_does_not_know_waits_also_over_a_restart_and_arrives_after_its_upgrade(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre = Upgraded(monkeypatch)
    desk = work_of_a_newer_desk(house, centre)
    assert texts_at_the_centre(house) == {"known to both", "said afterwards"}  # it held nothing up
    state = desk.workstation.queue()
    assert (state.waiting, state.attention) == (1, 0)
    opened = next(row for row in house.rows("ticket").values() if row["text"] == "known to both")
    timeline = desk.ask(tickets.detail, opened["id"]).timeline
    assert "only known to the newer one" in [line.text for line in timeline]  # the desk shows it all the while

    centre.upgrade()
    greet(desk)
    desk.synchronise()
    assert "only known to the newer one" in texts_at_the_centre(house)
    assert desk.workstation.queue().waiting == 0


def test_a_centre_that_puts_aside_what_it_does_not_know_would_never_get_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_NOT_KNOWN_YET", intake._NOT_UNDERSTOOD)
    centre = Upgraded(monkeypatch)
    desk = work_of_a_newer_desk(house, centre)
    centre.upgrade()
    greet(desk)
    desk.synchronise()
    assert "only known to the newer one" not in texts_at_the_centre(house)
    assert desk.workstation.queue().attention == 1
