"""Who waits for whom before a batch is judged: pushes of one workstation, tickets under one reference, and whoever
wants the same rows. Everything is locked in one order, so nobody waits in a circle.

SQLite has one writer at a time and needs none of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from hashlib import blake2b

from sqlalchemy import select

from carecenter.models.base import Synced, synced_models
from carecenter.models.caller import Caller
from carecenter.models.ticket import Callback, Ticket
from carecenter.operations import Operation
from carecenter.operations.callbacks import PromiseCallback
from carecenter.operations.calls import IdentifyCaller, OpenCall
from carecenter.operations.tickets import ChangeQueue, CloseTicket, ReopenTicket
from carecenter.server import bulk, persons
from carecenter.server.session import CentreSession

# Plans are made anew each time: one that was kept from when a table was small would read it whole for ever.
_TURNS = (
    "SELECT pg_advisory_xact_lock(turn), set_config('plan_cache_mode', 'force_custom_plan', true)"
    " FROM unnest(%s::bigint[]) AS turn"
)


def take(session: CentreSession, names: Iterable[str]) -> None:
    """Wait until no other transaction holds one of the names; they are free again when this one ends."""
    turns = sorted({_number(name) for name in names})
    if turns and bulk.is_postgres(session):
        bulk.run(session, _TURNS, [turns])


def load(session: CentreSession, wanted: Iterable[Operation]) -> None:
    """Load the rows that operations look up, as they are now, and keep others from changing them meanwhile."""
    ids: dict[str, set[str]] = defaultdict(set)
    moving: set[str] = set()
    for operation in wanted:
        for entity, entity_id in operation.rows():
            ids[entity].add(entity_id)
        if isinstance(operation, ChangeQueue | CloseTicket | ReopenTicket):
            moving.add(operation.ticket_id)
        # The card they name has to be there, and stay.
        if isinstance(operation, PromiseCallback | OpenCall | IdentifyCaller) and operation.caller_id is not None:
            ids["caller"].add(operation.caller_id)
    _hold(session, ids, moving)


def hold(session: CentreSession, keys: Iterable[tuple[str, str]]) -> None:
    """Keep others from changing rows, and who holds them, until this transaction ends."""
    ids: dict[str, set[str]] = defaultdict(set)
    for entity, entity_id in keys:
        ids[entity].add(entity_id)
    _hold(session, ids, ids["ticket"])


def _hold(session: CentreSession, ids: dict[str, set[str]], moving: Collection[str]) -> None:
    """Lock by table and id. A caller's card is where the tickets and promised callbacks are: none of them may move
    while another transaction decides where it is."""
    if moving:
        theirs = select(Ticket.caller_id).where(bulk.among(session, Ticket.id, sorted(moving)))
        ids["caller"] |= {caller_id for caller_id in session.scalars(theirs) if caller_id is not None}
    models = synced_models()
    for entity in sorted(models):
        found = _locked(session, models[entity], ids.get(entity, set()))
        if entity == Caller.__tablename__ and ids.get(entity):
            # Who holds one card of a person holds all of them; also those that were merged while we waited.
            while more := persons.with_all_cards(session, ids[entity]) - ids[entity]:
                ids[entity] |= more
                _locked(session, models[entity], more)
        if entity == Callback.__tablename__:
            # A callback stands in the scopes of its ticket, which must not move meanwhile. Tickets come later.
            ids["ticket"] |= {row.ticket_id for row in found if isinstance(row, Callback) and row.ticket_id}
            ids["caller"] |= {row.caller_id for row in found if isinstance(row, Callback) and row.caller_id}


def _locked(session: CentreSession, model: type[Synced], ids: set[str]) -> list[Synced]:
    if not ids:
        return []
    same = bulk.among(session, model.id, sorted(ids))
    statement = select(model).where(same).order_by(model.id).with_for_update(key_share=True)
    # Without populate_existing a row read before the wait would keep its old values.
    rows = list(session.scalars(statement.execution_options(populate_existing=True)))
    session.tell(model, ids, rows)
    return rows


def _number(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(errors="replace"), digest_size=8).digest(), signed=True)
