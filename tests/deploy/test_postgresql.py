"""The drill of docs/operations.md: PostgreSQL is put back to a moment from the copy and the archived WAL."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from carecenter.core.errors import SignedOut
from carecenter.core.keyslots import KdfCost
from carecenter.core.terms import Role
from carecenter.migrations import bring_up_to_date
from carecenter.models.base import Side
from carecenter.models.engine import postgres_engine
from carecenter.models.ticket import Ticket
from carecenter.server import command_line
from carecenter.server.centre import Centre
from carecenter.wire import Hello, NewAccount, Verdict
from tests import postgres
from tests.deploy.proxy import DEPLOY, replaced
from tests.houses import PASSWORD, open_ticket
from tests.server.devices import Device

SCRIPTS = "/etc/carecenter/postgresql"
BACKUPS = "/var/backups/carecenter"


@dataclass(frozen=True)
class Archived:
    """A cluster with the shipped settings, and what an administrator does with it."""

    folder: Path
    programs: Path
    options: dict[str, Any]

    @property
    def url(self) -> str:
        """As the owner of the tables, whom the shipped lines let in without a password."""
        return f"postgresql+psycopg://carecenter_owner@/carecenter?host={self.folder}"

    def running(self) -> Any:
        return postgres._server(self.programs, self.folder, self.options, ())

    def script(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**self.options["env"], "PGHOST": str(self.folder), "PGUSER": "test"}
        return subprocess.run(
            ["sh", self.folder / "scripts" / name, *arguments],
            **{**self.options, "env": environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def ask(self, statement: str) -> Any:
        with psycopg.connect(host=str(self.folder), user="test", dbname="postgres", autocommit=True) as connection:
            answer = connection.execute(statement.encode())
            row = answer.fetchone() if answer.description else None
        return row[0] if row else None

    def archive(self) -> None:
        """Wait until everything up to now is kept."""
        segment = self.ask("SELECT pg_walfile_name(pg_switch_wal())")
        while not (self.folder / "backups/wal" / f"{segment}.gz").exists():
            assert self.ask("SELECT failed_count FROM pg_stat_archiver") == 0, (self.folder / "log").read_text()
            time.sleep(0.02)


@pytest.fixture
def archived() -> Iterator[Archived]:
    folder = Path(tempfile.mkdtemp(prefix="carecenter-pg-", dir=postgres.fast_directory()))
    try:
        options = postgres._process_options(folder)
        cluster = Archived(folder, postgres._programs(), options)
        shutil.copytree(DEPLOY / "postgresql", folder / "scripts")
        subprocess.run(
            [
                *(cluster.programs / "initdb", "--pgdata", folder / "data", "--username", "test"),
                *("--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-instructions"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            **options,
        )
        subprocess.run(["mkdir", "-p", folder / "backups/wal"], check=True, **options)
        settings = (DEPLOY / "postgresql/carecenter.conf").read_text()
        settings = replaced(settings, SCRIPTS, str(folder / "scripts"))
        settings = replaced(settings, BACKUPS, str(folder / "backups"))
        with (folder / "data/postgresql.conf").open("a") as file:
            file.write(settings)
        let_in(folder / "data")
        yield cluster
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def let_in(data: Path) -> None:
    """The shipped lines, with whoever runs the tests as the account of the centre."""
    hba = data / "pg_hba.conf"
    hba.write_text((DEPLOY / "postgresql/pg_hba.conf").read_text() + hba.read_text())
    me = pwd.getpwuid(os.geteuid()).pw_name
    ident = (DEPLOY / "postgresql/pg_ident.conf").read_text()
    (data / "pg_ident.conf").write_text(replaced(ident, "carecenter       carecenter_", f"{me} carecenter_"))


def opened(url: str) -> Centre:
    engine = postgres_engine(url)
    bring_up_to_date(engine, Side.CENTRE)
    return Centre(engine, cost=KdfCost.MINIMAL)


def tickets(centre: Centre) -> set[str]:
    with centre.transaction() as unit:
        return {ticket.id for ticket in unit.session.query(Ticket)}


def test_the_drill(archived: Archived) -> None:
    with archived.running():
        archived.ask("CREATE DATABASE carecenter")
        psql = f"psql -q -v ON_ERROR_STOP=1 -h {archived.folder} -U test -d carecenter -f".split()
        subprocess.run([*psql, str(archived.folder / "scripts/roles.sql")], check=True)
        assert archived.ask("SELECT count(*) FROM pg_hba_file_rules WHERE error IS NOT NULL") == 0
        centre = opened(archived.url)
        centre.initialise()
        centre.create_account(NewAccount(name="sara", password=PASSWORD, role=Role.ADMINISTRATOR))
        sara = Device(centre, "sara")
        before = centre.hello(sara.token, Hello(version="1"))
        copied = archived.script("base-backup", str(archived.folder / "backups"))
        assert copied.returncode == 0, copied.stderr
        base = Path(copied.stdout.strip()).name
        sara.send(kept := open_ticket())
        moment = archived.ask("SELECT clock_timestamp()::text")
        sara.send(lost := open_ticket())
        archived.archive()
        assert tickets(centre) == {kept.ticket_id, lost.ticket_id}
        centre.close()

    data, backups = str(archived.folder / "data"), str(archived.folder / "backups")
    refused = archived.script("put-back", backups, base, data, moment)
    assert (refused.returncode, "not empty" in refused.stderr) == (1, True)
    (archived.folder / "data").rename(archived.folder / "data.broken")
    done = archived.script("put-back", backups, base, data, moment)
    assert done.returncode == 0, done.stderr

    with archived.running():
        while archived.ask("SELECT pg_is_in_recovery()"):
            time.sleep(0.02)
        assert command_line.main(["renew", "--yes", "--database", archived.url]) == command_line.DONE
        centre = opened(archived.url)
        assert tickets(centre) == {kept.ticket_id}
        with pytest.raises(SignedOut):
            centre.hello(sara.token, Hello(version="1"))
        again = Device(centre, "sara")
        greeting = centre.hello(again.token, Hello(version="1", generation=before.generation))
        assert greeting.verdict is Verdict.RESYNC  # its workstation now offers again what was lost
        centre.close()


def test_a_segment_is_never_replaced_by_another(archived: Archived) -> None:
    folder = archived.folder / "backups/wal"
    segment = archived.folder / "segment"
    segment.write_bytes(os.urandom(1000))
    archive = (str(folder), str(segment), "000000010000000000000001")
    assert archived.script("archive-wal", *archive).returncode == 0
    kept = (folder / f"{archive[2]}.gz").read_bytes()
    assert archived.script("archive-wal", *archive).returncode == 0  # PostgreSQL may ask twice
    segment.write_bytes(os.urandom(1000))
    again = archived.script("archive-wal", *archive)
    assert (again.returncode, "another segment" in again.stderr) == (1, True)
    assert (folder / f"{archive[2]}.gz").read_bytes() == kept


def test_old_copies_go_with_the_wal_that_only_they_need(archived: Archived) -> None:
    backups = archived.folder / "backups"
    with archived.running():
        assert archived.script("base-backup", str(backups)).returncode == 0
        first = next(backups.glob("base-*"))
        old = first.rename(backups / "base-20200101T000000Z")
        os.utime(old, (0, 0))
        archived.archive()
        before = {path.name for path in (backups / "wal").iterdir()}
        second = archived.script("base-backup", str(backups))
        assert second.returncode == 0, second.stderr
    assert [path.name for path in backups.glob("base-*")] == [Path(second.stdout.strip()).name]
    assert before - {path.name for path in (backups / "wal").iterdir()}
