"""Errors on their way between two versions: told with their words, or not believed."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from carecenter.core.errors import UserError
from carecenter.wire import Problem
from carecenter.wire.problems import error_of, problem_of


@pytest.mark.parametrize(
    "message", ["{missing}", "{", "{0}", "{name.secret}", "{name[x]}", "{count!x}", "{name:d}", "%s {name"]
)
def test_a_problem_that_nobody_can_read_is_no_error_of_the_centre(message: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with it
        error_of(Problem(code="refused", message=message, params={"name": "sara", "count": 1}))


def test_an_error_of_a_newer_centre_is_told_with_its_words() -> None:
    told = error_of(Problem(code="invented_later", message="Count: {count}", params={"count": 3}))
    assert type(told) is UserError
    assert str(told) == "Count: 3"


def test_what_cannot_travel_in_a_problem_becomes_text() -> None:
    sent = problem_of(UserError("{day}", day=dt.date(2026, 3, 1)))
    assert str(error_of(msgspec.json.decode(msgspec.json.encode(sent), type=Problem))) == "2026-03-01"
