"""A desk that worked on its own joins a hall: what it says of its work, and what came of bringing it along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Joined:
    """It was brought to a server (``server``: host and port; ``at``: UTC, when it last began or ended).

    ``complete``: to the end. ``people``: account there → account of the hall, as it was chosen.
    """

    server: str
    at: dt.datetime
    complete: bool
    people: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OwnWork:
    """There is work of a desk on its own on this computer: who can open it, and whether it was brought along.

    `made_up`: it is the demonstration, which stays where it is. `by_password`: this computer holds the secret that
    goes with the passwords; else the recovery code opens it.
    """

    names: tuple[str, ...]
    by_password: bool
    made_up: bool = False
    joined: Joined | None = None


@dataclass(frozen=True)
class Author:
    """An account of the desk, or a name in its timelines."""

    id: str
    name: str
    display_name_ar: str
    display_name_en: str


@dataclass(frozen=True)
class Belongings:
    """How much there is, and by whom it was written."""

    callers: int = 0
    calls: int = 0
    tickets: int = 0
    entries: int = 0
    callbacks: int = 0
    people: tuple[Author, ...] = ()


@dataclass(frozen=True)
class Brought:
    """What came, whether now or before. ``renumbered``: the old numbers of tickets that have new ones.

    ``reviewed``: how much of it waits for somebody's eye; ``left``: how much the centre did not take.
    """

    callers: int = 0
    calls: int = 0
    tickets: int = 0
    entries: int = 0
    renumbered: tuple[str, ...] = ()
    reviewed: int = 0
    left: int = 0
