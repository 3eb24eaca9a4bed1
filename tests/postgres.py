"""A PostgreSQL cluster that lives as long as a test session. Its fixtures stand in conftest.py."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ROOM = 2 << 30  # bytes
_START_SECONDS = 30
_SETTINGS = ("listen_addresses=", "shared_buffers=32MB", "max_connections=50")
# A crash may lose everything here: speed is all that counts.
_FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Cluster:
    """A running server; `directory` holds its Unix socket, the only way in."""

    directory: Path

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://test@/{database}?host={self.directory}"


@contextmanager
def cluster(*settings: str, durable: bool = False) -> Iterator[Cluster]:
    """Start a server in a directory of its own and remove both at the end.

    ``durable``: on a disk, with every commit forced there, as a hall runs it; ``settings``: more of them.
    Raises RuntimeError when PostgreSQL is not installed or does not come up.
    """
    programs = _programs()
    directory = Path(tempfile.mkdtemp(prefix="carecenter-pg-", dir=None if durable else fast_directory()))
    try:
        process_options = _process_options(directory)
        subprocess.run(
            [
                programs / "initdb",
                *("--pgdata", directory / "data"),
                *("--username", "test", "--auth", "trust"),
                *("--encoding", "UTF8", "--locale", "C.UTF-8"),
                *("--no-sync", "--no-instructions"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            **process_options,
        )
        with _server(programs, directory, process_options, (*(() if durable else _FORGETFUL), *settings)):
            yield Cluster(directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def _server(
    programs: Path, directory: Path, process_options: dict[str, Any], more: tuple[str, ...]
) -> Iterator[None]:
    settings = [*_SETTINGS, *more, f"unix_socket_directories={directory}"]
    command: list[str | Path] = [programs / "postgres", "-D", directory / "data"]
    command += [f"--{setting}" for setting in settings]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, **process_options)
    try:
        _wait_until_ready(programs, directory, process)
        yield
    finally:
        process.send_signal(signal.SIGINT)  # a fast shutdown, which ends open sessions
        process.wait(timeout=_START_SECONDS)


def _wait_until_ready(programs: Path, directory: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    ready: list[str | Path] = [programs / "pg_isready", "--quiet", "--host", directory]
    while subprocess.run(ready, check=False).returncode != 0:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start: {(directory / 'log').read_text()}")
        time.sleep(0.02)


def _programs() -> Path:
    """Debian keeps the server's programs off the PATH, one directory a version: take the newest."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    found = shutil.which("initdb")
    for directory in [*debian, *([Path(found).parent] if found else [])]:
        if (directory / "initdb").exists():
            return directory
    raise RuntimeError("PostgreSQL is not installed; `make test` installs it")


def fast_directory() -> str | None:
    """Memory, where the system offers enough of it; None means the default directory for temporary files."""
    memory = "/dev/shm"
    return memory if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM else None


def _process_options(directory: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: a root session hands the directory to the user `postgres`."""
    options: dict[str, Any] = {
        "cwd": directory,
        "env": {**os.environ, "HOME": str(directory), "LC_ALL": "C.UTF-8"},
    }
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(directory, account.pw_uid, account.pw_gid)
        options |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return options
