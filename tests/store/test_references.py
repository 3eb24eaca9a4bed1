"""The numbers a caller is given: from this desk's block, in the saving transaction, never twice."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from carecenter.core.errors import StoreFull, UserError
from carecenter.models.desk import FreeReference, Outbox
from carecenter.models.ticket import Ticket
from carecenter.queries import tickets
from tests.houses import (
    House,
    Seat,
    open_store,
    open_ticket,
    somebody,
)


def test_a_number_is_taken_once_in_the_order_of_the_block(built: House) -> None:
    sara = built.seat("sara")
    with sara.workstation.transaction() as session:
        block = list(session.scalars(select(FreeReference.reference).order_by(FreeReference.position)))

    given = [sara.perform(open_ticket()).reference for _ in range(5)]

    assert given == block[:5]
    with sara.workstation.transaction() as session:
        assert not set(given) & set(session.scalars(select(FreeReference.reference)))


def test_a_crash_while_saving_gives_the_number_back(built: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sara = built.seat("sara")
    first = sara.perform(open_ticket())
    monkeypatch.setattr("carecenter.store.drafts.drop", _crash)
    with pytest.raises(StoreFull):
        sara.perform(open_ticket(), done_with="notes")
    monkeypatch.undo()

    again = sara.perform(open_ticket())

    assert again.reference != first.reference
    assert [ticket.row.reference for ticket in _all(sara)] == [first.reference, again.reference]
    with sara.workstation.transaction() as session:
        assert list(session.scalars(select(Outbox.number).order_by(Outbox.number))) == [1, 2]


def _crash(*_args: object) -> None:
    raise StoreFull("in the middle of saving")


def _all(seat: Seat) -> list[tickets.TicketDetail]:
    with seat.workstation.transaction() as session:
        payloads = session.scalars(select(Outbox.payload).order_by(Outbox.number)).all()
    return [seat.ask(tickets.detail, msgspec.json.decode(payload)["ticket_id"]) for payload in payloads]


def test_without_a_number_left_the_text_stays_on_the_screen(tmp_path: Path) -> None:
    workstation = open_store(tmp_path / "store.db")
    workstation.keep_references(("0472915644",))
    kept, _ = workstation.perform(somebody(), open_ticket("the last one"))
    workstation.save_draft(somebody(), "call:1:ticket", {"text": "one too many"})

    with pytest.raises(UserError, match="No follow-up reference is left"):
        workstation.perform(somebody(), open_ticket("one too many"), done_with="call:1:ticket")

    assert workstation.queue().waiting == 1
    assert workstation.drafts(somebody()) == {"call:1:ticket": {"text": "one too many"}}
    with workstation.transaction() as session:
        assert session.get_one(Ticket, kept.subjects()["ticket_id"]).reference == "0472915644"
    workstation.close()


def test_a_new_block_is_asked_for_when_two_hundred_are_left(built: House) -> None:
    sara = built.seat("sara")
    for _ in range(300):
        assert sara.workstation.references_wanted() == 0
        with sara.workstation.transaction() as session:
            session.delete(session.scalars(select(FreeReference).limit(1)).one())
    assert sara.workstation.references_wanted() == 0  # 200 left

    sara.perform(open_ticket())

    assert sara.workstation.references_wanted() == 500


def test_two_workstations_never_hold_the_same_number(built: House) -> None:
    built.account("ali")
    held: list[str] = []
    for name in ("sara", "ali"):
        with built.seat(name).workstation.transaction() as session:
            held += session.scalars(select(FreeReference.reference))

    assert len(held) == len(set(held)) == 1_000
