"""No ghost, no flicker: after every step, what a desk shows equals the model in ``model.py``.

Walks are random and replay by their seed. The naive versions that each defect once came from must fail.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import delete
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from carecenter.core.errors import StoreFull
from carecenter.core.ids import new_id
from carecenter.core.terms import TicketStatus
from carecenter.models.desk import Outbox, OutboxState
from carecenter.operations import tickets
from carecenter.store import outbox, overlay
from carecenter.wire import FeedPage, FeedRequest, Result
from tests.houses import (
    GENERAL,
    House,
    Seat,
    house,
    images,
    open_ticket,
)
from tests.store.walks import WrongScreen, walk

SEEDS = range(5)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_desk_shows_what_it_heard_with_its_own_work_on_top(tmp_path: Path, seed: int) -> None:
    walk(tmp_path / "walk", seed)


def _fails(tmp_path: Path) -> bool:
    for seed in range(3, 12):
        try:
            walk(tmp_path / f"walk-{seed}", seed)
        except WrongScreen:
            return True
    return False


def test_the_model_sees_the_ghost_of_a_refused_operation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Naive: pending operations stand on the same rows, and nobody keeps what was there before."""

    def forget(session: Session, key: overlay.Key) -> None:
        del session, key

    monkeypatch.setattr(overlay, "_keep", forget)

    assert _fails(tmp_path)


def test_the_model_sees_the_flicker_of_an_accepted_operation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Naive: an operation leaves the outbox when the centre accepted it, before the feed has brought it."""
    honest = outbox.settle

    def hasty(session: Session, results: tuple[Result, ...], at: dt.datetime) -> set[overlay.Key]:
        touched = honest(session, results, at)
        session.flush()
        session.execute(delete(Outbox).where(Outbox.state == OutboxState.ACCEPTED))
        return touched

    monkeypatch.setattr(outbox, "settle", hasty)

    assert _fails(tmp_path)


def _desks_of_two(built: House) -> tuple[Seat, Seat]:
    built.account("sara")
    built.account("ali")
    return built.seat("sara"), built.seat("ali")


def _hear_a_page_that_was_late(built: House) -> str:
    """The page of one scope arrives after that of another, which had the same ticket newer; what is shown."""
    sara, ali = _desks_of_two(built)
    ticket = sara.perform(open_ticket())
    sara.push()
    late = _page_of(sara, f"queue:{GENERAL}")
    ali.pull()
    fields = {"was": TicketStatus.RECEIVED, "now": TicketStatus.IN_WORK}
    ali.perform(tickets.MoveTicket(ticket_id=ticket.ticket_id, entry_id=new_id(), **fields))
    ali.push()
    for page in (_page_of(sara, f"account:{sara.account_id}"), late):
        sara.workstation.apply_page(page)
    with sara.workstation.transaction() as session:
        return str(images(session, "ticket")["ticket", ticket.ticket_id]["status"])


def _page_of(seat: Seat, scope: str) -> FeedPage:
    after = {scope: seat.workstation.cursors((scope,))[scope]}
    return seat.transport.feed(seat.signed_in.token, FeedRequest(after=after))


def test_a_row_never_grows_old(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        assert _hear_a_page_that_was_late(built) == "in_work"


def test_a_row_grows_old_where_every_page_overwrites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Naive: the page of a scope that lags behind overwrites what another scope brought newer."""
    monkeypatch.setattr(overlay, "_upsert", _overwriting)
    with house(tmp_path) as built:
        assert _hear_a_page_that_was_late(built) == "received"


_guarded = overlay._upsert


def _overwriting(table: str, sent: tuple[str, ...], missing: tuple[str, ...]) -> str:
    return _guarded(table, sent, missing).rpartition(" WHERE ")[0]


def test_an_operation_that_cannot_be_replayed_stops_neither_the_feed_nor_the_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with house(tmp_path) as built:
        sara, ali = _desks_of_two(built)
        broken, sound = sara.perform(open_ticket("confided")), sara.perform(open_ticket())
        with sara.workstation.transaction() as session:
            session.get_one(Outbox, 1).tag = "FoldPaperPlane"
        theirs = ali.perform(open_ticket())
        ali.push()

        sara.pull()

        with sara.workstation.transaction() as session:
            shown = {row_id for _, row_id in images(session, "ticket")}
        assert shown == {sound.ticket_id, theirs.ticket_id}
        assert broken.ticket_id not in shown
        assert sara.workstation.queue().waiting == 2  # the centre will judge it
        assert "cannot be replayed" in caplog.text
        assert "confided" not in caplog.text


def test_a_full_disk_while_replaying_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house(tmp_path) as built:
        sara, ali = _desks_of_two(built)
        mine = sara.perform(open_ticket())
        ali.perform(open_ticket())
        ali.push()

        def full(*_: object) -> None:
            raise OperationalError("INSERT", None, sqlcipher.OperationalError("database or disk is full"))

        monkeypatch.setattr(tickets.OpenTicket, "apply", full)
        with pytest.raises(StoreFull):
            sara.pull()
        monkeypatch.undo()

        with sara.workstation.transaction() as session:
            assert {row_id for _, row_id in images(session, "ticket")} == {mine.ticket_id}
        sara.pull()
        with sara.workstation.transaction() as session:
            assert len(images(session, "ticket")) == 2
