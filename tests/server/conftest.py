"""The same house twice: its centre on an encrypted file, and on PostgreSQL; who asks it, and from where."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from carecenter.core import i18n
from carecenter.models.engine import postgres_engine
from carecenter.server.centre import Centre
from carecenter.server.commands.parser import DONE
from tests import houses, postgres
from tests.houses import PASSWORD, House
from tests.server.callers import Caller
from tests.server.devices import Device
from tests.server.serving import Running, serving
from tests.server.terminals import Terminal


class PostgresHouse(House):
    """A house whose centre is the PostgreSQL of a hall."""

    def __init__(self, directory: Path, url: str) -> None:
        self._url = url
        super().__init__(directory)

    def open_centre(self, *, knowledge: bool = False) -> Centre:
        engine = postgres_engine(self._url)
        path = self.directory / "not-used.db"
        centre = houses.open_centre(path, self.clock, knowledge=knowledge, engine=engine)
        self._open.callback(centre.close)
        return centre


@pytest.fixture(params=["sqlcipher", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """An empty house with an administrator; a test that asks for it runs on both databases."""
    if request.param == "sqlcipher":
        built = House(tmp_path)
    else:
        built = PostgresHouse(tmp_path, request.getfixturevalue("postgres_url"))
    yield built
    built.close()


@pytest.fixture
def postgres_house(tmp_path: Path, postgres_url: str) -> Iterator[House]:
    built = PostgresHouse(tmp_path, postgres_url)
    yield built
    built.close()


@pytest.fixture
def local_house(tmp_path: Path) -> Iterator[House]:
    built = House(tmp_path)
    yield built
    built.close()


@pytest.fixture
def agent(house: House) -> Device:
    house.account("agent")
    return Device(house.centre, "agent")


@pytest.fixture
def sara(house: House) -> Device:
    house.account("sara")
    return Device(house.centre, "sara")


@pytest.fixture
def running(house: House) -> Iterator[Running]:
    with serving(house.centre) as service:
        yield service


@pytest.fixture
def caller(running: Running, sara: Device) -> Iterator[Caller]:
    made = Caller(running.url, sara.token)
    yield made
    made.session.close()


@pytest.fixture
def empty(
    empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Terminal]:
    """A terminal before an empty database."""
    yield Terminal(empty_postgres_url, monkeypatch, capsys)
    i18n.set_language("en")


@pytest.fixture
def hall(empty: Terminal) -> Terminal:
    """The terminal of a hall that was made with ``init``."""
    assert empty.run("init", "--password-stdin", typed=PASSWORD) == DONE, empty.err
    return empty


@pytest.fixture
def other_url(postgres_cluster: postgres.Cluster) -> Iterator[str]:
    """Another empty database of the same server."""
    name = f"other_{os.getpid()}"
    options: dict[str, Any] = {"host": str(postgres_cluster.directory), "user": "test", "dbname": "postgres"}
    with psycopg.connect(**options, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        yield postgres_cluster.url(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
