"""``carecenter-server``: what the owner of a machine does with a desk's data, or a hall's, from a terminal.

What each command does stands in ``commands``, one noun a file.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence

import carecenter
from carecenter.core import i18n
from carecenter.core.errors import UserError
from carecenter.core.i18n import gettext as _
from carecenter.server.commands import account, audit, backup, device, queue, records, seed, serve, setup, status
from carecenter.server.commands.database import DATABASE_VARIABLE
from carecenter.server.commands.parser import DONE, FAILED, FOUND, INTERRUPTED, MISUSED, Parser, Run

__all__ = ["DATABASE_VARIABLE", "DONE", "FAILED", "FOUND", "INTERRUPTED", "MISUSED", "main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code is 0 when it was done, 1 when it failed, 2 for wrong arguments, 3 for a find."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    i18n.set_language("ar" if os.environ.get("LANGUAGE", os.environ.get("LANG", "")).startswith("ar") else "en")
    chosen = _parser().parse_args(arguments)
    return _run(chosen.command, chosen)


def _run(command: Run, chosen: argparse.Namespace) -> int:
    try:
        return command(chosen) or DONE
    except UserError as error:
        print(_(error.message).format(**error.params) if error.params else _(error.message), file=sys.stderr)
    except EOFError:
        print(_("There is no terminal to ask on. Use --name and --password-stdin."), file=sys.stderr)
    except KeyboardInterrupt as interrupt:
        print(str(interrupt) or _("Interrupted. Nothing was changed."), file=sys.stderr)
        return INTERRUPTED
    return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="carecenter-server",
        description=_("Looks after the data of a CareCenter desk, and runs the centre of a hall."),
        epilog=_(
            "Each command explains itself: carecenter-server backup --help. Exit codes: 0 done, 1 failed (standard"
            " error says why), 2 wrong arguments, 3 done and something was found, 130 interrupted."
        ),
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {carecenter.__version__}")
    commands = parser.group()
    for noun in (setup, serve, status, account, device, queue, audit, backup, records, seed):
        noun.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
