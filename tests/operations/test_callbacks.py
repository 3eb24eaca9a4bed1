"""Promises to call somebody back."""

from __future__ import annotations

import pytest

from carecenter.core.terms import CallbackState
from carecenter.models.ticket import Callback
from carecenter.operations.callbacks import PromiseCallback, SettleCallback
from tests.operations.records import ALI, LATER, Records

PROMISE = PromiseCallback(callback_id="promise", number="+96599887766", due_at=LATER, caller_id="noura")


def test_a_promise_belongs_to_who_made_it_and_is_made_once(desk: Records) -> None:
    desk.apply(PROMISE)
    once = desk.rows()
    desk.apply(PROMISE, actor=ALI)

    callback = desk.row(Callback, "promise")
    assert (callback.owner_id, callback.number, callback.due_at) == ("sara", "+96599887766", LATER)
    assert callback.state is CallbackState.PROMISED
    assert desk.rows() == once


@pytest.mark.parametrize("now", [CallbackState.KEPT, CallbackState.CANCELLED])
def test_a_promise_is_settled_once(desk: Records, now: CallbackState) -> None:
    desk.apply(PROMISE, SettleCallback(callback_id="promise", now=now))
    desk.apply(SettleCallback(callback_id="promise", now=CallbackState.KEPT))

    assert desk.row(Callback, "promise").state is now


def test_a_promise_that_is_not_on_this_desk_is_left_to_the_centre(desk: Records) -> None:
    desk.apply(SettleCallback(callback_id="elsewhere", now=CallbackState.KEPT))

    assert desk.rows() == {}
