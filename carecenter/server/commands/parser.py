"""How commands read their arguments and explain themselves."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any, Final, NoReturn, TypeAlias

from carecenter.core.i18n import gettext as _

DONE: Final = 0
FAILED: Final = 1
MISUSED: Final = 2
FOUND: Final = 3
"""The command did its work, and what it looked for is there: a flaw in the audit trail, a line put aside."""
INTERRUPTED: Final = 130

Run: TypeAlias = Callable[[argparse.Namespace], int | None]
"""What a command does; the exit code, or nothing for ``DONE``."""
Commands: TypeAlias = "argparse._SubParsersAction[Parser]"


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line and how to get help in the next. Options are written out in full:
    ``--password secret`` must not pass for ``--password-stdin``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=_Layout, **options)

    def error(self, message: str) -> NoReturn:
        hint = _("Try {command} --help.").format(command=self.prog)
        self.exit(MISUSED, f"{self.prog}: {message}\n{hint}\n")

    def group(self) -> Commands:
        """Where the commands under this one are added."""
        return self.add_subparsers(title=_("commands"), metavar=_("COMMAND"), required=True)


class _Layout(argparse.HelpFormatter):
    """Examples keep their lines; all other text is wrapped."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if "\n" in text:
            return "\n".join(indent + line for line in text.splitlines())
        return super()._fill_text(text, width, indent)


def add(
    commands: Commands,
    name: str,
    run: Run | None,
    brief: str,
    more: str = "",
    *,
    examples: Sequence[str] = (),
) -> Parser:
    """A command: ``brief`` is its line among the others, ``more`` what its own help says beyond that.

    ``examples`` are what is typed after ``carecenter-server``.
    """
    shown = [_("Examples:"), *(f"  carecenter-server {example}" for example in examples)]
    command = commands.add_parser(
        name,
        help=brief,
        description=more or f"{brief[:1].upper()}{brief[1:]}.",
        epilog="\n".join(shown) if examples else None,
    )
    if run is not None:
        command.set_defaults(command=run)
    return command


def add_json(command: Parser) -> None:
    """For scripts."""
    command.add_argument("--json", action="store_true", help=_("print JSON instead, for scripts"))
