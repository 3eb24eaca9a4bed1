"""A terminal where ``carecenter-server`` is typed, and a look into the centre it was about."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import pytest

from carecenter.models.engine import postgres_engine
from carecenter.server import command_line
from carecenter.server.centre import Centre
from carecenter.server.commands import database
from carecenter.server.commands.parser import DONE
from carecenter.wire import FeedRequest, FeedRow, SignedIn, SignIn
from tests.houses import PASSWORD

DEVICE = "0193a5b2-desk"


class Terminal:
    """A terminal where commands are typed; what they said is kept of the last one."""

    def __init__(self, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.url = url
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self.out = self.err = ""

    def run(self, *arguments: str, typed: str = "", url: str | None = None) -> int:
        self._monkeypatch.setenv(database.DATABASE_VARIABLE, url or self.url)
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code = command_line.main(arguments)
        self.out, self.err = self._capsys.readouterr()
        return code

    def json(self, *arguments: str) -> Any:
        assert self.run(*arguments, "--json") == DONE, self.err
        return json.loads(self.out)


def interrupt(*_arguments: object, **_options: object) -> NoReturn:
    """In place of a step during which somebody presses Ctrl+C."""
    raise KeyboardInterrupt


@contextmanager
def centre_at(url: str) -> Iterator[Centre]:
    centre = Centre(postgres_engine(url))
    try:
        yield centre
    finally:
        centre.close()


def signed_in(centre: Centre, name: str, password: str = PASSWORD) -> SignedIn:
    return centre.sign_in(SignIn(name=name, password=password, device_id=DEVICE, device_name="Desk 7"))


def heard(centre: Centre, token: str, cursors: dict[str, int]) -> tuple[FeedRow, ...]:
    """What is new to a workstation, whose cursors are moved on."""
    page = centre.feed(token, FeedRequest(after=cursors, limit=10_000))
    cursors.update(page.upto)
    return page.rows
