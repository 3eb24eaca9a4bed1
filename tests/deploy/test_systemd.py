"""The units as systemd reads them, and their commands as the program takes them."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from carecenter.server import command_line
from tests.deploy.proxy import DEPLOY, replaced

UNITS = sorted((DEPLOY / "systemd").iterdir())
PROGRAM = "/opt/carecenter/current/.venv/bin/carecenter-server"
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """Copies whose program exists on this machine."""
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text().replace(PROGRAM, sys.executable))
    return [tmp_path / unit.name for unit in UNITS]


@needs_systemd
def test_systemd_has_nothing_to_say_against_the_units(units: list[Path], tmp_path: Path) -> None:
    command = ["systemd-analyze", "verify", "--man=no", *map(str, units)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    about_ours = [line for line in done.stderr.splitlines() if "carecenter" in line]
    assert (done.returncode, about_ours) == (0, [])


@needs_systemd
def test_a_setting_that_systemd_does_not_know_would_be_found(units: list[Path]) -> None:
    """The control of the test before."""
    unit = units[[path.name for path in units].index("carecenter@.service")]
    unit.write_text(replaced(unit.read_text(), "ProtectHome=", "ProtectsHome="))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    assert "ProtectsHome" in done.stderr


@pytest.mark.parametrize("unit", [unit.name for unit in UNITS if PROGRAM in unit.read_text()])
def test_the_program_takes_the_commands_of_the_units(unit: str) -> None:
    lines = (DEPLOY / "systemd" / unit).read_text().splitlines()
    commands = [line.partition("=")[2] for line in lines if line.startswith("ExecStart=")]
    assert commands
    for command in commands:
        program, *arguments = shlex.split(command.replace("%i", "8164"))
        assert program == PROGRAM
        chosen = command_line._parser().parse_args(arguments)
        assert callable(chosen.command)
