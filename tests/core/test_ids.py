"""Identifiers sort by the time they were made."""

from __future__ import annotations

import time
import uuid

import pytest

from carecenter.core.ids import new_id


def test_an_id_is_a_uuid_of_version_seven_in_its_usual_form() -> None:
    made = new_id()
    read = uuid.UUID(made)

    assert str(read) == made
    assert (read.version, read.variant) == (7, uuid.RFC_4122)


def test_an_id_tells_when_it_was_made() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid.UUID(new_id()).int >> 80
    after = time.time_ns() // 1_000_000

    assert before <= made <= after


def test_ids_sort_by_time_also_after_the_year_2200(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for milliseconds in (0, 1, 2**31, 2**40, 2**47, 2**48 - 1):
        moment = milliseconds * 1_000_000
        monkeypatch.setattr("carecenter.core.ids.time.time_ns", lambda moment=moment: moment)
        made.append(new_id())

    assert made == sorted(made)


def test_a_thousand_of_the_same_millisecond_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("carecenter.core.ids.time.time_ns", lambda: 1_772_000_000_000_000_000)

    assert len({new_id() for _ in range(1_000)}) == 1_000
