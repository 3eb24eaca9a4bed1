"""The rows here against the centre's manifest: what was lost, or never went, is put right."""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from carecenter.core.terms import Role
from carecenter.models.base import Base, synced_models
from carecenter.models.desk import HeldRow
from carecenter.models.ticket import Ticket
from carecenter.store import checks
from carecenter.wire import Manifest, ManifestRequest
from tests.houses import GENERAL, House, Seat, open_ticket
from tests.store.test_feed import rows_here

QUEUE = f"queue:{GENERAL}"


def manifest(seat: Seat) -> Manifest:
    request = ManifestRequest(scopes=seat.scopes, entities=tuple(synced_models()))
    return seat.transport.manifest(seat.signed_in.token, request)


def _two_desks(built: House) -> tuple[Seat, Seat]:
    built.account("ali", Role.AGENT, GENERAL)
    sara, ali = built.seat("sara"), built.seat("ali")
    for number in range(3):
        sara.perform(open_ticket(f"ticket {number}"))
    sara.synchronise()
    ali.pull()
    return sara, ali


def _damage(seat: Seat, work: object) -> None:
    with seat.workstation.transaction() as session:
        session.execute(work)  # type: ignore[call-overload]  # any statement


def test_a_desk_that_heard_everything_agrees_with_the_centre(built: House) -> None:
    _, ali = _two_desks(built)
    told = manifest(ali)

    assert set(told.scopes) == set(ali.scopes)
    assert told.scopes[QUEUE].count == 6
    assert ali.workstation.compare(told) == ()


def test_a_row_that_got_lost_here_comes_back(built: House) -> None:
    """Naive: the cursor has passed it, so nobody ever brings it again."""
    _, ali = _two_desks(built)
    before = rows_here(ali)
    _damage(ali, delete(Ticket))
    ali.pull()
    assert rows_here(ali) != before

    assert ali.workstation.compare(manifest(ali)) == (QUEUE,)
    ali.pull()

    assert rows_here(ali) == before
    assert ali.workstation.compare(manifest(ali)) == ()


def test_a_row_that_the_centre_does_not_have_goes(built: House) -> None:
    _, ali = _two_desks(built)
    before = rows_here(ali)
    with ali.workstation.transaction() as session:
        _copy_a_ticket(session)
    assert len(rows_here(ali)) == len(before) + 1

    ali.workstation.compare(manifest(ali))
    assert len(rows_here(ali)) == len(before) + 1  # nothing flickers until it was heard again
    ali.pull()

    assert rows_here(ali) == before


def _copy_a_ticket(session: Session) -> None:
    table = Base.metadata.tables["ticket"]
    row = dict(session.execute(table.select().limit(1)).mappings().one()) | {"id": "ghost", "reference": "0"}
    session.execute(table.insert().values(row))
    session.add(HeldRow(scope=QUEUE, entity="ticket", entity_id="ghost"))


def test_a_row_here_that_claims_to_be_newer_is_replaced(built: House) -> None:
    """Naive: heard again, but the older version never overwrites."""
    _, ali = _two_desks(built)
    _damage(ali, update(Ticket).values(version=99, text="not what the centre has"))

    assert ali.workstation.compare(manifest(ali)) == (QUEUE,)
    ali.pull()

    with ali.workstation.transaction() as session:
        assert {row.text for row in session.query(Ticket)} == {"ticket 0", "ticket 1", "ticket 2"}


def test_what_is_pending_stays_while_a_scope_is_heard_again(built: House) -> None:
    _, ali = _two_desks(built)
    mine = ali.perform(open_ticket("typed meanwhile"))
    _damage(ali, delete(Ticket).where(Ticket.text == "ticket 1"))

    ali.workstation.compare(manifest(ali))
    assert ("ticket", mine.ticket_id) in rows_here(ali)
    ali.pull()

    assert ("ticket", mine.ticket_id) in rows_here(ali)
    assert ali.workstation.queue().waiting == 1
    ali.synchronise()
    assert len(built.rows("ticket")) == 4


def test_only_what_was_heard_as_far_is_compared(built: House) -> None:
    """Naive: news under way look like damage, and the scope is heard from the start each time."""
    sara, ali = _two_desks(built)
    sara.perform(open_ticket("news"))
    sara.synchronise()

    assert ali.workstation.compare(manifest(ali)) == ()


def test_it_is_due_once_a_day_and_after_anything_odd(built: House) -> None:
    sara = built.seat("sara").workstation
    assert sara.is_check_due()
    sara.compare(None)
    assert not sara.is_check_due()
    built.clock.advance(days=1)
    assert sara.is_check_due()
    sara.compare(None)
    sara.doubt()
    assert sara.is_check_due()
    sara.compare(None)
    built.clock.advance(days=-3650)  # a clock that was put back
    assert sara.is_check_due()
    assert checks.EVERY.days == 1
