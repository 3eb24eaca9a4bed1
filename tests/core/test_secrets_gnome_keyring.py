"""The workstation's secret in a real GNOME keyring, on a session bus of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
from pathlib import Path
from carecenter.core.secrets import SecretKeeper, SecretPlace, SecretRef, usable_keyring

file, action, *said = sys.argv[1:]
found = usable_keyring()
keeper = SecretKeeper(Path(file), found)
if action == "create":
    made = keeper.create()
    ref = made.ref
    print(type(found).__module__, ref.workstation, ref.place, ref.fingerprint, made.value.hex())
else:
    try:
        print(keeper.read(SecretRef(said[0], SecretPlace(said[1]), said[2])).value.hex())
    except Exception as error:
        print(type(error).__name__)
"""

UNLOCKED = """
set -e
printf 'any password' | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null
"$PYTHON" "$PROGRAM" "$FILE" create > "$OUT/made"
set -- $(cat "$OUT/made")
"$PYTHON" "$PROGRAM" "$FILE" read "$2" "$3" "$4" > "$OUT/read"
"""

LOCKED = """
set -e
gnome-keyring-daemon --start --components=secrets --daemonize >/dev/null
set -- $(cat "$OUT/made")
"$PYTHON" "$PROGRAM" "$FILE" read "$2" "$3" "$4" > "$OUT/locked"
"""


def run_session(script: str, environment: dict[str, str]) -> None:
    """One signing-in to the computer: a bus of its own, which takes the keyring with it when it ends."""
    session = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert session.returncode == 0, session.stderr


@pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")),
    reason="the packages dbus and gnome-keyring are not installed (make setup installs them)",
)
def test_a_real_gnome_keyring_keeps_the_secret_between_two_programs(tmp_path: Path) -> None:
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    file = tmp_path / "workstation.secret"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(runtime),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHON": sys.executable,
        "PROGRAM": str(program),
        "FILE": str(file),
        "OUT": str(tmp_path),
    }

    run_session(UNLOCKED, environment)
    module, workstation, place, fingerprint, value = (tmp_path / "made").read_text().split()
    assert (module, place) == ("keyring.backends.SecretService", "keyring")
    assert (tmp_path / "read").read_text().strip() == value
    assert len(bytes.fromhex(value)) == 32
    # The keyring's own files hold it encrypted; ours was never written.
    assert not file.exists()
    kept = b"".join(each.read_bytes() for each in (tmp_path / ".local/share/keyrings").iterdir())
    assert kept
    assert value.encode() not in kept

    # The next day, before the keyring is unlocked (there is no screen on which it could ask).
    run_session(LOCKED, environment)
    assert (tmp_path / "locked").read_text().strip() == "KeyringLockedError"

    # And without a session: no keyring, the secret is missing, and no new one is made.
    outside = subprocess.run(
        [sys.executable, str(program), str(file), "read", workstation, place, fingerprint],
        env=environment | {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert outside.stdout.strip() == "SecretMissingError"
    assert not file.exists()
