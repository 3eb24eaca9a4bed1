"""The program of a desk with two accounts, in either language, for whoever walks through a whole call."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Literal

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from carecenter import app
from carecenter.core import i18n
from tests.journeys.person import Person, found_home, running

Tongue = Literal["ar", "en"]
Start = Callable[[Tongue], AbstractAsyncContextManager[Person]]

_CATALOGUE = Path(__file__).parents[2] / "translations" / "ar" / "LC_MESSAGES" / "carecenter.po"


@pytest.fixture(scope="session")
def _founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("founded") / "desk"
    found_home(home)
    return home


@pytest.fixture(scope="session")
def _catalogues(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Arabic of this checkout, whether or not somebody has compiled it."""
    folder = tmp_path_factory.mktemp("translations")
    compiled = folder / "ar" / "LC_MESSAGES" / "carecenter.mo"
    compiled.parent.mkdir(parents=True)
    with _CATALOGUE.open("rb") as source, compiled.open("wb") as target:
        write_mo(target, read_po(source, locale="ar"))
    return folder


@pytest.fixture(autouse=True)
def _arabic(_catalogues: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "catalogue_folders", lambda: [_catalogues])
    monkeypatch.setattr(i18n, "_catalogues", {})


@pytest.fixture
def home(_founded: Path, tmp_path: Path) -> Path:
    """The folder of a desk that Huda and Sara can sign in to."""
    return Path(shutil.copytree(_founded, tmp_path / "desk"))


@pytest.fixture
def start(qtbot: QtBot, qapp: QApplication, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """The program in this process: `async with start("ar") as agent`.

    No asynchronous fixture: between a fixture and its test Qt's events are handled while no loop is running.
    """
    monkeypatch.setattr(app, "_HAND_OVER_TRIES", 2)
    gc.disable()  # a collection on a worker's thread would destroy Qt's objects there
    yield lambda language: running(qapp, home, language)
    gc.collect()
    gc.enable()


@pytest.fixture(params=["en", "ar"])
def language(request: pytest.FixtureRequest) -> Tongue:
    """The language of the screen at the start."""
    found: Tongue = request.param
    return found
