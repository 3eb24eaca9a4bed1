"""A desk that worked on its own joins a hall: the rows of its centre go to the hall's as operations, from a device
of their own, while whoever is signed in goes on working (``docs/decisions/016-joining-a-hall.md``).

Ids and numbers of the operations are made from what they say. So nothing is kept of how far it came: whoever begins
again sends everything again, and the hall answers what it knows already. Everything here blocks.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from hashlib import blake2b
from math import ceil
from typing import Final

import msgspec
from sqlalchemy.orm import Session

from carecenter.core.backup_key import BackupKey
from carecenter.core.errors import Busy, TooLarge, Unreachable, UpgradeNeeded, UserError
from carecenter.core.i18n import N_
from carecenter.core.i18n import gettext as _
from carecenter.core.joining import Belongings, Brought, Joined
from carecenter.hall import HallDesk, HallOpened
from carecenter.opening import Progress
from carecenter.operations import brought, encode
from carecenter.server import leaving
from carecenter.standalone import Standalone
from carecenter.wire import (
    BYTES_PER_PUSH,
    GIVEN_TWICE,
    OPERATIONS_PER_PUSH,
    Envelope,
    Outcome,
    Push,
    Result,
)
from carecenter.wire.transport import Transport

log = logging.getLogger(__name__)

_PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds after which a line that was lost is tried again; then a person is asked."""
_STEP: Final = 0.5
_AROUND: Final = 400
"""Bytes of an envelope around its payload, at most."""
_TAKEN: Final = (Outcome.ACCEPTED, Outcome.IN_REVIEW)


class Joining:
    """The work of ``own``, to be brought to the hall that ``opened`` is signed in to."""

    def __init__(
        self,
        own: Standalone,
        hall: HallDesk,
        opened: HallOpened,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._own, self._hall, self._opened, self._pause = own, hall, opened, pause

    def look(self, key: BackupKey) -> Belongings:
        """What there is. Raises what ``Standalone.at_hand`` raises, and ``UserError`` for the demonstration."""
        with self._own.at_hand(key) as (centre, _device_id), centre.transaction() as unit:
            self._must_be_real(unit.session)
            return leaving.belongings(unit.session)

    def bring(self, key: BackupKey, people: Mapping[str, str], progress: Progress) -> Brought:
        """Bring everything along; ``people``: account of the desk → account of the hall, for those who have one.

        ``progress`` may raise to end it between two pushes. Raises also ``Unreachable`` when the hall is away for
        too long, and ``UpgradeNeeded`` when it is older than this program; what came by then stays.
        """
        names = leaving.Names(
            people, self._opened.session.account_id, _("Brought along from a desk that worked on its own.")
        )
        with self._own.at_hand(key) as (centre, device_id), centre.transaction() as unit:
            self._must_be_real(unit.session)
            joined = Joined(self._hall.address.name, centre.clock(), complete=False, people=dict(people))
            self._own.note_joined(joined)
            line = self._hall.another_device(self._opened, device_id)
            try:
                total = leaving.count(unit.session, names)
                sender = _Sender(line, (device_id, names.bringer), partial(self._rest, progress, total))
                progress(0, total)
                for batch in _batches(leaving.operations(unit.session, names)):
                    sender.send(batch)
                    progress(sender.sent, total)
                line.sign_out("")
            finally:
                line.close()
            self._own.note_joined(replace(joined, at=centre.clock(), complete=True))
        log.info("brought along: %d operations, not taken: %d", sender.sent, sender.told().left)
        return sender.told()

    def _rest(self, progress: Progress, total: int, seconds: float, done: int) -> None:
        """Until a line that was lost is tried again; whoever has enough need not wait for that."""
        for _step in range(ceil(seconds / _STEP)):
            self._pause(_STEP)
            progress(done, total)

    def _must_be_real(self, session: Session) -> None:
        if self._own.is_demo or leaving.is_made_up(session):
            raise UserError(
                N_(
                    "There are people of the demonstration on this desk. They were made up, so they are not brought"
                    " to a server where people are real."
                )
            )


class _Sender:
    """Sends operations of one device and one author, and counts what becomes of them."""

    def __init__(self, line: Transport, who: tuple[str, str], rest: Callable[[float, int], None]) -> None:
        self._line, self._who, self._rest = line, who, rest
        self._came: Counter[str] = Counter()
        self._renumbered: list[str] = []
        self._reviewed = self._left = self.sent = 0

    def send(self, operations: Sequence[brought.Brought]) -> None:
        """One push, or more when it is too large for the hall."""
        push = Push(operations=tuple(_envelope(self._who, operation) for operation in operations))
        try:
            results = self._pushed(push)
        except TooLarge:
            if len(operations) > 1:
                half = len(operations) // 2
                self.send(operations[:half])
                self.send(operations[half:])
                return
            self._left, results = self._left + 1, ()
        self.sent += len(operations)
        for operation, result in zip(operations, results, strict=False):
            self._note(operation, result)

    def told(self) -> Brought:
        """What came of it so far."""
        return Brought(
            callers=self._came["caller"],
            calls=self._came["call"],
            tickets=self._came["ticket"],
            entries=self._came["ticket_entry"],
            renumbered=tuple(self._renumbered),
            reviewed=self._reviewed,
            left=self._left,
        )

    def _pushed(self, push: Push) -> tuple[Result, ...]:
        for pause in (*_PAUSES, None):
            try:
                return self._line.push("", push).results
            except Unreachable as error:
                if pause is None:
                    raise
                asked = error.params.get("retry_after") if isinstance(error, Busy) else None
                self._rest(float(str(asked)) if asked is not None else pause, self.sent)
        raise AssertionError

    def _note(self, operation: brought.Brought, result: Result) -> None:
        if result.outcome is Outcome.LATER:
            raise UpgradeNeeded(
                N_(
                    "The server is older than this program and cannot take the desk's work yet. Ask your"
                    " administrator."
                )
            )
        if result.outcome not in _TAKEN:
            self._left += 1
            return
        entity, _id = operation.row()
        self._came[entity] += 1
        self._reviewed += result.outcome is Outcome.IN_REVIEW
        if isinstance(operation, brought.BringTicket):
            self._came["ticket_entry"] += len(operation.lines)
            if result.reason == GIVEN_TWICE:
                self._renumbered.append(operation.reference)


def _batches(operations: Iterator[brought.Brought]) -> Iterator[list[brought.Brought]]:
    """As many at once as the hall takes; what is too large alone goes alone."""
    batch: list[brought.Brought] = []
    size = 0
    for operation in operations:
        more = len(encode(operation)) + _AROUND
        if batch and (len(batch) == OPERATIONS_PER_PUSH or size + more > BYTES_PER_PUSH):
            yield batch
            batch, size = [], 0
        batch.append(operation)
        size += more
    if batch:
        yield batch


def _envelope(who: tuple[str, str], operation: brought.Brought) -> Envelope:
    device_id, account_id = who
    payload = encode(operation)
    said = "\n".join((device_id, account_id, operation.tag())).encode() + b"\n" + payload
    mark = blake2b(said, digest_size=24).digest()
    return Envelope(
        op_id=str(uuid.UUID(bytes=mark[:16])),
        device_id=device_id,
        device_seq=(int.from_bytes(mark[16:]) >> 1) or 1,
        account_id=account_id,
        tag=operation.tag(),
        payload=msgspec.Raw(payload),
        desk_at=dt.datetime.now(dt.UTC),
    )
