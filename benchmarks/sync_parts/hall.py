"""The hall that is measured: a prepared database, signed-in workstations, the service as its own processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from carecenter.core.ids import new_id
from carecenter.core.keyslots import KdfCost
from carecenter.core.terms import Role
from carecenter.models.engine import postgres_engine
from carecenter.models.queue import Queue
from carecenter.server import administration
from carecenter.server.centre import Centre
from carecenter.wire import NewAccount, SignIn

QUEUES = 20
_PASSWORD = "password of the benchmark"
_ROLES = Path(__file__).parents[2] / "deploy" / "postgresql" / "roles.sql"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Seat:
    """Somebody signed in at a workstation of their own."""

    token: str
    device_id: str
    account_id: str
    queue_id: str
    scopes: tuple[str, ...]


def bare(url: str) -> psycopg.Connection:
    """A connection of psycopg to the database of an SQLAlchemy address."""
    return psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))


def fresh(url: str, name: str) -> str:
    """A new, empty database beside the one of the address; its own address."""
    with closing(bare(url)) as connection:
        connection.autocommit = True
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def create_roles(url: str) -> None:
    """The three roles of a hall, in a cluster that is thrown away afterwards."""
    with closing(bare(url)) as connection:
        connection.execute(_ROLES.read_bytes())
        connection.commit()


def drop(url: str, name: str) -> None:
    """Take a database of ``fresh`` away."""
    with closing(bare(url)) as connection:
        connection.autocommit = True
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def furnish(url: str, workstations: int) -> list[Seat]:
    """The centre of a hall, behind its second wall where the roles are, and somebody signed in at each workstation.

    One more than asked for: the last is a newcomer in a queue of their own.
    Passwords are cheap here: Argon2 is not what is measured.
    """
    engine = postgres_engine(url)
    administration.install(engine)
    administration.raise_wall(engine)
    with closing(Centre(engine, cost=KdfCost.MINIMAL)) as centre:
        with centre.transaction() as unit:
            for number in range(QUEUES + 1):
                name = f"queue-{number:02}"
                unit.session.add(Queue(id=name, name_ar=name, name_en=name, position=100 + number))
            unit.publish()
        centre.create_account(NewAccount(name="leader", password=_PASSWORD, role=Role.ADMINISTRATOR))
        leader = _sign_in(centre, "leader", "").token
        seats = []
        for number in range(workstations + 1):
            queue = QUEUES if number == workstations else number % QUEUES
            name, queue_id = f"agent-{number:04}", f"queue-{queue:02}"
            new = NewAccount(name=name, password=_PASSWORD, role=Role.AGENT, queue_ids=(queue_id,))
            centre.create_account(new, leader)
            seats.append(_sign_in(centre, name, queue_id))
    return seats


def _sign_in(centre: Centre, name: str, queue_id: str) -> Seat:
    device_id = new_id()
    answer = centre.sign_in(SignIn(name=name, password=_PASSWORD, device_id=device_id, device_name=name))
    return Seat(answer.token, device_id, answer.account_id, queue_id, answer.scopes)


@contextmanager
def service(url: str, processes: int) -> Iterator[tuple[str, int]]:
    """``carecenter-server serve`` until the end: its address and its process id."""
    command = [sys.executable, "-m", "carecenter.server.command_line", "serve", "--database", url]
    command += ["--listen", "127.0.0.1:0", "--processes", str(processes)]
    environ = {**os.environ, "LANGUAGE": "en", "LC_ALL": "C.UTF-8"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environ
    ) as run:
        try:
            assert run.stdout is not None
            ready = run.stdout.readline()
            address = next((word for word in ready.split() if word.startswith("http")), None)
            if address is None:
                raise RuntimeError("the service did not start")
            yield address, run.pid
        finally:
            run.send_signal(signal.SIGTERM)
            run.wait(timeout=30)


def postmaster(url: str) -> int | None:
    """The process all backends of the database come from, when it runs on this machine."""
    with closing(bare(url)) as connection:
        row = connection.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'").fetchone()
    with suppress(OSError, TypeError):
        assert row is not None
        return int(_stat(row[0])[1])
    return None


def cpu_seconds(pid: int | None) -> float:
    """Processor time of a process and all that came from it, those that ended included."""
    return sum(sum(map(int, _stat(one)[11:15])) for one in _family(pid)) / _TICKS


def memory_mib(pid: int | None) -> float:
    """What a process and all that came from it hold for themselves (proportional set size)."""
    total = 0
    for one in _family(pid):
        with suppress(OSError, StopIteration):
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            total += int(next(line for line in lines if line.startswith("Pss:")).split()[1])
    return total / 1024


def _family(pid: int | None) -> list[int]:
    if pid is None:
        return []
    children: dict[int, list[int]] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with suppress(OSError):
                children.setdefault(int(_stat(int(path.name))[1]), []).append(int(path.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def _stat(pid: int) -> list[str]:
    """The fields of ``/proc/<pid>/stat`` after the name: state, parent, …"""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
