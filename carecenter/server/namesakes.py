"""Callers found at the centre by their names, in either script and however they are spelled.

On PostgreSQL each caller has a row of keys (`core.names`): the whole name, skeletons of parts, their pairs, and
pairs of which one is a slip away. A pair is rare where a single part is not, so each stage reads few rows among a
million; of very frequent names so many, those who are called just so first. They are ordered as on a workstation
(`core.likeness`). An embedded centre is small: there every name is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import combinations, pairwise, permutations
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.core import likeness, names
from carecenter.models.caller import Caller
from carecenter.models.centre import CallerName
from carecenter.server import bulk

if TYPE_CHECKING:
    from carecenter.server.centre import Centre

RULES: Final = 1
"""Counted up whenever the same name would have other keys; ``catch_up`` then makes them anew."""

_MOST_PARTS: Final = 5
_READ: Final = 10_000
_MANY: Final = 400
_SOME: Final = 200
_ENOUGH: Final = 300
_PIECE: Final = 2_000
_LENGTH: Final = r"abs(length(nullif(split_part(split_part(plain, E'\n', {}), E'\t', 5), '')) - %s)"
"""How much longer or shorter the skeletons of somebody's first or second name are; null where there is none."""
_KEEP: Final = (
    "INSERT INTO caller_name (caller_id, rules, keys, plain)"
    " SELECT caller_id, rules, keys, plain FROM json_to_recordset(%s::json)"
    " AS given(caller_id text, rules integer, keys text[], plain text) ORDER BY caller_id"
    " ON CONFLICT (caller_id) DO UPDATE SET rules = excluded.rules, keys = excluded.keys, plain = excluded.plain"
)


def keep(session: Session, callers: Iterable[Caller]) -> None:
    """Keep the keys of callers that were written, in the transaction that wrote them."""
    rows = [
        {"caller_id": row.id, "rules": RULES, "keys": sorted(_keys(row)), "plain": _plain(row)} for row in callers
    ]
    if rows and bulk.is_postgres(session):
        bulk.run(session, _KEEP, [msgspec.json.encode(rows).decode()])


def catch_up(centre: Centre) -> Iterator[int]:
    """Make the keys of callers who have none, or those of older rules, a piece a transaction; yields after each how
    many were made. Whoever stops in between goes on there the next time."""
    last = ""
    while True:
        with centre.transaction() as unit:
            rows = _without_keys(unit.session, last) if bulk.is_postgres(unit.session) else []
            keep(unit.session, rows)
        if not rows:
            return
        last = rows[-1].id
        yield len(rows)


def _without_keys(session: Session, after: str) -> Sequence[Caller]:
    """Locked, so that a name that changes meanwhile is not overtaken by keys of the earlier one. What somebody else
    holds is left to them: they keep its keys."""
    made = select(CallerName.caller_id).where(CallerName.caller_id == Caller.id, CallerName.rules >= RULES)
    some = select(Caller).where(Caller.id > after, ~made.exists()).order_by(Caller.id).limit(_PIECE)
    return session.scalars(some.with_for_update(key_share=True, skip_locked=True)).all()


def find(session: Session, name: str) -> list[str]:
    """The ids of the callers whose names are most like this one, best first; of names as much alike, whoever was
    registered last."""
    if bulk.is_postgres(session):
        return likeness.most_alike(name, _candidates(session, names.parts(name)[:_MOST_PARTS]))
    everybody = select(Caller.id, Caller.name_ar, Caller.name_en)
    lines = {one: likeness.line(ar, en) for one, ar, en in session.execute(everybody)}
    return likeness.most_alike(name, {one: line for one, line in lines.items() if line})


def _plain(caller: Caller) -> str:
    return likeness.line(caller.name_ar or "", caller.name_en or "")


def _keys(caller: Caller) -> set[str]:
    found: set[str] = set()
    for name in filter(None, (caller.name_ar, caller.name_en)):
        parts = names.parts(name)[:_MOST_PARTS]
        each = [names.keys(part) for part in parts]
        near = [names.near_keys(keys) | _beginnings(keys) for keys in each]
        found.update({_whole(parts)}, *each, *({f"~{key}" for key in keys} for keys in near))
        for one, other in combinations(each, 2):
            found |= _pairs(one, other)
        for i, j in permutations(range(len(parts)), 2):
            found |= _slips(each[i], near[j])
        found.update(*_as_one(parts, each))
    return found


def _whole(parts: list[str]) -> str:
    return "=" + " ".join(sorted(names.skeleton(names.readings(part)[0]) for part in parts))


def _as_one(parts: list[str], each: list[frozenset[str]]) -> list[set[str]]:
    """For each two neighbours written as one word, the keys of that word and of its pairs with the others."""
    found = []
    for at, (one, other) in enumerate(pairwise(parts)):
        joined = names.joined_keys(one, other)
        others = [*each[:at], *each[at + 2 :]]
        found.append(set(joined).union(*(_pairs(joined, keys) for keys in others)))
    return found


def _pairs(one: Iterable[str], other: Iterable[str]) -> set[str]:
    return {" ".join(sorted((a, b))) for a in one for b in other}


def _slips(said: Iterable[str], near: Iterable[str]) -> set[str]:
    return {f"{a} ~{b}" for a in said for b in near}


def _beginnings(keys: Iterable[str]) -> set[str]:
    return {key[:end] for key in keys for end in range(2, len(key))}


def _candidates(session: Session, parts: list[str]) -> dict[str, str]:
    """Id → names of whoever may be meant; each stage is wider than the one before."""
    each = [names.keys(part) for part in parts]
    if not each or not all(each):
        return {}

    def ask(*groups: Set[str], most: int = _MANY) -> dict[str, str]:
        return _ask(session, parts, groups, most)

    found = ask({_whole(parts)})
    if len(each) == 1:
        found |= ask(each[0])
        return found if len(found) >= _ENOUGH else found | ask(_slipped_alone(each[0]))
    found |= ask(*(_pairs(*two) for two in pairwise(each)))
    for as_one in _as_one(parts, each):
        found |= ask({key for key in as_one if " " in key} or as_one, most=_SOME)
    if len(found) >= _ENOUGH:
        return found
    for at, keys in enumerate(each):
        others = [*each[:at], *each[at + 1 :]]
        near = names.near_keys(keys)
        slipped = _slips(others[0], keys | near) | _pairs(others[0], near)
        found |= ask(slipped, *(_pairs(*two) for two in pairwise(others)))
    if len(found) < _ENOUGH and len(each) > 2:
        for two in combinations(each, 2):
            found |= ask(_pairs(*two), most=_SOME)
    return found


def _slipped_alone(keys: frozenset[str]) -> set[str]:
    near = names.near_keys(keys)
    return {f"~{key}" for key in keys | near} | near


def _ask(session: Session, parts: list[str], groups: Iterable[Set[str]], most: int) -> dict[str, str]:
    """Of the last registered who have a key of each group, so many: those whose names are about as long as the one
    asked for, and of them again the last registered."""
    given = [sorted(group) for group in groups]
    condition = " AND ".join("keys && %s::text[]" for _ in given)
    statement = f"""
        SELECT caller_id, plain FROM (
            SELECT caller_id, plain FROM caller_name WHERE {condition} ORDER BY caller_id DESC LIMIT {_READ}
        ) AS having_them
        ORDER BY least({_LENGTH.format(1)}, {_LENGTH.format(2)}), caller_id DESC LIMIT {most}
    """  # noqa: S608  # our own words
    long = len(_whole(parts)) - 1
    return dict(bulk.run(session, statement, [*given, long, long]).all())
