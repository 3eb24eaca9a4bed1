"""One operation of every kind, about rows that exist."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from carecenter import operations
from carecenter.core.ids import new_id
from carecenter.operations import Operation
from carecenter.operations.callbacks import PromiseCallback
from carecenter.operations.callers import RegisterCaller
from carecenter.operations.calls import OpenCall
from tests.houses import GENERAL, START, TECHNICAL

CALLER = RegisterCaller(caller_id=new_id(), name_en="Caller")
CALL = OpenCall(call_id=new_id(), number="+96599887766")
CALLBACK = PromiseCallback(callback_id=new_id(), number="+96599887766", due_at=START)
OTHER_CALLER = RegisterCaller(caller_id=new_id(), name_en="Other caller")

_MORE: dict[str, dict[str, Any]] = {
    "AddQuestion": {"language": "ar", "question": "question"},
    "AssignTicket": {"was": None, "now": None},
    "BringCall": {"started_at": START, "ended_at": START},
    "BringCallback": {"number": "+96599887766", "due_at": START, "state": "promised"},
    "BringCaller": {"registered_at": START},
    "BringTicket": {
        "remark": "brought along",
        "reference": "0472915644",
        "kind": "complaint",
        "status": "received",
        "queue_id": GENERAL,
        "opened_by": "sara",
        "opened_at": START,
        "due_at": START,
        "changed_at": START,
    },
    "AttachPhone": {"e164": "+96599887766"},
    "ChangeQueue": {"was": GENERAL, "now": TECHNICAL},
    "CheckPin": {"right": True},
    "ChooseCallLanguage": {"language": "ar"},
    "CloseTicket": {"was": "received", "outcome": "resolved"},
    "CorrectCaller": {"field": "note", "was": "", "now": ""},
    "EndCall": {"wrap_up": "answered", "notes": ""},
    "EscalateTicket": {"was": 0, "now": 1},
    "LookAtCaller": {"how": "search"},
    "MoveTicket": {"was": "received", "now": "acknowledged"},
    "OpenTicket": {"kind": "complaint", "queue_id": GENERAL},
    "PromiseCallback": {"number": "+96599887766", "due_at": START},
    "PublishArticle": {
        "kind": "service",
        "directory": False,
        "body_code": None,
        "audience": [],
        "channels": [],
        "verification": "press",
        "as_of": "2026",
        "reviewed_on": dt.date(2026, 1, 1),
        "sources": [],
        "content": {"ar": {"title": "ar"}, "en": {"title": "en"}},
    },
    "PublishBody": {"code": "body", "name_ar": "ar", "name_en": "en"},
    "RequestArticle": {"language": "ar", "question": "question"},
    "RevealCivilId": {"reason": "the caller asked"},
    "SettleCallback": {"now": "kept"},
    "SettleRequest": {"was": "open", "now": "not_ours"},
    "VerifyCaller": {"checks": []},
}

_MAKES = {
    "BringCall": "call_id",
    "BringCallback": "callback_id",
    "BringCaller": "caller_id",
    "BringTicket": "ticket_id",
    "OpenCall": "call_id",
    "OpenTicket": "ticket_id",
    "PromiseCallback": "callback_id",
    "RegisterCaller": "caller_id",
}


def sample(tag: str, ticket_id: str) -> Operation:
    """An operation of this kind about this ticket, ``CALLER``, ``CALL`` or ``CALLBACK``; what it makes is new."""
    kind = operations.registry()[tag]
    made = _MAKES.get(tag)
    fields: dict[str, Any] = {name: new_id() for name in kind.__struct_fields__ if name.endswith("_id")}
    fields |= {"text": "text", "notes": "notes", "ticket_id": ticket_id, "caller_id": CALLER.caller_id}
    fields |= {"call_id": CALL.call_id, "callback_id": CALLBACK.callback_id}
    fields |= {"kept_id": CALLER.caller_id, "merged_id": OTHER_CALLER.caller_id}
    fields |= _MORE.get(tag, {}) | ({made: new_id()} if made else {})
    known = {name: value for name, value in fields.items() if name in kind.__struct_fields__}
    return msgspec.convert(known, kind, strict=False)
