"""The workstation's folder and its settings, on a real disk."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from carecenter.core.config import Paths, Settings, read_settings, replace_file, write_settings
from carecenter.core.errors import StoreFull, UserError


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def refuse_space(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full at the last moment: when the bytes must really go there."""

    def fsync(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)


def test_a_home_that_is_named_holds_everything(tmp_path: Path) -> None:
    paths = Paths.standard({"CARECENTER_HOME": str(tmp_path / "desk")})

    every = [
        paths.store,
        paths.centre,
        paths.keyslots,
        paths.secret,
        paths.settings,
        paths.logs,
        paths.backups,
    ]
    assert {path.parent for path in every} == {tmp_path / "desk"}
    assert len(set(every)) == len(every)


def test_a_relative_home_does_not_move_with_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert Paths.standard({"CARECENTER_HOME": "desk"}).data == tmp_path / "desk"


@pytest.mark.skipif(sys.platform != "linux", reason="XDG folders are Linux's")
def test_without_it_the_users_own_data_folder_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    assert Paths.standard({}).data == tmp_path / "carecenter"
    assert not (tmp_path / "carecenter").exists()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_the_folders_are_closed_to_other_people_even_if_they_stood_open(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "new" / "desk")
    paths.prepare()
    assert [mode(p) for p in (paths.data, paths.logs, paths.backups)] == [0o700] * 3

    paths.data.chmod(0o755)
    paths.backups.chmod(0o777)
    paths.prepare()
    assert [mode(p) for p in (paths.data, paths.logs, paths.backups)] == [0o700] * 3


def test_a_folder_that_cannot_be_had_is_told_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "desk").write_text("a file stands in the way")

    with pytest.raises(UserError) as raised:
        Paths(tmp_path / "desk").prepare()

    assert str(tmp_path / "desk") in str(raised.value)


def test_a_full_disk_is_told_at_the_first_start_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def mkdir(_path: Path, **_kept: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", mkdir)

    with pytest.raises(StoreFull):
        Paths(tmp_path / "desk").prepare()


def test_settings_survive_a_restart(tmp_path: Path) -> None:
    chosen = Settings(
        language="en", digits="arab", theme="dark", text_scale=150, shortcuts={"new_ticket": "Ctrl+T"}
    )

    write_settings(tmp_path / "settings.json", chosen)

    assert read_settings(tmp_path / "settings.json") == chosen
    assert chosen.with_(theme="light") != chosen


def test_the_first_start_has_the_defaults_and_the_embedded_centre(tmp_path: Path) -> None:
    settings = read_settings(tmp_path / "settings.json")

    assert settings == Settings()
    assert (settings.language, settings.digits, settings.server_url) == ("ar", "latn", None)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1, 2]", b"null", b"\xff\xfe\x00", b'{"language": "en"', b"\x00" * 200]
)
def test_a_damaged_file_is_set_aside_and_the_screen_comes_up(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(content)

    assert read_settings(file) == Settings()

    assert not file.exists()
    assert (tmp_path / "settings.json.damaged").read_bytes() == content


def test_one_bad_field_costs_only_itself(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    fields = {
        "language": "en",
        "theme": "plaid",
        "text_scale": 5000,
        "proxy": 7,
        "unknown": [1],
        "digits": "arab",
    }
    file.write_text(json.dumps(fields))

    assert read_settings(file) == Settings(language="en", digits="arab")
    assert file.exists()


@pytest.mark.parametrize(
    "chosen",
    [
        {"language": "fr"},
        {"text_scale": True},
        {"text_scale": 99},
        {"idle_lock_minutes": 241},
        {"idle_lock_minutes": "10"},
        {"proxy": 7},
        {"shortcuts": {"new_ticket": None}},
    ],
)
def test_a_value_that_a_field_cannot_have_is_refused(chosen: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(chosen))):
        Settings().with_(**chosen)


def test_settings_that_cannot_be_read_do_not_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "settings.json").mkdir()

    assert read_settings(tmp_path / "settings.json") == Settings()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_replaced_file_is_its_users_alone_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "desk" / "small"
    replace_file(file, b"old")
    file.chmod(0o644)

    replace_file(file, b"new")

    assert file.read_bytes() == b"new"
    assert mode(file) == 0o600
    assert mode(file.parent) == 0o700
    assert list(file.parent.iterdir()) == [file]


def test_the_content_and_then_the_folder_are_on_the_disk_before_it_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[str, bytes]] = []
    real = os.fsync
    file = tmp_path / "small"
    file.write_bytes(b"old")

    def fsync(handle: int) -> None:
        kind = "folder" if os.path.isdir(f"/proc/self/fd/{handle}") else "file"  # noqa: PTH112 - a handle, no path
        synced.append((kind, file.read_bytes()))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    replace_file(file, b"new")

    # The new content is safe while the old file still stands; the rename is safe before the call returns.
    assert synced == [("file", b"old"), ("folder", b"new")]


def test_a_full_disk_is_told_and_the_old_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.json"
    write_settings(file, Settings(language="en"))
    refuse_space(monkeypatch)

    with pytest.raises(StoreFull, match="full"):
        write_settings(file, Settings(language="ar"))

    assert read_settings(file) == Settings(language="en")
    assert list(tmp_path.iterdir()) == [file]


def test_another_failure_of_the_disk_is_not_called_full(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()

    with pytest.raises(OSError, match="small") as raised:
        replace_file(tmp_path / "small", b"x")

    assert not isinstance(raised.value, StoreFull)
    assert list(tmp_path.iterdir()) == [tmp_path / "small"]


def test_importing_it_loads_nothing_that_the_first_picture_would_wait_for() -> None:
    slow = "('platformdirs', 'keyring', 'babel', 'msgspec', 'tempfile')"
    program = f"import sys, carecenter.core.config; print([m for m in {slow} if m in sys.modules])"

    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "[]"
