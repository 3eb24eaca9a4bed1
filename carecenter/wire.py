"""The messages between a workstation and the centre, and the interface both transports offer.

JSON by msgspec; personal data travels in bodies only. Times are UTC.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from carecenter.core.terms import Language, Role

SCHEMA = 1
"""The version of operations and rows this program speaks; the centre accepts it and the one before."""

OPERATIONS_PER_PUSH = 100
BYTES_PER_PUSH = 256 * 1024
ROWS_PER_PAGE = 2_000
REFERENCES_PER_BLOCK = 500
REFILL_AT = 200


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """Anything sent; fields a side does not know are ignored, so that N and N-1 understand each other."""


class SignIn(Message, frozen=True, kw_only=True):
    """Name and password from a workstation."""

    name: str
    password: str
    device_id: str
    device_name: str


class SignedIn(Message, frozen=True, kw_only=True):
    """An opaque token, bound to the device; ``scopes`` is what the account may follow."""

    token: str
    account_id: str
    scopes: tuple[str, ...]
    generation: str
    at: dt.datetime


class NewAccount(Message, frozen=True, kw_only=True):
    """What is needed to make an account. ``name`` is what its owner types to sign in."""

    name: str
    password: str
    role: Role
    display_name_ar: str = ""
    display_name_en: str = ""
    language: Language = Language.ARABIC
    queue_ids: tuple[str, ...] = ()


class Envelope(Message, frozen=True, kw_only=True):
    """An operation as the outbox keeps it. ``payload`` is its JSON; ``desk_at`` the desk's clock."""

    op_id: str
    device_id: str
    device_seq: int
    account_id: str
    tag: str
    payload: msgspec.Raw
    desk_at: dt.datetime
    schema: int = SCHEMA


class Outcome(StrEnum):
    """What the centre made of an operation."""

    ACCEPTED = "accepted"
    IN_REVIEW = "in_review"
    REFUSED = "refused"
    QUARANTINED = "quarantined"


class Result(Message, frozen=True, kw_only=True):
    """Scope → seq of the feed that carries the effect; ``repeated`` when the centre knew the operation."""

    op_id: str
    outcome: Outcome
    reason: str = ""
    seqs: dict[str, int] = {}
    repeated: bool = False


class Push(Message, frozen=True, kw_only=True):
    """At most ``OPERATIONS_PER_PUSH`` operations of one device, in order."""

    operations: tuple[Envelope, ...]


class Pushed(Message, frozen=True, kw_only=True):
    """A result an operation, in the same order."""

    results: tuple[Result, ...]


class FeedRequest(Message, frozen=True, kw_only=True):
    """Scope → the last seq applied, for every scope followed."""

    after: dict[str, int]
    limit: int = ROWS_PER_PAGE


class FeedRow(Message, frozen=True, kw_only=True):
    """A row brought to a scope, or, with no image, taken from it."""

    scope: str
    seq: int
    entity: str
    id: str
    version: int
    image: dict[str, Any] | None


class FeedPage(Message, frozen=True, kw_only=True):
    """Rows in feed order a scope. ``after``: where the page begins; ``upto``: where it ends;
    ``more``: go on, ``behind``: how many rows are still to come."""

    generation: str
    after: dict[str, int]
    upto: dict[str, int]
    rows: tuple[FeedRow, ...]
    scopes: tuple[str, ...]
    more: bool
    behind: int = 0
    at: dt.datetime


class BlockRequest(Message, frozen=True, kw_only=True):
    """How many follow-up references the workstation wants."""

    count: int = REFERENCES_PER_BLOCK


class Block(Message, frozen=True, kw_only=True):
    """References that are this workstation's to issue."""

    references: tuple[str, ...]


class Transport(Protocol):
    """The way to a centre. Every method blocks, so it runs on a network thread.

    Each raises ``Unreachable`` when the centre does not answer, and ``NotAllowed`` when the token no longer
    holds; ``sign_in`` raises ``WrongPassword``.
    """

    def sign_in(self, request: SignIn) -> SignedIn: ...

    def push(self, token: str, request: Push) -> Pushed: ...

    def feed(self, token: str, request: FeedRequest) -> FeedPage: ...

    def references(self, token: str, request: BlockRequest) -> Block: ...

    def sign_out(self, token: str) -> None: ...
