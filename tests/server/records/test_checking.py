"""A record is checked field by field; what is wrong is named without saying what stood there."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from carecenter.core.terms import Priority, TicketStatus
from carecenter.models.base import synced_models
from carecenter.server.records import checking
from carecenter.server.records.checking import KNOWN, Problem, Values

TODAY = dt.date(2026, 3, 1)
CALLER = {"entity": "caller", "id": "c-1", "name_ar": "نورة", "registered_at": "2026-03-01T09:00:00+03:00"}
PHONE = {"entity": "caller_phone", "id": "p-1", "caller_id": "c-1", "e164": "+96599887766"}
TICKET = {
    "entity": "ticket",
    "id": "t-1",
    "kind": "complaint",
    "status": "received",
    "priority": "normal",
    "queue_id": "general",
    "language": "ar",
    "text": "لم تصل البطاقة",
    "opened_by": "admin",
    "opened_at": "2026-03-01T09:00:00+03:00",
}
CALL = {
    "entity": "call",
    "id": "k-1",
    "agent_id": "admin",
    "channel": "164",
    "direction": "incoming",
    "language": "ar",
    "started_at": "2026-03-01T06:00:00Z",
}
CANARY = "canary-of-a-caller"


def read(record: object) -> Values | list[Problem]:
    return checking.read(msgspec.json.encode(record), TODAY)[1]


def values(record: dict[str, Any]) -> Values:
    found = read(record)
    assert isinstance(found, dict), found
    return found


def test_what_an_older_system_does_not_know_is_filled_in() -> None:
    ticket = values(TICKET)
    at = dt.datetime(2026, 3, 1, 6, tzinfo=dt.UTC)
    assert (ticket["status"], ticket["priority"]) == (TicketStatus.RECEIVED, Priority.NORMAL)
    assert (ticket["opened_at"], ticket["changed_at"], ticket["reference"]) == (at, at, "")
    assert ticket["due_at"] > at
    assert values(CALLER)["demo"] is False
    assert values(CALL)["checks"] == []


def test_text_is_kept_as_a_desk_keeps_it() -> None:
    assert values({**CALLER, "note": "a\u202eb\r\nc\x00"})["note"] == "ab\nc"
    assert values({**CALLER, "civil_id": "٢٨٢٠٤٠٧٠١٤٨٣"})["civil_id"] == "282040701483"


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({**CALLER, "civil_id": "282040701484"}, "civil_id"),
        ({**CALLER, "name_ar": 5}, "name_ar"),
        ({**CALLER, "name_ar": CANARY * 40}, "name_ar"),
        ({**CALLER, "demo": "yes"}, "demo"),
        ({**CALLER, "registered_at": "2026-03-01T09:00:00"}, "registered_at"),
        ({**CALLER, "registered_at": "0001-01-01T00:00:00+14:00"}, "registered_at"),
        ({**CALLER, "registered_at": None}, "registered_at"),
        ({**CALLER, "id": " c"}, "id"),
        ({**CALLER, "id": "c\n1"}, "id"),
        ({**CALLER, "password_hash": CANARY}, "password_hash"),
        ({**CALLER, "version": 3}, "version"),
        ({**PHONE, "e164": CANARY}, "e164"),
        ({**PHONE, "caller_id": None}, "caller_id"),
        ({**TICKET, "reference": "0000000001"}, "reference"),
        ({**TICKET, "status": CANARY}, "status"),
        ({**TICKET, "status": "closed"}, "outcome"),
        ({**TICKET, "outcome": "resolved"}, "outcome"),
        ({**TICKET, "escalation": -1}, "escalation"),
        ({**TICKET, "escalation": True}, "escalation"),
        ({**TICKET, "pin_hash": CANARY}, "pin_hash"),
        ({**CALL, "anonymous": True, "number": "+96599887766"}, "number"),
        ({**CALL, "number": CANARY}, "number"),
        ({**CALL, "checks": CANARY}, "checks"),
        ({"entity": "credential", "id": "1"}, "entity"),
        ({"entity": ["caller"]}, "entity"),
        ([CANARY], ""),
    ],
)
def test_each_mistake_names_its_field_and_nothing_of_what_stood_there(record: object, field: str) -> None:
    problems = read(record)
    assert isinstance(problems, list)
    assert field in [problem.field for problem in problems]
    assert CANARY not in str(problems)


def test_all_mistakes_of_a_line_are_told_at_once() -> None:
    problems = read({**TICKET, "kind": "?", "queue_id": 4, "opened_at": "yesterday"})
    assert isinstance(problems, list)
    told = {problem.field for problem in problems}
    assert told == {"kind", "queue_id", "opened_at"}


@pytest.mark.parametrize("line", [b"", b"{", b"\xff\xfe", b'{"entity":' + b"[" * 100_000, b"null"])
def test_what_is_no_record_is_told(line: bytes) -> None:
    entity, problems = checking.read(line, TODAY)
    assert entity == ""
    assert isinstance(problems, list)


def test_every_synced_noun_can_be_read() -> None:
    assert synced_models().keys() == KNOWN
