"""The store's own facts: who it is and how far it has counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from carecenter.store import facts
from tests.houses import open_store


def test_a_store_keeps_its_id_and_differs_from_every_other(tmp_path: Path) -> None:
    first, other = open_store(tmp_path / "first.db"), open_store(tmp_path / "other.db")
    device = first.device_id()
    first.close()
    again = open_store(tmp_path / "first.db")

    assert again.device_id() == device != other.device_id()
    for workstation in (again, other):
        workstation.close()


def test_numbers_follow_one_another_also_after_a_failure(tmp_path: Path) -> None:
    workstation = open_store(tmp_path / "store.db")
    with workstation.transaction() as session:
        assert [facts.next_number(session) for _ in range(3)] == [1, 2, 3]
    with pytest.raises(ZeroDivisionError), workstation.transaction() as session:
        _ = facts.next_number(session) // 0
    with workstation.transaction() as session:
        assert facts.next_number(session) == 4
        assert facts.get(session, "nothing of the kind") is None
    workstation.close()
