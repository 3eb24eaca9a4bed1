"""A damaged store: kept aside as it is, and what was typed carried into a new one as far as it can be read."""

from __future__ import annotations

import datetime as dt
import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from carecenter.models.base import Side
from carecenter.store import salvage
from carecenter.store.workstation import Workstation
from tests.houses import KEY, open_engine, open_store, open_ticket, somebody

NOW = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)
PAGE = 4_096


def _with_work(path: Path, tickets: int = 1) -> Workstation:
    """A store in use: tickets that were not sent and a draft."""
    workstation = open_store(path)
    workstation.keep_references(tuple(f"{number:010}" for number in range(tickets)))
    for number in range(tickets):
        workstation.perform(somebody(), open_ticket(f"ticket {number} " + "x" * 2_000))
    workstation.save_draft(somebody(), "call:1:notes", {"text": "half a sent"})
    return workstation


def _new_store(tmp_path: Path, damaged: Path) -> tuple[Workstation, tuple[int, int]]:
    engine = open_engine(tmp_path / "new.db", Side.DESK)
    carried = salvage.carry_over(damaged, KEY, engine)
    return Workstation(engine), carried


def _sent_texts(workstation: Workstation) -> list[str]:
    with workstation.transaction() as session:
        payloads = session.scalars(text("SELECT payload FROM outbox ORDER BY number")).all()
    return [bytes(payload).decode() for payload in payloads]


def test_a_store_is_sound_until_a_page_of_it_is_not(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    assert salvage.is_sound(path, KEY), "no file yet is nothing to repair"
    _with_work(path).close()
    assert salvage.is_sound(path, KEY)
    assert not salvage.is_sound(path, b"x" * 32)
    with path.open("r+b") as file:
        file.seek(path.stat().st_size - PAGE)
        file.write(os.urandom(PAGE))
    assert not salvage.is_sound(path, KEY)


def test_what_is_set_aside_is_whole_and_read_only(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    before = {path.with_name("store.db" + end): f"content{end}".encode() for end in ("", "-wal", "-shm")}
    for file, content in before.items():
        file.write_bytes(content)

    kept = salvage.set_aside(path, NOW)

    assert kept.name == "store-damaged-20260301-090000-000000.db"
    assert sorted(tmp_path.iterdir()) == [
        kept,
        kept.with_name(kept.name + "-shm"),
        kept.with_name(kept.name + "-wal"),
    ]
    for file, content in before.items():
        aside = kept.with_name(file.name.replace("store.db", kept.name))
        assert aside.read_bytes() == content
        assert stat.S_IMODE(aside.stat().st_mode) == stat.S_IRUSR


def test_two_that_were_damaged_stand_beside_each_other(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    for content, moment in ((b"first", NOW), (b"second", NOW + dt.timedelta(microseconds=1))):
        path.write_bytes(content)
        salvage.set_aside(path, moment)
    assert {file.read_bytes() for file in tmp_path.iterdir()} == {b"first", b"second"}


def test_work_that_stood_only_in_the_log_of_a_killed_program_is_carried_over(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    running = _with_work(path, tickets=2)
    killed = tmp_path / "killed"
    killed.mkdir()
    for end in ("", "-wal"):
        (killed / f"store.db{end}").write_bytes(path.with_name(f"store.db{end}").read_bytes())
    running.close()

    new, carried = _new_store(tmp_path, salvage.set_aside(killed / "store.db", NOW))

    assert carried == (2, 1)
    assert [sent[: sent.index("xxx")].count(f"ticket {at}") for at, sent in enumerate(_sent_texts(new))] == [1, 1]
    assert new.drafts(somebody()) == {"call:1:notes": {"text": "half a sent"}}
    new.close()


@pytest.mark.parametrize(
    ("state", "waiting", "attention"), [("waiting", 1, 0), ("accepted", 1, 0), ("attention", 0, 1)]
)
def test_each_operation_goes_on_from_where_it_was(tmp_path: Path, state: str, waiting: int, attention: int) -> None:
    """The new store has not heard what an accepted operation did: it is sent again, and known by its id."""
    old = _with_work(tmp_path / "store.db")
    with old.transaction() as session:
        session.execute(text("UPDATE outbox SET state = :state, reason = 'Why.'"), {"state": state})
        op_id = session.scalar(text("SELECT op_id FROM outbox"))
    old.close()

    new, carried = _new_store(tmp_path, salvage.set_aside(tmp_path / "store.db", NOW))

    assert carried == (1, 1)
    assert (new.queue().waiting, new.queue().attention) == (waiting, attention)
    with new.transaction() as session:
        assert session.scalar(text("SELECT op_id FROM outbox")) == op_id
    assert [item.reason for item in new.attention()] == ["Why."] * attention
    new.close()


def test_what_can_be_read_before_a_bad_page_counts(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    _with_work(path, tickets=40).close()
    with path.open("r+b") as file:  # the last ones written stand at the end
        file.seek(path.stat().st_size - 8 * PAGE)
        file.write(os.urandom(8 * PAGE))
    assert not salvage.is_sound(path, KEY)

    new, (operations, _drafts) = _new_store(tmp_path, salvage.set_aside(path, NOW))

    assert 0 < operations < 40
    assert [f"ticket {at} " in sent for at, sent in enumerate(_sent_texts(new))] == [True] * operations
    new.close()


def test_of_a_file_that_is_no_database_or_not_there_nothing_is_carried(tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense.db"
    nonsense.write_bytes(b"no database at all" * 1_000)
    for damaged in (nonsense, tmp_path / "nowhere.db"):
        new, carried = _new_store(tmp_path, damaged)
        assert carried == (0, 0)
        new.close()
    assert not (tmp_path / "nowhere.db").exists(), "looking makes no file"
