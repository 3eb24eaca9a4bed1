"""The house most tests of the store begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.houses import House, house


@pytest.fixture
def built(tmp_path: Path) -> Iterator[House]:
    """A centre where Sara has an account."""
    with house(tmp_path) as made:
        made.account("sara")
        yield made
