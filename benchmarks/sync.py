"""How fast a hall is: workstations, the service and PostgreSQL on one machine, and what the same rows cost bare.

`python -m benchmarks.sync --workstations 200 --operations 50 --json`: the real service in processes of its own,
asked over HTTP by the client's transport, on a PostgreSQL that forces every commit to the disk: one that is
started for it, or databases made beside the one of `--database`. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from benchmarks.sync_parts import first_sync, floor, hall, load
from carecenter.wire import OPERATIONS_PER_PUSH
from tests import postgres

Figures = dict[str, float]
_NAME = "carecenter_benchmark"


def measure(asked: argparse.Namespace, url: str) -> Figures:
    """Everything that was asked for, on one database."""
    figures: Figures = {"workstations": asked.workstations, "operations": asked.operations}
    *seats, newcomer = hall.furnish(url, asked.workstations)
    if asked.tickets:
        first_sync.seed(url, newcomer, asked.tickets)
    with hall.service(url, asked.processes) as (address, pid):
        database = hall.postmaster(url)
        if asked.operations:
            figures |= _backlogs(asked, url, address, (pid, database), seats)
        if asked.seconds:
            figures |= _live(asked, address, (pid, database), seats)
        if asked.tickets:
            figures |= first_sync.measure(address, newcomer)
    return figures


def _backlogs(
    asked: argparse.Namespace, url: str, address: str, pids: tuple[int, int | None], seats: Sequence[hall.Seat]
) -> Figures:
    """The round in the middle: others use the machine too. A first, small one is not counted."""
    load.run(load.drain, address, seats, 1, processes=asked.clients, begun=lambda: None)
    rounds = [_backlog(asked, url, address, pids, seats) for _ in range(asked.rounds)]
    rounds.sort(key=lambda figures: figures["ratio"])
    spread = {"ratio_least": rounds[0]["ratio"], "ratio_most": rounds[-1]["ratio"]}
    return {**rounds[len(rounds) // 2], **spread}


def _backlog(
    asked: argparse.Namespace, url: str, address: str, pids: tuple[int, int | None], seats: Sequence[hall.Seat]
) -> Figures:
    before, spending = floor.counts(url), _Spending(pids)
    seen = load.run(load.drain, address, seats, asked.operations, processes=asked.clients, begun=spending.begin)
    cpu = spending.seconds()
    spent = max(one.ended for one in seen) - min(one.began for one in seen)
    done = sum(one.operations for one in seen)
    after = floor.counts(url)
    batches = asked.workstations * math.ceil(asked.operations / OPERATIONS_PER_PUSH)
    least = floor.seconds(url, {table: after[table] - before[table] for table in after}, batches)
    thousands = done / 1000
    return {
        "operations_s": round(done / spent),
        "floor_operations_s": round(done / least),
        "ratio": round(least / spent, 3),
        "failures": _failures(seen),
        **_spread("push", [wait for one in seen for wait in one.acknowledged]),
        "cpu_s_per_1000_client": round(sum(one.cpu_seconds for one in seen) / thousands, 2),
        "cpu_s_per_1000_service": round(cpu[0] / thousands, 2),
        "cpu_s_per_1000_database": round(cpu[1] / thousands, 2),
    }


def _live(
    asked: argparse.Namespace, address: str, pids: tuple[int, int | None], seats: Sequence[hall.Seat]
) -> Figures:
    spending = _Spending(pids)
    seen = load.run(load.live, address, seats, asked.seconds, processes=asked.clients, begun=spending.begin)
    cpu = spending.seconds()
    return {
        "live_operations_s": round(sum(one.operations for one in seen) / asked.seconds, 1),
        "live_failures": _failures(seen),
        **_spread("acknowledge", [wait for one in seen for wait in one.acknowledged]),
        **_spread("visible", list(load.delays(seen))),
        "live_heard": sum(len(one.heard) for one in seen),
        "live_cpu_s_client": round(sum(one.cpu_seconds for one in seen), 1),
        "live_cpu_s_service": round(cpu[0], 1),
        "live_cpu_s_database": round(cpu[1], 1),
        "memory_mib_client": round(sum(one.memory_mib for one in seen)),
        "memory_mib_service": round(hall.memory_mib(pids[0])),
        "memory_mib_database": round(hall.memory_mib(pids[1])),
    }


class _Spending:
    """Processor time of service and database from when the workstations begin."""

    def __init__(self, pids: tuple[int, int | None]) -> None:
        self._pids = pids
        self._had = [0.0, 0.0]

    def begin(self) -> None:
        self._had = [hall.cpu_seconds(pid) for pid in self._pids]

    def seconds(self) -> list[float]:
        return [hall.cpu_seconds(pid) - had for pid, had in zip(self._pids, self._had, strict=True)]


def _failures(seen: Sequence[load.Seen]) -> int:
    """How many, and on the error stream of which kinds."""
    kinds = sum((one.failures for one in seen), Counter[str]())
    if kinds:
        print(dict(kinds), file=sys.stderr)
    return kinds.total()


def _spread(name: str, seconds: Sequence[float]) -> Figures:
    """The median and the slowest, in milliseconds."""
    if len(seconds) < 2:
        return {f"{name}_p{part}_ms": round(sum(seconds) * 1000, 1) for part in (50, 95, 99)}
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return {f"{name}_p{part}_ms": round(cuts[part - 1] * 1000, 1) for part in (50, 95, 99)}


@contextmanager
def _database(given: str | None) -> Iterator[str]:
    """A new database: beside the one given, or in a cluster that lives as long as the run."""
    if given is not None:
        url = hall.fresh(given, _NAME)
        try:
            yield url
        finally:
            hall.drop(given, _NAME)
        return
    with postgres.cluster("shared_buffers=512MB", "max_wal_size=4GB", durable=True) as cluster:
        url = hall.fresh(cluster.url(), _NAME)
        hall.create_roles(url)
        yield url


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workstations", type=int, default=200)
    parser.add_argument("--operations", type=int, default=50, help="the backlog of each workstation; 0: none")
    parser.add_argument("--rounds", type=int, default=3, help="of the backlog, each beside its floor")
    parser.add_argument("--seconds", type=float, default=30, help="of an operation every 3 s each; 0: none")
    parser.add_argument("--tickets", type=int, default=100_000, help="in the centre beforehand; 0: no first sync")
    parser.add_argument("--processes", type=int, default=2, help="of the service")
    parser.add_argument("--clients", type=int, default=2, help="processes the workstations are spread over")
    parser.add_argument("--database", help="an address as the service takes it; the user may create databases")
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    return parser.parse_args()


def main() -> None:
    """Print the figures."""
    asked = _asked()
    with _database(asked.database) as url:
        figures = measure(asked, url)
    for name, figure in figures.items():
        print(f"{name:28}{figure:>12}", file=sys.stderr if asked.json else sys.stdout)
    if asked.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
