"""``make server``: what it prints is enough to sign in."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from carecenter.sync.http import HttpTransport
from carecenter.wire import SignIn
from tests.deploy.proxy import DEPLOY
from tests.postgres import fast_directory


def test_a_desk_signs_in_with_what_it_says_and_nothing_stays_when_it_ends() -> None:
    folder = Path(tempfile.mkdtemp(prefix="carecenter-local-", dir=fast_directory()))
    folder.chmod(0o711)  # as root, PostgreSQL runs as somebody else
    environment = {**os.environ, "LANGUAGE": "en"}
    command = ["sh", str(DEPLOY / "local.sh"), str(folder / "centre"), "0"]
    try:
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
        ) as process:
            assert process.stdout is not None
            said = ""
            while "Ready: " not in said:
                line = process.stdout.readline()
                assert line, said
                said += line
            authority, name, password = (
                re.search(rf"{word} +(.+)", said) for word in ("Trusted certificate", "Name", "Password")
            )
            url = re.search(r"Ready: (\S+)", said)
            assert authority is not None
            assert name is not None
            assert password is not None
            assert url is not None
            transport = HttpTransport(url[1], authority[1])
            answer = transport.sign_in(
                SignIn(name=name[1], password=password[1], device_id="desk", device_name="desk")
            )
            assert answer.token
            transport.close()
            os.killpg(process.pid, signal.SIGINT)  # as Ctrl+C does
            process.communicate(timeout=60)
        assert not (folder / "centre/data/postmaster.pid").exists()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
