"""Debian's nginx on a port of this machine, with the shipped site; only names and places are changed in it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.server.serving import Certificate

DEPLOY = Path(__file__).parents[2] / "deploy"
_START_SECONDS = 30


@dataclass(frozen=True)
class Proxy:
    """Where it answers, and what it wrote down."""

    port: int
    authority: Path
    folder: Path

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def log(self) -> str:
        """Everything of the access and error logs."""
        return "".join(path.read_text() for path in sorted(self.folder.glob("*.log")))


def replaced(text: str, old: str, new: str) -> str:
    """The text with another name in it, which must have been there."""
    assert old in text, f"{old} is not in the file any more"
    return text.replace(old, new)


@contextmanager
def nginx(
    folder: Path, tls: Certificate, ports: tuple[int, int], changes: dict[str, str] | None = None
) -> Iterator[Proxy]:
    """The shipped site in front of two processes of the service; ``changes``: bounds that a test reaches."""
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    assert program is not None, "nginx is not installed; `make test` installs it"
    port = _free_port()
    site = (DEPLOY / "nginx/carecenter.conf").read_text()
    for old, new in {
        "listen [::]:443 ssl;": "",  # not every machine has IPv6
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "server 127.0.0.1:8164 ": f"server 127.0.0.1:{ports[0]} ",
        "server 127.0.0.1:8165 ": f"server 127.0.0.1:{ports[1]} ",
        "/etc/carecenter/tls/chain.pem": str(tls.chain),
        "/etc/carecenter/tls/key.pem": str(tls.key),
        "/var/log/nginx": str(folder),
        "carecenter-error.log error;": "carecenter-error.log info;",  # what goes into a file is a warning
        **(changes or {}),
    }.items():
        site = replaced(site, old, new)
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(_around(folder))
    command = [program, "-c", str(folder / "nginx.conf"), "-e", str(folder / "start.log")]
    with subprocess.Popen(command, cwd=folder, start_new_session=True) as process:
        try:
            _wait(process, port)
            yield Proxy(port, tls.authority, folder)
        finally:
            process.terminate()


def _around(folder: Path) -> str:
    """What Debian's own nginx.conf says around a site, for somebody who need not be root."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "\n".join(f"    {kind}_temp_path {folder / kind};" for kind in kinds)
    user = "user root;\n" if os.geteuid() == 0 else ""
    return (
        f"{user}daemon off;\nworker_processes 1;\npid {folder / 'pid'};\n"
        f"events {{ worker_connections 256; }}\nhttp {{\n{places}\n    include {folder / 'site.conf'};\n}}\n"
    )


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert process.poll() is None, "nginx did not start"
            assert time.monotonic() < deadline, "nginx does not listen"
            time.sleep(0.02)
        else:
            return


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
