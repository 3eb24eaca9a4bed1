"""The log file: what support needs, and nothing that a caller said."""

import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from carecenter import logs


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    level = logging.getLogger().level
    logs.start(tmp_path)
    yield tmp_path
    logs.stop()
    logging.getLogger().setLevel(level)


def test_an_exception_is_logged_by_kind_and_place_without_its_text(folder: Path) -> None:
    try:
        raise ValueError("المتصل محمد 99887766")
    except ValueError:
        logging.getLogger("carecenter.test").exception("reading a row failed")
    text = (folder / logs.FILE).read_text(encoding="utf-8")
    assert "reading a row failed" in text
    assert "builtins.ValueError" in text
    assert "test_logs.py" in text
    assert "99887766" not in text
    assert "محمد" not in text


def test_only_the_user_can_read_the_log_and_old_ones_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "BYTES", 2_000)
    logs.start(folder)
    for number in range(400):
        logging.getLogger("carecenter.test").info("line %s", number)
    files = sorted(folder.iterdir())
    assert len(files) == logs.KEPT + 1
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert "line 399" in (folder / logs.FILE).read_text()
