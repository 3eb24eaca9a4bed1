"""The secret of a workstation: 32 random bytes in the keyring of the operating system, or in a private file.

A password opens the store only together with this secret. What the secret helps to open is the business of
`keyslots`. A keyring may ask the person to unlock it and wait for the answer: call off the user interface's
thread.
"""

from __future__ import annotations

import logging
import os
import secrets
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from hmac import compare_digest
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from carecenter.core.config import replace_file
from carecenter.core.errors import KeyringLockedError, UserError
from carecenter.core.i18n import N_

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

log = logging.getLogger(__name__)

SERVICE: Final = "carecenter"
SECRET_BYTES: Final = 32

_TRUSTED_MODULES: Final = frozenset(
    {
        "keyring.backends.SecretService",
        "keyring.backends.libsecret",  # the same Secret Service by another road
        "keyring.backends.kwallet",
        "keyring.backends.macOS",
        "keyring.backends.Windows",
    }
)
_NO_KEYRINGS: Final = frozenset({"keyring.backends.fail", "keyring.backends.null"})
_CHAINER: Final = "keyring.backends.chainer"
_POSIX: Final = os.name == "posix"


class SecretPlace(StrEnum):
    """Where the secret lies. In a file, whoever can copy the folder holds everything but the password."""

    KEYRING = "keyring"
    FILE = "file"


class SecretMissingError(UserError):
    """The secret is not where it was put, or another one lies there. Never answered by making a new one."""


class Keyring(Protocol):
    """What is asked of a keyring; the backends of the `keyring` package have it."""

    def get_password(self, service: str, username: str, /) -> str | None: ...

    def set_password(self, service: str, username: str, password: str, /) -> None: ...


@dataclass(frozen=True)
class SecretRef:
    """Which secret is meant, without telling it: kept beside what the secret helps to open."""

    workstation: str
    place: SecretPlace
    fingerprint: str


@dataclass(frozen=True)
class WorkstationSecret:
    """The secret itself. `ref` is what may be written down."""

    value: bytes = field(repr=False)
    ref: SecretRef


class SecretKeeper:
    """Makes the secret of a workstation once and fetches it afterwards.

    `keyring` is what `usable_keyring()` found; None makes it a file.
    """

    def __init__(self, file: Path, keyring: Keyring | None) -> None:
        self._file = file
        self._keyring = keyring

    @property
    def proposed_place(self) -> SecretPlace:
        """Where a new secret would go, so that the screen can state the risk before."""
        return SecretPlace.FILE if self._keyring is None else SecretPlace.KEYRING

    def create(self, place: SecretPlace | None = None, value: bytes | None = None) -> WorkstationSecret:
        """A new secret under a new workstation id, stored and read back; by default in the proposed place.

        ``value``: what ``new_value`` made, for who needed it before it could be stored.

        Raises KeyringLockedError when the keyring refuses: the person may then unlock it, or choose
        ``SecretPlace.FILE``. No earlier secret is lost: a file is set aside under ``….previous``.
        """
        place = place or self.proposed_place
        value = value or new_value()
        ref = SecretRef(uuid.uuid4().hex, place, _fingerprint(value))
        if place is SecretPlace.KEYRING:
            if self._keyring is None:
                raise ValueError("no keyring was handed in")
            with _refusals_told():
                self._keyring.set_password(SERVICE, ref.workstation, value.hex())
        else:
            if self._file.exists():
                self._file.replace(self._file.with_name(self._file.name + ".previous"))
            replace_file(self._file, value.hex().encode() + b"\n")
        return self.read(ref)

    def read(self, ref: SecretRef) -> WorkstationSecret:
        """The secret that `ref` names.

        Raises KeyringLockedError when the keyring is locked or does not answer, SecretMissingError when the
        secret is gone, and UserError when its file cannot be closed to other people.
        """
        found: str | None = None
        if ref.place is SecretPlace.FILE:
            found = _read_file(self._file)
        elif self._keyring is not None:
            with _refusals_told():
                found = self._keyring.get_password(SERVICE, ref.workstation)
        value = _decode(found)
        if value is None or not compare_digest(_fingerprint(value), ref.fingerprint):
            raise _missing(ref.place)
        return WorkstationSecret(value, ref)


def new_value() -> bytes:
    """A secret that lies nowhere yet."""
    return secrets.token_bytes(SECRET_BYTES)


def usable_keyring() -> Keyring | None:
    """The operating system's keyring, or None where there is none that keeps a secret.

    The `keyring` package would fall back to a plain file, or to nothing at all, without a word: only the
    known keyrings of operating systems are taken. Takes about 0.1 s (imports, D-Bus).
    """
    try:
        import keyring

        chosen = keyring.get_keyring()
    except Exception:  # a configured backend may fail with anything while it loads
        log.warning("no keyring could be loaded", exc_info=True)
        return None
    return trusted(chosen)


def trusted(backend: KeyringBackend) -> KeyringBackend | None:
    """The backend itself if it is a known keyring, the first known one of a chain, or None."""
    from keyring.backends.chainer import ChainerBackend

    if isinstance(backend, ChainerBackend):
        # Not the chain itself: where its first link refuses, it writes to the next one.
        return next((link for link in backend.backends if trusted(link) is not None), None)
    if type(backend).__module__ in _TRUSTED_MODULES:
        return backend
    if type(backend).__module__ in _NO_KEYRINGS:
        log.info("this computer has no keyring")
    else:
        log.warning("%s is not used: it is no keyring of an operating system", type(backend))
    return None


@contextmanager
def _refusals_told() -> Iterator[None]:
    """Turns whatever a keyring fails with into a KeyringLockedError that says what to do."""
    from keyring.errors import KeyringLocked

    try:
        yield
    except KeyringLocked as error:
        raise KeyringLockedError(
            N_("The keyring of this computer is locked. Unlock it, then try again.")
        ) from error
    except Exception as error:  # each backend lets its own library's errors through (D-Bus, GLib, ctypes)
        log.warning("the keyring failed", exc_info=True)
        raise KeyringLockedError(
            N_("The keyring of this computer does not answer. Sign in to the computer again.")
        ) from error


def _missing(place: SecretPlace) -> SecretMissingError:
    if place is SecretPlace.KEYRING:
        return SecretMissingError(
            N_(
                "This computer's keyring does not hold the secret of this workstation. Sign in to the"
                " computer as the person who set it up, or open the store with the recovery code."
            )
        )
    return SecretMissingError(
        N_("The file with this workstation's secret is missing or damaged. Use the recovery code.")
    )


def _fingerprint(value: bytes) -> str:
    return blake2b(key=value, digest_size=16, person=b"cc.fingerprint").hexdigest()


def _decode(found: str | None) -> bytes | None:
    try:
        value = bytes.fromhex(found or "")
    except ValueError:
        return None
    return value if len(value) == SECRET_BYTES else None


def _read_file(file: Path) -> str | None:
    """The file's text, or None when there is no such file; a file open to others is closed first."""
    # A link could lead to somebody else's file, and opening a pipe would wait for ever.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        handle = os.open(file, flags)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unsafe(file) from error
    with os.fdopen(handle, "rb") as opened:
        if _POSIX:
            _close_to_others(opened.fileno(), file)
        return opened.read(1024).decode("ascii", errors="replace").strip()


def _close_to_others(handle: int, file: Path) -> None:
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
        raise _unsafe(file)
    if status.st_mode & 0o077 == 0:
        return
    log.warning("the secret's file was open to others (mode %o); closing it", stat.S_IMODE(status.st_mode))
    try:
        os.fchmod(handle, 0o600)
    except OSError as error:
        raise _unsafe(file) from error
    # Some file systems (FAT, some network shares) accept the change and do not make it.
    if os.fstat(handle).st_mode & 0o077:
        raise _unsafe(file)


def _unsafe(file: Path) -> UserError:
    return UserError(
        N_("Other people can read or replace {file}, so it is not used. Keep it on a disk of your own."),
        file=str(file),
    )
