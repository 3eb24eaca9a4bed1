"""Records come in: checked line by line, written in batches that reach workstations as any other change does.

Each record is written once, by its id: one that is there stays as it is, so what was interrupted is simply begun
again. A line that cannot be written is told and put aside, and the others go on. A number that another ticket
answers to is dealt with as when desks send it: the later ticket gets a new one, keeps the old one besides, and is
put up for review.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import InternalError, OperationalError, StatementError

from carecenter.core.i18n import N_
from carecenter.core.ids import new_id
from carecenter.core.keyslots import fold_name
from carecenter.core.kuwait import KUWAIT
from carecenter.models.account import Account
from carecenter.models.base import synced_models
from carecenter.models.centre import Review
from carecenter.models.queue import QueueMember
from carecenter.server import audit, bulk, references, turns
from carecenter.server.centre import Centre
from carecenter.server.records import checking
from carecenter.server.records.checking import Problem, Values
from carecenter.server.records.form import columns
from carecenter.server.records.reading import Source
from carecenter.server.session import CentreSession
from carecenter.server.unit import Unit, attempts

BATCH: Final = 500
_ACTION: Final = "Import"
_MOVING: Final = ("caller", "ticket")
"""What other rows follow, so that nobody may move it meanwhile."""

_GIVEN_TWICE: Final = N_("The follow-up reference was given twice: call this caller back with the new one.")
_NOT_TAKEN: Final = Problem("", N_("the database does not take it"))


class Imported(msgspec.Struct, kw_only=True):
    """How many records; ``new`` by entity. ``given_twice``: tickets with another number than they came with."""

    new: Counter[str]
    there: int = 0
    rejected: int = 0
    given_twice: int = 0


class _Row(msgspec.Struct):
    """A line that is fit to be written. ``raw`` goes to the rejects if it is not, after all."""

    number: int
    raw: bytes
    entity: str
    values: Values


class _Batch(msgspec.Struct, kw_only=True):
    """What becomes of a batch. ``accounts``: ids of the file → those of the same people here."""

    new: list[_Row]
    there: int
    rejected: list[tuple[_Row, list[Problem]]]
    accounts: dict[str, str] = {}
    given_twice: int = 0


Reject: TypeAlias = Callable[[int, bytes, str, Sequence[Problem]], None]
"""Told number, text and entity of a line, and what is wrong with it."""


class Importer:
    """Writes the records of a file into a centre. ``dry``: finds everything that is wrong and writes nothing."""

    def __init__(self, centre: Centre, source: Source, reject: Reject, *, dry: bool = False) -> None:
        self._centre = centre
        self._source = source
        self._reject = reject
        self._dry = dry
        self._found = Imported(new=Counter())
        self._aside: list[tuple[int, bytes, str, Sequence[Problem]]] = []
        self._accounts: dict[str, str] = {}
        # What a dry run would have written, by hash: a million are held in some 60 MB.
        self._would_be: set[int] = set()

    def run(self, progress: Callable[[int, int], None]) -> Imported:
        """Everything from the first line to the last."""
        today = self._centre.clock().astimezone(KUWAIT).date()
        batch: list[_Row] = []
        for number, raw, at in self._source.lines():
            entity, found = checking.read(raw, today)
            if isinstance(found, list):
                self._aside.append((number, raw, entity, found))
            else:
                batch.append(_Row(number, raw, entity, found))
            if len(batch) + len(self._aside) == BATCH:
                self._write(batch)
                self._put_aside()
                batch = []
                progress(at, self._source.size)
        self._write(batch)
        self._put_aside()
        progress(self._source.size, self._source.size)
        return self._found

    def _put_aside(self) -> None:
        """In the order of the file, so that parents stay before their children."""
        for aside in sorted(self._aside, key=lambda one: one[0]):
            self._reject(*aside)
        self._found.rejected += len(self._aside)
        self._aside = []

    def _write(self, batch: Sequence[_Row]) -> None:
        """A batch in one transaction; when the database refuses it, each record for itself."""
        if not batch:
            return
        try:
            made = attempts(lambda: self._try(batch))
        except (OperationalError, InternalError):
            raise
        except (StatementError, ValueError, OverflowError):
            if len(batch) > 1:
                for row in batch:
                    self._write([row])
                return
            made = _Batch(there=0, new=[], rejected=[(batch[0], [_NOT_TAKEN])])
        self._found.new.update(row.entity for row in made.new)
        self._found.there += made.there
        self._found.given_twice += made.given_twice
        self._accounts |= made.accounts
        for row, problems in made.rejected:
            self._aside.append((row.number, row.raw, row.entity, problems))
        if self._dry:
            self._would_be.update(hash((row.entity, row.values["id"])) for row in made.new)

    def _try(self, batch: Sequence[_Row]) -> _Batch:
        at = self._centre.clock()
        with self._centre.transaction() as unit:
            rows = [msgspec.structs.replace(row, values=dict(row.values)) for row in batch]
            made = _Sorting(unit.session, rows, self._accounts, self._would_be).sorted()
            if made.new and not self._dry:
                self._place(unit, made, at)
        return made

    def _place(self, unit: Unit, made: _Batch, at: dt.datetime) -> None:
        """Write what is new, say so in the trail, and let the workstations know."""
        session = unit.session
        models = synced_models()
        twice = _number(session, [row.values for row in made.new if row.entity == "ticket"])
        made.given_twice = len(twice)
        session.add_all(models[row.entity](**row.values) for row in made.new)
        for ticket, given in twice:
            references.keep_alias(session, ticket["id"], given)
        unit.write()
        reviews = [
            {"op_id": new_id(), "account_id": one["opened_by"], "tag": _ACTION, "reason": _GIVEN_TWICE, "at": at}
            for one, _ in twice
        ]
        bulk.insert(session, Review, reviews)
        counts = Counter(row.entity for row in made.new)
        _record(session, at, {entity: str(count) for entity, count in counts.items()}, "accepted")
        for ticket, _ in twice:
            _record(session, at, {"ticket_id": ticket["id"]}, "in_review")
        unit.publish()


class _Sorting:
    """Which records of a batch are new, which are there, and which refer to something that is not."""

    def __init__(
        self, session: CentreSession, rows: Sequence[_Row], accounts: dict[str, str], would_be: set[int]
    ) -> None:
        self._session = session
        self._rows = rows
        self._would_be = would_be
        self._accounts = dict(accounts)
        self._names: dict[str, str] = {}
        self._there: dict[str, set[str]] = defaultdict(set)
        self._members: set[tuple[str, str]] = set()

    def sorted(self) -> _Batch:
        """In the order of the file: a parent of the same batch is there for its children."""
        self._look_up()
        made = _Batch(new=[], there=0, rejected=[])
        for row in self._rows:
            problems = self._point(row)
            if problems:
                made.rejected.append((row, problems))
            elif self._is_there(row):
                made.there += 1
            else:
                self._enter(row)
                made.new.append(row)
        made.accounts = self._accounts
        return made

    def _look_up(self) -> None:
        """What is there of all that the batch names; what others follow stays where it is until the end."""
        named: dict[str, set[str]] = defaultdict(set)
        for row in self._rows:
            named[row.entity].add(row.values["id"])
            for name, parent in _parents(row.entity).items():
                if row.values[name] is not None:
                    named[parent].add(row.values[name])
        given = (row.values["reference"] for row in self._rows if row.entity == "ticket")
        turns.take(self._session, (f"reference {one}" for one in given if one))
        turns.hold(self._session, ((entity, one) for entity in _MOVING for one in named[entity]))
        for entity, ids in named.items():
            model = synced_models()[entity]
            same = bulk.among(self._session, model.id, sorted(ids))
            self._there[entity].update(self._session.scalars(select(model.id).where(same)))
        if "account" in named:
            for account in self._session.execute(select(Account.id, Account.name)):
                self._names[fold_name(account.name)] = account.id
                self._there["account"].add(account.id)
        if "queue_member" in named:
            pairs = select(QueueMember.queue_id, QueueMember.account_id)
            self._members = {(pair.queue_id, pair.account_id) for pair in self._session.execute(pairs)}

    def _point(self, row: _Row) -> list[Problem]:
        """Let a record name rows of this centre; what is wrong with it where it names none."""
        problems: list[Problem] = []
        for name, parent in _parents(row.entity).items():
            wanted = row.values[name]
            if wanted is None:
                continue
            if parent == "account":
                wanted = row.values[name] = self._account(wanted)
            if not self._holds(parent, wanted):
                problems.append(
                    Problem(name, N_("names nothing that is there: parents come before their children"))
                )
        return problems

    def _account(self, wanted: str) -> str:
        """The id of an account that is named by an id here, an id of the file, or the name to sign in with."""
        if wanted in self._there["account"]:
            return wanted
        return self._accounts.get(wanted) or self._names.get(fold_name(wanted), wanted)

    def _holds(self, entity: str, wanted: str) -> bool:
        return wanted in self._there[entity] or hash((entity, wanted)) in self._would_be

    def _is_there(self, row: _Row) -> bool:
        values = row.values
        if self._holds(row.entity, values["id"]):
            return True
        if row.entity == "account" and (known := self._names.get(fold_name(values["name"]))) is not None:
            self._accounts[values["id"]] = known
            return True
        return row.entity == "queue_member" and (values["queue_id"], values["account_id"]) in self._members

    def _enter(self, row: _Row) -> None:
        self._there[row.entity].add(row.values["id"])
        if row.entity == "account":
            self._names[fold_name(row.values["name"])] = row.values["id"]
        if row.entity == "queue_member":
            self._members.add((row.values["queue_id"], row.values["account_id"]))


def _parents(entity: str) -> dict[str, str]:
    """Fields that name a row → the entity of that row."""
    return {
        name: next(iter(column.foreign_keys)).column.table.name
        for name, column in columns(entity).items()
        if column.foreign_keys
    }


def _number(session: CentreSession, tickets: Sequence[dict[str, Any]]) -> list[tuple[dict[str, Any], str]]:
    """Give a number to tickets that have none, and another one to those whose number is taken; the latter, each
    with the number it came with."""
    holders = references.holders(session, [one["reference"] for one in tickets if one["reference"]])
    twice = [
        (one, one["reference"])
        for one in tickets
        if one["reference"] and holders.setdefault(one["reference"], one["id"]) != one["id"]
    ]
    wanting = [*(one for one in tickets if not one["reference"]), *(one for one, _ in twice)]
    if wanting:
        for one, number in zip(wanting, references.allocate(session, len(wanting)), strict=True):
            one["reference"] = number
    return twice


def _record(session: CentreSession, at: dt.datetime, subjects: dict[str, str], outcome: str) -> None:
    who = {"account_id": "", "device_id": "", "action": _ACTION}
    audit.record(session, at=at, subjects=subjects, outcome=outcome, **who)
