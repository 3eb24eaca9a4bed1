"""A file of records on the disk: whether it is whole, its lines, and where those go that were put aside."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Final, TypeVar, cast

import msgspec

from carecenter.core.decoding import decoded
from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.server.records.form import FORMAT, End, Head, line

T = TypeVar("T")

LONGEST: Final = 4 * 1024 * 1024
"""Bytes of a line; an article has a few thousand."""

_GZIP: Final = b"\x1f\x8b"
_LINES: Final = 2_000


class Source:
    """A file that was looked through once: ``lines`` gives its records, from the second line to the last but one.

    Raises ``UserError`` for a file that is no export, of a newer program, cut off, or changed since it was written.
    """

    def __init__(self, path: Path, progress: Callable[[int, int], None]) -> None:
        self.path = path
        self.size = _used(path, lambda: path.stat().st_size)
        self.records = 0
        digest, last = sha256(), b""
        for number, text, at in self._all():
            if number == 1:
                self.head = _head(path, text)
            else:
                self.records += 1
            digest.update(last)
            last = text
            if number % _LINES == 0:
                progress(at, self.size)
        progress(self.size, self.size)
        self.records -= 1
        self._check_end(last, digest.hexdigest())

    def lines(self) -> Iterator[tuple[int, bytes, int]]:
        """Number and text of each record's line, and how far into the file it is."""
        for number, text, at in self._all():
            if 1 < number < self.records + 2:
                yield number, text, at

    def _check_end(self, last: bytes, digest: str) -> None:
        end = _decoded(last, End) if self.records >= 0 else None
        if end is None:
            there = max(self.records + 1, 0)
            message = N_("{file} has no last line: it was cut off. One that is whole ends with {end}")
            raise UserError(message, file=str(self.path), end=line(End(end=there)).decode().strip())
        if end.end != self.records:
            message = N_(
                "{file} holds {found} records and says that there are {said}: lines are missing, or too many."
            )
            raise UserError(message, file=str(self.path), found=self.records, said=end.end)
        if end.sha256 and end.sha256 != digest:
            message = N_("{file} was changed after it was written. If that was meant, let its last line be {end}")
            raise UserError(message, file=str(self.path), end=line(End(end=self.records)).decode().strip())

    def _all(self) -> Iterator[tuple[int, bytes, int]]:
        with _opened(self.path) as (file, raw):
            number = 0
            while text := _used(self.path, lambda: file.readline(LONGEST)):
                number += 1
                if len(text) == LONGEST:
                    message = N_("{file}: line {line} is longer than any record.")
                    raise UserError(message, file=str(self.path), line=number)
                yield number, text, raw.tell()


class Rejects:
    """What was put aside, in a file like the one it came from: corrected there, it is read like any other.

    It is made when the first line comes, for its owner alone.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file: IO[bytes] | None = None

    def put(self, text: bytes) -> None:
        """One more line."""
        if self._file is None:
            self._file = private(self.path)
            self._file.write(line(Head(carecenter_records=FORMAT)))
        self._file.write(text.rstrip(b"\r\n") + b"\n")
        self.count += 1

    def close(self) -> None:
        """Say how many there are."""
        if self._file is not None:
            self._file.write(line(End(end=self.count)))
            self._file.close()


def private(path: Path) -> IO[bytes]:
    """A new file in place of whatever was there, that nobody but its owner can read."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _head(path: Path, text: bytes) -> Head:
    head = _decoded(text, Head)
    if head is None:
        raise UserError(N_("{file} is no file of records: its first line does not say so."), file=str(path))
    if head.carecenter_records != FORMAT:
        raise UserError(N_("{file} was written by a newer version of the program."), file=str(path))
    return head


def _decoded(text: bytes, kind: type[T]) -> T | None:
    try:
        return decoded(text, kind)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """What is in the file, packed or not, and the file itself."""
    with _used(path, lambda: path.open("rb")) as raw:
        packed = raw.peek(len(_GZIP))[: len(_GZIP)] == _GZIP
        if not packed:
            yield raw, raw
            return
        with gzip.GzipFile(fileobj=raw) as file:
            yield cast("IO[bytes]", file), raw


def _used(path: Path, use: Callable[[], T]) -> T:
    try:
        return use()
    except EOFError as error:
        raise UserError(N_("{file} was cut off."), file=str(path)) from error
    except (OSError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(N_("{file} cannot be used: {reason}."), file=str(path), reason=reason) from error
