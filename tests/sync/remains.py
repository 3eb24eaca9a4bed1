"""What somebody with the key could still read in the files of a store: every page, also those no longer in use.

SQLCipher's default format: pages of 4,096 bytes, AES-256 in CBC mode with the initialisation vector in the page's
reserve; the first page begins with the salt, and each frame of a write-ahead log with a head of 24 bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

_PAGE, _RESERVE, _SALT, _VECTOR = 4_096, 80, 16, 16
_LOG_HEAD, _FRAME_HEAD = 32, 24


def found(store: Path, key: bytes, words: set[str]) -> set[str]:
    """Those of the words that stand in a page of the store or of its log."""
    pages = b"".join(readable(store, key))
    return {word for word in words if word.encode() in pages}


def readable(store: Path, key: bytes) -> Iterator[bytes]:
    """All pages of both files in clear."""
    whole = store.read_bytes()
    for start in range(0, len(whole), _PAGE):
        yield _clear(whole[start : start + _PAGE], key, first=start == 0)
    log = store.with_name(f"{store.name}-wal")
    frames = log.read_bytes()[_LOG_HEAD:] if log.exists() else b""
    step = _FRAME_HEAD + _PAGE
    for start in range(0, len(frames) - step + 1, step):
        number = int.from_bytes(frames[start : start + 4])
        yield _clear(frames[start + _FRAME_HEAD : start + step], key, first=number == 1)


def _clear(page: bytes, key: bytes, *, first: bool) -> bytes:
    begin, end = _SALT if first else 0, _PAGE - _RESERVE
    decryptor = Cipher(AES(key), CBC(page[end : end + _VECTOR])).decryptor()
    return decryptor.update(page[begin:end]) + decryptor.finalize()
