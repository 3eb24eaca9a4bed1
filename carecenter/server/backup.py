"""Backups: the encrypted databases and the sealed keys of a desk in one file, taken while they are in use.

The file is a zip archive: consistent copies of the databases (encrypted as they are), the key slots (sealed) and
a manifest with a hash of each part. Nothing in it can be read without a password and this workstation's secret,
or the recovery code; the workstation's secret itself is never in it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import IO, Final

import msgspec
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.exc import DBAPIError

import carecenter
from carecenter.core.config import Paths, disk_full
from carecenter.core.decoding import converted, decoded
from carecenter.core.errors import StoreDamaged, StoreFull, UserError, WrongPassword
from carecenter.core.i18n import N_
from carecenter.core.keyslots import Keys
from carecenter.models.engine import connect, explain
from carecenter.server import restored

FORMAT: Final = 1
_KIND: Final = "carecenter-backup"
_MANIFEST: Final = "manifest.json"
_CHUNK: Final = 1024 * 1024
_LARGEST_MANIFEST: Final = 64 * 1024
_COMPANIONS: Final = ("", "-wal", "-shm")
_DISK_FULL: Final = (errno.ENOSPC, errno.EDQUOT)
_MEGABYTE: Final = 1_000_000
_SPARE: Final = 16 * _MEGABYTE
"""Room beside the copies, for the log of a migration."""

Progress = Callable[[int, int], None]
"""Called with how much is done and how much there is."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file in the backup: its name in the desk's folder, its bytes, and their BLAKE2b."""

    name: str
    size: int
    blake2b: str


class _Manifest(msgspec.Struct, frozen=True):
    kind: str
    format: int
    program: str
    made_at: dt.datetime
    databases: tuple[Part, ...]
    others: tuple[Part, ...]


@dataclass(frozen=True)
class BackupInfo:
    """What a backup says of itself. ``made_at`` is UTC; ``program`` the version that made it."""

    made_at: dt.datetime
    program: str
    databases: tuple[Part, ...]
    others: tuple[Part, ...]

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(part.size for part in (*self.databases, *self.others))


def back_up(
    databases: Mapping[str, tuple[Path, bytes]],
    others: Mapping[str, bytes],
    target: Path,
    progress: Progress | None = None,
) -> None:
    """Write one file with copies of the databases (name → path and key) and the other files' contents.

    The databases may be in use. The file appears whole and verified, or not at all; one that is already there
    stays until then. Raises ``StoreFull``, ``StoreDamaged`` for a database that cannot be copied whole, and
    ``UserError`` when the target cannot be written.
    """
    paths = Paths(target.parent)
    if any(name == paths.secret.name or not _is_plain(name) for name in (*databases, *others)):
        raise ValueError("the workstation's secret, and what lies in other folders, never goes into a backup")
    tell = progress or _silent
    total = 2 * len(databases) + 1
    with _told(target), tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        copies: dict[str, Path] = {}
        # The centre last: everything that a store has heard is then in the centre's copy as well.
        for name, (path, key) in sorted(databases.items(), key=lambda item: item[0] == paths.centre.name):
            copies[name] = Path(folder) / name
            _copy_database(path, key, copies[name])
            tell(len(copies), total)
        archive = Path(folder) / "archive"
        _write_archive(archive, copies, others)
        inspect_backup(archive)
        for number, (name, (_, key)) in enumerate(databases.items(), start=1):
            _check_database(copies[name], key)
            tell(len(copies) + number, total)
        archive.replace(target)
        _sync(target.parent)
    tell(total, total)


def inspect_backup(source: Path) -> BackupInfo:
    """What a backup holds, after comparing every part with its hash.

    Raises ``UserError`` for a file that is no backup or a newer version's, ``StoreDamaged`` for a damaged one.
    """
    with _opened(source) as (archive, manifest):
        for part in (*manifest.databases, *manifest.others):
            with _told_damaged(source), archive.open(part.name) as content:
                if _hash(content) != (part.size, part.blake2b):
                    raise _damaged(source)
        return BackupInfo(manifest.made_at, manifest.program, manifest.databases, manifest.others)


def extract(source: Path, name: str, target: Path) -> None:
    """Take one part out, for example the key slots, to learn the keys before restoring.

    Raises what ``inspect_backup`` raises, and ``UserError`` when the backup has no such part.
    """
    with _opened(source) as (archive, manifest):
        part = next((part for part in (*manifest.databases, *manifest.others) if part.name == name), None)
        if part is None:
            raise UserError(N_("The backup {file} does not hold {part}."), file=source.name, part=name)
        with _told(target), _told_damaged(source):
            _take_out(archive, part, target, source)


def check_room(source: Path, folder: Path) -> None:
    """Raises ``StoreFull`` when the disk of a folder that exists cannot take the backup's parts."""
    with _opened(source) as (_, manifest), _told(folder):
        size = sum(part.size for part in (*manifest.databases, *manifest.others))
        needed, free = size + _SPARE, shutil.disk_usage(folder).free
    if free < needed:
        raise StoreFull(
            N_(
                "There is not enough room on the disk: the backup needs {needed} MB, and {free} MB are free."
                " Nothing has changed."
            ),
            needed=-(-needed // _MEGABYTE),
            free=free // _MEGABYTE,
        )


def restore(
    source: Path, folder: Path, keys: Keys, now: dt.datetime | None = None, *, along: tuple[str, ...] = ()
) -> Path | None:
    """Put a backup in place of what lies in a desk's folder; returns where that was moved, or None.

    Nobody may be using the folder (``carecenter.lock``). What was there is kept in a dated folder beside, with
    the files named in ``along``, whether or not the backup brings them. The centre gets a new generation, so
    that workstations offer again what it has forgotten, and skips the references of the lost time; whoever was
    signed in signs in again.

    Raises what ``inspect_backup`` raises, ``WrongPassword`` for keys of another desk, ``StoreFull``. Then nothing
    has changed.
    """
    now = now or dt.datetime.now(dt.UTC)
    info = inspect_backup(source)
    paths = Paths(folder)
    known = {paths.centre.name: keys.centre, paths.store.name: keys.store}
    with _told(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        check_room(source, folder)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".restore-") as unpacked:
            for part in (*info.databases, *info.others):
                extract(source, part.name, Path(unpacked) / part.name)
            for part in info.databases:
                path = Path(unpacked) / part.name
                if part.name not in known:
                    raise _foreign(source)
                _check_database(path, known[part.name], WrongPassword(N_("These keys do not open this backup.")))
                restored.renew(path, known[part.name], is_centre=part.name == paths.centre.name, now=now)
            names = [part.name for part in (*info.databases, *info.others)]
            aside = _set_aside(paths, [*names, *along], now)
            try:
                # The key slots last: a desk without them counts as not set up, never as half restored.
                for name in names:
                    (Path(unpacked) / name).replace(folder / name)
            except (OSError, KeyboardInterrupt):
                _put_back(aside, folder, names)
                raise
            _sync(folder)
    return aside


def _copy_database(path: Path, key: bytes, target: Path) -> None:
    """A consistent copy under the same key: one read transaction, which disturbs no writer."""
    with contextlib.closing(connect(path, key)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))


def _check_database(path: Path, key: bytes, wrong_key: UserError | None = None) -> None:
    """Open a copy and look at all its pages; leaves the file as it was."""
    try:
        connection = connect(path, key)
    except sqlcipher.DatabaseError as error:
        raise (wrong_key or StoreDamaged(N_("The copy of {file} cannot be read."), file=path.name)) from error
    with contextlib.closing(connection):
        sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if not sound:
        raise StoreDamaged(N_("The copy of {file} cannot be read."), file=path.name)


def _write_archive(path: Path, copies: Mapping[str, Path], others: Mapping[str, bytes]) -> None:
    databases: list[Part] = []
    with path.open("xb") as file:
        path.chmod(0o600)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # what is encrypted does not shrink
            for name, copy in copies.items():
                archive.write(copy, name)
                with copy.open("rb") as content:
                    databases.append(Part(name, *_hash(content)))
            for name, content_bytes in others.items():
                archive.writestr(name, content_bytes)
            manifest = _Manifest(
                kind=_KIND,
                format=FORMAT,
                program=carecenter.__version__,
                made_at=dt.datetime.now(dt.UTC),
                databases=tuple(databases),
                others=tuple(
                    Part(name, len(content), blake2b(content).hexdigest()) for name, content in others.items()
                ),
            )
            archive.writestr(_MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2))
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def _opened(source: Path) -> Iterator[tuple[zipfile.ZipFile, _Manifest]]:
    """The archive and its manifest, whose names are safe to use in a folder."""
    try:
        archive = zipfile.ZipFile(source)
    except zipfile.BadZipFile as error:
        raise _damaged(source) if _was_archive(source) else _foreign(source) from error
    except OSError as error:
        raise _unusable(source, error) from error
    with archive:
        if _MANIFEST not in archive.namelist():
            raise _foreign(source)
        with _told_damaged(source), archive.open(_MANIFEST) as content:
            written = content.read(_LARGEST_MANIFEST)
        yield archive, _manifest(source, written)


def _manifest(source: Path, written: bytes) -> _Manifest:
    try:
        head = decoded(written, dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _damaged(source) from error
    if head.get("kind") != _KIND:
        raise _foreign(source)
    version = head.get("format")
    if isinstance(version, int) and version > FORMAT:
        raise UserError(
            N_("The backup {file} was made by a newer version of CareCenter ({version}). Install that version."),
            file=source.name,
            version=head.get("program", "?"),
        )
    try:
        manifest = converted(head, _Manifest)
    except msgspec.ValidationError as error:
        raise _damaged(source) from error
    if not all(_is_plain(part.name) for part in (*manifest.databases, *manifest.others)):
        raise _foreign(source)
    return manifest


def _take_out(archive: zipfile.ZipFile, part: Part, target: Path, source: Path) -> None:
    with archive.open(part.name) as content, target.open("xb") as file:
        target.chmod(0o600)
        while chunk := content.read(_CHUNK):
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    with target.open("rb") as copy:
        if _hash(copy) != (part.size, part.blake2b):
            raise _damaged(source)


def _set_aside(paths: Paths, names: list[str], now: dt.datetime) -> Path | None:
    """Move what is in the way to a dated folder; a log left behind would be played into the new database."""
    ours = {*names, paths.store.name, paths.centre.name}
    there = [
        path
        for name in sorted(ours)
        for companion in _COMPANIONS
        if (path := paths.data / (name + companion)).exists()
    ]
    if not there:
        return None
    aside = paths.data / f"before-restore-{now:%Y%m%d-%H%M%S-%f}"
    aside.mkdir(mode=0o700)
    for path in there:
        path.rename(aside / path.name)
    return aside


def _put_back(aside: Path | None, folder: Path, names: list[str]) -> None:
    """As it was, after a part could not be put in place."""
    for name in names:
        (folder / name).unlink(missing_ok=True)
    if aside is not None:
        for path in aside.iterdir():
            path.replace(folder / path.name)
        aside.rmdir()


def _hash(content: IO[bytes]) -> tuple[int, str]:
    digest, size = blake2b(), 0
    while chunk := content.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def _is_plain(name: str) -> bool:
    return Path(name).name == name and "\\" not in name and not name.startswith(".") and name != _MANIFEST


def _was_archive(source: Path) -> bool:
    with source.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _sync(folder: Path) -> None:
    """A rename lasts only when its folder is on the disk as well (Windows sees to that itself)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _told(place: Path) -> Iterator[None]:
    """Turns what disks and databases fail with into something a person can act on."""
    try:
        yield
    except OSError as error:
        raise (disk_full() if error.errno in _DISK_FULL else _unusable(place, error)) from error
    except (sqlcipher.DatabaseError, DBAPIError) as error:
        known = explain(error)
        if known is None:
            raise
        raise known from error


@contextlib.contextmanager
def _told_damaged(source: Path) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, EOFError, KeyError, NotImplementedError) as error:
        raise _damaged(source) from error


def _unusable(place: Path, error: OSError) -> UserError:
    reason = error.strerror or str(error)
    return UserError(N_("{file} cannot be used: {reason}."), file=str(place), reason=reason)


def _foreign(source: Path) -> UserError:
    return UserError(N_("{file} is not a backup of CareCenter."), file=source.name)


def _damaged(source: Path) -> StoreDamaged:
    return StoreDamaged(N_("The backup {file} is damaged. Use another one."), file=source.name)


def _silent(done: int, total: int) -> None:
    del done, total
