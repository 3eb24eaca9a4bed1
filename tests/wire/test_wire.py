"""Messages between two versions: what the newer one added is passed over, what it needs is asked for."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from carecenter import wire
from carecenter.core.terms import Role, TicketKind, TicketStatus
from carecenter.wire import (
    Block,
    BlockRequest,
    CallerFound,
    Challenge,
    ChallengeRequest,
    DeviceProof,
    Envelope,
    FeedPage,
    FeedRequest,
    FeedRow,
    Greeting,
    Hello,
    LookupAnswer,
    LookupRequest,
    Manifest,
    ManifestRequest,
    MeaningAnswer,
    MeaningRequest,
    Message,
    Near,
    NewAccount,
    OpenFound,
    Outcome,
    Problem,
    Push,
    Pushed,
    Result,
    ScopeDigest,
    SealedKeys,
    SignedIn,
    SignIn,
    TicketFound,
    UnsealedKeys,
    Verdict,
)

AT = dt.datetime(2026, 3, 1, 6, 0, tzinfo=dt.UTC)
ENVELOPE = Envelope(
    op_id="1",
    device_id="desk",
    device_seq=7,
    account_id="sara",
    tag="AddNote",
    payload=msgspec.Raw('{"text":"نص"}'.encode()),
    desk_at=AT,
)
MESSAGES: list[Message] = [
    ChallengeRequest(device_id="desk"),
    Challenge(challenge="1.2.3", centre="00"),
    DeviceProof(key="0" * 64, challenge="1.2.3", signature="0" * 128),
    SignIn(name="sara", password="password", device_id="desk", device_name="Desk 4"),
    SignedIn(token="t", account_id="sara", scopes=("everyone",), generation="g", at=AT),
    NewAccount(name="sara", password="password", role=Role.AGENT, queue_ids=("general",)),
    ENVELOPE,
    Result(op_id="1", outcome=Outcome.IN_REVIEW, reason="why", seqs={"everyone": 3}, repeated=True),
    Push(operations=(ENVELOPE,)),
    Pushed(results=(Result(op_id="1", outcome=Outcome.ACCEPTED),)),
    FeedRequest(after={"everyone": 3}),
    FeedRow(scope="everyone", seq=4, entity="ticket", id="1", version=2, image=None),
    FeedPage(
        generation="g",
        after={"everyone": 3},
        upto={"everyone": 4},
        rows=(FeedRow(scope="everyone", seq=4, entity="body", id="1", version=1, image={"name_ar": "س"}),),
        scopes=("everyone",),
        more=False,
        at=AT,
    ),
    Hello(version="1.0", generation="g"),
    Greeting(
        verdict=Verdict.OK,
        generation="g",
        schema_least=1,
        schema=1,
        version="1.0",
        at=AT,
        scopes=("everyone",),
        lease_until=AT,
    ),
    Problem(code="not_found", message="This call does not exist."),
    ManifestRequest(scopes=("everyone",)),
    ScopeDigest(count=2, digest="00", seq=4),
    Manifest(at=AT, scopes={"everyone": ScopeDigest(count=2, digest="00", seq=4)}),
    LookupRequest(question="0472 915 644", call_id="call"),
    CallerFound(id="1", name_ar="", name_en="Sara", phones_masked=("•766",), civil_id_masked="", demo=True),
    TicketFound(
        id="1",
        reference="0472915644",
        kind=TicketKind.COMPLAINT,
        status=TicketStatus.RECEIVED,
        queue_id="general",
        opened_at=AT,
        caller_id=None,
    ),
    LookupAnswer(),
    OpenFound(entity="ticket", id="1"),
    MeaningRequest(question="ضيعت بوكي"),
    MeaningAnswer(articles=(Near(id="card-renewal", likeness=0.5),)),
    Near(id="card-renewal", likeness=-0.25),
    SealedKeys(sealed="00"),
    UnsealedKeys(keys=b"keys"),
    BlockRequest(),
    Block(references=("0472915644",)),
]
every_message = pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)


def _read(message: Message, sent: bytes) -> Any:
    return msgspec.json.decode(sent, type=type(message))


@every_message
def test_a_message_arrives_as_it_was_sent(message: Message) -> None:
    sent = msgspec.json.encode(message)

    assert msgspec.json.encode(_read(message, sent)) == sent


@every_message
def test_what_a_newer_version_added_is_passed_over(message: Message) -> None:
    newer = {**msgspec.json.decode(msgspec.json.encode(message)), "added_later": {"anything": 1}}

    assert msgspec.json.encode(_read(message, msgspec.json.encode(newer))) == msgspec.json.encode(message)


@every_message
def test_a_message_without_what_it_needs_is_told(message: Message) -> None:
    needed = [field.name for field in msgspec.structs.fields(message) if field.required]
    for name in needed:
        less = msgspec.json.decode(msgspec.json.encode(message))
        del less[name]
        with pytest.raises(msgspec.ValidationError, match=name):
            _read(message, msgspec.json.encode(less))


def test_every_message_is_tried_here() -> None:
    known = {kind for kind in Message.__subclasses__() if kind.__module__ == Message.__module__}
    assert {type(message) for message in MESSAGES} == known


def test_an_operations_payload_is_carried_byte_by_byte() -> None:
    """The centre knows a repeated operation by the hash of these bytes."""
    assert bytes(_read(ENVELOPE, msgspec.json.encode(ENVELOPE)).payload) == '{"text":"نص"}'.encode()


def test_the_outcomes_are_the_released_ones() -> None:
    released = ["accepted", "in_review", "refused", "quarantined", "later", "cloned"]
    assert [outcome.value for outcome in Outcome] == released


def test_limits_agree_with_one_another() -> None:
    assert wire.REFILL_AT < wire.REFERENCES_PER_BLOCK
    assert FeedRequest(after={}).limit == wire.ROWS_PER_PAGE
    assert BlockRequest().count == wire.REFERENCES_PER_BLOCK
