"""A centre of one account, and the real service around it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.houses import House, house
from tests.server.serving import Certificate, Running, certificate, serving


@pytest.fixture
def built(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        made.account("sara")
        yield made


@pytest.fixture
def running(built: House) -> Iterator[Running]:
    with serving(built.centre) as service:
        yield service


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("tls"))
