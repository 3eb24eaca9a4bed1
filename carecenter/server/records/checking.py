"""What a record has to be before it may be written: its fields, one by one, then what they say together.

A problem names a field and what is wrong with it, never what stands there: that is what callers said.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import StrEnum
from typing import Any, Final, TypeAlias

import msgspec
from sqlalchemy import Boolean, Column, Date, Integer, String
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault

from carecenter.core import civil_id, reference, text
from carecenter.core.decoding import decoded
from carecenter.core.i18n import N_
from carecenter.core.keyslots import fold_name
from carecenter.core.promises import due_at
from carecenter.core.terms import TicketStatus
from carecenter.models.base import TermType, UtcDateTime
from carecenter.server.records.form import ENTITIES, ENTITY, columns

Values: TypeAlias = dict[str, Any]

KNOWN: Final = frozenset(entity for entities in ENTITIES.values() for entity in entities)
_E164: Final = re.compile(r"\+[1-9][0-9]{4,14}")
_LARGEST: Final = 2**31


class Problem(msgspec.Struct, frozen=True):
    """``text`` is a msgid, filled by ``params``; ``field`` is empty for what the whole line is wrong with."""

    field: str
    text: str
    params: dict[str, str] = {}


class Unfit(Exception):
    """A value that a field cannot have."""

    def __init__(self, message: str, **params: str) -> None:
        super().__init__(message)
        self.message = message
        self.params = params


def read(line: bytes, today: dt.date) -> tuple[str, Values | list[Problem]]:
    """Entity and column → value of a line, or else everything that is wrong with it. ``today``: Kuwait's date.

    Whether the rows it refers to are there is not asked here.
    """
    try:
        given = decoded(line, dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "", [Problem("", N_("is no record: one JSON object a line"))]
    entity = given.pop(ENTITY, None)
    if not isinstance(entity, str) or entity not in KNOWN:
        return "", [Problem(ENTITY, N_("is none of: {terms}"), {"terms": ", ".join(sorted(KNOWN))})]
    fields = columns(entity)
    problems = [Problem(_shown(name), N_("is no field of this record")) for name in given if name not in fields]
    values: Values = {}
    for name, column in fields.items():
        try:
            values[name] = _value(entity, column, given, values, today)
        except Unfit as unfit:
            problems.append(Problem(name, unfit.message, unfit.params))
    return entity, problems or list(_together(entity, values)) or values


def _shown(name: str) -> str:
    """The name of a field that does not exist, as a terminal may show it."""
    return "".join(filter(str.isprintable, name))[:40]


def _value(entity: str, column: Column[Any], given: Values, so_far: Values, today: dt.date) -> Any:
    if column.name not in given:
        return _missing(entity, column, so_far)
    value = given[column.name]
    if value is None:
        if not column.nullable:
            raise Unfit(N_("is missing"))
        return None
    special = _SPECIAL.get(f"{entity}.{column.name}") or _SPECIAL.get(column.name)
    if special is not None:
        return special(_text(value, column), today)
    return _of_type(value, column)


def _missing(entity: str, column: Column[Any], so_far: Values) -> Any:
    implied = _IMPLIED.get(f"{entity}.{column.name}")
    if implied is not None:
        with suppress(KeyError):  # what it follows from is wrong, and told
            return implied(so_far)
        return None
    default = column.default
    if isinstance(default, CallableColumnDefault):
        return default.arg(None)  # type: ignore[arg-type]  # none of ours looks at its context
    if isinstance(default, ScalarElementColumnDefault):
        return default.arg
    if column.nullable:
        return None
    raise Unfit(N_("is missing"))


def _of_type(value: Any, column: Column[Any]) -> Any:
    kind = column.type
    if isinstance(kind, TermType):
        return _term(value, kind.term)
    for known, read_as in _READ_AS.items():
        if isinstance(kind, known):
            return read_as(value)
    if not isinstance(kind, String):
        return _json(value, column)
    is_id = column.primary_key or bool(column.foreign_keys) or column.name.endswith("_id")
    return _id(value, column) if is_id else _text(value, column)


def _term(value: Any, term: type[StrEnum]) -> StrEnum:
    try:
        return term(value)
    except ValueError as error:
        raise Unfit(N_("is none of: {terms}"), terms=", ".join(one.value for one in term)) from error


def _moment(value: Any) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(dt.UTC)
    except (ValueError, TypeError, OverflowError) as error:
        raise Unfit(N_("is no moment with its offset, such as 2026-11-23T09:40:00+03:00")) from error


def _date(value: Any) -> dt.date:
    try:
        return dt.date.fromisoformat(value)
    except (ValueError, TypeError) as error:
        raise Unfit(N_("is no date, such as 2026-11-23")) from error


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unfit(N_("is neither true nor false"))
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _LARGEST:
        raise Unfit(N_("is no whole number"))
    return value


def _text(value: Any, column: Column[Any]) -> str:
    if not isinstance(value, str):
        raise Unfit(N_("is no text"))
    kept = text.plain(value)
    most = getattr(column.type, "length", None)
    if most is not None and len(kept) > most:
        raise Unfit(N_("is too long. Characters, at most: {count}"), count=str(most))
    return kept


def _id(value: Any, column: Column[Any]) -> str:
    found = _text(value, column)
    if not found or found != value or not found.isprintable() or found != found.strip():
        raise Unfit(N_("is no id: letters, digits and signs that can be printed"))
    return found


def _json(value: Any, column: Column[Any]) -> Any:
    if column.name in {"was", "now"}:  # of a timeline: a status, an account, a level
        if not isinstance(value, str | int):
            raise Unfit(N_("is neither a text nor a number"))
        return text.plain(value) if isinstance(value, str) else value
    if column.name == "content":
        return _content(value)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Unfit(N_("is no list of texts"))
    return [text.plain(one) for one in value]


def _content(value: Any) -> Any:
    sides = [value.get(language) for language in ("ar", "en")] if isinstance(value, dict) else [None]
    if not all(isinstance(side, dict) and isinstance(side.get("title"), str) for side in sides):
        raise Unfit(N_("needs an article in ar and in en, each with a title"))
    try:
        return _plain(value)
    except RecursionError as error:
        raise Unfit(N_("is nested too deeply")) from error


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return text.plain(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return {text.plain(key): _plain(one) for key, one in value.items()} if isinstance(value, dict) else value


def _civil_id(value: str, today: dt.date) -> str:
    found = civil_id.parse(value, today)
    if isinstance(found, civil_id.CivilIdProblem):
        raise Unfit(N_("is no Civil ID number"))
    return found.number


def _e164(value: str, today: dt.date) -> str:
    del today
    if not _E164.fullmatch(value):
        raise Unfit(N_("is no number with its country, such as +96599887766"))
    return value


def _e164_or_withheld(value: str, today: dt.date) -> str:
    return _e164(value, today) if value else ""


def _reference(value: str, today: dt.date) -> str:
    del today
    found = reference.parse(value)
    if not found.is_valid:
        raise Unfit(N_("is no follow-up reference. Leave it out, and one is given"))
    return found.digits


def _name(value: str, today: dt.date) -> str:
    del today
    if not fold_name(value):
        raise Unfit(N_("is missing"))
    return value.strip()


_READ_AS: Final[dict[type[Any], Callable[[Any], Any]]] = {
    UtcDateTime: _moment,
    Date: _date,
    Boolean: _flag,
    Integer: _number,
}

_SPECIAL: Final[dict[str, Callable[[str, dt.date], str]]] = {
    "civil_id": _civil_id,
    "caller_phone.e164": _e164,
    "callback.number": _e164,
    "call.number": _e164_or_withheld,
    "reference": _reference,
    "account.name": _name,
}
"""Fields that are more than their type."""

_IMPLIED: Final[dict[str, Callable[[Values], Any]]] = {
    "ticket.reference": lambda _values: "",
    "ticket.due_at": lambda values: due_at(values["kind"], values["priority"], values["opened_at"]),
    "ticket.changed_at": lambda values: values["opened_at"],
    "ticket_entry.desk_at": lambda values: values["at"],
}
"""What a record need not say, since it follows from what stands before it."""


def _together(entity: str, values: Values) -> Iterator[Problem]:
    if entity == "ticket":
        closed = values["status"] is TicketStatus.CLOSED
        for name in ("outcome", "closed_at"):
            if closed and values[name] is None:
                yield Problem(name, N_("is missing: the ticket is closed"))
            elif not closed and values[name] is not None:
                yield Problem(name, N_("is too much: the ticket is open"))
    if entity == "call" and values["anonymous"]:
        for name in ("caller_id", "number"):
            if values[name]:
                yield Problem(name, N_("is too much: the caller stays anonymous"))
