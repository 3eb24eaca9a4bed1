"""Operations travel between versions and wait for days in outboxes: what was released never changes silently.

``released.json`` tells each operation's tag and fields. A new operation, or a new field with a default, is
added to it; a line that stands there already never changes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from carecenter import operations
from carecenter.core.terms import TicketKind
from carecenter.operations import tickets
from tests.houses import START, open_ticket

RELEASED = Path(__file__).with_name("released.json")


def _told() -> dict[str, Any]:
    kinds = list(operations.registry().values())
    schemas, components = msgspec.json.schema_components(kinds)
    return {
        "operations": _plain(dict(zip(operations.registry(), schemas, strict=True))),
        "parts": _plain(components),
    }


def _plain(value: Any) -> Any:
    """A schema without the words that only explain it."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items() if name not in ("description", "title")}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


def test_tags_and_fields_are_the_released_ones() -> None:
    assert _told() == json.loads(RELEASED.read_text("utf-8"))


def test_the_tag_is_the_operations_name() -> None:
    assert all(kind.tag() == tag == kind.__name__ for tag, kind in operations.registry().items())
    assert "Look" not in operations.registry()
    assert not [tag for tag in operations.registry() if tag.startswith("_")]


def test_an_operation_is_read_back_as_it_was_written() -> None:
    wish = tickets.CallbackWish(callback_id="1", number="+96599887766", due_at=START)
    operation = open_ticket("نص عربي", callback=wish)

    assert operations.decode("OpenTicket", operations.encode(operation)) == operation


def test_a_payload_of_the_first_release_is_still_understood() -> None:
    payload = b'{"ticket_id":"1","entry_id":"2","kind":"complaint","queue_id":"general","text":"x"}'
    operation = operations.decode("OpenTicket", payload)

    assert isinstance(operation, tickets.OpenTicket)
    assert (operation.kind, operation.reference) == (TicketKind.COMPLAINT, "")


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b'{"ticket_id":"1"}', b'{"ticket_id":"1","entry_id":"2","text":"x","more":1}']
)
def test_a_malformed_payload_is_told(payload: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        operations.decode("AddNote", payload)


def test_an_unknown_tag_is_told() -> None:
    with pytest.raises(KeyError):
        operations.decode("FoldPaperPlane", b"{}")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_told(), indent=1, sort_keys=True) + "\n")
