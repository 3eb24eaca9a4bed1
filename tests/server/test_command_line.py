"""``carecenter-server`` as its owner meets it: help, mistakes, a backup and its way back."""

import getpass
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from sqlalchemy import select

from carecenter.core import i18n
from carecenter.core.config import Paths
from carecenter.core.keyslots import KdfCost, Keys, KeySlots
from carecenter.core.secrets import SecretKeeper
from carecenter.models.base import Side
from carecenter.models.ticket import Ticket
from carecenter.server import command_line
from tests import houses
from tests.houses import KEY, PASSWORD, open_ticket


@dataclass
class Desk:
    """A desk that is closed, with one account, and where its backup goes."""

    paths: Paths
    code: str
    file: Path

    def run(self, monkeypatch: pytest.MonkeyPatch, typed: str, *arguments: str) -> int:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        return command_line.main([*arguments, "--home", str(self.paths.data)])


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    paths = Paths(tmp_path / "desk")
    paths.prepare()
    keys = Keys(KEY, KEY)
    slots = KeySlots.create(paths.keyslots, SecretKeeper(paths.secret, None).create(), keys, cost=KdfCost.MINIMAL)
    slots.add_slot(keys, "a", "agent", PASSWORD)
    with houses.house(paths.data) as house:
        house.account("agent")
        seat = house.seat("agent", at=house.open_store("store"))
        seat.perform(open_ticket("before"))
        seat.synchronise()
    yield Desk(paths, slots.new_recovery_code(keys), tmp_path / "desk.carecenter")
    i18n.set_language("en")


def _texts(folder: Path) -> list[str]:
    engine = houses.open_engine(folder / "centre.db", Side.CENTRE)
    with engine.connect() as connection:
        found = list(connection.execute(select(Ticket.text)).scalars())
    engine.dispose()
    return found


def test_there_and_back_with_a_password_from_standard_input(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    to = ("backup", "--to", str(desk.file), "--password-stdin")
    assert desk.run(monkeypatch, f"{PASSWORD}\n", *to) == command_line.DONE
    assert str(desk.file) in capsys.readouterr().out
    back = ("restore", "--from", str(desk.file), "--name", "agent", "--password-stdin")
    assert desk.run(monkeypatch, f"{PASSWORD}\n", *back) == command_line.DONE
    assert "before-restore-" in capsys.readouterr().out
    assert _texts(desk.paths.data) == ["before"]
    assert not list(desk.paths.data.glob(".*"))


def test_onto_another_computer_with_the_recovery_code(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    to = ("backup", "--to", str(desk.file), "--recovery-code", "--password-stdin")
    assert desk.run(monkeypatch, desk.code, *to) == command_line.DONE
    elsewhere = Desk(Paths(tmp_path / "new computer"), desk.code, desk.file)
    back = ("restore", "--from", str(desk.file), "--recovery-code", "--password-stdin")
    assert elsewhere.run(monkeypatch, desk.code.lower().replace("-", " "), *back) == command_line.DONE
    assert "recovery code" in capsys.readouterr().out
    assert _texts(elsewhere.paths.data) == ["before"]
    assert not elsewhere.paths.secret.exists()


def test_a_wrong_password_a_wrong_code_and_silence_change_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for typed, how, said in (
        ("wrong\n", (), "do not go together"),
        ("", (), "Nothing came"),
        ("not a code\n", ("--recovery-code",), "recovery code"),
    ):
        arguments = ("backup", "--to", str(desk.file), "--password-stdin", *how)
        assert desk.run(monkeypatch, typed, *arguments) == command_line.FAILED
        assert said in capsys.readouterr().err
    assert not desk.file.exists()


def test_the_password_is_asked_for_where_there_is_a_terminal(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return PASSWORD

    monkeypatch.setattr(getpass, "getpass", answer)
    assert desk.run(monkeypatch, "", "backup", "--to", str(desk.file)) == command_line.DONE
    assert asked == ["Password of agent: "]


def test_with_several_people_the_name_is_asked_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    slots = KeySlots.load(desk.paths.keyslots, SecretKeeper(desk.paths.secret, None).read, cost=KdfCost.MINIMAL)
    slots.add_slot(Keys(KEY, KEY), "b", "hessa", PASSWORD)
    monkeypatch.setattr(getpass, "getpass", lambda _question: PASSWORD)
    to = ("backup", "--to", str(desk.file))
    assert desk.run(monkeypatch, "hessa\n", *to) == command_line.DONE
    assert "agent, hessa" in capsys.readouterr().err
    assert desk.run(monkeypatch, "", *to) == command_line.FAILED
    assert "no terminal" in capsys.readouterr().err
    assert desk.run(monkeypatch, PASSWORD, *to, "--password-stdin") == command_line.FAILED
    assert "--name" in capsys.readouterr().err


def test_a_desk_that_is_open_is_not_replaced(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.run(monkeypatch, PASSWORD, "backup", "--to", str(desk.file), "--password-stdin")
    with FileLock(desk.paths.data / "carecenter.lock"):
        back = ("restore", "--from", str(desk.file), "--password-stdin")
        assert desk.run(monkeypatch, PASSWORD, *back) == command_line.FAILED
    assert "Close it first" in capsys.readouterr().err
    assert not list(desk.paths.data.glob("before-restore-*"))


def test_a_backup_is_inspected_without_a_password(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.run(monkeypatch, PASSWORD, "backup", "--to", str(desk.file), "--password-stdin")
    capsys.readouterr()
    assert command_line.main(["inspect", str(desk.file)]) == command_line.DONE
    said = capsys.readouterr().out
    assert "Whole" in said
    assert "centre.db" in said
    desk.file.write_bytes(desk.file.read_bytes()[:-5000])
    assert command_line.main(["inspect", str(desk.file)]) == command_line.FAILED
    assert "damaged" in capsys.readouterr().err


def test_a_folder_without_a_desk_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["backup", "--to", str(tmp_path / "x"), "--home", str(tmp_path / "nothing")]
    assert command_line.main(arguments) == command_line.FAILED
    assert "There is no desk" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "COMMAND"),
        (["restore"], "--from"),
        (["backup"], "--to"),
        (["fly"], "fly"),
        (["backup", "--to", "x", "--name", "a", "--recovery-code"], "not allowed with"),
        (["backup", "--to", "x", "--password", "secret"], "--password"),
    ],
)
def test_wrong_arguments_are_told_in_two_lines(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line.main(arguments)
    assert ended.value.code == command_line.MISUSED
    lines = capsys.readouterr().err.splitlines()
    assert said in lines[0]
    assert "--help" in lines[1]
    assert len(lines) == 2


def test_help_explains_each_command_without_opening_anything() -> None:
    environment = {**os.environ, "LANGUAGE": "en", "COLUMNS": "100"}
    for arguments, said in ((["--help"], "restore"), (["backup", "--help"], "Example"), (["--version"], "0.")):
        program = [sys.executable, "-m", "carecenter.server.command_line", *arguments]
        shown = subprocess.run(program, capture_output=True, text=True, check=True, env=environment)
        assert said in shown.stdout
        assert shown.stderr == ""
