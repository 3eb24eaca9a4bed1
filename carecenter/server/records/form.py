"""The format: a first line that says what this is, a record a line, a last line by which a cut shows.

``{"carecenter_records": 1, "centre": …, "at": …}`` · ``{"entity": "caller", "id": …, "name_ar": …}`` ·
``{"end": 2, "counts": {"caller": 2}, "sha256": …}``. Fields are named like columns; moments are ISO 8601 with an
offset, terms go by value. The hash is that of all bytes before the last line. Somebody who prepares a file by hand
needs no more than ``{"carecenter_records": 1}`` and ``{"end": 2}``. Parents stand before their children.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from functools import cache
from typing import Any, Final

import msgspec
from sqlalchemy import Column

from carecenter.models.base import Base

FORMAT: Final = 1
ENTITY: Final = "entity"

_LEFT_OUT: Final = frozenset({"version", "pin_hash"})
"""A version counts in one centre alone; four digits are no secret for long, whatever they are hashed with."""


class What(StrEnum):
    """What can be asked for by itself."""

    ACCOUNTS = "accounts"
    KNOWLEDGE = "knowledge"
    CALLERS = "callers"
    CALLS = "calls"
    TICKETS = "tickets"


ENTITIES: Final[dict[What, tuple[str, ...]]] = {
    What.ACCOUNTS: ("queue", "account", "queue_member"),
    What.KNOWLEDGE: ("body", "article", "article_pin", "article_request"),
    What.CALLERS: ("caller", "caller_phone", "merge_proposal"),
    What.CALLS: ("call",),
    What.TICKETS: ("ticket", "ticket_entry", "ticket_alias", "callback"),
}
"""Parents before children, within and between."""


class Head(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The first line. ``centre``: the generation it came from; ``at``: the moment that all of it shows (UTC)."""

    carecenter_records: int
    centre: str = ""
    at: dt.datetime | None = None
    program: str = ""
    what: tuple[What, ...] = ()


class End(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last line: how many records there are, by entity, and the hash of every byte before it."""

    end: int
    counts: dict[str, int] = {}
    sha256: str = ""


@cache
def columns(entity: str) -> dict[str, Column[Any]]:
    """The fields of a record, its id first."""
    found = Base.metadata.tables[entity].columns
    return {column.name: column for column in (found["id"], *found) if column.name not in _LEFT_OUT}


def line(content: object) -> bytes:
    """A line of the file."""
    return msgspec.json.encode(content) + b"\n"
