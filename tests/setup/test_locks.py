"""The three locks follow pyproject.toml, agree with each other and name no place to download from."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))


def required(names: list[object]) -> set[str]:
    """Package names without versions, spelled as in a lock; included groups are left out."""
    found = [re.match(r"[\w.-]+", name) for name in names if isinstance(name, str)]
    return {re.sub(r"[-_.]+", "-", match[0]).lower() for match in found if match}


def test_everything_required_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = required(project["project"]["dependencies"]) | required(project["dependency-groups"]["build"])

    assert runtime - pins("runtime").keys() == set()
    assert required(project["dependency-groups"]["dev"]) - pins("dev").keys() == set()
    assert required(project["project"]["optional-dependencies"]["meaning"]) - pins("meaning").keys() == set()


def test_the_extra_comes_on_top_of_the_others() -> None:
    assert not pins("meaning").keys() & pins("dev").keys()


def test_tests_run_on_the_versions_that_people_run() -> None:
    runtime, dev = pins("runtime"), pins("dev")
    assert {name: dev.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("lock", ["runtime", "dev", "meaning"])
def test_a_lock_names_no_place(lock: str) -> None:
    assert "://" not in (ROOT / "requirements" / f"{lock}.txt").read_text()
