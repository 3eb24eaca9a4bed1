"""JSON into what it stands for. Everything that is decoded goes through here: msgspec learns a type when it first
meets it, and a thread that meets it meanwhile takes what is half learned, which ends the process (msgspec 0.22).
"""

from __future__ import annotations

import threading
from typing import Any, Final, TypeVar

import msgspec

T = TypeVar("T")
Decoder = msgspec.json.Decoder

_learned: Final[dict[Any, Decoder[Any]]] = {}
# One thread learns at a time, and a type is known to the others only when it is learned, with all that is in it.
_lock = threading.Lock()


def decoder(kind: type[T]) -> Decoder[T]:
    """What decodes a type; safe to use from several threads."""
    found = _learned.get(kind)
    if found is None:
        with _lock:
            found = _learned.setdefault(kind, Decoder(kind))
    return found


def decoded(content: bytes | bytearray | memoryview | str, kind: type[T]) -> T:
    """Raises ``msgspec.DecodeError``, for the right JSON of another type ``msgspec.ValidationError``."""
    return decoder(kind).decode(content)


def converted(value: Any, kind: type[T]) -> T:
    """The same of what is no JSON any more. Raises ``msgspec.ValidationError``."""
    decoder(kind)
    return msgspec.convert(value, kind)
