"""A desk that worked on its own joins a hall: a day's work comes over once, whatever happens on the way."""

from __future__ import annotations

import datetime as dt
import random
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from carecenter import joining
from carecenter.core.backup_key import ByCode, ByPassword
from carecenter.core.config import Paths
from carecenter.core.errors import NotAllowed, TooLarge, Unreachable, UpgradeNeeded, UserError, WrongPassword
from carecenter.core.joining import Brought
from carecenter.core.keyslots import KdfCost
from carecenter.core.server_address import ServerAddress
from carecenter.core.terms import EntryKind, Role
from carecenter.hall import HallDesk, HallOpened
from carecenter.joining import Joining
from carecenter.models.centre import Audit, Credential, Review
from carecenter.models.queue import Queue
from carecenter.operations import callers
from carecenter.queries import tickets
from carecenter.server import scopes
from carecenter.sync.http import HttpTransport
from carecenter.wire import Outcome, Push, Pushed, Result
from tests.houses import GENERAL, PASSWORD, RESTRICTED, open_ticket
from tests.own import KEY, TABLES, OwnDesk, numbered
from tests.sync.halls import Hall, hall


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    home = tmp_path_factory.mktemp("own") / "desk"
    return home, OwnDesk(home).found()


class Meeting:
    """A desk with a day's work, and the hall that it joins; Huda and Noor are known there, Salem is not."""

    def __init__(self, built: Hall, home: Path, known: dict[str, str]) -> None:
        self.hall, self.own, self.known = built, OwnDesk(home), known
        self.huda = built.account("huda", Role.SUPERVISOR, GENERAL, RESTRICTED)
        built.account("noor")
        self.pauses: list[float] = []
        self.open = ExitStack()
        self.home = home

    def joining(self, name: str = "huda") -> Joining:
        desk = HallDesk(Paths(self.home), None, ServerAddress(self.hall.running.url), KdfCost.MINIMAL)
        opened: HallOpened = desk.sign_in(name, PASSWORD)
        self.open.callback(opened.close)
        self.open.callback(opened.workstation.close)
        return Joining(self.own.desk, desk, opened, self.pauses.append)

    def bring(self, name: str = "huda", people: dict[str, str] | None = None) -> Brought:
        chosen = {self.own.people()["Huda"]: self.huda} if people is None else people
        return self.joining(name).bring(KEY, chosen, lambda _done, _total: None)

    def rows(self, *entities: str) -> dict[str, dict[str, Any]]:
        found = self.hall.rows(*(entities or TABLES))
        return {entity_id: row for (_, entity_id), row in found.items() if entity_id not in self.hall_ids}

    @property
    def hall_ids(self) -> set[str]:
        names = {"leader", "huda", "noor", "sara"}
        return {entity_id for (_, entity_id), row in self.hall.rows("account").items() if row["name"] in names}


@pytest.fixture
def meeting(founded: tuple[Path, dict[str, str]], tmp_path: Path, postgres_url: str) -> Iterator[Meeting]:
    home, known = founded
    with hall(tmp_path, postgres_url) as built:
        with built.centre.transaction() as unit:
            scopes.choose(unit.session, scopes.Scoping.HALL)
        built.clock.at = dt.datetime.now(dt.UTC)
        made = Meeting(built, Path(shutil.copytree(home, tmp_path / "desk")), known)
        with made.open:
            yield made


def _versionless(rows: dict[tuple[str, str], dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {entity_id: {k: v for k, v in row.items() if k != "version"} for (_, entity_id), row in rows.items()}


def test_another_desk_finds_everything_under_its_number_with_its_timeline(meeting: Meeting) -> None:
    there = meeting.own.read()
    result = meeting.bring()
    assert (result.callers, result.calls, result.tickets, result.left) == (1, 2, 3, 0)
    assert (result.renumbered, result.reviewed) == ((), 0)
    noor = meeting.hall.seat("noor")
    (row,) = noor.ask(tickets.by_reference, meeting.known["no card arrived"])
    shown = noor.ask(tickets.detail, row.id)
    assert [line.kind for line in shown.timeline] == [
        EntryKind.OPENED,
        EntryKind.ASSIGNED,
        EntryKind.NOTE,
        EntryKind.NOTE,
    ]
    assert [line.author_name_en for line in shown.timeline] == ["Salem", "Salem", "Salem", "Huda"]
    assert "worked on its own" in shown.timeline[-1].text
    assert [line.at.isoformat() for line in shown.timeline[:-1]] == sorted(
        line["at"]
        for (entity, _), line in there.items()
        if entity == "ticket_entry" and line["ticket_id"] == row.id
    )
    assert (row.caller_name_en, row.assignee_id) == ("Abdullah", None), "Salem is not there to work on it"
    (closed,) = noor.ask(tickets.by_reference, meeting.known["nobody came"])
    assert closed.closed_at is not None
    assert noor.ask(tickets.by_reference, meeting.known["between us"]) == (), "it is confidential there too"
    (hidden,) = meeting.hall.seat("huda").ask(tickets.by_reference, meeting.known["between us"])
    assert hidden.restricted


def test_who_is_known_is_mapped_and_the_others_are_names_without_a_login(meeting: Meeting) -> None:
    meeting.bring()
    rows = meeting.rows("account", "callback", "ticket_entry")
    (salem,) = (row for row in rows.values() if row.get("display_name_en") == "Salem")
    assert (salem["active"], salem["role"]) == (False, Role.AGENT.value)
    owners = {row["owner_id"] for row in rows.values() if "owner_id" in row}
    assert owners == {meeting.huda}, "what is promised is kept by somebody who is there"
    authors = {row["author_id"] for row in rows.values() if "author_id" in row}
    assert authors == {meeting.huda, salem["id"]}
    with meeting.hall.centre.transaction() as unit:
        assert unit.session.get(Credential, salem["id"]) is None
        brought = unit.session.scalars(select(Audit).where(Audit.action == "BringTicket")).all()
        assert {(line.account_id, line.outcome) for line in brought} == {(meeting.huda, "accepted")}
    with pytest.raises(WrongPassword):
        meeting.hall.seat(salem["name"])


def test_roles_settings_and_queues_are_not_carried(meeting: Meeting) -> None:
    before = meeting.hall.rows("queue", "queue_member", "article", "body")
    accounts = meeting.hall.rows("account")
    meeting.bring()
    assert meeting.hall.rows("queue", "queue_member", "article", "body") == before
    assert accounts.items() <= meeting.hall.rows("account").items()


def test_the_old_file_reads_as_before_and_knows_that_it_was_brought(meeting: Meeting) -> None:
    before = meeting.own.read()
    own = meeting.own.desk.own_work()
    assert own is not None
    assert own.joined is None
    meeting.bring()
    assert meeting.own.read() == before
    own = meeting.own.desk.own_work()
    assert own is not None
    assert own.joined is not None
    assert own.joined.complete
    assert own.joined.server == ServerAddress(meeting.hall.running.url).name
    meeting.own.more(open_ticket("works on"))


def test_brought_twice_nothing_is_doubled_and_what_came_meanwhile_comes(meeting: Meeting) -> None:
    first = meeting.bring()
    rows, reviews = meeting.rows(), _reviews(meeting)
    assert meeting.bring() == first
    assert meeting.rows() == rows
    (late,) = meeting.own.more(open_ticket("saved, and stopped at once"))
    assert meeting.bring("noor", {}).tickets == first.tickets + 1
    added = meeting.rows().keys() - rows.keys()
    assert getattr(late, "ticket_id") in added  # noqa: B009 - an operation in general
    assert {key: row for key, row in meeting.rows().items() if key in rows} == rows
    assert _reviews(meeting) == reviews


def _reviews(meeting: Meeting) -> list[str]:
    with meeting.hall.centre.transaction() as unit:
        return sorted(unit.session.scalars(select(Review.op_id)))


class Cut:
    """A line that is lost after a push that the hall has heard, or before it has."""

    def __init__(self, meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
        push, self.left, self.random = HttpTransport.push, 10_000, random.Random(3)
        monkeypatch.setattr(joining, "OPERATIONS_PER_PUSH", 2)

        def cut(line: HttpTransport, token: str, request: Push) -> Pushed:
            self.left -= 1
            if self.left < 0:
                if self.random.random() < 0.5:
                    push(line, token, request)
                raise Unreachable("cut")
            return push(line, token, request)

        monkeypatch.setattr(HttpTransport, "push", cut)


def test_interrupted_anywhere_and_begun_again_each_comes_once(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = Cut(meeting, monkeypatch)
    for cut.left in (0, 1, 3):
        with pytest.raises(Unreachable):
            meeting.bring()
        own = meeting.own.desk.own_work()
        assert own is not None
        assert own.joined is not None
        assert not own.joined.complete
        assert own.joined.people == {meeting.own.people()["Huda"]: meeting.huda}
    assert sum(meeting.pauses) == 3 * sum(joining._PAUSES)
    cut.left = 10_000
    result = meeting.bring()
    assert (result.callers, result.calls, result.tickets, result.left) == (1, 2, 3, 0)
    there, here = _versionless(meeting.own.read()), _versionless(meeting.hall.rows(*TABLES))
    kept = {key for key in there if key not in meeting.own.people().values()}
    assert kept <= here.keys()
    remarks = [row for row in here.values() if "worked on its own" in str(row.get("text"))]
    assert len(remarks) == 3
    assert len(here) == len(kept) + len(remarks) + len(meeting.hall_ids) + 1, "and Salem's name"


def test_a_line_that_was_lost_for_a_moment_is_tried_again(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    push, lost = HttpTransport.push, iter((True, True))

    def shaky(line: HttpTransport, token: str, request: Push) -> Pushed:
        answer = push(line, token, request)
        if next(lost, False):
            raise Unreachable("lost")
        return answer

    monkeypatch.setattr(HttpTransport, "push", shaky)
    assert meeting.bring().tickets == 3
    assert sum(meeting.pauses) == 3.0


class EnoughError(Exception):
    """Somebody pressed Cancel."""


def test_it_can_be_given_up_between_two_pushes_and_taken_up_again(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "OPERATIONS_PER_PUSH", 2)
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))
        if len(told) == 3:
            raise EnoughError

    with pytest.raises(EnoughError):
        meeting.joining().bring(KEY, {}, progress)
    assert told[-1] == (4, told[0][1])
    told.extend([(0, 0)] * 3)
    assert meeting.joining().bring(KEY, {}, progress).tickets == 3
    assert told[-1] == (told[0][1], told[0][1])


def test_a_number_that_the_hall_gave_too_leads_to_both_and_is_flagged(meeting: Meeting) -> None:
    number = meeting.known["no card arrived"]
    noor = meeting.hall.seat("noor")
    theirs = noor.perform(numbered(open_ticket("of the hall"), number))
    noor.synchronise()
    result = meeting.bring()
    assert result.renumbered == (number,)
    assert result.reviewed == 1
    noor.pull()
    both = noor.ask(tickets.by_reference, number)
    assert {row.summary for row in both} == {"of the hall", "no card arrived"}
    brought = next(row for row in both if row.id != theirs.ticket_id)
    assert brought.reference != number
    assert noor.ask(tickets.detail, brought.id).aliases == (number,)
    with meeting.hall.centre.transaction() as unit:
        (review,) = unit.session.scalars(select(Review)).all()
        assert "call this caller back" in review.reason


def test_without_the_look_at_numbers_a_caller_would_not_be_called_back(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = meeting.known["no card arrived"]
    noor = meeting.hall.seat("noor")
    noor.perform(numbered(open_ticket("of the hall"), number))
    noor.synchronise()
    monkeypatch.setattr("carecenter.server.references.holders", lambda *_: {})
    assert meeting.bring().renumbered == ()


def test_somebody_whom_the_hall_knows_already_has_a_card_more(meeting: Meeting) -> None:
    noor = meeting.hall.seat("noor")
    card = noor.perform(callers.RegisterCaller(caller_id="theirs", name_en="Abdullah", phone=("p", "+96599887766")))
    noor.synchronise()
    meeting.bring()
    cards = meeting.hall.rows("caller")
    assert len(cards) == 2
    assert cards["caller", card.caller_id]["name_en"] == "Abdullah"


def test_an_agent_brings_a_desk_without_speaking_for_others(meeting: Meeting) -> None:
    noor = meeting.hall.centre.account_id("noor")
    result = meeting.bring("noor", {meeting.own.people()["Salem"]: noor})
    assert (result.tickets, result.left) == (3, 0)
    assert result.reviewed == 1, "what came into a queue that is not Noor's"
    seat = meeting.hall.seat("noor")
    (row,) = seat.ask(tickets.by_reference, meeting.known["no card arrived"])
    assert row.assignee_id == noor
    assert seat.ask(tickets.by_reference, meeting.known["between us"]) == ()


def test_what_is_confidential_stays_behind_when_the_hall_has_no_place_for_it(meeting: Meeting) -> None:
    with meeting.hall.centre.transaction() as unit:
        unit.session.get_one(Queue, RESTRICTED).restricted = False
        unit.publish()
    result = meeting.bring()
    assert (result.tickets, result.left) == (2, 1)
    assert "between us" not in {row["text"] for row in meeting.rows("ticket").values()}


def test_who_may_open_the_desks_work(meeting: Meeting) -> None:
    joins = meeting.joining()
    with pytest.raises(WrongPassword):
        joins.look(ByPassword("Huda", "wrong password"))
    with pytest.raises(NotAllowed, match="led this desk"):
        joins.look(ByPassword("Salem", PASSWORD))
    found = joins.look(ByCode(meeting.known["code"]))
    assert (found.callers, found.calls, found.tickets, found.callbacks) == (1, 2, 3, 2)
    assert [author.name for author in found.people] == ["Huda", "Salem"]


def test_people_who_were_made_up_stay_where_they_are(meeting: Meeting) -> None:
    meeting.own.more(callers.RegisterCaller(caller_id="made-up", demo=True))
    for ask in (lambda: meeting.joining().look(KEY), meeting.bring):
        with pytest.raises(UserError, match="people of the demonstration"):
            ask()
    assert meeting.rows("ticket") == {}
    own = meeting.own.desk.own_work()
    assert own is not None
    assert own.joined is None


def test_a_push_that_is_too_large_is_halved_and_what_is_too_large_alone_is_left(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    push = HttpTransport.push

    def narrow(line: HttpTransport, token: str, request: Push) -> Pushed:
        if len(request.operations) > 1 or b"no card arrived" in bytes(request.operations[0].payload):
            raise TooLarge("too large")
        return push(line, token, request)

    monkeypatch.setattr(HttpTransport, "push", narrow)
    result = meeting.bring()
    assert (result.tickets, result.left) == (2, 1)


def test_a_hall_that_is_too_old_is_told(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_line: HttpTransport, _token: str, request: Push) -> Pushed:
        results = tuple(Result(op_id=one.op_id, outcome=Outcome.LATER) for one in request.operations)
        return Pushed(results=results)

    monkeypatch.setattr(HttpTransport, "push", unknown)
    with pytest.raises(UpgradeNeeded, match="older than this program"):
        meeting.bring()


def test_a_note_of_the_hall_that_cannot_be_read_is_none(meeting: Meeting) -> None:
    (meeting.home / "joined.json").write_text("{")
    own = meeting.own.desk.own_work()
    assert own is not None
    assert (own.names, own.by_password, own.joined) == (("Huda", "Salem"), True, None)
