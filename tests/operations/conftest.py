"""Records for the tests of operations."""

from collections.abc import Iterator

import pytest

from tests.operations.records import Records, records


@pytest.fixture
def desk() -> Iterator[Records]:
    with records() as opened:
        yield opened
