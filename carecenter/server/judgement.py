"""What becomes of one operation: its author's rights, the state it finds, the number it was given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter import operations
from carecenter.core.errors import NotFound
from carecenter.core.i18n import N_
from carecenter.models.account import Account
from carecenter.models.base import Synced
from carecenter.models.call import Call
from carecenter.models.caller import Caller
from carecenter.models.queue import Queue
from carecenter.models.ticket import Callback, Ticket
from carecenter.models.viewer import Viewer, viewer_of
from carecenter.operations.brought import BringCall, BringCallback, BringTicket, Brought
from carecenter.operations.callbacks import PromiseCallback, SettleCallback
from carecenter.operations.callers import AttachPhone, CorrectCaller, RegisterCaller
from carecenter.operations.calls import IdentifyCaller, OfCall, OpenCall
from carecenter.operations.merging import OfTwoCards
from carecenter.operations.rights import refusal
from carecenter.operations.tickets import AddNote, OpenTicket
from carecenter.server import bulk, references, scopes, turns
from carecenter.server.session import CentreSession
from carecenter.wire import GIVEN_TWICE, Envelope, Outcome

TICK: Final = dt.timedelta(microseconds=1)
"""Between the moments of two operations that came at once: timelines keep the order in which they were done."""

_Link = tuple[str, type[Synced]]

_LINKS: Final[dict[type[operations.Operation], tuple[_Link, ...]]] = {
    OpenTicket: (("caller_id", Caller),),
    OpenCall: (("caller_id", Caller),),
    IdentifyCaller: (("caller_id", Caller),),
    BringCall: (("caller_id", Caller),),
    BringTicket: (("caller_id", Caller),),
    BringCallback: (("caller_id", Caller),),
    PromiseCallback: (("caller_id", Caller), ("ticket_id", Ticket)),
}
"""What is promised also without what these fields name."""

_OWNERS: Final[dict[type[operations.Operation], _Link]] = {
    AddNote: ("ticket_id", Ticket),
    AttachPhone: ("caller_id", Caller),
    CorrectCaller: ("caller_id", Caller),
    SettleCallback: ("callback_id", Callback),
}
"""What cannot stand without it."""


class Verdict(msgspec.Struct, frozen=True):
    """An outcome and, for a person, the reason. ``astray``: nothing stands for it, so it is kept whole."""

    outcome: Outcome
    reason: str = ""
    astray: bool = False


class Judge:
    """Judges the operations of one transaction; what it looked up once counts for all of them."""

    def __init__(self, session: CentreSession, at: dt.datetime, known: Viewer | None = None) -> None:
        self._session = session
        self._at = at - TICK
        self._viewers: dict[str, Viewer | str] = {} if known is None else {known.account_id: known}
        self._holders: dict[str, str] = {}
        self._restricted: dict[str, bool] = {}

    def prepare(self, wanted: Iterable[operations.Operation]) -> None:
        """Load and lock what the operations are about."""
        found = tuple(wanted)
        turns.load(self._session, found)
        opened = [operation for operation in found if isinstance(operation, OpenTicket | BringTicket)]
        self._holders |= references.holders(self._session, (operation.reference for operation in opened))
        # Asked one by one, each answer would wait until the tickets before it are written: a flush a ticket.
        named = bulk.among(self._session, Queue.id, sorted({operation.queue_id for operation in opened}))
        queues = self._session.execute(select(Queue.id, Queue.restricted).where(named)) if opened else ()
        self._restricted = {queue.id: queue.restricted for queue in queues}

    def judge(self, envelope: Envelope, operation: operations.Operation) -> Verdict:
        """Apply an operation that may be applied; intake also when in doubt. The caller writes the rows."""
        self._at += TICK
        doubt = self._doubt(envelope.account_id, operation)
        if doubt and not operation.intake:
            return Verdict(Outcome.REFUSED, doubt)
        actor = operations.Actor(
            account_id=envelope.account_id, device_id=envelope.device_id, desk_at=envelope.typed_at
        )
        if isinstance(operation, Brought):
            if operation.is_here(self._session):
                return Verdict(Outcome.ACCEPTED)
            operation, strange = self._attributed(envelope.account_id, operation)
            doubt = doubt or strange
        doubt = doubt or self._outdated(operation)
        astray = self._astray(operation, envelope.account_id)
        if astray:
            return Verdict(Outcome.IN_REVIEW, astray, astray=True)
        if isinstance(operation, BringTicket) and self._queue_for(operation) is None:
            return Verdict(Outcome.QUARANTINED, N_("It is confidential, and the centre has no restricted queue."))
        placed, unlinked = self._placed(operation)
        doubt = unlinked or doubt
        if isinstance(placed, OpenTicket | BringTicket) and (number := self._another_number(placed)):
            placed, doubt = msgspec.structs.replace(placed, reference=number), GIVEN_TWICE
        placed.apply(self._session, actor, self._at)
        return Verdict(Outcome.IN_REVIEW if doubt else Outcome.ACCEPTED, doubt)

    def _doubt(self, account_id: str, operation: operations.Operation) -> str:
        if account_id not in self._viewers:
            self._viewers[account_id] = _viewer(self._session, account_id)
        viewer = self._viewers[account_id]
        return (
            viewer if isinstance(viewer, str) else refusal(self._session, viewer, operation, self._is_granted) or ""
        )

    def _is_granted(self, session: Session, viewer: Viewer, ticket_id: str) -> bool:
        return scopes.is_granted(session, viewer.account_id, ("ticket", ticket_id), self._at)

    def _outdated(self, operation: operations.Operation) -> str:
        if isinstance(operation, CorrectCaller) and operation.outdated(self._session):
            return N_("Somebody else corrected this fact of the caller's card meanwhile. It was left as it is.")
        if isinstance(operation, OfTwoCards) and operation.outdated(self._session):
            return N_("These callers were merged or separated otherwise meanwhile. They were left as they are.")
        return ""

    def _astray(self, operation: operations.Operation, author: str) -> str:
        """Why nothing would come of an operation that was applied, or nothing."""
        if isinstance(operation, OfCall):
            call = self._session.get(Call, operation.call_id)
            if call is None or call.agent_id != author:
                return N_("Its call is not here, or is another agent's. What was written is kept for review.")
        link = _OWNERS.get(type(operation))
        if link is not None and self._is_gone(operation, link):
            return N_("What it belongs to is no longer there. What was written is kept for review.")
        return ""

    def _is_gone(self, operation: operations.Operation, link: _Link) -> bool:
        name, model = link
        wanted = getattr(operation, name)
        return wanted is not None and self._session.get(model, wanted) is None

    def _placed(self, operation: operations.Operation) -> tuple[operations.Operation, str]:
        """With a queue, a ticket and a caller that are there: what was promised does not go with them."""
        if isinstance(operation, RegisterCaller):  # here it is known who is known
            return msgspec.structs.replace(operation, provisional=False), ""
        links = _LINKS.get(type(operation), ())
        changed: dict[str, str | None] = {link[0]: None for link in links if self._is_gone(operation, link)}
        if isinstance(operation, OpenTicket | BringTicket):
            queue_id = self._queue_for(operation)
            changed |= {} if queue_id in {None, operation.queue_id} else {"queue_id": queue_id}
        if not changed:
            return operation, ""
        return msgspec.structs.replace(operation, **changed), N_(
            "Its queue, its ticket or its caller's card is no longer there."
        )

    def _queue_for(self, operation: OpenTicket | BringTicket) -> str | None:
        """Where it is worked on: in the queue it names, or else in the first one that it may lie in."""
        restricted = self._restricted.get(operation.queue_id)
        confidential = isinstance(operation, BringTicket) and operation.confidential
        if restricted is not None and (restricted or not confidential):
            return operation.queue_id
        fitting = select(Queue.id).order_by(Queue.restricted, Queue.position, Queue.id).limit(1)
        return self._session.scalar(fitting.where(Queue.restricted) if confidential else fitting)

    def _attributed(self, account_id: str, operation: Brought) -> tuple[Brought, str]:
        """In the names it may use: one's own, of those who lead anybody's, and such as are only names here."""
        strange = {one for one in operation.accounts() if not self._may_name(account_id, one)}
        if strange:
            named = operation.in_the_name_of(dict.fromkeys(strange, account_id))
            return named, N_("It was brought in the name of somebody else. Who brought it stands there instead.")
        if isinstance(operation, BringTicket) and not self._may_bring_to(account_id, operation.queue_id):
            return operation, N_("It was brought into a restricted queue by somebody who is not its member.")
        return operation, ""

    def _may_name(self, account_id: str, wanted: str) -> bool:
        account = None if wanted == account_id else self._session.get(Account, wanted)
        viewer = self._viewers.get(account_id)
        leads = isinstance(viewer, Viewer) and viewer.leads
        return wanted == account_id or (account is not None and (leads or account.is_only_a_name))

    def _may_bring_to(self, account_id: str, queue_id: str) -> bool:
        queue, viewer = self._session.get(Queue, queue_id), self._viewers.get(account_id)
        inside = isinstance(viewer, Viewer) and queue_id in viewer.queue_ids
        return inside or queue is None or not queue.restricted

    def _another_number(self, operation: OpenTicket | BringTicket) -> str:
        """A fresh number for a ticket, which answers to the old one as well, when another one answers to that."""
        given, ticket_id = operation.reference, operation.ticket_id
        known = self._session.get(Ticket, ticket_id) is not None
        taken = self._holders.setdefault(given, ticket_id) != ticket_id
        if known or not taken:
            return ""
        (number,) = references.allocate(self._session, 1)
        references.keep_alias(self._session, ticket_id, given)
        return number


def _viewer(session: Session, account_id: str) -> Viewer | str:
    try:
        return viewer_of(session, account_id)
    except NotFound as error:
        return error.message
