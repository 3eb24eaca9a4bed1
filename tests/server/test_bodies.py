"""Bodies: what is packed comes out again, within bounds, and nothing of it is quoted in an error."""

from __future__ import annotations

import gzip
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecenter.core.errors import TooLarge
from carecenter.server import bodies
from carecenter.server.bodies import Malformed
from carecenter.wire import FeedRequest


@given(st.binary(max_size=5_000))
def test_what_was_packed_comes_out_again(body: bytes) -> None:
    assert bodies.unpacked(bodies.pack(body), "gzip") == body
    assert bodies.unpacked(body, "identity") == bodies.unpacked(body, "") == body


@given(st.binary(max_size=200))
def test_any_bytes_are_a_body_or_malformed(body: bytes) -> None:
    for encoding in ("", "gzip", "br"):
        with suppress(Malformed):
            assert isinstance(bodies.read(bodies.unpacked(body, encoding), FeedRequest), FeedRequest)


def test_a_small_body_does_not_become_a_large_one() -> None:
    fits = gzip.compress(b" " * bodies.MOST_UNPACKED)
    assert len(bodies.unpacked(fits, "gzip")) == bodies.MOST_UNPACKED
    with pytest.raises(TooLarge):
        bodies.unpacked(gzip.compress(b" " * (bodies.MOST_UNPACKED + 1)), "gzip")


def test_only_what_becomes_smaller_is_packed() -> None:
    assert bodies.packed(b"{}") is None
    long = b"[" + b"1," * 2_000 + b"1]"
    assert gzip.decompress(bodies.packed(long) or b"") == long


def test_signs_of_life_may_go_ahead_of_any_answer() -> None:
    answer = b'{"after":{}}'
    packed = bodies.PACKED_BEAT * 15 + bodies.pack(answer)
    assert msgspec.json.decode(gzip.decompress(packed), type=FeedRequest) == FeedRequest(after={})
    assert msgspec.json.decode(bodies.BEAT * 15 + answer, type=FeedRequest) == FeedRequest(after={})


def test_no_answer_is_an_empty_object() -> None:
    assert bodies.written(None) == b"{}"
