"""The whole tour, as `make tour` takes it: in Arabic with Arabic-Indic digits, where most could go wrong."""

import json
import subprocess
import sys
from pathlib import Path

from carecenter.core import reference


def test_the_tour_is_walked_to_its_end_and_says_one_line_a_step(tmp_path: Path) -> None:
    asked = ["--tour", str(tmp_path), "--language", "ar", "--digits", "arab"]
    told = subprocess.run([sys.executable, "-m", "carecenter", *asked], check=False, capture_output=True, text=True)
    tour = json.loads((tmp_path / "tour.json").read_text("utf-8"))
    assert (told.returncode, tour["problem"], told.stderr) == (0, "", "")
    names = [step["name"] for step in tour["steps"]]
    assert len(told.stdout.splitlines()) == len(names) + 1
    assert {"caller", "reference", "knowledge", "assigned", "settings", "queue-dark"} <= set(names)
    assert reference.parse(tour["reference"]).is_valid
    assert {file.name for file in tmp_path.glob("*.png")} == {step["screenshot"] for step in tour["steps"]}
