"""``export``, ``import`` and ``seed`` as an administrator types them, on a real PostgreSQL."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from carecenter.server import seed
from carecenter.server.commands.parser import DONE, FAILED, FOUND, INTERRUPTED
from carecenter.server.commands.showing import Progress
from carecenter.server.records import exporting, importing
from tests.houses import PASSWORD
from tests.server.records.test_checking import CALLER, PHONE
from tests.server.records.test_importing import written
from tests.server.terminals import Terminal, centre_at, heard, interrupt, signed_in


def test_a_load_is_asked_for_exported_and_counted(hall: Terminal, tmp_path: Path) -> None:
    load = ("seed", "--tickets", "8", "--accounts", "2")
    assert hall.run(*load, "--password-stdin", typed="short") == FAILED
    assert "too short" in hall.err
    assert hall.run(*load, "--password-stdin", typed=PASSWORD) == DONE, hall.err
    assert "Added: 8 tickets, 2 callers." in hall.out
    assert hall.run(*load) == DONE  # its accounts are there already: no password is asked for
    with centre_at(hall.url) as centre:
        answer = signed_in(centre, "seed-0002")
        assert heard(centre, answer.token, dict.fromkeys(answer.scopes, 0))
    file = tmp_path / "hall.jsonl.gz"
    assert hall.run("export", "--to", str(file), "--what", "tickets", "--what", "callers") == DONE
    assert (str(file) in hall.out, hall.err) == (True, "")
    assert hall.run("export", "--to", "-", "--what", "tickets") == DONE
    *_, end = hall.out.splitlines()
    assert json.loads(end)["counts"]["ticket"] == 16
    assert hall.run("import", "--from", str(file)) == DONE
    assert "New: 0\n" in hall.out
    assert hall.err == ""


def test_a_load_keeps_away_from_real_work_unless_told(hall: Terminal, tmp_path: Path) -> None:
    assert hall.run("import", "--from", str(written(tmp_path / "old.jsonl", [CALLER]))) == DONE, hall.err
    load = ("seed", "--tickets", "1", "--accounts", "1", "--password-stdin")
    assert hall.run(*load, typed=PASSWORD) == FAILED
    assert "real callers" in hall.err
    assert hall.run("seed", "--tickets", "-1") == FAILED
    assert hall.run(*load, "--among-real-work", typed=PASSWORD) == DONE


def test_what_was_put_aside_is_corrected_and_read_again(hall: Terminal, tmp_path: Path) -> None:
    file = written(tmp_path / "old.jsonl", [{**CALLER, "civil_id": "123"}, PHONE, {**CALLER, "id": "c-2"}])
    assert hall.run("import", "--from", str(file), "--check") == FOUND
    assert [one.name for one in tmp_path.iterdir()] == ["old.jsonl"]
    assert hall.run("import", "--from", str(file)) == FOUND
    assert hall.err.splitlines() == [
        "Line 2: caller.civil_id: is no Civil ID number",
        "Line 3: caller_phone.caller_id: names nothing that is there: parents come before their children",
    ]
    assert "Put aside: 2" in hall.out
    rejects = tmp_path / "old.jsonl.rejects"
    assert str(rejects) in hall.out
    rejects.write_text(rejects.read_text().replace('"123"', "null"))
    assert hall.run("import", "--from", str(rejects)) == DONE, hall.err
    assert "New: caller 1, caller_phone 1" in hall.out
    assert hall.run("import", "--from", str(rejects), "--rejects", str(rejects)) == FAILED
    assert hall.run("import", "--from", str(tmp_path / "none")) == FAILED


def test_ctrl_c_says_what_is_there_now(hall: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path / "old.jsonl", [CALLER])
    monkeypatch.setattr(exporting, "_write", interrupt)
    monkeypatch.setattr(importing.Importer, "run", interrupt)
    monkeypatch.setattr(seed, "fill", interrupt)
    for arguments, said in (
        (("export", "--to", str(tmp_path / "hall.jsonl")), "No file was written"),
        (("export", "--to", "-"), "What was written is not whole"),
        (("import", "--from", str(file)), "run the same command again"),
        (("import", "--from", str(file), "--check"), "Nothing was changed"),
        (("seed", "--tickets", "1", "--accounts", "0"), "stays"),
    ):
        assert hall.run(*arguments) == INTERRUPTED
        assert said in hall.err
    assert not (tmp_path / "hall.jsonl").exists()


def test_a_bar_shows_on_a_terminal_how_far_it_is(
    hall: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    progress = Progress("Import", quiet=True)
    progress(1, 1)
    progress.say("Line 2")
    hall.run("status")
    assert "█" in hall.err
    assert "\r\x1b[KLine 2\n" in hall.err
