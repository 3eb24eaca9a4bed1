"""What somebody may do to the slots file, and what is told then: nothing of it opens, and nothing crashes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from carecenter.core.errors import StoreDamaged, UserError, WrongPassword
from carecenter.core.keyslots import KdfCost, Keys, KeySlots, PasswordNotSetError
from carecenter.core.secrets import SecretKeeper, SecretMissingError

MARYAM = "0192f0c1-maryam"
SALEM = "0192f0c1-salem"
Change = Callable[[dict[str, Any]], object]


@dataclass(frozen=True)
class Workstation:
    """Maryam and Salem sign in here; the recovery code lies in the safe."""

    path: Path
    keeper: SecretKeeper
    keys: Keys
    code: str

    def reopened(self) -> KeySlots:
        """The slots after a restart."""
        return KeySlots.load(self.path, self.keeper.read, cost=KdfCost.MINIMAL)

    def rewrite(self, change: Change) -> None:
        """Somebody edits the file."""
        content = json.loads(self.path.read_text())
        change(content)
        self.path.write_text(json.dumps(content))


@pytest.fixture
def desk(tmp_path: Path) -> Workstation:
    path, keeper, keys = tmp_path / "keyslots.json", SecretKeeper(tmp_path / "secret", None), Keys.generate()
    slots = KeySlots.create(path, keeper.create(), keys, cost=KdfCost.MINIMAL)
    slots.add_slot(keys, MARYAM, "Maryam", "her password")
    slots.add_slot(keys, SALEM, "سالم", "كلمة السر")
    return Workstation(path, keeper, keys, slots.new_recovery_code(keys))


def flipped(encoded: str, at: int) -> str:
    content = bytearray(base64.b64decode(encoded))
    content[at] ^= 1
    return base64.b64encode(content).decode()


def test_a_file_that_is_only_laid_out_anew_opens(desk: Workstation) -> None:
    desk.rewrite(lambda f: f.update(slots=f["slots"][::-1]))

    assert desk.reopened().open("Maryam", "her password") == desk.keys
    assert desk.reopened().open_with_recovery(desk.code) == desk.keys


TAMPERED: list[tuple[str, Change, type[UserError]]] = [
    ("workstation's secret elsewhere", lambda f: f.update(secret_place="keyring"), SecretMissingError),
    ("another workstation", lambda f: f.update(workstation="0" * 32), WrongPassword),
    ("another fingerprint", lambda f: f.update(secret_fingerprint="0" * 32), SecretMissingError),
    ("another check of the keys", lambda f: f.update(keys_check="0" * 32), StoreDamaged),
    ("a name moved", lambda f: f["slots"][0].update(name="MARYAM"), WrongPassword),
    ("an account moved", lambda f: f["slots"][0].update(account_id="supervisor"), WrongPassword),
    ("two slots of one account", lambda f: f["slots"][1].update(account_id=MARYAM), StoreDamaged),
    ("another's seal", lambda f: f["slots"][0].update(seal=f["slots"][1]["seal"]), WrongPassword),
    ("a version before the first", lambda f: f.update(version=0), StoreDamaged),
    ("a newer version", lambda f: f.update(version=2, new_field=1), UserError),
    ("a field too many", lambda f: f.update(surprise=1), StoreDamaged),
    ("a slot's field too many", lambda f: f["slots"][0].update(surprise=1), StoreDamaged),
    ("no seal", lambda f: f["slots"][0].update(seal=None), PasswordNotSetError),
    ("no slots", lambda f: f.update(slots=[]), WrongPassword),
]


@pytest.mark.parametrize(("change", "told"), [case[1:] for case in TAMPERED], ids=[case[0] for case in TAMPERED])
def test_a_tampered_file_does_not_open(desk: Workstation, change: Change, told: type[UserError]) -> None:
    desk.rewrite(change)

    with pytest.raises(UserError) as raised:
        desk.reopened().open("Maryam", "her password")

    assert type(raised.value) is told


@pytest.mark.parametrize(
    ("part", "value", "told"),
    [
        ("opslimit", 2, WrongPassword),
        ("memlimit", 16384, WrongPassword),
        ("opslimit", 0, StoreDamaged),
        ("opslimit", 10**6, StoreDamaged),
        ("memlimit", 2**40, StoreDamaged),
        ("memlimit", "8192", StoreDamaged),
        ("salt", "AAAA", StoreDamaged),
        ("salt", "not base64!", StoreDamaged),
        ("sealed", "", StoreDamaged),
        ("sealed", None, StoreDamaged),
    ],
)
def test_a_tampered_seal_does_not_open(desk: Workstation, part: str, value: object, told: type[UserError]) -> None:
    whole = desk.path.read_bytes()

    desk.rewrite(lambda f: f["slots"][0]["seal"].update({part: value}))
    with pytest.raises(told):
        desk.reopened().open("Maryam", "her password")

    desk.path.write_bytes(whole)
    desk.rewrite(lambda f: f["recovery"].update({part: value}))
    with pytest.raises(told):
        desk.reopened().open_with_recovery(desk.code)

    desk.path.write_bytes(whole)
    assert desk.reopened().open("Maryam", "her password") == desk.keys
    assert desk.reopened().open_with_recovery(desk.code) == desk.keys


def test_every_flipped_byte_of_a_seal_is_noticed(desk: Workstation) -> None:
    whole = desk.path.read_text()

    for part, length in (("salt", 16), ("sealed", 24 + 16 + 64)):
        for at in range(length):
            content = json.loads(whole)
            for seal in (content["slots"][0]["seal"], content["recovery"]):
                seal[part] = flipped(seal[part], at)
            desk.path.write_text(json.dumps(content))
            with pytest.raises(WrongPassword):
                desk.reopened().open("Maryam", "her password")
            with pytest.raises(WrongPassword):
                desk.reopened().open_with_recovery(desk.code)


@pytest.mark.parametrize("field", ["version", "workstation", "secret_place", "secret_fingerprint", "keys_check"])
def test_a_missing_field_is_damage(desk: Workstation, field: str) -> None:
    desk.rewrite(lambda f: f.pop(field))

    with pytest.raises(StoreDamaged):
        desk.reopened()


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[]", b"\xff\xfe", bytes(512)])
def test_a_file_that_is_no_slots_file_is_damage(desk: Workstation, content: bytes) -> None:
    desk.path.write_bytes(content)

    with pytest.raises(StoreDamaged, match="backup"):
        desk.reopened()


def test_the_file_of_a_newer_version_is_not_called_damaged(desk: Workstation) -> None:
    desk.rewrite(lambda f: f.update(version=2))

    with pytest.raises(UserError, match="newer version"):
        desk.reopened()
