"""The feed: what follows whom, page by page, and nothing missed while many write at once."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from sqlalchemy import text

from carecenter.core.errors import NotAllowed
from carecenter.core.ids import new_id
from carecenter.core.terms import Role
from carecenter.models.directory import Body
from carecenter.models.queue import Queue
from carecenter.operations import tickets
from carecenter.server import feed
from carecenter.server.scopes import EVERYONE
from carecenter.wire import FeedRequest, FeedRow, Outcome
from tests.houses import GENERAL, TECHNICAL, House, add_note, open_ticket
from tests.server.devices import Device

WRITERS, ROUNDS = 16, 12


def _places(rows: list[FeedRow], scope: str) -> dict[str, bool]:
    """Id → whether the scope brings it (True) or takes it away."""
    return {row.id: row.image is not None for row in rows if row.scope == scope}


def test_a_ticket_that_changes_queue_leaves_one_and_reaches_the_other_with_all_its_rows(house: House) -> None:
    house.account("opener")
    house.account("colleague")
    house.account("engineer", Role.AGENT, TECHNICAL)
    house.account("boss", Role.SUPERVISOR, GENERAL, TECHNICAL)
    opener, colleague, engineer, boss = (
        Device(house.centre, name) for name in ("opener", "colleague", "engineer", "boss")
    )
    wish = tickets.CallbackWish(callback_id=new_id(), number="+96530000001", due_at=house.clock())
    opening = open_ticket(reference="0000000002", callback=wish)
    note = add_note(opening.ticket_id, "a note")
    opener.push(opener.envelope(opening), opener.envelope(note))
    whole = {opening.ticket_id, opening.entry_id, note.entry_id, wish.callback_id}
    assert whole <= {row.id for row in colleague.hear()}
    assert not whole & {row.id for row in engineer.hear()}

    moved = tickets.ChangeQueue(ticket_id=opening.ticket_id, entry_id=new_id(), was=GENERAL, now=TECHNICAL)
    assert boss.send(moved).outcome is Outcome.ACCEPTED

    gone = _places(colleague.hear(), f"queue:{GENERAL}")
    assert gone == dict.fromkeys(whole, False)
    came = _places(engineer.hear(), f"queue:{TECHNICAL}")
    assert came == dict.fromkeys(whole | {moved.entry_id}, True)
    kept = opener.hear()
    assert _places(kept, f"account:{opener.account_id}")[opening.ticket_id]


def test_scopes_of_others_are_left_out(house: House) -> None:
    house.account("agent")
    house.account("engineer", Role.AGENT, TECHNICAL)
    agent, engineer = Device(house.centre, "agent"), Device(house.centre, "engineer")
    agent.send(open_ticket(reference="0000000002"))
    asked = {f"queue:{GENERAL}": 0, f"account:{agent.account_id}": 0, EVERYONE: 0}
    page = house.centre.feed(engineer.token, FeedRequest(after=asked))
    assert set(page.after) == set(page.upto) == {EVERYONE}
    assert {row.scope for row in page.rows} == {EVERYONE}


def test_pages_follow_one_another_without_gap_or_repeat(house: House) -> None:
    house.account("agent")
    agent, slow = Device(house.centre, "agent"), Device(house.centre, "agent")
    for number in range(10):
        agent.send(open_ticket(reference=f"{number:010}"))
    whole = [(row.scope, row.seq, row.id) for row in agent.hear()]
    assert [(row.scope, row.seq, row.id) for row in slow.hear(limit=3)] == whole
    assert slow.hear(limit=3) == []
    for scope in {scope for scope, _, _ in whole}:
        seqs = [seq for one, seq, _ in whole if one == scope]
        assert seqs == sorted(set(seqs))


def test_the_feed_brings_the_row_as_it_is_now_once(house: House) -> None:
    house.account("agent")
    agent = Device(house.centre, "agent")
    opening = open_ticket(reference="0000000002")
    agent.send(opening)
    for number in range(3):
        house.clock.advance(minutes=1)
        agent.send(add_note(opening.ticket_id, f"note {number}"))
    rows = [row for row in agent.hear() if row.id == opening.ticket_id and row.scope == f"queue:{GENERAL}"]
    assert len(rows) == 1
    assert rows[0].image is not None
    assert rows[0].version == rows[0].image["version"] == 4


def test_a_signed_out_desk_hears_nothing(house: House) -> None:
    device = Device(house.centre, "leader")
    house.centre.sign_out(device.token)
    with pytest.raises(NotAllowed):
        device.hear()


def test_sixteen_writers_and_a_reader_miss_nothing(postgres_house: House) -> None:
    """Each transaction works for a random while before it takes its place: ids and commits disagree."""
    centre = postgres_house.centre
    reader = Device(centre, "leader")
    reader.hear()
    heard: list[tuple[str, int]] = []
    done = threading.Event()

    def write(writer: int) -> None:
        rng = random.Random(writer)
        for number in range(ROUNDS):
            with centre.transaction() as unit:
                unit.session.add(Body(id=f"{writer}-{number}", name_ar="", name_en=""))
                unit.session.flush()
                time.sleep(rng.uniform(0, 0.01))
                unit.publish()

    def listen() -> None:
        last = False
        while not last:
            last = done.is_set()
            heard.extend((row.id, row.seq) for row in reader.hear() if row.entity == "body")

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        listening = pool.submit(listen)
        for writing in [pool.submit(write, writer) for writer in range(WRITERS)]:
            writing.result()
        done.set()
        listening.result()
    assert sorted(one for one, _ in heard) == sorted(f"{w}-{n}" for w in range(WRITERS) for n in range(ROUNDS))
    assert [seq for _, seq in heard] == sorted(seq for _, seq in heard)


def test_polling_by_id_misses_what_commits_late_and_the_feed_does_not(postgres_house: House) -> None:
    """The negative control: the earlier id commits after the later one, as it does every day."""
    centre = postgres_house.centre
    reader = Device(centre, "leader")
    reader.hear()
    with centre.transaction() as unit:
        unit.session.execute(text("CREATE TABLE naive (id serial PRIMARY KEY, body text)"))
    naive: list[str] = []
    cursor = 0

    def poll() -> int:
        with centre.transaction() as unit:
            rows = unit.session.execute(
                text("SELECT id, body FROM naive WHERE id > :cursor ORDER BY id"), {"cursor": cursor}
            ).all()
        naive.extend(body for _, body in rows)
        return max((int(number) for number, _ in rows), default=cursor)

    insert = text("INSERT INTO naive (body) VALUES (:body)")
    heard: list[str] = []
    with centre.transaction() as early:
        early.session.add(Body(id="early", name_ar="", name_en=""))
        early.session.execute(insert, {"body": "early"})
        with centre.transaction() as late:
            late.session.add(Body(id="late", name_ar="", name_en=""))
            late.session.execute(insert, {"body": "late"})
            late.publish()
        cursor = poll()
        heard += [row.id for row in reader.hear()]
        early.publish()
    cursor = poll()
    heard += [row.id for row in reader.hear()]
    assert naive == ["late"]
    assert heard == ["late", "early"]


def test_what_was_rolled_back_is_in_no_feed(house: House) -> None:
    device = Device(house.centre, "leader")
    device.hear()

    def fail() -> None:
        with house.centre.transaction() as unit:
            unit.session.add(Queue(id="undone", name_ar="", name_en=""))
            unit.publish()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert device.hear() == []
    with house.centre.transaction() as unit:
        found = feed.read(unit.session, {EVERYONE: 0}, 2_000)
        assert "undone" not in {row.id for row in msgspec.json.decode(found.json, type=list[FeedRow])}
        assert found.behind == 0
