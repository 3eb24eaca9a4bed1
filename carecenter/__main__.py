"""`python -m carecenter` and the `carecenter` command: reads the arguments, then starts the desk.

Nothing heavy is imported before the arguments are understood, so that `--version` answers at once.
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Sequence
from pathlib import Path

from carecenter import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until the window is closed; returns the exit status."""
    asked = parser().parse_args(arguments)
    if asked.home is not None:
        import os

        os.environ["CARECENTER_HOME"] = str(asked.home)
    if asked.tour is not None:
        from carecenter import tour

        return int(tour.run(asked.tour, asked.language))
    hurry()
    from carecenter.app import run

    return run(asked.call if asked.call is not None else asked.link)


def hurry() -> None:
    """No garbage collection until the first picture (then it is `ui.garbage`'s): a tenth less wait."""
    gc.disable()


def parser() -> argparse.ArgumentParser:
    """The arguments. A call or link is handed on as it comes: the window tells what is wrong with it."""
    made = argparse.ArgumentParser(prog="carecenter", description="The desk of an agent of the 164 hotline.")
    given = made.add_mutually_exclusive_group()
    given.add_argument("link", nargs="?", default="", help="a carecenter: link, as an exchange's software opens it")
    given.add_argument("--call", metavar="NUMBER", help="a phone rings with this number")
    given.add_argument("--tour", metavar="DIR", type=Path, help="make the screenshots of the user guide in DIR")
    made.add_argument("--language", choices=("ar", "en"), default="en", help="of the tour")
    made.add_argument("--home", metavar="DIR", type=Path, help="keep everything in DIR")
    made.add_argument("--version", action="version", version=f"CareCenter {__version__}")
    return made


if __name__ == "__main__":
    sys.exit(main())
