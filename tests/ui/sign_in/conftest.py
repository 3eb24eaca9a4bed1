"""The panel at a computer that Huda and Sara know, and at one that nobody has set up."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from pytestqt.qtbot import QtBot

from carecenter.ui.language import Language
from carecenter.ui.theme import Theme
from tests.ui.sign_in.room import Room, SmallDoor


@pytest_asyncio.fixture
async def room(qtbot: QtBot, theme: Theme, language: Language) -> AsyncIterator[Room]:
    room = Room(qtbot, SmallDoor("Huda", "Sara"))
    yield room
    await room.tasks.close()
    assert not room.failures


@pytest_asyncio.fixture
async def new_room(qtbot: QtBot, theme: Theme, language: Language) -> AsyncIterator[Room]:
    room = Room(qtbot, SmallDoor(in_file=True))
    yield room
    await room.tasks.close()
    assert not room.failures
