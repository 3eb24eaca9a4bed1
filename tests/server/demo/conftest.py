"""One demonstration for all that only look at it."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from carecenter.server.centre import Centre
from tests.houses import lend_queries
from tests.server.demo.filled import TICKETS, filled


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    centre, told = filled(tmp_path_factory.mktemp("demo") / "centre.db")
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1] >= TICKETS
    yield centre
    centre.close()


@pytest.fixture
def session(shown: Centre) -> Iterator[Session]:
    with shown.transaction() as unit:
        lend_queries(unit.session)
        yield unit.session
