"""The messages between a workstation and the centre, and their bounds.

JSON by msgspec; personal data travels in bodies only. Times are UTC. ``transport`` is the interface that they go
through, ``problems`` how errors travel as one of them.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

import msgspec

from carecenter.core.i18n import N_
from carecenter.core.terms import Language, Role, TicketKind, TicketStatus

SCHEMA = 1
"""The version of operations and rows this program speaks; the centre accepts it and the one before."""

OPERATIONS_PER_PUSH = 100
BYTES_PER_PUSH = 256 * 1024
ROWS_PER_PAGE = 5_000
REFERENCES_PER_BLOCK = 500
REFILL_AT = 200
MOST_REFERENCES = 10_000
MOST_SCOPES = 10_000
"""That a request may name: one an account of the largest hall, with room to spare."""
LONGEST_HOLD = 30.0
LONGEST_QUESTION = 400
"""Letters of a question that is asked by its meaning."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """Anything sent; fields a side does not know are ignored, so that N and N-1 understand each other."""


class ChallengeRequest(Message, frozen=True, kw_only=True):
    """Which workstation is about to show that it holds its key."""

    device_id: Annotated[str, msgspec.Meta(max_length=64)]


class Challenge(Message, frozen=True, kw_only=True):
    """What it has to sign, once and within two minutes. ``centre``: the centre's public sealing key, in hex."""

    challenge: str
    centre: str


class DeviceProof(Message, frozen=True, kw_only=True):
    """A workstation's public Ed25519 key and its signature of a challenge, in hex (``core.device_key``)."""

    key: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    challenge: Annotated[str, msgspec.Meta(max_length=200)]
    signature: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{128}$")]


class SignIn(Message, frozen=True, kw_only=True):
    """Name and password from a workstation. ``proof``: signed for "sign-in" and the name as it is here; without
    one, a workstation whose key the centre knows is not let in."""

    name: str
    password: str
    device_id: Annotated[str, msgspec.Meta(max_length=64)]
    device_name: str
    proof: DeviceProof | None = None


class SignedIn(Message, frozen=True, kw_only=True):
    """An opaque token, bound to the device; ``scopes`` is what the account may follow."""

    token: str
    account_id: str
    scopes: tuple[str, ...]
    generation: str
    at: dt.datetime
    lease_until: dt.datetime | None = None
    sealing_key: str = ""


class Hello(Message, frozen=True, kw_only=True):
    """Which history and which version a workstation knows; ``generation`` is None before the first sync."""

    schema: int = SCHEMA
    version: str
    generation: str | None = None


class Verdict(StrEnum):
    """Whether workstation and centre understand each other."""

    OK = "ok"
    UPGRADE = "upgrade"
    """The workstation is too old; its operations wait until it is upgraded."""
    RESYNC = "resync"
    """The centre has another history than the workstation knows: it was restored or replaced."""


class Greeting(Message, frozen=True, kw_only=True):
    """The centre's answer. Schemas from ``schema_least`` to ``schema`` are served.

    Until ``lease_until`` the account may work without the centre; ``sealing_key`` is the X25519 public key,
    in hex, that sent operations are kept sealed to.
    """

    verdict: Verdict
    generation: str
    schema_least: int
    schema: int
    version: str
    at: dt.datetime
    scopes: tuple[str, ...]
    lease_until: dt.datetime
    sealing_key: str = ""


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
    offset: float | None = None
    """Seconds that the centre's clock was ahead of the desk's when last measured; None: never measured."""
    schema: int = SCHEMA

    @property
    def typed_at(self) -> dt.datetime:
        """When it was done, as well as the desk could know: its clock put right by what was measured."""
        return put_right(self.desk_at, self.offset)


def put_right(at: dt.datetime, offset: float | None) -> dt.datetime:
    """A moment of a clock that is wrong by so many seconds; as it is where that leads out of all calendars."""
    try:
        return at + dt.timedelta(seconds=offset or 0.0)
    except OverflowError:
        return at


class Outcome(StrEnum):
    """What the centre made of an operation."""

    ACCEPTED = "accepted"
    IN_REVIEW = "in_review"
    REFUSED = "refused"
    QUARANTINED = "quarantined"
    LATER = "later"
    """The centre does not know this operation yet: it waits at the workstation until the centre is upgraded."""
    CLONED = "cloned"
    """Another operation has this device's number: the disk was copied. It waits to come from a new device id."""


GIVEN_TWICE: Final = N_("The follow-up reference was given twice: call this caller back with the new one.")
"""The reason of a result that tells of a ticket under a new number."""


class Result(Message, frozen=True, kw_only=True):
    """Scope → seq of the feed that carries the effect; ``repeated`` when the centre knew the operation."""

    op_id: str
    outcome: Outcome
    reason: str = ""
    seqs: dict[str, int] = {}
    repeated: bool = False


class Push(Message, frozen=True, kw_only=True):
    """At most ``OPERATIONS_PER_PUSH`` operations of one device, in order.

    ``sealed``: operations offered again after a restore, each the base64 of a NaCl SealedBox over the JSON of
    an ``Envelope``. Their results follow those of ``operations``.
    """

    operations: tuple[Envelope, ...]
    sealed: tuple[str, ...] = ()


class Pushed(Message, frozen=True, kw_only=True):
    """A result an operation, in the same order."""

    results: tuple[Result, ...]


class FeedRequest(Message, frozen=True, kw_only=True):
    """Scope → the last seq applied, for every scope followed.

    With ``hold`` seconds (at most ``LONGEST_HOLD``) an answer without news waits until there are some.
    """

    after: Annotated[dict[str, Annotated[int, msgspec.Meta(ge=0, le=2**62)]], msgspec.Meta(max_length=MOST_SCOPES)]
    limit: Annotated[int, msgspec.Meta(ge=1, le=ROWS_PER_PAGE)] = ROWS_PER_PAGE
    hold: Annotated[float, msgspec.Meta(ge=0, le=LONGEST_HOLD)] = 0.0


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

    def is_news(self, request: FeedRequest) -> bool:
        """Whether there is anything in it for who asked; a request with ``hold`` waits until there is."""
        return bool(self.rows) or self.upto != request.after or set(self.scopes) != set(request.after)


class ManifestRequest(Message, frozen=True, kw_only=True):
    """What a workstation should hold. ``entities``: the nouns it knows; none: all that the centre knows."""

    scopes: tuple[str, ...]
    entities: tuple[str, ...] = ()


class ScopeDigest(Message, frozen=True, kw_only=True):
    """The rows of a scope as of ``seq``; ``digest`` is made by ``core.manifest``."""

    count: int
    digest: str
    seq: int


class Manifest(Message, frozen=True, kw_only=True):
    """A digest a scope; one that changed all the while is left out."""

    at: dt.datetime
    scopes: dict[str, ScopeDigest]


class LookupRequest(Message, frozen=True, kw_only=True):
    """A line as it is typed into the search box, asked of all that the centre holds.

    ``call_id``: the call during which it was asked.
    """

    question: Annotated[str, msgspec.Meta(max_length=200)]
    call_id: str | None = None


class CallerFound(Message, frozen=True, kw_only=True):
    """Enough of a caller for a line of results; numbers by their last three digits."""

    id: str
    name_ar: str
    name_en: str
    phones_masked: tuple[str, ...]
    civil_id_masked: str
    demo: bool
    slip: str = ""
    """The centre's word that it found this for the account that asked; it goes back with ``OpenFound``."""


class TicketFound(Message, frozen=True, kw_only=True):
    """Enough of a ticket for a line of results."""

    id: str
    reference: str
    kind: TicketKind
    status: TicketStatus
    queue_id: str
    opened_at: dt.datetime
    caller_id: str | None
    slip: str = ""


class LookupAnswer(Message, frozen=True, kw_only=True):
    """What the centre found, the latest first; a workstation may hold some of it already."""

    callers: tuple[CallerFound, ...] = ()
    tickets: tuple[TicketFound, ...] = ()


class OpenFound(Message, frozen=True, kw_only=True):
    """What was found is needed here: it enters the account's own scope for the day, and the feed brings it.

    ``slip``: of the answer in which it was found, some minutes ago at most.
    """

    entity: Literal["caller", "ticket"]
    id: str
    slip: str = ""
    call_id: str | None = None


class MeaningRequest(Message, frozen=True, kw_only=True):
    """A question in somebody's own words, in either language. It is neither logged nor kept."""

    question: Annotated[str, msgspec.Meta(max_length=LONGEST_QUESTION)]


class Near(Message, frozen=True, kw_only=True):
    """An article that means something alike; ``likeness``: a cosine, from -1 to 1."""

    id: str
    likeness: float


class MeaningAnswer(Message, frozen=True, kw_only=True):
    """The nearest articles, best first; none while the centre makes itself ready.

    ``able``: whether this centre searches by meaning at all.
    """

    able: bool = True
    articles: tuple[Near, ...] = ()


class BlockRequest(Message, frozen=True, kw_only=True):
    """How many follow-up references the workstation wants."""

    count: Annotated[int, msgspec.Meta(ge=1, le=MOST_REFERENCES)] = REFERENCES_PER_BLOCK


class Block(Message, frozen=True, kw_only=True):
    """References that are this workstation's to issue."""

    references: tuple[str, ...]


class SealedKeys(Message, frozen=True, kw_only=True):
    """What a workstation's store opens with, sealed to the centre's key for that workstation alone.

    ``proof``: signed for "unseal" and ``sealed``; without one nothing is opened.
    """

    sealed: str
    proof: DeviceProof | None = None


class UnsealedKeys(Message, frozen=True, kw_only=True):
    """The same, for the workstation of the token that asked. ``keys``: base64."""

    keys: bytes


class Problem(Message, frozen=True, kw_only=True):
    """An error as it travels over HTTP. ``message`` is a msgid for a person, ``params`` fills its placeholders;
    ``code`` names the kind of error for the program."""

    code: str
    message: str
    params: dict[str, str | int | float | bool | None] = {}
