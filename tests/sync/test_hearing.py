"""What others did comes down, and changes what may be done here."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from carecenter.core.terms import Role
from carecenter.models.account import Account
from carecenter.models.centre import CentreFact
from carecenter.queries import tickets
from carecenter.wire import FeedPage, FeedRequest
from tests.houses import add_note, open_ticket
from tests.sync.office import Line, office

pytestmark = pytest.mark.asyncio


async def test_what_others_did_appears_and_pages_are_told(tmp_path: Path) -> None:
    async with office(tmp_path) as sara:
        await sara.synchronised()
        sara.house.account("ali")
        ali = sara.house.seat("ali")
        ticket = ali.perform(open_ticket("from ali"))
        told = sara.told("ticket_entry")

        ali.push()

        assert "ticket" in await told
        assert (await sara.desk.ask(tickets.detail, ticket.ticket_id)).text == "from ali"


async def test_a_centre_that_was_put_back_is_heard_anew_at_the_next_greeting(tmp_path: Path) -> None:
    async with office(tmp_path) as sara:
        await sara.synchronised()
        ticket = await sara.desk.perform(open_ticket("kept"))
        await sara.settled()
        await sara.engine.synchronise()
        with sara.house.centre.transaction() as unit:
            unit.session.get_one(CentreFact, "generation").value = "after the restore"

        sara.seconds += 3600  # the next greeting is due
        await sara.desk.perform(add_note(ticket.ticket_id, "goes on"))
        await sara.settled()
        await sara.engine.synchronise()

        assert sara.desk.workstation.generation() == "after the restore"
        assert not sara.desk.workstation.is_offering_again()
        assert len((await sara.desk.ask(tickets.detail, ticket.ticket_id)).timeline) == 2
        assert len(sara.house.rows("ticket_entry")) == 2


@pytest.mark.parametrize("restored", [False, True], ids=["", "restored in between"])
async def test_pages_that_are_asked_for_ahead_bring_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, restored: bool
) -> None:
    """A centre that is put back between two pages has another history: what was asked for ahead is not applied."""
    async with office(tmp_path) as sara:
        await sara.synchronised()
        sara.house.account("ali")
        ali = sara.house.seat("ali")
        opened = [ali.perform(open_ticket(f"from ali {number}")) for number in range(6)]
        asked: list[dict[str, int]] = []
        whole = Line.feed

        def few(line: Line, token: str, request: FeedRequest) -> FeedPage:
            asked.append(request.after)
            if restored and len(asked) == 3:
                with sara.house.centre.transaction() as unit:
                    unit.session.get_one(CentreFact, "generation").value = "after the restore"
            return whole(line, token, msgspec.structs.replace(request, limit=2))

        monkeypatch.setattr(Line, "feed", few)
        ali.push()
        await sara.engine.synchronise()
        await sara.engine.synchronise()

        for ticket in opened:
            assert (await sara.desk.ask(tickets.detail, ticket.ticket_id)).text == ticket.text
        with sara.house.centre.transaction() as unit:
            assert sara.desk.workstation.generation() == unit.session.get_one(CentreFact, "generation").value
        assert len(asked) > 6


async def test_a_role_that_changes_at_the_centre_changes_what_may_be_done_here(tmp_path: Path) -> None:
    """Naive: the desk goes by the role of the sign-in until the next one."""
    async with office(tmp_path) as sara:
        await sara.synchronised()
        told = sara.told("account")

        with sara.house.centre.transaction() as unit:
            unit.session.get_one(Account, sara.seat.account_id).role = Role.EDITOR
            unit.publish()
        await told

        assert sara.desk.viewer.role is Role.EDITOR
