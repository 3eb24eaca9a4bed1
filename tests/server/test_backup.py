"""Backups: whole or not there, useless to whoever finds one, and put back without anything issued twice."""

import errno
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from carecenter.core.config import Paths
from carecenter.core.errors import NotAllowed, StoreDamaged, StoreFull, UserError, WrongPassword
from carecenter.core.keyslots import KdfCost, Keys, KeySlots
from carecenter.core.secrets import SecretKeeper
from carecenter.models.centre import CentreFact
from carecenter.models.desk import DeskFact, FreeReference
from carecenter.models.ticket import Ticket
from carecenter.server import audit, backup
from carecenter.server.restored import SKIPPED_REFERENCES
from carecenter.wire import FeedRequest, Outcome
from tests import houses
from tests.houses import KEY, PASSWORD, House, Seat, add_note, open_ticket

CANARY = "canary in the notes كناري"


@dataclass
class Home:
    """A desk's folder in use, and where its backups go."""

    house: House
    seat: Seat
    paths: Paths
    keys: Keys
    target: Path

    def back_up(self) -> Path:
        others = {self.paths.keyslots.name: self.paths.keyslots.read_bytes()}
        databases = {"centre.db": (self.paths.centre, KEY), "store.db": (self.paths.store, KEY)}
        backup.back_up(databases, others, self.target)
        return self.target

    def reopened(self) -> House:
        """The desk after a restart."""
        again = House.__new__(House)
        again.directory, again.clock, again._open = self.house.directory, self.house.clock, self.house._open
        again.centre = again.open_centre()
        return again


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    folder = tmp_path / "desk"
    folder.mkdir()
    paths = Paths(folder)
    keys = Keys(KEY, KEY)
    secret = SecretKeeper(paths.secret, None).create()
    KeySlots.create(paths.keyslots, secret, keys, cost=KdfCost.MINIMAL).add_slot(keys, "a", "agent", PASSWORD)
    with houses.house(folder) as house:
        house.account("agent")
        seat = house.seat("agent", at=house.open_store("store"))
        seat.perform(open_ticket(CANARY))
        seat.synchronise()
        (tmp_path / "backups").mkdir()
        yield Home(house, seat, paths, keys, tmp_path / "backups" / "desk.carecenter")


def test_a_backup_of_a_desk_in_use_holds_both_databases_and_the_sealed_keys(home: Home) -> None:
    told: list[tuple[int, int]] = []
    others = {"keyslots.json": home.paths.keyslots.read_bytes()}
    backup.back_up({"centre.db": (home.paths.centre, KEY)}, others, home.target, lambda *at: told.append(at))
    assert told[-1][0] == told[-1][1]
    assert told == sorted(told)
    info = backup.inspect_backup(home.back_up())
    assert {part.name for part in info.databases} == {"centre.db", "store.db"}
    assert [part.name for part in info.others] == ["keyslots.json"]
    assert info.size > 100_000
    assert info.made_at.tzinfo is not None
    assert [file.name for file in home.target.parent.iterdir()] == [home.target.name]
    home.seat.perform(open_ticket("the desk goes on"))


def test_whoever_finds_a_backup_reads_nothing_in_it(home: Home) -> None:
    home.back_up()
    secret = home.paths.secret.read_bytes().strip()
    with zipfile.ZipFile(home.target) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
    for readable in (CANARY.encode(), b"canary", b"SQLite format 3", secret, bytes.fromhex(secret.decode()), KEY):
        assert readable not in whole
    assert home.target.stat().st_mode & 0o077 == 0


def test_the_workstations_secret_never_goes_in(home: Home) -> None:
    with pytest.raises(ValueError, match="never goes into a backup"):
        backup.back_up({}, {home.paths.secret.name: b"secret"}, home.target)
    assert not home.target.exists()


def test_a_backup_taken_while_somebody_writes_is_consistent(home: Home) -> None:
    opening = open_ticket("busy")
    home.seat.perform(opening)

    def write() -> None:
        for number in range(60):
            home.seat.perform(add_note(opening.ticket_id, f"note {number}"))

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        for _ in range(3):
            home.back_up()
        writing.result()
    backup.restore(home.target, home.paths.data.parent / "elsewhere", home.keys)


def test_restoring_brings_the_rows_back_and_keeps_what_was_there(home: Home) -> None:
    home.back_up()
    home.seat.perform(open_ticket("after the backup"))
    home.seat.synchronise()
    home.house.close()
    later = home.paths.store.read_bytes()
    aside = backup.restore(home.target, home.paths.data, home.keys)
    assert aside is not None
    assert (aside / "store.db").read_bytes() == later
    assert {"centre.db", "store.db", "keyslots.json"} <= {file.name for file in aside.iterdir()}
    again = home.reopened()
    with again.centre.transaction() as unit:
        texts = unit.session.scalars(select(Ticket.text)).all()
    assert texts == [CANARY]
    again.close()


def test_a_restored_centre_is_another_generation_that_issues_nothing_twice(home: Home) -> None:
    home.back_up()
    before = _facts(home.house)
    issued = {row.reference for row in _tickets(home.house)} | set(home.seat.refill(100))
    token = home.seat.signed_in.token
    home.house.close()
    backup.restore(home.target, home.paths.data, home.keys)
    again = home.reopened()
    after = _facts(again)
    assert after["generation"] != before["generation"]
    assert int(after["next_payload"]) == int(before["next_payload"]) + SKIPPED_REFERENCES
    assert after["scatter_key"] == before["scatter_key"]
    with pytest.raises(NotAllowed):
        again.centre.feed(token, FeedRequest(after={}))
    with again.centre.transaction() as unit:
        assert audit.first_broken(unit.session) is None
    store = again.open_store("store")
    with store.transaction() as session:
        assert session.scalar(select(func.count()).select_from(FreeReference)) == 0
    seat = again.seat("agent", at=store)
    assert not issued & set(seat.refill(100))
    again.close()


def test_a_restored_desk_sends_what_waited_and_new_work_is_no_copied_disk(home: Home) -> None:
    waiting = open_ticket("typed, not yet sent")
    home.seat.perform(waiting)
    home.back_up()
    with home.seat.workstation.transaction() as session:
        device = session.get_one(DeskFact, "device_id").value
    home.seat.synchronise()
    home.house.close()
    backup.restore(home.target, home.paths.data, home.keys)
    again = home.reopened()
    store = again.open_store("store")
    assert store.device_id() != device
    seat = again.seat("agent", at=store)
    fresh = open_ticket("after the restore")
    seat.perform(fresh)
    results = seat.push()
    assert {result.outcome for result in results} == {Outcome.ACCEPTED}
    assert {waiting.ticket_id, fresh.ticket_id} <= {row.id for row in _tickets(again)}
    again.close()


def test_a_restore_onto_an_empty_computer_needs_only_the_keys(home: Home, tmp_path: Path) -> None:
    home.back_up()
    assert backup.restore(home.target, tmp_path / "new", home.keys) is None
    names = {file.name for file in (tmp_path / "new").iterdir()}
    assert names == {"centre.db", "store.db", "keyslots.json"}


@pytest.mark.parametrize("at", [0.05, 0.3, 0.6, 0.9, 0.999])
def test_a_damaged_backup_is_told_and_changes_nothing(home: Home, at: float) -> None:
    content = bytearray(home.back_up().read_bytes())
    place = int(len(content) * at)
    for offset in range(place, min(place + 64, len(content))):
        content[offset] ^= 0xFF
    home.target.write_bytes(content)
    _refused(home, StoreDamaged)


@pytest.mark.parametrize("part", [0.2, 0.7, 0.99])
def test_half_a_backup_is_told(home: Home, part: float) -> None:
    content = home.back_up().read_bytes()
    home.target.write_bytes(content[: int(len(content) * part)])
    _refused(home, StoreDamaged)


def test_a_changed_part_with_a_right_checksum_is_told(home: Home) -> None:
    home.back_up()
    _rewritten(home, {"keyslots.json": b"{}"})
    _refused(home, StoreDamaged)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00" * 5000])
def test_another_file_is_no_backup(home: Home, content: bytes) -> None:
    home.target.write_bytes(content)
    with pytest.raises(UserError, match="not a backup"):
        backup.inspect_backup(home.target)


def test_a_foreign_archive_and_one_that_reaches_outside_are_no_backups(home: Home) -> None:
    home.back_up()
    manifest = _manifest(home)
    for changed in (
        {"manifest.json": b'{"kind": "something else"}'},
        {"manifest.json": json.dumps({**manifest, "others": _named(manifest["others"], "../x")}).encode()},
        {"manifest.json": json.dumps({**manifest, "others": _named(manifest["others"], ".hidden")}).encode()},
    ):
        home.back_up()
        _rewritten(home, changed)
        with pytest.raises(UserError, match="not a backup"):
            backup.inspect_backup(home.target)
    with zipfile.ZipFile(home.target, "w") as archive:
        archive.writestr("holiday.jpg", b"")
    with pytest.raises(UserError, match="not a backup"):
        backup.inspect_backup(home.target)


@pytest.mark.parametrize("written", [b"{", b"[]", b'{"kind": "carecenter-backup", "format": 1}'])
def test_a_manifest_that_makes_no_sense_is_damage(home: Home, written: bytes) -> None:
    home.back_up()
    _rewritten(home, {"manifest.json": written})
    _refused(home, StoreDamaged)


def test_a_database_that_no_desk_has_is_not_put_into_its_folder(home: Home) -> None:
    backup.back_up({"other.db": (home.paths.centre, KEY)}, {}, home.target)
    before = _content(home.paths.data)
    with pytest.raises(UserError, match="not a backup"):
        backup.restore(home.target, home.paths.data, home.keys)
    assert _content(home.paths.data) == before


def test_a_backup_without_the_key_slots_leaves_those_that_are_there(home: Home) -> None:
    backup.back_up({"centre.db": (home.paths.centre, KEY)}, {}, home.target)
    slots = home.paths.keyslots.read_bytes()
    home.house.close()
    aside = backup.restore(home.target, home.paths.data, home.keys)
    assert aside is not None
    assert home.paths.keyslots.read_bytes() == slots
    # A store that has heard more than the restored centre is not left beside it.
    assert (aside / "store.db").exists()
    assert not home.paths.store.exists()


def test_a_backup_of_a_newer_program_is_told_by_its_version(home: Home) -> None:
    home.back_up()
    newer = {**_manifest(home), "format": backup.FORMAT + 1, "program": "7.5"}
    _rewritten(home, {"manifest.json": json.dumps(newer).encode()})
    _refused(home, UserError, r"newer version .*7\.5")


def test_a_missing_file_is_told(home: Home) -> None:
    with pytest.raises(UserError, match="cannot be used"):
        backup.inspect_backup(home.target)


def test_the_keys_of_another_desk_open_nothing_and_change_nothing(home: Home) -> None:
    home.back_up()
    before = _content(home.paths.data)
    with pytest.raises(WrongPassword, match="do not open this backup"):
        backup.restore(home.target, home.paths.data, Keys(b"x" * 32, b"y" * 32))
    assert _content(home.paths.data) == before


def test_one_part_is_taken_out(home: Home, tmp_path: Path) -> None:
    home.back_up()
    backup.extract(home.target, "keyslots.json", tmp_path / "slots")
    assert (tmp_path / "slots").read_bytes() == home.paths.keyslots.read_bytes()
    with pytest.raises(UserError, match="does not hold"):
        backup.extract(home.target, "nothing", tmp_path / "nothing")


@pytest.mark.parametrize(
    ("failure", "told"),
    [(PermissionError(errno.EACCES, "in use"), UserError), (KeyboardInterrupt("in use"), KeyboardInterrupt)],
    ids=["in use", "interrupted"],
)
def test_a_part_that_cannot_be_put_in_place_leaves_everything_as_it_was(
    home: Home, monkeypatch: pytest.MonkeyPatch, failure: BaseException, told: type[BaseException]
) -> None:
    home.back_up()
    home.house.close()
    before = _content(home.paths.data)
    real = Path.replace

    def fail_at_the_slots(path: Path, target: Path) -> Path:
        if path.name == home.paths.keyslots.name and ".restore-" in str(path):
            raise failure
        return real(path, target)

    monkeypatch.setattr(Path, "replace", fail_at_the_slots)
    with pytest.raises(told, match="in use"):
        backup.restore(home.target, home.paths.data, home.keys)
    assert _content(home.paths.data) == before


def test_files_that_belong_to_the_desk_before_are_set_aside_with_it(home: Home) -> None:
    home.back_up()
    home.house.close()
    (home.paths.data / "demo").touch()
    aside = backup.restore(home.target, home.paths.data, home.keys, along=("demo",))
    assert aside is not None
    assert (aside / "demo").exists()
    assert not (home.paths.data / "demo").exists()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_leaves_the_earlier_backup_alone(
    home: Home, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    earlier = home.back_up().read_bytes()

    def full(_handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreFull):
        home.back_up()
    with pytest.raises(StoreFull):
        backup.restore(home.target, home.paths.data, home.keys)
    monkeypatch.undo()
    assert home.target.read_bytes() == earlier
    assert [file.name for file in home.target.parent.iterdir()] == [home.target.name]
    assert not [name for name in _content(home.paths.data) if "restore" in name]


def test_a_folder_that_is_not_there_is_told(home: Home) -> None:
    home.target = home.target.parent / "missing" / "desk.carecenter"
    with pytest.raises(UserError, match="cannot be used"):
        home.back_up()


def test_a_damaged_database_makes_no_backup(home: Home) -> None:
    home.house.close()
    with home.paths.centre.open("r+b") as file:
        file.seek(40_000)
        file.write(os.urandom(20_000))
    with pytest.raises(StoreDamaged):
        home.back_up()
    assert not home.target.exists()


def _refused(home: Home, kind: type[UserError], said: str | None = None) -> None:
    before = _content(home.paths.data)
    with pytest.raises(kind, match=said):
        backup.inspect_backup(home.target)
    with pytest.raises(kind, match=said):
        backup.restore(home.target, home.paths.data, home.keys)
    assert _content(home.paths.data) == before


def _content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.suffix != ".db-shm"}


def _manifest(home: Home) -> dict[str, list[dict[str, object]]]:
    with zipfile.ZipFile(home.target) as archive:
        found: dict[str, list[dict[str, object]]] = json.loads(archive.read("manifest.json"))
        return found


def _named(parts: list[dict[str, object]], name: str) -> list[dict[str, object]]:
    return [{**part, "name": name} for part in parts]


def _rewritten(home: Home, changed: dict[str, bytes]) -> None:
    """The archive with other contents, its own checksums right."""
    original = home.target.with_suffix(".original")
    shutil.move(home.target, original)
    with zipfile.ZipFile(original) as old, zipfile.ZipFile(home.target, "w") as new:
        for name in old.namelist():
            new.writestr(name, changed.get(name, old.read(name)))
    original.unlink()


def _facts(house: House) -> dict[str, str]:
    with house.centre.transaction() as unit:
        return {fact.name: fact.value for fact in unit.session.scalars(select(CentreFact))}


def _tickets(house: House) -> list[Ticket]:
    with house.centre.transaction() as unit:
        return list(unit.session.scalars(select(Ticket)))
