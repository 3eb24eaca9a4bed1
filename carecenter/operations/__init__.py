"""Every write, one noun a file: a frozen message and ``apply(session, actor, at)``, run on the workstation
and again by the centre. ``AnyOperation`` is what the wire decodes."""

from __future__ import annotations

from functools import cache

import msgspec

from carecenter.core.decoding import Decoder, decoder
from carecenter.operations import articles, brought, callbacks, callers, calls, looks, merging, requests, tickets
from carecenter.operations.base import Actor, Operation

__all__ = [
    "Actor",
    "Operation",
    "articles",
    "brought",
    "callbacks",
    "callers",
    "calls",
    "decode",
    "encode",
    "looks",
    "merging",
    "requests",
    "tickets",
]


def _subclasses(kind: type[Operation]) -> list[type[Operation]]:
    found: list[type[Operation]] = []
    for child in kind.__subclasses__():
        found.extend(_subclasses(child) or [child])
    return sorted(found, key=lambda operation: operation.__name__)


@cache
def registry() -> dict[str, type[Operation]]:
    """Every operation by its tag."""
    return {operation.tag(): operation for operation in _subclasses(Operation)}


@cache
def _decoders() -> dict[str, Decoder[Operation]]:
    return {tag: decoder(operation) for tag, operation in registry().items()}


def encode(operation: Operation) -> bytes:
    """The operation's payload; its tag travels beside it, in the envelope."""
    return msgspec.json.encode(operation)


def decode(tag: str, payload: bytes | memoryview) -> Operation:
    """The operation of a payload.

    Raises ``KeyError`` for a tag this version does not know and ``msgspec.ValidationError`` for a malformed
    payload.
    """
    return _decoders()[tag].decode(payload)
