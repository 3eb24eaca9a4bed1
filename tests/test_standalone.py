"""One computer's desk without a server: set up, signed in, damaged, recovered, backed up."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from carecenter.core.config import Paths
from carecenter.core.errors import (
    KeyringLockedError,
    NotFound,
    StoreDamaged,
    StoreInUse,
    UserError,
    WrongPassword,
)
from carecenter.core.keyslots import KdfCost
from carecenter.core.secrets import SecretMissingError, SecretPlace
from carecenter.core.terms import Role
from carecenter.operations.calls import OpenCall
from carecenter.queries import articles, calls
from carecenter.standalone import Opened, Standalone, held
from carecenter.wire import NewAccount

HUDA = NewAccount(name="Huda", password="correct horse", role=Role.SUPERVISOR, queue_ids=("general",))
SARA = NewAccount(name="Sara", password="battery staple", role=Role.AGENT, queue_ids=("general",))


class Keyring:
    """A keyring in memory that can be locked."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.kept[service, username] = password

    def _check(self) -> None:
        if self.locked:
            from keyring.errors import KeyringLocked

            raise KeyringLocked("locked")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "home")


@pytest.fixture
def ring() -> Keyring:
    return Keyring()


@pytest.fixture
def desk(paths: Paths, ring: Keyring) -> Standalone:
    return Standalone(paths, ring, KdfCost.MINIMAL)


class Founded:
    """A desk that Huda has set up and signed in to once, to be copied: making one takes half a second."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._ring = folder, Keyring()
        desk = Standalone(Paths(folder), self._ring, KdfCost.MINIMAL)
        self.code = desk.set_up(HUDA)
        close(desk.sign_in("Huda", "correct horse"))

    def copy(self, paths: Paths, ring: Keyring) -> str:
        """Put it there, its secrets into that keyring; its recovery code."""
        shutil.copytree(self._folder, paths.data, dirs_exist_ok=True)
        ring.kept |= self._ring.kept
        return self.code


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


def close(opened: Opened) -> None:
    opened.workstation.close()
    opened.close()


def test_a_new_computer_knows_nobody_and_says_where_its_secret_would_go(desk: Standalone, paths: Paths) -> None:
    assert not desk.is_set_up
    assert desk.names() == ()
    assert desk.secret_place is SecretPlace.KEYRING
    assert Standalone(paths, None).secret_place is SecretPlace.FILE


def test_the_first_account_signs_in_and_finds_the_knowledge_base(opened: Opened) -> None:
    found = opened.workstation.ask(articles.browse, opened.viewer)
    assert len(found) > 170
    assert opened.viewer.leads
    assert opened.workstation.references_wanted() == 0, "references are there before the first call"


def test_a_weak_password_is_told_before_anything_is_made(desk: Standalone, paths: Paths) -> None:
    with pytest.raises(UserError, match="at least: 8"):
        desk.set_up(NewAccount(name="Huda", password="short", role=Role.SUPERVISOR))
    assert not paths.data.exists()


def test_a_wrong_password_opens_nothing(desk: Standalone, code: str) -> None:
    with pytest.raises(WrongPassword):
        desk.sign_in("Huda", "correct house")


def test_what_one_account_saved_is_there_for_the_next_sign_in(desk: Standalone, code: str) -> None:
    first = desk.sign_in("Huda", "correct horse")
    first.workstation.perform(first.viewer, OpenCall(call_id="call-1", number="+96599887766"))
    close(first)
    second = desk.sign_in("Huda", "correct horse")
    assert [call.id for call in second.workstation.ask(calls.open_calls, second.viewer)] == ["call-1"]
    close(second)


def test_a_supervisor_adds_an_agent_who_can_sign_in(desk: Standalone, opened: Opened) -> None:
    desk.add_account(opened, SARA)
    close(opened)
    sara = desk.sign_in("sara", "battery staple")
    assert sara.viewer.role is Role.AGENT
    assert sara.viewer.queue_ids == ("general",)
    close(sara)


def test_an_agent_manages_no_accounts(desk: Standalone, opened: Opened) -> None:
    desk.add_account(opened, SARA)
    close(opened)
    sara = desk.sign_in("sara", "battery staple")
    with pytest.raises(UserError, match="supervisor"):
        desk.add_account(sara, NewAccount(name="Nobody", password="password8", role=Role.AGENT))
    close(sara)
    assert desk.names() == ("Huda", "Sara")


def test_a_disabled_account_is_out(desk: Standalone, opened: Opened) -> None:
    desk.add_account(opened, SARA)
    account_id = opened.centre.account_id("Sara")
    desk.set_active(opened, account_id, active=False)
    close(opened)
    with pytest.raises(WrongPassword):
        desk.sign_in("Sara", "battery staple")


def test_a_changed_password_opens_and_the_old_one_does_not(desk: Standalone, opened: Opened) -> None:
    desk.change_password(opened, "correct horse", "a better horse")
    close(opened)
    with pytest.raises(WrongPassword):
        desk.sign_in("Huda", "correct horse")
    close(desk.sign_in("Huda", "a better horse"))


def test_a_change_of_password_that_was_cut_off_in_the_middle_heals_at_the_next_sign_in(
    desk: Standalone, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(opened.centre, "set_password", cut_off)
    with pytest.raises(KeyboardInterrupt):
        desk.change_password(opened, "correct horse", "a better horse")
    close(opened)
    close(desk.sign_in("Huda", "a better horse"))


def test_a_locked_keyring_is_told_and_works_once_unlocked(desk: Standalone, code: str, ring: Keyring) -> None:
    ring.locked = True
    with pytest.raises(KeyringLockedError):
        desk.sign_in("Huda", "correct horse")
    ring.locked = False
    close(desk.sign_in("Huda", "correct horse"))


def test_a_set_up_that_was_cut_off_starts_anew_and_deletes_nothing(
    desk: Standalone, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("carecenter.standalone.KeySlots.create", _raise_interrupt)
        with pytest.raises(KeyboardInterrupt):
            desk.set_up(HUDA)
    assert not desk.is_set_up
    desk.set_up(HUDA)
    close(desk.sign_in("Huda", "correct horse"))
    assert list(paths.data.glob("centre-damaged-*.db"))


def _raise_interrupt(*args: object, **kwargs: object) -> None:
    raise KeyboardInterrupt


def test_the_recovery_code_lets_an_account_in_again(desk: Standalone, code: str) -> None:
    desk.recover(code.lower(), "Huda", "brand new horse")
    close(desk.sign_in("Huda", "brand new horse"))


def test_the_recovery_code_opens_the_desk_on_another_computer(desk: Standalone, code: str, paths: Paths) -> None:
    elsewhere = Standalone(paths, Keyring(), KdfCost.MINIMAL)
    with pytest.raises(SecretMissingError):
        elsewhere.sign_in("Huda", "correct horse")
    elsewhere.recover(code, "Huda", "brand new horse")
    close(elsewhere.sign_in("Huda", "brand new horse"))


def test_recovery_of_an_unknown_name_changes_nothing(desk: Standalone, code: str) -> None:
    with pytest.raises(NotFound):
        desk.recover(code, "Nobody", "brand new horse")
    close(desk.sign_in("Huda", "correct horse"))


def test_a_damaged_store_is_kept_aside_and_what_was_typed_is_carried_over(
    desk: Standalone, code: str, paths: Paths
) -> None:
    first = desk.sign_in("Huda", "correct horse")
    first.workstation.perform(first.viewer, OpenCall(call_id="call-1", number="+96599887766"))
    first.workstation.save_draft(first.viewer, "call:call-1:notes", {"text": "half a sent"})
    close(first)
    _damage_the_end(paths.store)

    again = desk.sign_in("Huda", "correct horse")

    assert again.workstation.drafts(again.viewer) == {"call:call-1:notes": {"text": "half a sent"}}
    assert again.workstation.queue().waiting == 1, "the call was never sent: it waits in the new store"
    assert len(again.workstation.ask(articles.browse, again.viewer)) > 170, "the centre's rows are back"
    (notice,) = again.notices
    assert isinstance(notice, StoreDamaged)
    (kept,) = paths.data.glob("store-damaged-*.db")
    assert kept.name in str(notice)
    assert kept.stat().st_mode & 0o222 == 0, "the copy is read-only"
    close(again)


def test_a_store_that_is_no_database_at_all_is_built_anew(desk: Standalone, code: str, paths: Paths) -> None:
    paths.store.write_bytes(b"this is not a database, however long it may be" * 200)
    again = desk.sign_in("Huda", "correct horse")
    assert again.notices
    assert len(again.workstation.ask(articles.browse, again.viewer)) > 170
    close(again)


def test_a_damaged_centre_is_told_with_the_way_out(desk: Standalone, code: str, paths: Paths) -> None:
    _damage_the_end(paths.centre)
    with pytest.raises(StoreDamaged, match="last backup"):
        desk.sign_in("Huda", "correct horse")


def _damage_the_end(path: Path) -> None:
    """Overwrite the last pages, as a failing disk would; the first ones still open."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size - 3 * 4096)
        file.write(os.urandom(3 * 4096))


def test_two_programs_never_use_one_folder(paths: Paths) -> None:
    with held(paths), pytest.raises(StoreInUse), held(paths):
        pass
    with held(paths):
        pass
