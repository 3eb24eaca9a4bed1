"""Messages between two versions: what the newer one added is passed over, what it needs is asked for."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from carecenter import wire
from carecenter.core.terms import Role
from carecenter.wire import (
    Block,
    BlockRequest,
    Envelope,
    FeedPage,
    FeedRequest,
    FeedRow,
    Message,
    NewAccount,
    Outcome,
    Push,
    Pushed,
    Result,
    SignedIn,
    SignIn,
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
    assert {type(message) for message in MESSAGES} == set(Message.__subclasses__())


def test_an_operations_payload_is_carried_byte_by_byte() -> None:
    """The centre knows a repeated operation by the hash of these bytes."""
    assert bytes(_read(ENVELOPE, msgspec.json.encode(ENVELOPE)).payload) == '{"text":"نص"}'.encode()


def test_the_outcomes_are_the_released_ones() -> None:
    assert [outcome.value for outcome in Outcome] == ["accepted", "in_review", "refused", "quarantined"]


def test_limits_agree_with_one_another() -> None:
    assert wire.REFILL_AT < wire.REFERENCES_PER_BLOCK
    assert FeedRequest(after={}).limit == wire.ROWS_PER_PAGE
    assert BlockRequest().count == wire.REFERENCES_PER_BLOCK
