"""The bodies of requests and answers: JSON, gzip, and their bounds; a small body never becomes a large one."""

from __future__ import annotations

import gzip
import zlib
from typing import Final, TypeVar

import msgspec

from carecenter.core.decoding import decoded
from carecenter.core.errors import TooLarge, UserError
from carecenter.core.i18n import N_
from carecenter.wire import Message

M = TypeVar("M", bound=Message)

MOST_SENT: Final = 1024 * 1024
MOST_UNPACKED: Final = 8 * 1024 * 1024
MOST_FROM_STRANGERS: Final = 16 * 1024
"""Bytes, packed or not, that are read of somebody who has not shown a token that holds."""
_WORTH_PACKING = 1024
_LEVEL = 1
_GZIP = 31  # zlib's window bits for a gzip header

BEAT: Final = b" "
"""White space before JSON: it says that the answer is still coming."""
PACKED_BEAT: Final = gzip.compress(BEAT, mtime=0)
"""A gzip file may have several members: one a beat, then the answer."""


class Malformed(UserError):
    """A body that is not what the endpoint takes."""


def unpacked(body: bytes, encoding: str, most: int = MOST_UNPACKED) -> bytes:
    """The body as it was before ``Content-Encoding``. Raises ``TooLarge`` before it is larger than ``most``, or
    ``Malformed``."""
    if encoding in {"", "identity"}:
        return body
    if encoding != "gzip":
        raise Malformed(N_("A body may be packed with gzip only."))
    unpacker = zlib.decompressobj(_GZIP)
    try:
        plain = unpacker.decompress(body, most + 1)
    except zlib.error as error:
        raise Malformed(N_("This is not what gzip makes.")) from error
    if len(plain) > most:
        raise too_large()
    if not unpacker.eof or unpacker.unused_data:
        raise Malformed(N_("This is not what gzip makes."))
    return plain


def read(body: bytes, kind: type[M]) -> M:
    """The message in a body. Raises ``Malformed``, which does not quote the body."""
    try:
        return decoded(body, kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(N_("This is not a message that the centre understands.")) from error


def written(answer: Message | None) -> bytes:
    """JSON; of nothing, an empty object."""
    return b"{}" if answer is None else msgspec.json.encode(answer)


def packed(body: bytes) -> bytes | None:
    """The body as gzip, or None when that is not worth it."""
    return pack(body) if len(body) > _WORTH_PACKING else None


def pack(body: bytes) -> bytes:
    """The body as one gzip member."""
    return gzip.compress(body, _LEVEL, mtime=0)


def too_large() -> TooLarge:
    """The one sentence about a body that is too large."""
    return TooLarge(N_("This is more than the centre takes at once."))
