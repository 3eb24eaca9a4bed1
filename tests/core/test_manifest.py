"""The digest of a scope: the same for the same rows in any order, another for any other row or version."""

from __future__ import annotations

from carecenter.core.manifest import digest

ROWS = [("ticket", "a", 1), ("ticket", "b", 2), ("call", "c", 1)]


def test_the_order_of_rows_does_not_matter() -> None:
    assert digest(ROWS) == digest(reversed(ROWS))


def test_any_difference_shows() -> None:
    others = [ROWS[:2], [*ROWS, ("call", "d", 1)], [("ticket", "a", 2), *ROWS[1:]], [("call", "a", 1), *ROWS[1:]]]

    assert len({digest(rows) for rows in (ROWS, *others)}) == len(others) + 1
