"""The same house twice: its centre on an encrypted file, and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from carecenter.models.engine import postgres_engine
from carecenter.server.centre import Centre
from tests import houses
from tests.houses import House


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
