"""The workstation's secret: in keyrings of every temper, and in a file."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.errors import InitError, KeyringLocked, PasswordSetError

from carecenter.core.errors import KeyringLockedError, UserError
from carecenter.core.secrets import (
    SecretKeeper,
    SecretMissingError,
    SecretPlace,
    trusted,
    usable_keyring,
)

posix_only = pytest.mark.skipif(os.name != "posix", reason="modes and owners are POSIX's")


class MemoryKeyring(KeyringBackend):
    """A keyring of an operating system, without the operating system. `failure` is raised when it is set."""

    priority = 5.0

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.failure: Exception | None = None

    def get_password(self, service: str, username: str) -> str | None:
        if self.failure:
            raise self.failure
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.failure:
            raise self.failure
        self.entries[service, username] = password


class SecretServiceKeyring(MemoryKeyring):
    """What `trusted` takes for the Secret Service."""


SecretServiceKeyring.__module__ = "keyring.backends.SecretService"


class PlaintextKeyring(MemoryKeyring):
    """What keyrings.alt brings along: it is chosen without a word wherever nothing better runs."""

    priority = 9.0


PlaintextKeyring.__module__ = "keyrings.alt.file"


def made_by(kind: Callable[[], KeyringBackend]) -> KeyringBackend:
    """A backend of the keyring package, whose constructors carry no types."""
    return kind()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "workstation.secret"


@pytest.fixture
def choose(monkeypatch: pytest.MonkeyPatch) -> Callable[[KeyringBackend], None]:
    """Makes a backend the one that the keyring package has chosen, until the test ends."""

    def chosen(backend: KeyringBackend) -> None:
        monkeypatch.setattr(keyring.core, "_keyring_backend", backend)

    return chosen


def test_a_new_secret_goes_to_the_keyring_and_comes_back(file: Path) -> None:
    memory = MemoryKeyring()

    made = SecretKeeper(file, memory).create()

    assert made.ref.place is SecretPlace.KEYRING
    assert len(made.value) == 32
    assert memory.entries == {("carecenter", made.ref.workstation): made.value.hex()}
    assert not file.exists()
    assert SecretKeeper(file, memory).read(made.ref) == made


def test_two_workstations_of_one_person_do_not_take_each_others_secret(file: Path) -> None:
    keeper = SecretKeeper(file, MemoryKeyring())

    one, other = keeper.create(), keeper.create()

    assert one.value != other.value
    assert keeper.read(one.ref) == one
    assert keeper.read(other.ref) == other


def test_the_secret_does_not_show_when_printed(file: Path) -> None:
    made = SecretKeeper(file, None).create()

    assert made.value.hex() not in repr(made) + made.ref.fingerprint
    assert repr(made.value) not in repr(made)


@posix_only
def test_without_a_keyring_a_private_file_takes_its_place_and_this_can_be_told(file: Path) -> None:
    keeper = SecretKeeper(file, None)
    assert keeper.proposed_place is SecretPlace.FILE
    assert SecretKeeper(file, MemoryKeyring()).proposed_place is SecretPlace.KEYRING

    made = keeper.create()

    assert made.ref.place is SecretPlace.FILE
    assert file.stat().st_mode & 0o777 == 0o600
    assert keeper.read(made.ref) == made
    assert list(file.parent.iterdir()) == [file]


def test_the_person_may_choose_the_file_although_there_is_a_keyring(file: Path) -> None:
    memory = MemoryKeyring()
    memory.failure = KeyringLocked("dismissed")
    keeper = SecretKeeper(file, memory)

    made = keeper.create(SecretPlace.FILE)

    assert made.ref.place is SecretPlace.FILE
    assert keeper.read(made.ref) == made


def test_a_secret_made_by_mistake_does_not_destroy_the_one_before(file: Path) -> None:
    keeper = SecretKeeper(file, None)
    first = keeper.create()

    second = keeper.create()

    assert keeper.read(second.ref) == second
    assert SecretKeeper(file.with_name("workstation.secret.previous"), None).read(first.ref) == first


def test_asking_for_the_keyring_where_there_is_none_is_our_mistake(file: Path) -> None:
    with pytest.raises(ValueError, match="no keyring"):
        SecretKeeper(file, None).create(SecretPlace.KEYRING)


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (KeyringLocked("Failed to unlock the collection!"), "locked. Unlock it"),
        (InitError("Failed to create the collection"), "does not answer"),
        (PasswordSetError("denied"), "does not answer"),
        (OSError("the bus is gone"), "does not answer"),
    ],
)
def test_a_keyring_that_refuses_is_told_and_nothing_is_put_in_a_file_behind_ones_back(
    file: Path, failure: Exception, said: str
) -> None:
    memory = MemoryKeyring()
    keeper = SecretKeeper(file, memory)
    made = keeper.create()
    memory.failure = failure

    with pytest.raises(KeyringLockedError, match=said):
        keeper.read(made.ref)
    with pytest.raises(KeyringLockedError, match=said):
        keeper.create()
    assert not file.exists()

    memory.failure = None
    assert keeper.read(made.ref) == made


def test_a_keyring_that_forgets_is_noticed_at_once(file: Path) -> None:
    with pytest.raises(SecretMissingError):
        SecretKeeper(file, made_by(null.Keyring)).create()


def test_a_vanished_keyring_never_makes_a_new_secret(file: Path) -> None:
    made = SecretKeeper(file, MemoryKeyring()).create()
    emptied = MemoryKeyring()

    for keeper in (SecretKeeper(file, None), SecretKeeper(file, emptied)):
        with pytest.raises(SecretMissingError, match="recovery code"):
            keeper.read(made.ref)

    assert emptied.entries == {}
    assert not file.exists()


@pytest.mark.parametrize("entry", ["", "00" * 32, "ab", "no hexadecimal digits", "é"])
def test_another_secret_in_its_place_is_not_taken_for_ours(file: Path, entry: str) -> None:
    memory = MemoryKeyring()
    made = SecretKeeper(file, memory).create()
    memory.entries["carecenter", made.ref.workstation] = entry

    with pytest.raises(SecretMissingError, match="keyring"):
        SecretKeeper(file, memory).read(made.ref)


def test_a_file_that_is_gone_or_damaged_is_told(file: Path) -> None:
    keeper = SecretKeeper(file, None)
    made = keeper.create()

    for content in (b"", b"\xff\xff", made.value.hex().encode()[:-2], bytes(64)):
        file.write_bytes(content)
        with pytest.raises(SecretMissingError, match="file"):
            keeper.read(made.ref)
    file.unlink()
    with pytest.raises(SecretMissingError, match="file"):
        keeper.read(made.ref)
    assert not file.exists()


def test_a_reference_to_another_place_finds_nothing(file: Path) -> None:
    made = SecretKeeper(file, MemoryKeyring()).create()

    with pytest.raises(SecretMissingError):
        SecretKeeper(file, MemoryKeyring()).read(replace(made.ref, place=SecretPlace.FILE))


@posix_only
@pytest.mark.parametrize("loose", [0o640, 0o604, 0o660, 0o666])
def test_a_file_that_stood_open_is_closed_before_it_is_used(
    file: Path, loose: int, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = SecretKeeper(file, None)
    made = keeper.create()
    file.chmod(loose)

    assert keeper.read(made.ref) == made

    assert file.stat().st_mode & 0o777 == 0o600
    assert "open to others" in caplog.text


@posix_only
def test_a_file_that_cannot_be_closed_is_not_used(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = SecretKeeper(file, None)
    made = keeper.create()
    file.chmod(0o644)
    # As on a FAT stick: the change is accepted and not made.
    monkeypatch.setattr(os, "fchmod", lambda _handle, _mode: None)

    with pytest.raises(UserError, match="Other people can read"):
        keeper.read(made.ref)


@posix_only
def test_a_link_and_a_pipe_are_not_followed(file: Path, tmp_path: Path) -> None:
    keeper = SecretKeeper(file, None)
    made = keeper.create()
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="not used"):
        keeper.read(made.ref)

    file.unlink()
    os.mkfifo(file, 0o600)
    with pytest.raises(UserError, match="not used"):
        keeper.read(made.ref)


@posix_only
@pytest.mark.skipif(getattr(os, "geteuid", int)() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_not_used(file: Path) -> None:
    keeper = SecretKeeper(file, None)
    made = keeper.create()
    os.chown(file, 65534, -1)

    with pytest.raises(UserError, match="Other people can read"):
        keeper.read(made.ref)


@pytest.mark.parametrize("kind", [PlaintextKeyring, MemoryKeyring, null.Keyring, fail.Keyring])
def test_a_keyring_that_keeps_no_secret_is_refused(
    kind: Callable[[], KeyringBackend], choose: Callable[[KeyringBackend], None]
) -> None:
    choose(made_by(kind))

    assert usable_keyring() is None


def test_the_operating_systems_keyring_is_taken(choose: Callable[[KeyringBackend], None]) -> None:
    backend = SecretServiceKeyring()
    choose(backend)

    assert usable_keyring() is backend


def test_every_trusted_keyring_is_one_that_the_package_has() -> None:
    """A renamed module in a later version would otherwise quietly put every secret in a file."""
    root = Path(keyring.__file__).parent / "backends"

    for name in ("SecretService", "libsecret", "kwallet", "Windows"):
        assert (root / f"{name}.py").is_file()
    assert (root / "macOS" / "__init__.py").is_file()


def test_of_a_chain_the_first_real_keyring_is_taken_and_not_the_chain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = SecretServiceKeyring()
    links: list[KeyringBackend] = [PlaintextKeyring(), real]
    monkeypatch.setattr(chainer.ChainerBackend, "backends", links)
    assert trusted(made_by(chainer.ChainerBackend)) is real

    links.remove(real)
    assert trusted(made_by(chainer.ChainerBackend)) is None


def test_a_backend_that_cannot_be_loaded_leaves_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "no_such_package.Keyring")

    assert usable_keyring() is None
