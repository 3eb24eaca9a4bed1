"""The containers, as far as they can be read without an engine: files they name are there, and so are commands."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from carecenter.server import command_line
from tests.deploy.proxy import DEPLOY

ROOT = DEPLOY.parent
COMPOSE = DEPLOY / "compose"


def missing(dockerfile: str) -> list[str]:
    """Files of the checkout that the image is built from and that are not there."""
    named = re.findall(r"(?:requirements|translations|deploy)/[\w./-]+", dockerfile)
    return [name for name in named if not (ROOT / name).is_file()]


def test_the_image_is_built_from_files_that_are_there() -> None:
    dockerfile = (COMPOSE / "Dockerfile").read_text()
    assert len(re.findall(r"(?:requirements|translations|deploy)/[\w./-]+", dockerfile)) == 3
    assert missing(dockerfile) == []
    assert missing(dockerfile.replace("compose/start", "compose/begin")) == ["deploy/compose/begin"]


def test_what_compose_mounts_and_builds_is_there_and_secrets_stay_out_of_the_image() -> None:
    compose = (COMPOSE / "compose.yaml").read_text()
    mounted = re.findall(r"- (\.\.?/[\w./-]+):/", compose)
    assert mounted
    assert all((COMPOSE / path).is_file() for path in mounted)
    (context,), (dockerfile,) = re.findall(r"context: (\S+)", compose), re.findall(r"dockerfile: (\S+)", compose)
    assert (COMPOSE / context / dockerfile).resolve() == (COMPOSE / "Dockerfile").resolve()
    ignored = (COMPOSE / "Dockerfile.dockerignore").read_text().splitlines()
    for folder in {Path(path).parts[0] for path in re.findall(r"\{file: (\S+)\}", compose)}:
        assert f"deploy/compose/{folder}" in ignored


def test_each_secret_that_the_container_reads_is_given_to_it() -> None:
    compose, start = (COMPOSE / "compose.yaml").read_text(), (COMPOSE / "start").read_text()
    read = set(re.findall(r"/run/secrets/([\w-]+)", start + compose))
    declared = set(re.findall(r"^  ([\w-]+): \{file:", compose, re.MULTILINE))
    assert read == declared == {"database-password", "first-password", "tls-chain", "tls-key"}


def test_the_container_starts_with_commands_that_the_program_has(capsys: pytest.CaptureFixture[str]) -> None:
    start = COMPOSE / "start"
    assert subprocess.run(["sh", "-n", start], check=False).returncode == 0
    commands = re.findall(r"\$server (\w+)([^<|\n]*)", start.read_text())
    assert [command for command, _ in commands] == ["init", "migrate", "serve"]
    for command, options in commands:
        with pytest.raises(SystemExit):
            command_line.main([command, "--help"])
        shown = capsys.readouterr().out
        assert [option for option in shlex.split(options) if option.startswith("--") and option not in shown] == []
