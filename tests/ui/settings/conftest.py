"""The settings as an agent sees them, and as somebody who leads."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from carecenter.store.desk import Desk
from carecenter.ui.language import Language
from carecenter.ui.theme import Theme
from tests.ui.settings.room import Room


@pytest.fixture
def room(qtbot: QtBot, desk: Desk, theme: Theme, language: Language, tmp_path: Path) -> Room:
    return Room(qtbot, desk, theme, language, tmp_path)


@pytest.fixture
def leading(qtbot: QtBot, supervisor_desk: Desk, theme: Theme, language: Language, tmp_path: Path) -> Room:
    return Room(qtbot, supervisor_desk, theme, language, tmp_path)
