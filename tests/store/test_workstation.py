"""The store as a person relies on it: what was saved survives, a full disk is told, nothing lies there in clear."""

from __future__ import annotations

import logging
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.exc import IntegrityError

from carecenter.core.errors import NotFound, StoreFull, Unreachable
from carecenter.core.ids import new_id
from carecenter.core.terms import Role
from carecenter.migrations import bring_up_to_date
from carecenter.models.base import Side
from carecenter.models.desk import FreeReference, Outbox
from carecenter.models.ticket import Ticket
from carecenter.operations import callers, calls
from carecenter.queries import search, tickets
from carecenter.store import overlay
from carecenter.store.workstation import Workstation
from carecenter.wire import FeedPage
from tests import houses
from tests.houses import House, add_note, house, open_call, open_store, open_ticket, somebody

ROOT = Path(__file__).parents[2]


def saved_texts(workstation: Workstation) -> list[str]:
    with workstation.transaction() as session:
        return list(session.scalars(select(Ticket.text).order_by(Ticket.text)))


# A power cut or a crash


def _killed_after(store: Path, lines: int) -> list[str]:
    """What the program said it had saved before it was killed in the middle of something."""
    command = [sys.executable, "-m", "tests.store.saving", str(store)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        heard = [program.stdout.readline().strip() for _ in range(lines)]
        program.kill()
        heard += [line.strip() for line in program.stdout if line.endswith("\n")]
    assert program.returncode < 0
    return heard


def test_what_was_saved_survives_a_kill(tmp_path: Path) -> None:
    dice = random.Random(164)
    store = tmp_path / "store.db"
    with _open(store) as workstation:
        workstation.keep_references(tuple(f"{number:010}" for number in range(20_000)))
    acknowledged: list[str] = []
    for _ in range(8):
        heard = _killed_after(store, dice.randint(3, 12))
        acknowledged += [line.removeprefix("ticket ") for line in heard if line.startswith("ticket")]
        last_draft = [int(line.removeprefix("draft ")) for line in heard if line.startswith("draft")][-1]
        with _open(store) as workstation:
            draft = workstation.drafts(somebody())["call:1:notes"]["text"]
            assert int(draft.removeprefix("draft ")) in (last_draft, last_draft + 1)

    with _open(store) as workstation, workstation.transaction() as session:
        kept = {ticket.id: ticket for ticket in session.scalars(select(Ticket))}
        numbers = list(session.scalars(select(Outbox.number).order_by(Outbox.number)))
        left = set(session.scalars(select(FreeReference.reference)))
    assert len(acknowledged) > 15
    assert set(acknowledged) <= set(kept)
    assert numbers == list(range(1, len(kept) + 1))  # each saved ticket is on its way, without a gap
    given = [ticket.reference for ticket in kept.values()]
    assert len(set(given)) == len(given)
    assert not set(given) & left


@contextmanager
def _open(store: Path) -> Iterator[Workstation]:
    workstation = open_store(store)
    yield workstation
    workstation.close()


# A full disk


def _work_until_full(workstation: Workstation) -> int:
    """Save until it cannot be; how many tickets were acknowledged."""
    for turn in range(10_000):
        try:
            workstation.perform(somebody(), open_ticket(f"{turn:05} " + "text " * 200), done_with="notes")
        except StoreFull:
            return turn
    raise AssertionError("the disk was never full")


def _check_full(workstation: Workstation, make_room: Callable[[], None]) -> None:
    workstation.keep_references(tuple(f"{number:010}" for number in range(5_000)))
    saved = _work_until_full(workstation)

    assert len(saved_texts(workstation)) == saved > 0
    assert workstation.queue().waiting == saved
    with pytest.raises(StoreFull, match="still on the screen"):
        workstation.perform(somebody(), open_ticket("the one that did not fit " * 4_000))
    assert workstation.queue().waiting == saved
    make_room()
    again, _ = workstation.perform(somebody(), open_ticket("the one that did not fit " * 4_000))
    assert len(saved_texts(workstation)) == saved + 1
    with workstation.transaction() as session:
        assert session.get(Outbox, saved + 1) is not None  # no number was lost on the failed ones
        ticket = session.get_one(Ticket, again.subjects()["ticket_id"])
        assert ticket.reference == f"{saved:010}"  # and no reference


def test_a_full_store_saves_nothing_by_halves_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    workstation = open_store(tmp_path / "store.db")

    def limit(pages: int) -> None:
        with workstation.transaction() as session:
            session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    limit(300)
    _check_full(workstation, lambda: limit(10_000))
    workstation.close()


@contextmanager
def _small_disk(directory: Path) -> Iterator[Path]:
    directory.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "carecenter-test", str(directory)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"only an administrator can make a small disk here: {error}")
    try:
        yield directory
    finally:
        subprocess.run(["umount", str(directory)], check=True)


def test_a_full_disk_is_told_and_saving_goes_on_when_there_is_room(tmp_path: Path) -> None:
    with _small_disk(tmp_path / "disk") as disk:
        ballast = disk / "ballast"
        ballast.write_bytes(b"x" * 1_000_000)
        workstation = open_store(disk / "store.db")
        _check_full(workstation, ballast.unlink)
        workstation.close()


def test_a_page_that_does_not_fit_leaves_everything_as_it_was(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        built.account("sara")
        built.account("ali")
        sara, ali = built.seat("sara"), built.seat("ali")
        mine = ali.perform(open_ticket("mine " * 500))
        for _ in range(40):
            sara.perform(open_ticket("theirs " * 500))
        sara.push()
        page = ali.fetch()
        with ali.workstation.transaction() as session:
            used = session.connection().exec_driver_sql("PRAGMA page_count").scalar_one()
            session.connection().exec_driver_sql(f"PRAGMA max_page_count = {used + 2}")
        with pytest.raises(StoreFull):
            ali.workstation.apply_page(page)
        assert saved_texts(ali.workstation) == [mine.text]
        with ali.workstation.transaction() as session:
            session.connection().exec_driver_sql("PRAGMA max_page_count = 100000")
        ali.workstation.apply_page(page)
        assert len(saved_texts(ali.workstation)) == 41


# Nothing in clear

CANARIES = {
    "Arabic name": "قرنفلة الهاجري",
    "English name": "Quillfeather",
    "Civil ID": "282040701483",
    "phone": "+96599887766",
    "ticket text": "zanzibarian",
    "remedy": "kaleidoscopist",
    "note": "pumpernickelish",
    "draft": "bumblebeehive",
    "call notes": "xylophonistical",
    "refused text": "wolverinesque",
}


def _whole_day(built: House) -> None:
    """Everything that leaves personal data somewhere: calls, cards, tickets, notes, drafts, refusals, searches."""
    built.account("sara")
    built.account("leads", Role.SUPERVISOR)
    sara, leads = built.seat("sara"), built.seat("leads")
    call = sara.perform(open_call(CANARIES["phone"]))
    card = callers.RegisterCaller(
        caller_id=new_id(),
        name_ar=CANARIES["Arabic name"],
        name_en=CANARIES["English name"],
        civil_id=CANARIES["Civil ID"],
        phone=(new_id(), CANARIES["phone"]),
    )
    sara.perform(card)
    sara.workstation.save_draft(sara.viewer, f"call:{call.call_id}:notes", {"text": CANARIES["draft"]})
    sara.perform(calls.WriteNotes(call_id=call.call_id, notes=CANARIES["call notes"]))
    ticket = sara.perform(open_ticket(CANARIES["ticket text"], remedy=CANARIES["remedy"], caller_id=card.caller_id))
    sara.perform(add_note(ticket.ticket_id, CANARIES["note"]))
    sara.synchronise()
    leads.synchronise()
    assert leads.ask(search.search, CANARIES["ticket text"]).tickets
    leads.workstation.dealt_with(1)
    _fail_on_purpose(sara.workstation, card.caller_id)
    built.clock.advance(hours=8)
    sara.synchronise()


def _fail_on_purpose(workstation: Workstation, caller_id: str) -> None:
    """A defect of the database goes to the log with everything that belongs to it."""
    try:
        with workstation.transaction() as session:
            overlay.put_rows(session, "caller", [{"id": caller_id, "name_en": CANARIES["refused text"]}])
    except IntegrityError:
        logging.getLogger("carecenter").exception("a defect")
    else:
        raise AssertionError("a card without its times was taken")


def _found_in_clear(directory: Path, log: str) -> set[str]:
    """Which canaries can be read in the raw bytes of any file, or in the log."""
    haystacks = [file.read_bytes() for file in directory.rglob("*") if file.is_file()] + [log.encode()]
    assert sum(map(len, haystacks)) > 100_000
    return {
        name
        for name, canary in CANARIES.items()
        for encoding in ("utf-8", "utf-16-le", "utf-16-be")
        if any(canary.encode(encoding) in haystack for haystack in haystacks)
    }


def test_nothing_of_a_day_can_be_read_on_the_disk_or_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path))
    with caplog.at_level(logging.DEBUG), house(tmp_path) as built:
        _whole_day(built)
        assert {file.name for file in tmp_path.iterdir()} >= {
            "sara.db",
            "sara.db-wal",
            "centre.db",
            "centre.db-wal",
        }
        assert "a defect" in caplog.text
        assert _found_in_clear(tmp_path, caplog.text) == set()
    assert _found_in_clear(tmp_path, caplog.text) == set()


def _unencrypted_engine(path: Path, side: Side) -> Engine:
    def creator() -> object:
        connection = sqlcipher.connect(str(path), isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        return connection

    engine = create_engine("sqlite://", creator=creator, module=sqlcipher)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    bring_up_to_date(engine, side)
    return engine


def test_the_same_day_without_encryption_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(houses, "open_engine", _unencrypted_engine)
    with house(tmp_path) as built:
        _whole_day(built)
        found = _found_in_clear(tmp_path, "")

    assert found == set(CANARIES) - {"refused text"}  # its transaction never reached the disk


# Small things that only this face does


def test_an_account_that_is_not_here_has_no_viewer(tmp_path: Path) -> None:
    with _open(tmp_path / "store.db") as workstation, pytest.raises(NotFound):
        workstation.viewer("nobody")


def test_a_page_of_another_centre_history_is_heard_from_the_start(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        built.account("sara")
        sara = built.seat("sara")
        old = sara.perform(open_ticket("from before"))
        sara.synchronise()
        waiting = sara.perform(open_ticket("typed meanwhile"))
        page = sara.fetch()
        assert sara.workstation.apply_page(_of_generation(page, "after the restore")) == frozenset()
        assert saved_texts(sara.workstation) == ["from before", "typed meanwhile"]
        assert set(sara.workstation.cursors(sara.scopes).values()) == {0}
        assert sara.workstation.queue().waiting == 1
        assert sara.ask(tickets.by_reference, old.reference)
        assert sara.ask(tickets.by_reference, waiting.reference)


def _of_generation(page: FeedPage, generation: str) -> FeedPage:
    return msgspec.structs.replace(page, generation=generation)


def test_a_failure_that_is_nobodys_disk_is_not_called_one(tmp_path: Path) -> None:
    with _open(tmp_path / "store.db") as workstation:
        with pytest.raises(IntegrityError), workstation.transaction() as session:
            session.add_all([FreeReference(reference="0472915644"), FreeReference(reference="0472915644")])
        with suppress(Unreachable), workstation.transaction() as session:
            session.add(FreeReference(reference="0472915644"))
            raise Unreachable("in the middle")
        assert workstation.references_wanted() == 500
        with workstation.transaction() as session:
            assert session.scalars(select(FreeReference)).all() == []
