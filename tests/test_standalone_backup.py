"""One computer's desk backed up and restored: here, on another computer, over another desk, with what opens it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from carecenter.core.backup_key import BackupKey, ByCode, ByPassword, Restored
from carecenter.core.config import Paths
from carecenter.core.errors import KeyringLockedError, StoreDamaged, StoreFull, UserError, WrongPassword
from carecenter.core.keyslots import KdfCost
from carecenter.core.recovery_code import new_code
from carecenter.core.terms import Role
from carecenter.operations.calls import OpenCall
from carecenter.queries import calls
from carecenter.standalone import Opened, Standalone
from carecenter.wire import NewAccount
from tests.test_standalone import Founded, Keyring, close


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "home")


@pytest.fixture
def ring() -> Keyring:
    return Keyring()


@pytest.fixture
def desk(paths: Paths, ring: Keyring) -> Standalone:
    return Standalone(paths, ring, KdfCost.MINIMAL)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    return Founded(tmp_path_factory.mktemp("founded"))


@pytest.fixture
def code(founded: Founded, paths: Paths, ring: Keyring) -> str:
    return founded.copy(paths, ring)


@pytest.fixture
def opened(desk: Standalone, code: str) -> Iterator[Opened]:
    signed_in = desk.sign_in("huda", "correct horse")
    yield signed_in
    close(signed_in)


def test_a_backup_brings_back_what_was_there(desk: Standalone, code: str, paths: Paths, tmp_path: Path) -> None:
    first = desk.sign_in("Huda", "correct horse")
    first.workstation.perform(first.viewer, OpenCall(call_id="before", number="+96599887766"))
    target = tmp_path / "monday.backup"
    desk.back_up(first, target)
    first.workstation.perform(first.viewer, OpenCall(call_id="after", number="+96599887766"))
    close(first)

    restored = desk.restore(target, ByPassword("huda", "correct horse"))

    again = desk.sign_in("Huda", "correct horse")
    assert [call.id for call in again.workstation.ask(calls.open_calls, again.viewer)] == ["before"]
    assert (paths.data / restored.kept_in / paths.store.name).exists(), "what stood there before is kept"
    assert not restored.wants_password
    close(again)


@pytest.fixture
def backup(desk: Standalone, opened: Opened, tmp_path: Path) -> Path:
    """A backup with one call in it."""
    opened.workstation.perform(opened.viewer, OpenCall(call_id="before", number="+96599887766"))
    target = tmp_path / "monday.ccbackup"
    desk.back_up(opened, target)
    return target


@pytest.fixture
def elsewhere(tmp_path: Path) -> Standalone:
    """Another computer, or this one after its keyring and its folder are lost."""
    return Standalone(Paths(tmp_path / "elsewhere"), Keyring(), KdfCost.MINIMAL)


def test_a_backup_says_what_it_is_before_anything_is_put_in_place(
    desk: Standalone, backup: Path, elsewhere: Standalone
) -> None:
    here, there = desk.look_into(backup), elsewhere.look_into(backup)
    assert here.names == there.names == ("Huda",)
    assert here.made_at.tzinfo is not None
    assert here.made_here
    assert not there.made_here
    assert not elsewhere.is_set_up


def test_a_backup_opens_on_another_computer_with_the_recovery_code(
    code: str, backup: Path, elsewhere: Standalone
) -> None:
    restored = elsewhere.restore(backup, ByCode(code.lower().replace("-", " ")))
    assert restored == Restored(kept_in="", wants_password=True)
    elsewhere.recover(code, "Huda", "brand new horse")
    again = elsewhere.sign_in("Huda", "brand new horse")
    assert [call.id for call in again.workstation.ask(calls.open_calls, again.viewer)] == ["before"]
    close(again)


def test_another_desks_backup_takes_the_place_of_this_desk_and_the_way_back_is_kept(
    code: str, backup: Path, tmp_path: Path
) -> None:
    paths = Paths(tmp_path / "third")
    third = Standalone(paths, None, KdfCost.MINIMAL)
    third.set_up(NewAccount(name="Omar", password="another horse", role=Role.SUPERVISOR))
    restored = third.restore(backup, ByCode(code))
    third.recover(code, "Huda", "brand new horse")
    assert third.names() == ("Huda",)
    close(third.sign_in("Huda", "brand new horse"))
    before = Standalone(Paths(paths.data / restored.kept_in), None, KdfCost.MINIMAL)
    close(before.sign_in("Omar", "another horse"))


def test_a_desk_is_back_with_its_recovery_code_and_its_passwords_after_its_files_are_lost(
    desk: Standalone, opened: Opened, code: str, backup: Path, paths: Paths
) -> None:
    close(opened)
    for file in (paths.centre, paths.store, paths.keyslots):
        file.unlink()
    assert not desk.is_set_up
    restored = desk.restore(backup, ByCode(code))
    assert not restored.wants_password, "the keyring still holds this computer's secret"
    close(desk.sign_in("Huda", "correct horse"))


def test_a_backup_opens_with_the_password_and_the_code_of_its_time(
    desk: Standalone, opened: Opened, code: str, backup: Path
) -> None:
    desk.change_password(opened, "correct horse", "a better horse")
    newer = desk.new_recovery_code(opened)
    with pytest.raises(WrongPassword, match="when it was made"):
        desk.check_backup(backup, ByPassword("Huda", "a better horse"))
    with pytest.raises(WrongPassword, match=r"recovery code .* when it was made"):
        desk.check_backup(backup, ByCode(newer))
    desk.check_backup(backup, ByPassword("Huda", "correct horse"))
    desk.check_backup(backup, ByCode(code))


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (ByPassword("Huda", "correct house"), "Name and password do not open this backup"),
        (ByPassword("Nobody", "correct horse"), "Name and password do not open this backup"),
        (ByCode("ABCD"), "33 letters and digits"),
        (ByCode(new_code()), "does not open this backup"),
    ],
)
def test_what_does_not_open_a_backup_is_told_and_changes_nothing(
    desk: Standalone, backup: Path, paths: Paths, key: BackupKey, said: str
) -> None:
    before = _content(paths)
    for attempt in (desk.check_backup, desk.restore):
        with pytest.raises(UserError, match=said):
            attempt(backup, key)
    assert _content(paths) == before


def test_a_password_opens_no_backup_on_another_computer_and_the_code_is_named(
    backup: Path, elsewhere: Standalone
) -> None:
    with pytest.raises(UserError, match="Use the recovery code"):
        elsewhere.restore(backup, ByPassword("Huda", "correct horse"))
    assert not elsewhere.is_set_up


def test_a_locked_keyring_hinders_the_password_but_not_the_code(
    desk: Standalone, opened: Opened, code: str, backup: Path, ring: Keyring
) -> None:
    close(opened)
    ring.locked = True
    assert desk.look_into(backup).made_here
    with pytest.raises(KeyringLockedError):
        desk.restore(backup, ByPassword("Huda", "correct horse"))
    desk.restore(backup, ByCode(code))
    ring.locked = False
    close(desk.sign_in("Huda", "correct horse"))


def test_a_wrong_or_damaged_file_is_told_and_changes_nothing(
    desk: Standalone, code: str, backup: Path, paths: Paths, tmp_path: Path
) -> None:
    before = _content(paths)
    other, half = tmp_path / "holiday.jpg", tmp_path / "half.ccbackup"
    other.write_bytes(b"\xff\xd8\xff")
    half.write_bytes(backup.read_bytes()[:-4096])
    for file, kind, said in ((other, UserError, "not a backup"), (half, StoreDamaged, "damaged")):
        with pytest.raises(kind, match=said):
            desk.look_into(file)
        with pytest.raises(kind, match=said):
            desk.check_backup(file, ByCode(code))
        with pytest.raises(kind, match=said):
            desk.restore(file, ByCode(code))
    assert _content(paths) == before


def test_a_disk_without_room_is_told_before_anything_changes(
    desk: Standalone, code: str, backup: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _content(paths)
    usage = shutil.disk_usage(paths.data)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=3_000_000))
    for attempt in (desk.check_backup, desk.restore):
        with pytest.raises(StoreFull, match="3 MB are free"):
            attempt(backup, ByCode(code))
    assert _content(paths) == before


def test_a_real_desk_restored_over_the_demo_desk_is_no_demo(code: str, backup: Path, tmp_path: Path) -> None:
    paths = Paths(tmp_path / "demo")
    demo = Standalone(paths, Keyring(), KdfCost.MINIMAL)
    demo.set_up(NewAccount(name="agent", password="demo-164164", role=Role.AGENT))
    (paths.data / "demo").touch()
    kept = tmp_path / "demo.ccbackup"
    opened = demo.sign_in("agent", "demo-164164")
    demo.back_up(opened, kept)
    close(opened)
    demo.restore(backup, ByCode(code))
    assert not (paths.data / "demo").exists()
    demo.restore(kept, ByPassword("agent", "demo-164164"))
    assert demo.is_demo, "a demo desk stays one in its backup"


def _content(paths: Paths) -> dict[str, bytes]:
    """Everything in the desk's folder that lasts."""
    files = (path for path in paths.data.rglob("*") if path.is_file() and path.suffix != ".db-shm")
    return {str(file.relative_to(paths.data)): file.read_bytes() for file in files}
