"""What a command has to be told in secret: on the terminal, or as a line of standard input for scripts.

Passwords and recovery codes are never arguments, which every user of the machine could read.
"""

from __future__ import annotations

import argparse
import getpass
import sys

from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.core.i18n import gettext as _
from carecenter.server.commands.parser import Parser


def add_password(command: Parser) -> None:
    """The option for scripts."""
    command.add_argument(
        "--password-stdin",
        action="store_true",
        help=_("read the password as one line from standard input, for scripts"),
    )


def secret(chosen: argparse.Namespace, question: str) -> str:
    """A secret that exists already. Raises ``UserError`` when nothing comes."""
    if chosen.password_stdin:
        line = sys.stdin.readline().rstrip("\r\n")
        if not line:
            raise UserError(N_("Nothing came on standard input."))
        return line
    return getpass.getpass(question)


def new_password(chosen: argparse.Namespace, name: str) -> str:
    """A password that is chosen now: typed twice where nobody sees it. Raises ``UserError``."""
    first = secret(chosen, _("New password of {name}: ").format(name=name))
    if not chosen.password_stdin and getpass.getpass(_("Once more: ")) != first:
        raise UserError(N_("The two passwords differ. Nothing was changed."))
    return first


def sure(chosen: argparse.Namespace, question: str) -> None:
    """Let a person think again; ``--yes`` answers for scripts. Raises ``UserError`` for anything but yes."""
    if chosen.yes:
        return
    going_on = _("Type yes to go on: ")
    answer = input(f"{question} {going_on}")
    if answer.strip().casefold() not in {"yes", _("yes").casefold()}:
        raise UserError(N_("Nothing was changed."))


def add_yes(command: Parser) -> None:
    """The option that answers ``sure``."""
    command.add_argument("--yes", action="store_true", help=_("do not ask whether this is meant"))
