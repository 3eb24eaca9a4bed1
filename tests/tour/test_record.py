"""What is left of a tour: its lines, its pictures, ``tour.json``."""

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from carecenter.core.config import Settings
from carecenter.tour.record import FILE, Record


def record_in(folder: Path, qtbot: QtBot) -> Record:
    window = QLabel("the window")
    qtbot.addWidget(window)
    return Record(folder, window)


def test_every_step_leaves_a_line_and_a_picture(
    tmp_path: Path, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    record = record_in(tmp_path / "new", qtbot)
    record.step("desk")
    record.step("call")
    record.reference = "8219971382"
    record.write(Settings(language="ar", digits="arab", theme="dark"))
    told = json.loads((tmp_path / "new" / FILE).read_text("utf-8"))
    assert [step["name"] for step in told["steps"]] == ["desk", "call"]
    assert sum(step["seconds"] for step in told["steps"]) <= told["seconds"] + 0.1
    assert all((tmp_path / "new" / step["screenshot"]).stat().st_size for step in told["steps"])
    assert (told["language"], told["digits"], told["theme"]) == ("ar", "arab", "dark")
    assert (told["reference"], told["problem"]) == ("8219971382", "")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[-1].startswith("tour: 2 steps")


def test_a_tour_that_failed_says_after_which_step_and_what_was_missing(
    tmp_path: Path, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    record = record_in(tmp_path, qtbot)
    record.step("desk")
    record.fail("the call")
    record.write(Settings(language="en"))
    assert record.problem == "not seen after desk: the call"
    assert json.loads((tmp_path / FILE).read_text("utf-8"))["problem"] == record.problem
    assert capsys.readouterr().out.splitlines()[-1] == f"tour: {record.problem}"
    assert (tmp_path / "02-not-seen.png").exists()
