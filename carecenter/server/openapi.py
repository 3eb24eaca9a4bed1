"""The OpenAPI document of the centre, made from the messages and the table of endpoints.

``python -m carecenter.server.openapi docs/openapi.json`` writes it; the service serves it. What an example
shows are made-up people.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

import carecenter
from carecenter.server.endpoints import ENDPOINTS, PREFIX, Endpoint
from carecenter.wire import Message, Problem

_REF: Final = "#/components/schemas/{name}"
_AT: Final = "2026-01-04T05:30:00Z"
_ACCOUNT: Final = "018f3c1e-7a10-7000-8000-000000000001"
_DESK: Final = "018f3c1e-7a10-7000-8000-0000000000d1"
_OPERATION: Final = "018f3c1e-7a10-7000-8000-0000000000a1"
_GENERATION: Final = "018f3c1e-7a10-7000-8000-0000000000c1"
_KEY: Final = "8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f"
_CHALLENGE: Final = f"1767504720.9f86d081884c7d659a2feaa0c55ad015.{_KEY}"
_SCOPES: Final = ["everyone", "queue:general", f"account:{_ACCOUNT}"]

EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "ChallengeRequest": {"device_id": _DESK},
    "Challenge": {"challenge": _CHALLENGE, "centre": _KEY},
    "SignIn": {
        "name": "sara",
        "password": "a long sentence",
        "device_id": _DESK,
        "device_name": "Desk 12",
        "proof": None,
    },
    "SignedIn": {
        "token": "u3Jx0cVYQy5nB1mWqk7ZtD2hS9aLrE8fGpTiOwXv4Co",
        "account_id": _ACCOUNT,
        "scopes": _SCOPES,
        "generation": _GENERATION,
        "at": _AT,
        "lease_until": "2026-01-11T05:30:00Z",
        "sealing_key": _KEY,
    },
    "SealedKeys": {
        "sealed": "bm90IGEgcmVhbCBzZWFsZWQgYm94",
        "proof": {"key": _KEY, "challenge": _CHALLENGE, "signature": 2 * _KEY},
    },
    "UnsealedKeys": {"keys": "bm90IHJlYWwga2V5cw=="},
    "Hello": {"schema": 1, "version": "1.0", "generation": _GENERATION},
    "Greeting": {
        "verdict": "ok",
        "generation": _GENERATION,
        "schema_least": 1,
        "schema": 1,
        "version": "1.0",
        "at": _AT,
        "scopes": _SCOPES,
        "lease_until": "2026-01-11T05:30:00Z",
        "sealing_key": _KEY,
    },
    "Push": {
        "operations": [
            {
                "op_id": _OPERATION,
                "device_id": _DESK,
                "device_seq": 41,
                "account_id": _ACCOUNT,
                "tag": "AddNote",
                "payload": {"entry_id": _OPERATION, "ticket_id": _OPERATION, "body": "Will call again."},
                "desk_at": _AT,
                "schema": 1,
            }
        ]
    },
    "Pushed": {"results": [{"op_id": _OPERATION, "outcome": "accepted", "seqs": {"queue:general": 5210}}]},
    "FeedRequest": {"after": {"everyone": 310, "queue:general": 5209}, "limit": 2000, "hold": 30.0},
    "FeedPage": {
        "generation": _GENERATION,
        "after": {"everyone": 310, "queue:general": 5209},
        "upto": {"everyone": 310, "queue:general": 5210},
        "rows": [
            {
                "scope": "queue:general",
                "seq": 5210,
                "entity": "ticket_entry",
                "id": _OPERATION,
                "version": 1,
                "image": {"id": _OPERATION, "body": "Will call again."},
            }
        ],
        "scopes": _SCOPES,
        "more": False,
        "behind": 0,
        "at": _AT,
    },
    "ManifestRequest": {"scopes": ["everyone", "queue:general"]},
    "Manifest": {
        "at": _AT,
        "scopes": {"queue:general": {"count": 412, "digest": _KEY, "seq": 5210}},
    },
    "LookupRequest": {"question": "0472 915 644", "call_id": _OPERATION},
    "LookupAnswer": {
        "callers": [],
        "tickets": [
            {
                "id": _OPERATION,
                "reference": "0472915644",
                "kind": "complaint",
                "status": "received",
                "queue_id": "general",
                "opened_at": _AT,
                "caller_id": None,
            }
        ],
    },
    "OpenFound": {"entity": "ticket", "id": _OPERATION, "slip": f"1788163200.{_KEY}"},
    "MeaningRequest": {"question": "I lost my wallet with the card in it"},
    "MeaningAnswer": {"able": True, "articles": [{"id": "paci-civil-id-renewal", "likeness": 0.47}]},
    "BlockRequest": {"count": 500},
    "Block": {"references": ["0472915644", "8830127752"]},
    "Problem": {
        "code": "signed_out",
        "message": "You are signed out. Sign in again; what waits to be sent is kept.",
        "params": {},
    },
}
"""By the name of the message; a test decodes each."""

_PROBLEMS: Final = {
    "400": "Not a message that the centre understands",
    "401": "The token or the password is worth nothing",
    "403": "Not allowed",
    "404": "Not, or no longer, there",
    "413": "Too large: send less at a time",
    "422": "Refused, for the reason told",
    "426": "The program is too old",
    "429": "Too much at once: see Retry-After",
    "500": "A defect, known by a number only",
    "503": "Not just now: see Retry-After",
}


@cache
def document() -> bytes:
    """The document as JSON, the same at every start."""
    return msgspec.json.format(msgspec.json.encode(_document()), indent=2) + b"\n"


def _document() -> dict[str, Any]:
    messages: set[type[Message]] = {Problem}
    for entry in ENDPOINTS:
        messages |= {message for message in (entry.request, entry.answer) if message is not None}
    ordered = sorted(messages, key=_name)
    _, schemas = msgspec.json.schema_components(ordered, ref_template=_REF)
    for name in map(_name, ordered):
        schemas[name]["examples"] = [EXAMPLES[name]]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "CareCenter centre",
            "version": carecenter.__version__,
            "description": (
                "How workstations and the centre agree. Bodies are JSON, packed with gzip if wished; fields that a"
                " side does not know are ignored. Personal data travels in bodies only. A held feed sends white"
                " space ahead of its JSON every two seconds."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {PREFIX + entry.name: {"post": _operation(entry)} for entry in ENDPOINTS}
        | {"/healthz": {"get": _health()}},
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _name(message: type[Message]) -> str:
    return message.__name__


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    answer = _content(endpoint.answer) if endpoint.answer is not None else {"application/json": {}}
    described: dict[str, Any] = {
        "operationId": endpoint.method,
        "summary": endpoint.does,
        "security": [{"token": []}] if endpoint.token else [],
        "responses": {"200": {"description": "Done", "content": answer}}
        | {status: _problem(text) for status, text in _PROBLEMS.items()},
    }
    if endpoint.request is not None:
        described["requestBody"] = {"required": True, "content": _content(endpoint.request)}
    return described


def _health() -> dict[str, Any]:
    return {
        "operationId": "health",
        "summary": "Whether this process reaches its database",
        "security": [],
        "responses": {"200": {"description": "It does"}, "503": _problem(_PROBLEMS["503"])},
    }


def _content(message: type[Message]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _REF.format(name=_name(message))}}}


def _problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": _content(Problem)}


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(document())
