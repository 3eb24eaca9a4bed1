"""A file is whole or refused before anything of it is read."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from carecenter.core.errors import UserError
from carecenter.server.records.reading import Rejects, Source

HEAD, RECORD, END = b'{"carecenter_records":1}\n', b'{"entity":"queue"}\n', b'{"end":2}\n'


def source(path: Path, content: bytes) -> Source:
    path.write_bytes(content)
    return Source(path, lambda _done, _total: None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hall.jsonl"


@pytest.mark.parametrize("packed", [False, True])
def test_its_records_come_with_their_line_numbers(file: Path, packed: bool) -> None:
    content = HEAD + RECORD + RECORD + END
    found = source(file, gzip.compress(content, mtime=0) if packed else content)
    assert found.records == 2
    assert [(number, text) for number, text, _ in found.lines()] == [(2, RECORD), (3, RECORD)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no last line"),
        (HEAD, "no last line"),
        (HEAD + RECORD + RECORD, r'cut off.*{"end":2}'),
        (HEAD + RECORD + RECORD + END[:-4], "no last line"),
        (HEAD + RECORD + END, "holds 1 records and says that there are 2"),
        (HEAD + RECORD * 2 + b'{"end":2,"sha256":"00"}\n', "changed after it was written"),
        (b'{"carecenter_records":2}\n' + END, "newer version"),
        (RECORD + END, "first line"),
        (gzip.compress(HEAD + RECORD * 2 + END, mtime=0)[:-20], "cut off"),
        (b"\x1f\x8b and something else", "cannot be used"),
    ],
)
def test_what_is_cut_off_changed_or_something_else_is_refused(file: Path, content: bytes, said: str) -> None:
    with pytest.raises(UserError, match=said):
        source(file, content)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No such file"):
        Source(tmp_path / "none", lambda _done, _total: None)


def test_rejects_are_a_file_of_records_for_its_owner_alone(file: Path) -> None:
    rejects = Rejects(file)
    rejects.put(RECORD)
    rejects.put(b"{ half a line")
    rejects.close()
    assert file.stat().st_mode & 0o077 == 0
    found = Source(file, lambda _done, _total: None)
    assert [text for _, text, _ in found.lines()] == [RECORD, b"{ half a line\n"]


def test_without_rejects_there_is_no_file(file: Path) -> None:
    Rejects(file).close()
    assert not file.exists()
