"""Where a workstation keeps its files, and the settings of the person in front of it.

Also how a small file of ours is replaced whole. What is secret lies in `secrets` and `keyslots`; what is
shared by all workstations lies in the store.
"""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, Self

from carecenter.core.errors import StoreFull, UserError
from carecenter.core.i18n import N_, Digits

log = logging.getLogger(__name__)

HOME_VARIABLE: Final = "CARECENTER_HOME"

Theme = Literal["system", "light", "dark"]
_POSIX: Final = os.name == "posix"
_DISK_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


class Paths(NamedTuple):
    """One folder, readable by its user alone, holds everything a workstation keeps."""

    data: Path

    @classmethod
    def standard(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The folder named by ``CARECENTER_HOME``, or else the operating system's one for user data."""
        if home := environ.get(HOME_VARIABLE):
            return cls(Path(home).expanduser().absolute())
        import platformdirs  # here: a workstation started with CARECENTER_HOME never pays for it

        # Not roaming: the store is large and its key is bound to this machine's keyring.
        return cls(platformdirs.user_data_path("carecenter", appauthor=False, roaming=False))

    @property
    def hall(self) -> Paths:
        """The files of a desk that works with a server; those of a desk on its own stay beside, untouched."""
        return Paths(self.data / "hall")

    @property
    def store(self) -> Path:
        """The workstation's encrypted database."""
        return self.data / "store.db"

    @property
    def centre(self) -> Path:
        """The embedded centre's encrypted database; absent when a server is configured."""
        return self.data / "centre.db"

    @property
    def keyslots(self) -> Path:
        """The sealed keys of both databases. A backup without it cannot be read."""
        return self.data / "keyslots.json"

    @property
    def secret(self) -> Path:
        """The secret of a workstation without a keyring. It must never go into a backup."""
        return self.data / "workstation.secret"

    @property
    def settings(self) -> Path:
        """This person's choices, as JSON."""
        return self.data / "settings.json"

    @property
    def logs(self) -> Path:
        """The folder of the log files."""
        return self.data / "logs"

    @property
    def backups(self) -> Path:
        """The folder of the backups."""
        return self.data / "backups"

    def prepare(self) -> None:
        """Creates the folders, and closes them to everybody else if they stood open.

        Raises UserError when they cannot be had.
        """
        try:
            for folder in (self.data, self.logs, self.backups):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                if _POSIX and folder.stat().st_mode & 0o077:
                    folder.chmod(0o700)
        except OSError as error:
            if error.errno in _DISK_FULL:
                raise disk_full() from error
            raise UserError(
                N_("The folder {folder} cannot be used: {reason}. Ask for access to it."),
                folder=str(self.data),
                reason=error.strerror or str(error),
            ) from error


class Settings(NamedTuple):
    """What this person chose at this workstation; `with_` makes another.

    `text_scale` is in per cent; `window_geometry` and `window_state` are what Qt saved, in base64;
    `shortcuts` maps an action's name to the keys it was given. `server_url` None: the embedded centre.
    """

    language: Literal["ar", "en", "qps"] = "ar"
    digits: Digits = "latn"
    theme: Theme = "system"
    text_scale: int = 100
    idle_lock_minutes: int = 10
    server_url: str | None = None
    ca_bundle: str | None = None
    proxy: str | None = None
    window_geometry: str | None = None
    window_state: str | None = None
    shortcuts: Mapping[str, str] = MappingProxyType({})

    def with_(self, **fields: Any) -> Settings:
        """These settings with other values in some fields. Raises ValueError for one that its field cannot have."""
        for name, value in fields.items():
            if not _FITS[name](value):
                raise ValueError(f"setting {name} is not understood")
        return self._replace(**fields)


def _one_of(*values: str) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and value in values


def _within(least: int, most: int) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _text_or_none(value: object) -> bool:
    return value is None or isinstance(value, str)


def _texts_by_name(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for pair in value.items() for text in pair)


# By hand, and tuples rather than dataclasses: the first picture waits for the settings, and what a library
# or the module `dataclasses` would do for them costs a part of that wait that can be seen.
_FITS: Final[dict[str, Callable[[object], bool]]] = {
    "language": _one_of("ar", "en", "qps"),
    "digits": _one_of("latn", "arab"),
    "theme": _one_of("system", "light", "dark"),
    "text_scale": _within(100, 200),
    "idle_lock_minutes": _within(1, 240),
    "server_url": _text_or_none,
    "ca_bundle": _text_or_none,
    "proxy": _text_or_none,
    "window_geometry": _text_or_none,
    "window_state": _text_or_none,
    "shortcuts": _texts_by_name,
}


def read_settings(path: Path) -> Settings:
    """The saved settings, or the defaults; never an error, because the screen must come up.

    A file that is no JSON object is set aside under ``….damaged``. A field with a value that this version
    does not know falls back to its default, and the others stay.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Settings()
    except OSError:
        log.warning("the settings cannot be read; going on with the defaults", exc_info=True)
        return Settings()
    import json  # here, as below: the very first picture has no settings to read

    try:
        chosen = json.loads(content)
    except (ValueError, RecursionError):
        chosen = None
    if not isinstance(chosen, dict):
        _set_aside(path)
        return Settings()
    return _tolerant(chosen)


def write_settings(path: Path, settings: Settings) -> None:
    """Replaces the file whole. Raises StoreFull when the disk is full, and OSError."""
    import json

    plain = Settings()
    chosen = {name: value for name in _FITS if (value := getattr(settings, name)) != getattr(plain, name)}
    replace_file(path, json.dumps(chosen, ensure_ascii=False, indent=2).encode() + b"\n")


def replace_file(path: Path, content: bytes) -> None:
    """Puts `content` in place of a small file; after a crash the file is the old one or the new one.

    Readable by its user alone. Returns when the disk has it. Raises StoreFull when the disk is
    full, and OSError.
    """
    import tempfile  # here: the first picture needs no file to be written

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary: Path | None = None
    try:
        # mkstemp creates with mode 0600 and never follows a link that somebody laid there.
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        if error.errno in _DISK_FULL:
            raise disk_full() from error
        raise


def disk_full() -> StoreFull:
    """The one sentence about a full disk."""
    return StoreFull(N_("The disk is full, so nothing was saved. Make room on it and try again."))


def _sync_folder(folder: Path) -> None:
    """A rename lasts only when its folder is on the disk as well (Windows sees to that itself)."""
    if not _POSIX:
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _set_aside(path: Path) -> None:
    aside = path.with_name(path.name + ".damaged")
    log.warning("the settings are damaged; kept as %s, going on with the defaults", aside.name)
    with suppress(OSError):  # a folder that cannot be written is told by the first save
        path.replace(aside)


def _tolerant(chosen: dict[str, Any]) -> Settings:
    good: dict[str, Any] = {}
    for name, fits in _FITS.items():
        if name not in chosen:
            continue
        if fits(chosen[name]):
            good[name] = chosen[name]
        else:
            log.warning("setting %s is not understood and takes its default", name)
    return Settings(**good)
