"""What the feed brings and takes: rows leave a desk only when nobody there may see them and nothing is pending."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select, text

from carecenter.core.errors import NotFound
from carecenter.core.ids import new_id
from carecenter.core.terms import Role
from carecenter.models.base import Base
from carecenter.models.desk import HeldRow
from carecenter.operations.tickets import AssignTicket, ChangeQueue, OpenTicket
from carecenter.queries import search, tickets
from carecenter.store.feed import FeedGap
from carecenter.wire import FeedPage, FeedRow
from tests.houses import GENERAL, RESTRICTED, TECHNICAL, House, Seat, add_note, house, images, open_ticket


@pytest.fixture
def built(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        made.account("leads", Role.ADMINISTRATOR, GENERAL, TECHNICAL)
        made.account("ali")
        made.account("noura", Role.AGENT, GENERAL, TECHNICAL)
        yield made


def moved(ticket: OpenTicket, to: str) -> ChangeQueue:
    return ChangeQueue(ticket_id=ticket.ticket_id, entry_id=new_id(), was=ticket.queue_id, now=to)


def rows_here(seat: Seat) -> set[tuple[str, str]]:
    with seat.workstation.transaction() as session:
        return set(images(session, "ticket", "ticket_entry", "callback"))


def found_by_words(seat: Seat, words: str) -> int:
    """What the search index holds, also of rows that a query would hide."""
    with seat.workstation.transaction() as session:
        statement = text("SELECT count(*) FROM search_ticket WHERE plain LIKE :words")
        return int(session.scalar(statement, {"words": f"%{words}%"}) or 0)


def test_a_ticket_that_changes_queue_leaves_the_desk_that_may_not_see_it(built: House) -> None:
    leads, ali, noura = built.seat("leads"), built.seat("ali"), built.seat("noura")
    ticket = leads.perform(open_ticket("quibbling"))
    leads.synchronise()
    ali.pull()
    noura.pull()
    assert ali.ask(tickets.by_reference, ticket.reference)

    leads.perform(moved(ticket, TECHNICAL))
    leads.synchronise()
    ali.pull()
    noura.pull()

    assert rows_here(ali) == set()
    assert found_by_words(ali, "quibbling") == 0
    assert not ali.ask(tickets.by_reference, ticket.reference)
    assert noura.ask(tickets.by_reference, ticket.reference)[0].queue_id == TECHNICAL
    assert len(noura.ask(tickets.detail, ticket.ticket_id).timeline) == 2


def test_a_note_still_being_sent_survives_the_ticket_leaving_the_desk(built: House) -> None:
    leads, ali = built.seat("leads"), built.seat("ali")
    ticket = leads.perform(open_ticket("quibbling"))
    leads.synchronise()
    ali.pull()
    built.clock.advance(minutes=1)
    note = ali.perform(add_note(ticket.ticket_id, "typed just before"))
    leads.perform(moved(ticket, TECHNICAL))
    leads.synchronise()

    ali.pull()
    assert ("ticket", ticket.ticket_id) in rows_here(ali)  # something pending touches it
    assert ("ticket_entry", note.entry_id) in rows_here(ali)

    ali.synchronise()
    leads.pull()
    assert rows_here(ali) == set()
    assert found_by_words(ali, "quibbling") == 0
    lines = leads.ask(tickets.detail, ticket.ticket_id).timeline
    assert "typed just before" in [line.text for line in lines]


def test_a_refusal_lets_go_of_a_ticket_that_only_stayed_for_it(built: House) -> None:
    leads, noura = built.seat("leads"), built.seat("noura")
    ticket = leads.perform(open_ticket("quibbling"))
    leads.synchronise()
    noura.pull()
    built.clock.advance(minutes=1)
    noura.perform(AssignTicket(ticket_id=ticket.ticket_id, entry_id=new_id(), was=None, now=noura.account_id))
    leads.perform(moved(ticket, RESTRICTED))
    leads.synchronise()
    noura.pull()
    assert ("ticket", ticket.ticket_id) in rows_here(noura)

    noura.push()

    assert [attention.tag for attention in noura.workstation.attention()] == ["AssignTicket"]
    assert rows_here(noura) == set()
    assert found_by_words(noura, "quibbling") == 0


def test_a_ticket_is_seen_by_who_opened_it_wherever_it_goes(built: House) -> None:
    leads, ali = built.seat("leads"), built.seat("ali")
    ticket = ali.perform(open_ticket())
    ali.synchronise()
    leads.pull()
    leads.perform(moved(ticket, TECHNICAL))
    leads.synchronise()

    ali.pull()

    assert ali.ask(tickets.by_reference, ticket.reference)[0].queue_id == TECHNICAL


def test_a_page_after_a_gap_is_not_applied(built: House) -> None:
    leads, ali = built.seat("leads"), built.seat("ali")
    leads.perform(open_ticket())
    leads.synchronise()
    before = ali.workstation.cursors(ali.scopes)

    with pytest.raises(FeedGap):
        ali.workstation.apply_page(ali.fetch(ahead=1))

    assert rows_here(ali) == set()
    assert ali.workstation.cursors(ali.scopes) == before


def test_a_page_heard_again_changes_nothing(built: House) -> None:
    leads, ali = built.seat("leads"), built.seat("ali")
    ticket = leads.perform(open_ticket())
    leads.synchronise()
    first = ali.fetch()
    ali.workstation.apply_page(first)
    leads.perform(moved(ticket, TECHNICAL))
    leads.synchronise()
    ali.pull()

    ali.workstation.apply_page(first)

    assert rows_here(ali) == set()


def test_page_by_page_brings_the_same_as_all_at_once(built: House) -> None:
    leads, ali, noura = built.seat("leads"), built.seat("ali"), built.seat("noura")
    for number in range(7):
        leads.perform(open_ticket(f"ticket {number}"))
    leads.synchronise()

    ali.pull(limit=1)
    noura.pull()

    assert rows_here(ali) == rows_here(noura)
    assert len(rows_here(ali)) == 14


def test_nouns_and_scopes_of_a_newer_centre_are_passed_over(built: House) -> None:
    ali = built.seat("ali")
    page = ali.fetch()
    everyone = page.upto["everyone"]
    rows = (
        FeedRow(scope="everyone", seq=everyone + 1, entity="hologram", id="1", version=1, image={"id": "1"}),
        FeedRow(scope="moon", seq=1, entity="ticket", id="1", version=1, image={"id": "1"}),
    )
    upto = {**page.upto, "everyone": everyone + 1, "moon": 1}

    ali.workstation.apply_page(msgspec.structs.replace(page, rows=rows, upto=upto))

    assert ali.workstation.cursors(("everyone",)) == {"everyone": everyone + 1}
    assert "moon" not in _held_scopes(ali)
    assert rows_here(ali) == set()


def _held_scopes(seat: Seat) -> set[str]:
    with seat.workstation.transaction() as session:
        return set(session.scalars(select(HeldRow.scope)))


def test_a_restored_centre_is_heard_anew_and_what_is_pending_is_kept(built: House) -> None:
    leads, ali = built.seat("leads"), built.seat("ali")
    ticket = leads.perform(open_ticket("as it was"))
    leads.synchronise()
    ali.pull()
    for number in range(3):
        built.clock.advance(minutes=1)  # each note is a version more
        leads.perform(add_note(ticket.ticket_id, f"line {number}"))
        leads.synchronise()
    ali.pull()
    waiting = ali.perform(open_ticket("typed meanwhile"))
    accepted = ali.perform(open_ticket("accepted, not heard back"))
    ali.push()
    assert ali.workstation.queue().waiting == 0

    ali.workstation.apply_page(_restored(ali.fetch(limit=1), ticket))
    assert ali.workstation.queue().waiting == 2  # offered again
    assert ali.ask(tickets.by_reference, waiting.reference)
    ali.workstation.apply_page(_restored(ali.fetch(limit=1), ticket))

    texts = [row.summary for row in ali.ask(tickets.by_ids, (ticket.ticket_id, waiting.ticket_id))]
    assert texts == ["as the backup had it", "typed meanwhile"]
    assert ali.ask(search.search, "accepted").tickets[0].reference == accepted.reference


def _restored(page: FeedPage, ticket: OpenTicket) -> FeedPage:
    """The page of a centre put back to when the ticket had its first version and another text."""
    table = Base.metadata.tables["ticket"]
    at = "2026-03-01T06:00:00+00:00"
    image = dict.fromkeys(table.columns.keys()) | {
        "id": ticket.ticket_id,
        "version": 1,
        "reference": ticket.reference,
        "kind": "complaint",
        "status": "received",
        "priority": "normal",
        "queue_id": GENERAL,
        "language": "ar",
        "text": "as the backup had it",
        "remedy": "",
        "opened_by": "leads",
        "escalation": 0,
        **dict.fromkeys(("opened_at", "due_at", "changed_at"), at),
    }
    row = FeedRow(scope=f"queue:{GENERAL}", seq=1, entity="ticket", id=ticket.ticket_id, version=1, image=image)
    return msgspec.structs.replace(
        page, generation="restored", rows=(row,), upto={**page.after, f"queue:{GENERAL}": 1}
    )


def test_an_account_that_is_no_longer_active_is_told_so(built: House) -> None:
    leads, ali = built.seat("leads"), built.seat("ali")
    built.centre.set_active(ali.account_id, False, leads.signed_in.token)
    leads.pull()

    with pytest.raises(NotFound):
        leads.workstation.viewer(ali.account_id)


def _changed(page: FeedPage, **columns: object) -> FeedPage:
    """The page with these columns in the images of tickets; None: without the column."""
    rows = []
    for row in page.rows:
        if row.entity == "ticket" and row.image is not None:
            image = {**row.image, **columns}
            image = {name: value for name, value in image.items() if columns.get(name, "") is not None}
            rows.append(msgspec.structs.replace(row, image=image))
        else:
            rows.append(row)
    return msgspec.structs.replace(page, rows=tuple(rows))


def test_a_column_that_an_older_centre_does_not_know_keeps_what_is_here(built: House) -> None:
    """Naive: what is missing in an image becomes nothing in the row."""
    leads, ali = built.seat("leads"), built.seat("ali")
    ticket = leads.perform(open_ticket("quibbling", remedy="money back"))
    leads.synchronise()
    ali.pull()
    built.clock.advance(minutes=1)
    leads.perform(add_note(ticket.ticket_id, "a version more"))
    leads.synchronise()

    ali.workstation.apply_page(_changed(ali.fetch(), remedy=None))

    detail = ali.ask(tickets.detail, ticket.ticket_id)
    assert len(detail.timeline) == 2
    with ali.workstation.transaction() as session:
        assert images(session, "ticket")["ticket", ticket.ticket_id]["remedy"] == "money back"


def test_a_column_of_a_newer_centre_is_passed_over(built: House) -> None:
    leads, ali = built.seat("leads"), built.seat("ali")
    ticket = leads.perform(open_ticket())
    leads.synchronise()

    ali.workstation.apply_page(_changed(ali.fetch(), mood="cheerful"))

    assert ali.ask(tickets.by_reference, ticket.reference)


def test_a_term_of_a_newer_centre_stops_nothing_else(built: House) -> None:
    """Naive: the whole page fails, and every page after it, until the workstation is upgraded."""
    leads, ali = built.seat("leads"), built.seat("ali")
    ticket = leads.perform(open_ticket())
    leads.synchronise()
    page = ali.fetch()

    ali.workstation.apply_page(_changed(page, status="pondered"))

    assert ("ticket", ticket.ticket_id) not in rows_here(ali)
    assert any(entity == "ticket_entry" for entity, _ in rows_here(ali))
    assert ali.workstation.cursors(ali.scopes) == {**ali.workstation.cursors(ali.scopes), **page.upto}
