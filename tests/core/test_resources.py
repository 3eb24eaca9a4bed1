"""The files that ship beside the code are found wherever the program lies."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from carecenter.core.resources import resource, root


def test_a_checkout_finds_its_own_files() -> None:
    assert (root() / "carecenter" / "core" / "resources.py").is_file()
    assert resource("knowledge", "README.md").is_file()
    assert resource().is_dir()


def test_a_bundle_finds_the_files_it_was_packed_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)

    assert resource("knowledge") == tmp_path / "resources" / "knowledge"
