"""Errors that a person reads."""

from __future__ import annotations

import copy
import pickle

import pytest

from carecenter.core.errors import CareCenterError, NotFound, StoreFull, UserError


def test_a_log_shows_the_english_text_with_its_values() -> None:
    error = UserError("{count} tickets are still open in {queue}.", count=3, queue="Passports")

    assert str(error) == "3 tickets are still open in Passports."
    assert error.message == "{count} tickets are still open in {queue}."
    assert error.params == {"count": 3, "queue": "Passports"}


def test_a_text_without_values_may_hold_braces() -> None:
    assert str(UserError("Type { to open a field.")) == "Type { to open a field."


def test_what_a_caller_said_is_not_taken_for_a_placeholder() -> None:
    assert str(UserError("No article answers {question}.", question="{0.__class__}")) == (
        "No article answers {0.__class__}."
    )


def test_every_kind_is_caught_as_a_user_error() -> None:
    with pytest.raises(UserError) as caught:
        raise StoreFull("The disk is full: nothing was saved. Make room and try again.")

    assert isinstance(caught.value, CareCenterError)


@pytest.mark.parametrize("copied", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_crosses_to_another_process_whole(copied: object) -> None:
    assert callable(copied)
    error = copied(NotFound("Nobody knows {reference}.", reference="0472915644"))

    assert type(error) is NotFound
    assert str(error) == "Nobody knows 0472915644."
