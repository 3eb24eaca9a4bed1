"""`python -m carecenter` and the `carecenter` command: reads the arguments, then starts the desk.

The order of a start: the arguments (nothing heavy is imported before they are understood, so that `--version`
answers at once, and without any not even what reads them); `hurry`; Qt and the window with its first panel
(`app.run`), painted; and only then the event loop, the database and the keyring.
"""

from __future__ import annotations

import builtins
import gc
import importlib
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from carecenter import __version__

if TYPE_CHECKING:
    from argparse import ArgumentParser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until the window is closed; returns the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    return _asked(arguments) if arguments else _start()


def _asked(arguments: Sequence[str]) -> int:
    asked = parser().parse_args(arguments)
    if asked.home is not None:
        import os

        os.environ["CARECENTER_HOME"] = str(asked.home)
    if asked.tour is not None:
        from carecenter import tour
        from carecenter.core.config import Settings

        settings = Settings(language=asked.language, digits=asked.digits, theme=asked.theme)
        return tour.run(asked.tour, settings, asked.window)
    return _start(asked.call if asked.call is not None else asked.link)


def _start(handed: str = "") -> int:
    hurry()
    from carecenter.app import run

    return run(handed)


def hurry() -> None:
    """What shortens the wait for the first picture; to be called before anything of Qt is imported.

    No garbage is collected until that picture stands (then it is `ui.garbage`'s). And Python keeps its own
    import: the binding's would read the source of every module that comes after it, for a spelling of Qt's names
    (`from __feature__ import snake_case`) that nothing here uses.
    """
    gc.disable()
    pythons_own = builtins.__import__
    importlib.import_module("PySide6.QtCore")
    builtins.__import__ = pythons_own


def parser() -> ArgumentParser:
    """The arguments. A call or link is handed on as it comes: the window tells what is wrong with it."""
    import argparse
    from pathlib import Path

    made = argparse.ArgumentParser(prog="carecenter", description="The desk of an agent of the 164 hotline.")
    given = made.add_mutually_exclusive_group()
    given.add_argument("link", nargs="?", default="", help="a carecenter: link, as an exchange's software opens it")
    given.add_argument("--call", metavar="NUMBER", help="a phone rings with this number")
    given.add_argument("--tour", metavar="DIR", type=Path, help="make the screenshots of the user guide in DIR")
    made.add_argument("--home", metavar="DIR", type=Path, help="keep everything in DIR")
    made.add_argument("--version", action="version", version=f"CareCenter {__version__}")
    toured = made.add_argument_group("what the tour shows")
    toured.add_argument("--language", choices=("ar", "en"), default="en")
    toured.add_argument("--digits", choices=("latn", "arab"), default="latn", help="Latin or Arabic-Indic")
    toured.add_argument("--theme", choices=("light", "dark"), default="light")
    toured.add_argument("--window", metavar="WIDTHxHEIGHT", type=_size, default=(1440, 900))
    return made


def _size(text: str) -> tuple[int, int]:
    width, _by, height = text.partition("x")
    return int(width), int(height)  # argparse tells of the ValueError


if __name__ == "__main__":
    sys.exit(main())
