"""An export shows one moment, holds nothing that opens anything, and is on record."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, Engine, select

from carecenter.core.errors import UserError
from carecenter.core.ids import new_id
from carecenter.models.centre import Audit, CentreFact, Credential, Token
from carecenter.models.ticket import Ticket
from carecenter.operations.callers import RegisterCaller
from carecenter.operations.tickets import pin_hash
from carecenter.server.records import exporting
from carecenter.server.records.exporting import export
from carecenter.server.records.form import What
from carecenter.server.records.reading import Source
from tests.houses import House, Seat, open_ticket


def engine_of(house: House) -> Engine:
    with house.centre.transaction() as unit:
        engine = unit.session.get_bind()
    assert isinstance(engine, Engine)
    return engine


def worked_in(house: House) -> Seat:
    """A caller, a ticket of theirs, and an anonymous one with a PIN."""
    house.account("agent")
    seat = house.seat("agent")
    caller = RegisterCaller(caller_id=new_id(), name_ar="نورة", phone=(new_id(), "+96599887766"))
    seat.perform(caller)
    seat.perform(open_ticket(caller_id=caller.caller_id))
    hidden = open_ticket("anonymous")
    seat.perform(msgspec.structs.replace(hidden, pin_hash=pin_hash(hidden.ticket_id, "4821")))
    seat.synchronise()
    return seat


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_every_row_is_there_with_counts_and_a_hash_that_agree(house: House, tmp_path: Path) -> None:
    worked_in(house)
    file = tmp_path / "hall.jsonl"
    total = export(engine_of(house), file, list(What))
    head, *records, end = lines(file)
    assert (head["carecenter_records"], head["what"]) == (1, [one.value for one in What])
    assert len(records) == end["end"] == sum(end["counts"].values()) == total
    assert end["sha256"] == sha256(b"".join(file.read_bytes().splitlines(keepends=True)[:-1])).hexdigest()
    wanted = house.rows("ticket", "ticket_entry", "caller", "caller_phone", "account", "queue", "queue_member")
    found = {(record["entity"], record["id"]): record for record in records}
    assert wanted.keys() <= found.keys()
    ticket = next(record for record in records if record["entity"] == "ticket")
    assert list(ticket)[:2] == ["entity", "id"]
    same = wanted["ticket", ticket["id"]]
    assert (ticket["reference"], ticket["text"]) == (same["reference"], same["text"])
    assert file.stat().st_mode & 0o077 == 0
    assert Source(file, lambda _done, _total: None).records == total


def test_nothing_in_it_opens_anything(house: House, tmp_path: Path) -> None:
    seat = worked_in(house)
    file = tmp_path / "hall.jsonl"
    export(engine_of(house), file, list(What))
    content = file.read_text(encoding="utf-8")
    with house.centre.transaction() as unit:
        secrets = [
            *unit.session.scalars(select(Credential.password_hash)),
            *unit.session.scalars(select(Token.token_hash)),
            *unit.session.scalars(select(Ticket.pin_hash).where(Ticket.pin_hash.is_not(None))),
            *unit.session.scalars(
                select(CentreFact.value).where(CentreFact.name.not_in(["generation", "scoping"]))
            ),
            seat.signed_in.token,
        ]
    secrets = [one for one in secrets if len(one) > 12]
    assert len(secrets) > 4
    assert [one for one in secrets if one in content] == []
    assert "pin_hash" not in content


def test_it_is_on_record_as_done_at_the_server(house: House, tmp_path: Path) -> None:
    worked_in(house)
    export(engine_of(house), tmp_path / "hall.jsonl", [What.TICKETS, What.CALLERS])
    with house.centre.transaction() as unit:
        line = unit.session.scalars(select(Audit).order_by(Audit.number.desc()).limit(1)).one()
        assert (line.action, line.account_id, line.subjects["what"]) == ("Export", "", "callers tickets")


def test_only_what_is_asked_for_is_in_it(local_house: House, tmp_path: Path) -> None:
    worked_in(local_house)
    file = tmp_path / "hall.jsonl.gz"
    export(engine_of(local_house), file, [What.CALLERS])
    content = gzip.decompress(file.read_bytes()).splitlines()
    assert [json.loads(line).get("entity") for line in content] == [None, "caller", "caller_phone", None]


def saving_meanwhile(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    """A desk saves a ticket after each line that is written."""
    monkeypatch.setattr(exporting, "_ROWS", 1)

    def save(done: int, total: int) -> None:
        if 0 < done < 5:
            seat.perform(open_ticket())
            seat.push()

    return save


def test_it_shows_one_moment_whatever_is_saved_meanwhile(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = saving_meanwhile(worked_in(house), monkeypatch)
    file = tmp_path / "hall.jsonl"
    export(engine_of(house), file, [What.ACCOUNTS, What.TICKETS], save)
    assert Source(file, lambda _done, _total: None).head.what == (What.ACCOUNTS, What.TICKETS)
    assert len(house.rows("ticket")) > len([line for line in lines(file) if line.get("entity") == "ticket"]) == 2


def test_without_a_snapshot_it_would_not(
    postgres_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def naive(engine: Engine) -> Iterator[Connection]:
        with engine.connect() as connection:
            yield connection

    monkeypatch.setattr(exporting, "_snapshot", naive)
    save = saving_meanwhile(worked_in(postgres_house), monkeypatch)
    file = tmp_path / "hall.jsonl"
    export(engine_of(postgres_house), file, [What.ACCOUNTS, What.TICKETS], save)
    with pytest.raises(UserError, match="lines are missing, or too many"):
        Source(file, lambda _done, _total: None)


def test_an_interrupted_one_leaves_the_earlier_file_alone(local_house: House, tmp_path: Path) -> None:
    file = tmp_path / "hall.jsonl"
    file.write_text("the one of yesterday")

    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(engine_of(local_house), file, [What.ACCOUNTS], interrupt)
    assert file.read_text() == "the one of yesterday"
    assert list(tmp_path.glob(".*.part")) == []
    with pytest.raises(UserError, match="No such file"):
        export(engine_of(local_house), tmp_path / "none" / "hall.jsonl", [What.ACCOUNTS])
