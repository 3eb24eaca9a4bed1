"""The slots file: who can open the keys, who cannot, and what anybody who copies the file gets."""

from __future__ import annotations

import base64
import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from carecenter.core import keyslots
from carecenter.core.errors import KeyringLockedError, StoreFull, UserError, WrongPassword
from carecenter.core.keyslots import KdfCost, Keys, KeySlots, NameTakenError, PasswordNotSetError
from carecenter.core.recovery_code import RecoveryCodeError, new_code, read_code
from carecenter.core.secrets import SecretKeeper, SecretMissingError, SecretRef, WorkstationSecret

MARYAM = "0192f0c1-maryam"
SALEM = "0192f0c1-salem"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keyslots.json"


@pytest.fixture
def keeper(tmp_path: Path) -> SecretKeeper:
    return SecretKeeper(tmp_path / "workstation.secret", None)


@pytest.fixture
def secret(keeper: SecretKeeper) -> WorkstationSecret:
    return keeper.create()


@pytest.fixture
def keys() -> Keys:
    return Keys.generate()


@pytest.fixture
def slots(path: Path, secret: WorkstationSecret, keys: Keys) -> KeySlots:
    """A workstation where Maryam and Salem have signed in."""
    made = KeySlots.create(path, secret, keys, cost=KdfCost.MINIMAL)
    made.add_slot(keys, MARYAM, "Maryam", "her password")
    made.add_slot(keys, SALEM, "سالم", "كلمة السر")
    return made


@pytest.fixture
def reopened(path: Path, keeper: SecretKeeper, slots: KeySlots) -> Callable[[], KeySlots]:
    """The workstation after a restart."""
    return lambda: KeySlots.load(path, keeper.read, cost=KdfCost.MINIMAL)


def no_secret(_ref: SecretRef) -> WorkstationSecret:
    raise AssertionError("the recovery code needs no secret of the workstation")


def test_everybody_opens_the_same_keys_after_a_restart(reopened: Callable[[], KeySlots], keys: Keys) -> None:
    assert reopened().names() == ("Maryam", "سالم")
    assert reopened().open("Maryam", "her password") == keys
    assert reopened().open("سالم", "كلمة السر") == keys


@pytest.mark.parametrize("typed", ["maryam", "  MARYAM ", "\N{FULLWIDTH LATIN CAPITAL LETTER M}aryam"])
def test_the_name_may_be_typed_in_any_case(slots: KeySlots, keys: Keys, typed: str) -> None:
    assert slots.open(typed, "her password") == keys


def test_a_password_with_accents_opens_from_any_keyboard(slots: KeySlots, keys: Keys) -> None:
    slots.add_slot(keys, "zoe", "Zoë", "cafe\N{COMBINING ACUTE ACCENT}")

    assert slots.open("Zoe\N{COMBINING DIAERESIS}", "caf\N{LATIN SMALL LETTER E WITH ACUTE}") == keys


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(
    slots: KeySlots, monkeypatch: pytest.MonkeyPatch
) -> None:
    work: list[tuple[int, int, int]] = []
    stretched = keyslots._stretched

    def counted(password: bytes, salt: bytes, cost: KdfCost) -> bytes:
        work.append((len(salt), cost.opslimit, cost.memlimit))
        return stretched(password, salt, cost)

    monkeypatch.setattr(keyslots, "_stretched", counted)
    answers = []
    for name, password in [("Maryam", "Her password"), ("Maryam", ""), ("Nobody", "her password"), ("", "")]:
        with pytest.raises(WrongPassword) as raised:
            slots.open(name, password)
        answers.append((str(raised.value), raised.value.params))

    assert len(answers) == 4
    assert all(answer == answers[0] for answer in answers)
    assert work == [(16, KdfCost.MINIMAL.opslimit, KdfCost.MINIMAL.memlimit)] * 4


def test_an_unknown_name_costs_what_the_file_costs_also_when_the_default_has_risen(
    path: Path, slots: KeySlots, keeper: SecretKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs: list[KdfCost] = []

    def counted(_password: bytes, _salt: bytes, cost: KdfCost) -> bytes:
        costs.append(cost)
        return bytes(32)

    monkeypatch.setattr(keyslots, "_stretched", counted)
    raised = KeySlots.load(path, keeper.read, cost=KdfCost(3, 1024 * 1024))

    for name in ("Maryam", "Nobody"):
        with pytest.raises(WrongPassword):
            raised.open(name, "wrong")

    assert costs == [KdfCost.MINIMAL, KdfCost.MINIMAL]


def test_one_persons_password_does_not_open_anothers_slot(slots: KeySlots) -> None:
    with pytest.raises(WrongPassword):
        slots.open("سالم", "her password")


def test_the_file_with_the_right_password_is_worth_nothing_on_another_machine(
    path: Path, slots: KeySlots, tmp_path: Path
) -> None:
    elsewhere = SecretKeeper(tmp_path / "elsewhere", None)
    foreign = elsewhere.create()

    with pytest.raises(SecretMissingError):
        KeySlots.load(path, elsewhere.read).open("Maryam", "her password")
    with pytest.raises(WrongPassword):
        KeySlots.load(path, lambda _: foreign).open("Maryam", "her password")


def test_a_locked_keyring_is_told_as_such_and_later_the_same_slots_open(
    path: Path, slots: KeySlots, secret: WorkstationSecret, keys: Keys
) -> None:
    locked = True

    def read(ref: SecretRef) -> WorkstationSecret:
        assert ref == secret.ref
        if locked:
            raise KeyringLockedError("locked")
        return secret

    loaded = KeySlots.load(path, read)
    assert loaded.names() == ("Maryam", "سالم")
    with pytest.raises(KeyringLockedError):
        loaded.open("Maryam", "her password")

    locked = False
    assert loaded.open("Maryam", "her password") == keys


def test_a_changed_password_opens_and_the_old_one_does_not(
    slots: KeySlots, reopened: Callable[[], KeySlots], keys: Keys
) -> None:
    slots.change_password("maryam", "her password", "a new one")

    assert reopened().open("Maryam", "a new one") == keys
    assert reopened().open("سالم", "كلمة السر") == keys
    assert reopened().names() == ("Maryam", "سالم")
    with pytest.raises(WrongPassword):
        reopened().open("Maryam", "her password")


def test_a_password_is_not_changed_without_the_old_one_nor_to_nothing(
    slots: KeySlots, reopened: Callable[[], KeySlots], keys: Keys
) -> None:
    with pytest.raises(WrongPassword):
        slots.change_password("Maryam", "wrong", "a new one")
    with pytest.raises(UserError, match="Enter"):
        slots.change_password("Maryam", "her password", "")

    assert reopened().open("Maryam", "her password") == keys


def test_an_account_that_signs_in_again_under_a_new_name_keeps_one_slot(slots: KeySlots, keys: Keys) -> None:
    slots.add_slot(keys, MARYAM, " Maryam Al-Sabah ", "another")

    assert slots.names() == ("Maryam Al-Sabah", "سالم")
    assert slots.open("maryam al-sabah", "another") == keys


def test_a_name_that_is_taken_is_told(slots: KeySlots, keys: Keys) -> None:
    with pytest.raises(NameTakenError, match="Maryam"):
        slots.add_slot(keys, "somebody-else", "mARYAM", "x")

    assert slots.open("Maryam", "her password") == keys


@pytest.mark.parametrize(("name", "password"), [("", "x"), ("  ", "x"), ("Zoë", "")])
def test_a_slot_needs_a_name_and_a_password(slots: KeySlots, keys: Keys, name: str, password: str) -> None:
    with pytest.raises(UserError, match="Enter a name and a password"):
        slots.add_slot(keys, "zoe", name, password)


def test_a_removed_account_cannot_open(slots: KeySlots, reopened: Callable[[], KeySlots], keys: Keys) -> None:
    slots.remove_slot(MARYAM)
    slots.remove_slot("never heard of")

    assert reopened().names() == ("سالم",)
    with pytest.raises(WrongPassword):
        reopened().open("Maryam", "her password")
    assert reopened().open("سالم", "كلمة السر") == keys


def test_the_last_way_into_the_store_is_not_thrown_away(slots: KeySlots, keys: Keys) -> None:
    slots.remove_slot(MARYAM)
    with pytest.raises(UserError, match="recovery code"):
        slots.remove_slot(SALEM)
    assert slots.open("سالم", "كلمة السر") == keys

    code = slots.new_recovery_code(keys)
    slots.remove_slot(SALEM)
    assert slots.names() == ()
    assert slots.open_with_recovery(code) == keys


def test_the_recovery_code_opens_on_a_machine_without_the_secret(path: Path, slots: KeySlots, keys: Keys) -> None:
    assert not slots.has_recovery
    code = slots.new_recovery_code(keys)

    loaded = KeySlots.load(path, no_secret)
    assert loaded.has_recovery
    assert loaded.open_with_recovery(code) == keys
    assert loaded.open_with_recovery(code.lower().replace("-", " ")) == keys


def test_only_the_newest_recovery_code_opens(slots: KeySlots, keys: Keys) -> None:
    first = slots.new_recovery_code(keys)
    second = slots.new_recovery_code(keys)

    assert slots.open_with_recovery(second) == keys
    for code in (first, new_code()):
        with pytest.raises(WrongPassword, match="recovery code"):
            slots.open_with_recovery(code)


def test_a_slip_in_the_recovery_code_is_told_and_a_store_without_one_too(slots: KeySlots, keys: Keys) -> None:
    with pytest.raises(UserError, match="no recovery code"):
        slots.open_with_recovery(new_code())

    code = slots.new_recovery_code(keys)
    with pytest.raises(RecoveryCodeError):
        slots.open_with_recovery(code[:-1])


def test_after_a_move_each_password_is_set_again(path: Path, slots: KeySlots, keys: Keys, tmp_path: Path) -> None:
    code = slots.new_recovery_code(keys)
    there = SecretKeeper(tmp_path / "another machine", None)
    moved = KeySlots.load(path, there.read, cost=KdfCost.MINIMAL)

    moved.rebind(moved.open_with_recovery(code), there.create())

    loaded = KeySlots.load(path, there.read, cost=KdfCost.MINIMAL)
    assert loaded.secret_ref == moved.secret_ref != slots.secret_ref
    assert loaded.names() == ("Maryam", "سالم")
    with pytest.raises(PasswordNotSetError, match="Maryam"):
        loaded.open("maryam", "her password")
    moved.add_slot(keys, MARYAM, "Maryam", "a new one")

    loaded = KeySlots.load(path, there.read, cost=KdfCost.MINIMAL)
    assert loaded.open("Maryam", "a new one") == keys
    with pytest.raises(PasswordNotSetError):
        loaded.open("سالم", "كلمة السر")
    assert loaded.open_with_recovery(code) == keys


def test_keys_of_another_store_are_not_mixed_in(slots: KeySlots, secret: WorkstationSecret) -> None:
    foreign = Keys.generate()
    tries: list[Callable[[], object]] = [
        lambda: slots.add_slot(foreign, "zoe", "Zoë", "x"),
        lambda: slots.new_recovery_code(foreign),
        lambda: slots.rebind(foreign, secret),
    ]
    for attempt in tries:
        with pytest.raises(ValueError, match="not the keys"):
            attempt()


def test_existing_slots_are_never_started_anew(
    path: Path, slots: KeySlots, secret: WorkstationSecret, keys: Keys
) -> None:
    with pytest.raises(FileExistsError):
        KeySlots.create(path, secret, Keys.generate())
    assert slots.open("Maryam", "her password") == keys


def test_no_file_appears_before_something_opens_it(path: Path, secret: WorkstationSecret, keys: Keys) -> None:
    made = KeySlots.create(path, secret, keys, cost=KdfCost.MINIMAL)
    assert not path.exists()
    with pytest.raises(FileNotFoundError):
        KeySlots.load(path, no_secret)

    made.new_recovery_code(keys)
    assert path.exists()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_the_file_is_its_users_alone_after_every_change(path: Path, slots: KeySlots, keys: Keys) -> None:
    changes: list[Callable[[], object]] = [
        lambda: slots.new_recovery_code(keys),
        lambda: slots.change_password("Maryam", "her password", "x"),
        lambda: slots.remove_slot(MARYAM),
    ]
    for change in changes:
        path.chmod(0o644)
        change()
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_full_disk_changes_nothing(
    path: Path, slots: KeySlots, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()

    def fsync(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(StoreFull):
        slots.change_password("Maryam", "her password", "a new one")

    assert path.read_bytes() == before
    assert slots.open("Maryam", "her password") == keys


def test_nothing_secret_stands_in_the_file_in_any_writing(
    path: Path, slots: KeySlots, secret: WorkstationSecret, keys: Keys
) -> None:
    code = slots.new_recovery_code(keys)
    planted = {
        "password": b"her password",
        "arabic password": "كلمة السر".encode(),
        "code as shown": code.encode(),
        "code as typed": code.replace("-", "").encode(),
        "code's secret": read_code(code),
        "store key": keys.store,
        "centre key": keys.centre,
        "workstation's secret": secret.value,
    }
    text = path.read_bytes()
    # What base64 hides is looked into as well.
    sealed = [slot["seal"] for slot in json.loads(text)["slots"]] + [json.loads(text)["recovery"]]
    inside = b"|".join(base64.b64decode(seal[part]) for seal in sealed for part in ("salt", "sealed"))
    assert len(sealed) == 3

    found = [
        what
        for what, canary in planted.items()
        for written in writings(canary)
        if written in text or written.lower() in text.lower() or written in inside
    ]
    assert found == []
    # The same search does find what is meant to be read: the names, and the salts.
    assert b"Maryam" in text
    assert any(written in text for written in writings(base64.b64decode(sealed[0]["salt"])))


def writings(canary: bytes) -> list[bytes]:
    """The bytes raw, in hexadecimal, as a JSON string, in base32, and in base64 at its three alignments."""
    encoded = [base64.b64encode(bytes(shift) + canary)[4 if shift else 0 : -4] for shift in range(3)]
    encoded.append(base64.b64encode(canary))
    escaped = json.dumps(canary.decode("latin-1"))[1:-1].encode()
    return [canary, canary.hex().encode(), escaped, *encoded, base64.b32encode(canary)[:-8]]


def test_neither_keys_nor_secret_show_when_printed(keys: Keys, secret: WorkstationSecret) -> None:
    assert repr(keys) == "Keys()"
    assert repr(secret.value) not in repr(secret)


def test_half_a_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Keys(bytes(32), bytes(31))


def test_the_default_cost_takes_64_mebibytes(
    path: Path, secret: WorkstationSecret, keys: Keys, keeper: SecretKeeper
) -> None:
    KeySlots.create(path, secret, keys).add_slot(keys, MARYAM, "Maryam", "x")

    seal = json.loads(path.read_text())["slots"][0]["seal"]
    assert (seal["opslimit"], seal["memlimit"]) == (2, 64 * 1024 * 1024)
    assert KeySlots.load(path, keeper.read).open("Maryam", "x") == keys
