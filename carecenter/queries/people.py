"""People found by their names, in either script and however they are spelled.

The full-text table ``search_caller`` holds the keys of `core.names`: skeletons under ``title``, those of parts
written as one word under ``asked``, skeletons with one consonant left out under ``body``, and under ``plain`` the
names ready to be compared. Candidates are sought in stages, from every part as it is to one part left out;
likeness orders them. Four digits beside the name narrow: the end of a phone number, or a year of birth.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from carecenter.core import likeness, names
from carecenter.core.text import tokens
from carecenter.models.caller import Caller, CallerPhone
from carecenter.models.search import SearchRow

_MANY: Final = 400
_SOME: Final = 200
_ENOUGH: Final = 300
_HARDLY_ANY: Final = 60
_SHORTEST: Final = 2
NARROWING: Final = 4
_CENTURIES: Final = {"19": "2", "20": "3"}  # the first digit of a Civil ID tells the century
_AS_MANY_AGAIN: Final = 12


def entry(name_ar: str, name_en: str) -> dict[str, Any]:
    """The columns of a caller in ``search_caller``."""
    keys: set[str] = set()
    joined: set[str] = set()
    near: set[str] = set()
    for name in filter(None, (name_ar, name_en)):
        parts = names.parts(name)
        each = [names.keys(part) for part in parts]
        keys.update(*each)
        near.update(*map(names.near_keys, each))
        for one, other in pairwise(parts):
            joined |= names.joined_keys(one, other)
    return {
        "title": " ".join(sorted(keys)),
        "asked": " ".join(sorted(joined)),
        "body": " ".join(sorted(near)),
        "plain": likeness.line(name_ar, name_en),
    }


def find(session: Session, line: str, limit: int) -> list[str]:
    """The ids of the callers whose names are most like the line, best first; at equal likeness the one whose card
    changed last."""
    words = tokens(line)
    digits = [word for word in words if word.isdecimal() and len(word) == NARROWING]
    name = " ".join(word for word in words if not word.isdecimal())
    if len(name) < _SHORTEST:
        return []
    found = _candidates(session, names.parts(name))
    best = likeness.most_alike(name, found)
    if digits:
        fitting = narrowed(session, _ids(session, best[: limit * _AS_MANY_AGAIN]), digits)
        if fitting:
            return fitting[:limit]
    return _ids(session, best[:limit])


def _candidates(session: Session, parts: list[str]) -> dict[int, str]:
    """Number → names of whoever may be meant; each stage is wider than the one before."""
    keys = [names.keys(part) for part in parts]
    if not any(keys):
        return {}
    as_said = [_any("title", group) for group in keys]
    found = _ask(session, _all(as_said), _MANY)
    for at in range(len(parts) - 1):
        as_one = _any("asked title", names.joined_keys(parts[at], parts[at + 1]))
        found |= _ask(session, _all([*as_said[:at], as_one, *as_said[at + 2 :]]), _SOME)
    if len(parts) == 1:
        found |= _ask(session, _any("asked", keys[0]), _SOME)
    if len(found) < _HARDLY_ANY:  # the last part may not be finished
        begun = _any("title", keys[-1], "*")
        found |= _ask(session, _all([*as_said[:-1], begun]), _SOME)
    if len(found) < _ENOUGH:
        a_slip = [_a_slip_away(keys, at) for at in range(len(parts))]
        for at, slipped in enumerate(a_slip):
            found |= _ask(session, _all([*as_said[:at], slipped, *as_said[at + 1 :]]), _SOME, rarest_first=True)
        if len(found) < _HARDLY_ANY * 2 and len(parts) > 1:
            found |= _ask(session, _all(a_slip), _SOME, rarest_first=True)
        if len(found) < _HARDLY_ANY and len(parts) > 1:
            found |= _with_one_left_out(session, as_said, a_slip)
    return found


def _with_one_left_out(session: Session, as_said: list[str], a_slip: list[str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for at in range(len(as_said)):
        found |= _ask(session, _all([*as_said[:at], *as_said[at + 1 :]]), _SOME)
    for at in range(len(a_slip) if len(a_slip) > 2 else 0):
        found |= _ask(session, _all([*a_slip[:at], *a_slip[at + 1 :]]), _SOME)
    return found


def _a_slip_away(keys: list[frozenset[str]], at: int) -> str:
    """One consonant more, less, or another; what another part of the name is already does not count."""
    others = frozenset().union(*(group for place, group in enumerate(keys) if place != at))
    near = names.near_keys(keys[at])
    return f"({_any('title', (near - others) or keys[at])} OR {_any('body', keys[at] | near)})"


def _any(columns: str, keys: frozenset[str], end: str = "") -> str:
    listed = " OR ".join(f'"{key}"{end}' for key in sorted(keys) if key)
    return f"{{{columns}}}: ({listed})" if listed else ""


def _all(groups: list[str]) -> str:
    return " AND ".join(filter(None, groups))


def _ask(session: Session, match: str, limit: int, *, rarest_first: bool = False) -> dict[int, str]:
    """``rarest_first``: for what many match by chance; where all match alike, ranking would only take time."""
    if not match:
        return {}
    order = "ORDER BY rank" if rarest_first else ""
    statement = sql(
        f"SELECT rowid, plain FROM search_caller WHERE search_caller MATCH :match {order} LIMIT :limit"  # noqa: S608 - two constants
    )
    return dict(session.execute(statement, {"match": match, "limit": limit}).all())


def _ids(session: Session, numbers: list[int]) -> list[str]:
    rows = select(SearchRow.number, SearchRow.entity_id).where(SearchRow.number.in_(numbers))
    ids = dict(session.execute(rows).all())
    return [ids[number] for number in numbers]


def narrowed(session: Session, ids: list[str], digits: list[str]) -> list[str]:
    """Of these people, whose phone ends so or who were born in that year."""
    kept = set(ids)
    for four in digits:
        phones = select(CallerPhone.caller_id).where(
            CallerPhone.caller_id.in_(ids), CallerPhone.e164.endswith(four, autoescape=True)
        )
        fitting = set(session.scalars(phones))
        if century := _CENTURIES.get(four[:2]):
            born = select(Caller.id).where(Caller.id.in_(ids), Caller.civil_id.startswith(century + four[2:]))
            fitting |= set(session.scalars(born))
        kept &= fitting
    return [one for one in ids if one in kept]
