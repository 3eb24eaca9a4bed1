"""What holds for every operation."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import Any

import msgspec
import pytest

from carecenter import operations
from carecenter.core.terms import CallbackState, EntryKind
from carecenter.operations.base import Operation
from carecenter.operations.brought import Line, Promise
from carecenter.operations.tickets import CallbackWish
from tests.houses import START
from tests.operations.records import records

_OF_TYPE: dict[Any, Any] = {str: "x", int: 1, bool: True, dt.datetime: START, dt.date: START.date()}
_BY_NAME: dict[str, Any] = {
    "callback": CallbackWish(callback_id="x", number="+96599887766", due_at=START),
    "phone": ("phone", "+96599887766"),
    "phones": (("phone", "+96599887766"),),
    "account_id": "00000000-0000-7000-8000-000000000001",
    "lines": (Line(entry_id="line", kind=EntryKind.NOTE, author_id="x", at=START, desk_at=START),),
    "promises": (Promise(callback_id="x", owner_id="x", number="1", due_at=START, state=CallbackState.KEPT),),
    "aliases": (("alias", "0472915644"),),
    "content": {"ar": {"title": "س"}, "en": {"title": "x"}},
}


def _example(kind: type[Operation]) -> Operation:
    """An operation with every field filled."""
    return kind(**{field.name: _value(field.type, field.name) for field in msgspec.structs.fields(kind)})


def _value(wanted: Any, name: str) -> Any:
    if name in _BY_NAME:
        return _BY_NAME[name]
    arguments = getattr(wanted, "__args__", ())
    if arguments and not isinstance(arguments[0], str):  # a tuple, or what need not be given
        first = _value(arguments[0], name)
        return (first,) if getattr(wanted, "__origin__", None) is tuple else first
    if arguments:
        return arguments[0]
    return next(iter(wanted)) if issubclass(wanted, Enum) else _OF_TYPE[wanted]


every_kind = pytest.mark.parametrize("kind", operations.registry().values(), ids=lambda kind: kind.__name__)


@every_kind
def test_an_operation_makes_the_same_rows_on_every_machine(kind: type[Operation]) -> None:
    operation = _example(kind)
    found = []
    for _ in range(2):
        with records() as desk:
            desk.apply(operations.decode(kind.tag(), operations.encode(operation)))
            found.append(desk.rows())

    assert found[0] == found[1]


@every_kind
def test_an_operation_that_comes_again_changes_nothing(kind: type[Operation]) -> None:
    operation = _example(kind)
    with records() as desk:
        desk.apply(operation)
        once = desk.rows()
        desk.apply(operation, at=START + dt.timedelta(days=1))
        assert desk.rows() == once


@every_kind
def test_an_operation_says_beforehand_which_rows_it_looks_up(
    kind: type[Operation], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The centre loads and locks them first; what is not named would be read without a lock."""
    operation = _example(kind)
    looked_up: set[tuple[str, str]] = set()
    with records() as desk:
        get = desk.session.get

        def noted(model: Any, ident: str) -> Any:
            looked_up.add((model.__tablename__, ident))
            return get(model, ident)

        monkeypatch.setattr(desk.session, "get", noted)
        desk.apply(operation)
    assert looked_up <= set(operation.rows())


@every_kind
def test_the_audit_is_told_ids_and_never_what_was_written(kind: type[Operation]) -> None:
    fields = {field.name for field in msgspec.structs.fields(kind)}

    assert set(kind.subject) <= fields
    assert not set(kind.subject) & {"text", "notes", "name_ar", "name_en", "civil_id", "number", "phone", "reason"}
    assert _example(kind).subjects().keys() == set(kind.subject)


def test_an_id_that_is_not_given_is_no_subject() -> None:
    assert operations.calls.OpenCall(call_id="1").subjects() == {"call_id": "1"}


def test_an_operation_says_itself_what_it_does() -> None:
    with records() as desk, pytest.raises(NotImplementedError):
        desk.apply(Operation())
    with records() as desk:
        step = operations.tickets._OfTicket(ticket_id=desk.ticket(), entry_id="1")
        with pytest.raises(NotImplementedError):
            desk.apply(step)
