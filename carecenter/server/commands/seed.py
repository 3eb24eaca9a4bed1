"""``seed``: a centre full of synthetic work, for load tests."""

from __future__ import annotations

import argparse

from carecenter.core import i18n
from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.core.i18n import gettext as _
from carecenter.server import seed
from carecenter.server.commands import asking, database
from carecenter.server.commands.parser import Commands, Parser, add
from carecenter.server.commands.showing import Progress, if_interrupted

_CALLERS_SHARE = 4


def add_to(commands: Commands) -> None:
    """The command and its options."""
    command = add(
        commands,
        "seed",
        _seed,
        _("fill a centre with synthetic work for a load test"),
        _(
            "Adds invented people, marked as such, and a year of their tickets: a million in some ten minutes."
            " Workstations hear of what is recent. Accounts named {prefix}0001 and so on are made to sign in with,"
            " all with one password, which is asked for. A hall that holds real callers is refused: what was added"
            " cannot be taken out again."
        ).format(prefix=seed.PREFIX),
        examples=(
            "seed --tickets 10000",
            "seed --tickets 1000000 --accounts 200 --queues 10 --password-stdin < password.txt",
        ),
    )
    command.add_argument(
        "--tickets", required=True, type=int, metavar=_("NUMBER"), help=_("how many tickets to add")
    )
    _add_number(command, "--callers", None, _("how many people to add (one for four tickets)"))
    _add_number(command, "--accounts", 10, _("how many accounts work on them, old and new (%(default)s)"))
    _add_number(command, "--queues", 0, _("how many queues to spread them over; 0: those there are (%(default)s)"))
    command.add_argument(
        "--among-real-work",
        action="store_true",
        help=_("also where real callers are"),
    )
    asking.add_password(command)
    database.add_database(command)


def _add_number(command: Parser, name: str, default: int | None, brief: str) -> None:
    command.add_argument(name, type=int, default=default, metavar=_("NUMBER"), help=brief)


def _seed(chosen: argparse.Namespace) -> None:
    callers = -(-chosen.tickets // _CALLERS_SHARE) if chosen.callers is None else chosen.callers
    wanted = seed.Amounts(tickets=chosen.tickets, callers=callers, accounts=chosen.accounts, queues=chosen.queues)
    if min(chosen.tickets, callers, chosen.accounts, chosen.queues) < 0:
        raise UserError(N_("Numbers are not negative."))
    with database.opened(chosen) as centre:
        if not chosen.among_real_work and seed.holds_real_work(centre):
            raise UserError(
                N_("This centre holds real callers. Fill another one, or say --among-real-work if it is meant.")
            )
        password = ""
        if seed.missing_accounts(centre, wanted.accounts):
            password = asking.new_password(chosen, f"{seed.PREFIX}0001…")
        with if_interrupted(_("Interrupted. What was written so far stays.")):
            seed.fill(centre, wanted, password, Progress(_("Seed")))
    print(
        _("Added: {tickets} tickets, {callers} callers.").format(
            tickets=i18n.number(wanted.tickets), callers=i18n.number(wanted.callers)
        )
    )
