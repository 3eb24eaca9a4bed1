"""What a command shows: tables, JSON, and how far it is."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final, TypeVar

import msgspec

from carecenter.core import i18n
from carecenter.core.i18n import N_
from carecenter.core.i18n import gettext as _

T = TypeVar("T")

GOES_ON: Final = N_("Interrupted. What was done so far stays: run the same command again to go on.")
_BAR: Final = 30
_SECONDS_BETWEEN_LINES: Final = 5.0
_SECONDS_BETWEEN_BARS: Final = 0.1


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns, each as wide as its longest text."""
    lines = [heads, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    for line in lines:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def listed(
    chosen: argparse.Namespace, found: Sequence[T], heads: Sequence[str], line: Callable[[T], Sequence[str]]
) -> None:
    """What a ``list`` command found: a table, or the whole of it as JSON where ``--json`` asks for that."""
    if chosen.json:
        as_json(found)
    else:
        table(heads, [line(row) for row in found])


def as_json(content: Any) -> None:
    """Moments are ISO 8601 in UTC; names of fields are never translated."""
    print(msgspec.json.format(msgspec.json.encode(content), indent=2).decode())


def yes_or_no(value: bool) -> str:
    """A fact in a table."""
    return _("yes") if value else _("no")


def say(text: str) -> None:
    """What a person should know, apart from the answer itself: standard output stays clean for scripts."""
    print(text, file=sys.stderr)


@contextmanager
def if_interrupted(left: str) -> Iterator[None]:
    """What Ctrl+C meanwhile leaves behind, said in place of that nothing was changed."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        raise KeyboardInterrupt(left) from interrupt


class Progress:
    """A bar on a terminal, a line every few seconds elsewhere; both on the error stream.

    To be called with how much is done and how much there is. ``quiet``: the bar alone.
    """

    def __init__(self, what: str, *, quiet: bool = False) -> None:
        self._what = what
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._told = time.monotonic() if not self._terminal else 0.0

    def __call__(self, done: int, total: int) -> None:
        if self._quiet and not self._terminal:
            return
        ended = done >= total
        pause = _SECONDS_BETWEEN_BARS if self._terminal else _SECONDS_BETWEEN_LINES
        if not ended and time.monotonic() - self._told < pause:
            return
        self._told = time.monotonic()
        share = min(done / total, 1.0) if total else 1.0
        with suppress(OSError):  # a terminal that went away stops nothing
            if self._terminal:
                bar = ("█" * round(share * _BAR)).ljust(_BAR, "░")
                print(f"\r{self._what} {bar} {share:4.0%}", end="\n" if ended else "", file=sys.stderr, flush=True)
            else:
                far = _("{done} of {total}").format(done=i18n.number(done), total=i18n.number(total))
                print(f"{self._what}: {far}", file=sys.stderr, flush=True)

    def say(self, text: str) -> None:
        """Something a person should know meanwhile, on a line of its own."""
        say(f"\r\x1b[K{text}" if self._terminal else text)
