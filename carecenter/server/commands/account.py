"""``account``: who may sign in, and as what."""

from __future__ import annotations

import argparse

from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.core.i18n import gettext as _
from carecenter.core.terms import Language, Role, label
from carecenter.server import administration
from carecenter.server.commands import asking, database, showing
from carecenter.server.commands.parser import Commands, Parser, add, add_json
from carecenter.wire import NewAccount


def add_to(commands: Commands) -> None:
    """The commands and their options."""
    examples = (
        "account add sara --role agent --queue general --name-ar سارة --name-en Sara",
        "account disable sara",
        "account roles sara supervisor",
    )
    under = add(commands, "account", None, _("accounts: who may sign in, and as what"), examples=examples).group()
    _add_new(under)
    listed = add(
        under, "list", _list, _("all accounts with their roles and queues"), examples=("account list --json",)
    )
    add_json(listed)
    database.add_database(listed)
    disable = add(
        under,
        "disable",
        _disable,
        _("shut an account out at once; its work stays"),
        _(
            "Shuts an account out: whoever is signed in with it is out within a minute. What they typed stays, and"
            " what waits at their workstation is sent when the next person signs in there."
        ),
        examples=("account disable sara",),
    )
    _named(disable)
    _named(add(under, "enable", _enable, _("let an account in again"), examples=("account enable sara",)))
    reset = add(
        under,
        "reset",
        _reset,
        _("give an account a new password"),
        _("Asks for a new password. Whoever is signed in with the old one is out."),
        examples=("account reset sara", "account reset sara --password-stdin < password.txt"),
    )
    _named(reset)
    asking.add_password(reset)
    _add_roles(under)


def _add_new(under: Commands) -> None:
    command = add(
        under,
        "add",
        _add,
        _("a new account"),
        _("Makes an account. Its password is asked for, or read from standard input."),
        examples=(
            "account add sara --role agent --queue general --queue technical",
            "account add huda --role supervisor --password-stdin < password.txt",
        ),
    )
    _named(command)
    command.add_argument(
        "--role", required=True, choices=list(Role), metavar=_("ROLE"), help=", ".join(role.value for role in Role)
    )
    command.add_argument(
        "--queue", action="append", default=[], metavar=_("QUEUE"), help=_("a queue to work in; may be said again")
    )
    command.add_argument("--name-ar", default="", metavar=_("NAME"), help=_("the name others see, in Arabic"))
    command.add_argument("--name-en", default="", metavar=_("NAME"), help=_("the name others see, in English"))
    command.add_argument(
        "--language",
        default=Language.ARABIC.value,
        choices=list(Language),
        help=_("the language of the screen (%(default)s)"),
    )
    asking.add_password(command)


def _add_roles(under: Commands) -> None:
    command = add(
        under,
        "roles",
        _roles,
        _("give an account another role; without a name, say which roles there are"),
        examples=("account roles", "account roles sara senior_agent"),
    )
    command.add_argument("name", nargs="?", metavar=_("NAME"), help=_("the name of the account"))
    command.add_argument("role", nargs="?", choices=list(Role), metavar=_("ROLE"), help=_("the new role"))
    database.add_database(command)


def _named(command: Parser) -> None:
    command.add_argument("name", metavar=_("NAME"), help=_("the name to sign in with"))
    database.add_database(command)


def _add(chosen: argparse.Namespace) -> None:
    with database.opened(chosen) as centre:
        new = NewAccount(
            name=chosen.name,
            password=asking.new_password(chosen, chosen.name),
            role=Role(chosen.role),
            display_name_ar=chosen.name_ar,
            display_name_en=chosen.name_en,
            language=Language(chosen.language),
            queue_ids=tuple(dict.fromkeys(chosen.queue)),
        )
        administration.add_account(centre, new)
    print(_("{name} can sign in.").format(name=chosen.name))


def _list(chosen: argparse.Namespace) -> None:
    with database.opened(chosen) as centre:
        found = administration.list_accounts(centre)
    showing.listed(
        chosen,
        found,
        (_("Name"), _("Role"), _("Active"), _("Queues")),
        lambda row: (row.name, label(row.role), showing.yes_or_no(row.active), ", ".join(row.queues)),
    )


def _disable(chosen: argparse.Namespace) -> None:
    with database.opened(chosen) as centre:
        administration.set_active(centre, chosen.name, False)
    print(_("{name} is shut out.").format(name=chosen.name))


def _enable(chosen: argparse.Namespace) -> None:
    with database.opened(chosen) as centre:
        administration.set_active(centre, chosen.name, True)
    print(_("{name} can sign in.").format(name=chosen.name))


def _reset(chosen: argparse.Namespace) -> None:
    with database.opened(chosen) as centre:
        administration.find_account(centre, chosen.name)  # before anybody types a password
        administration.set_password(centre, chosen.name, asking.new_password(chosen, chosen.name))
    print(_("{name} has a new password and signs in again.").format(name=chosen.name))


def _roles(chosen: argparse.Namespace) -> None:
    if chosen.name is None:
        showing.table((_("Role"), _("Name")), [(role.value, label(role)) for role in Role])
        return
    if chosen.role is None:
        raise UserError(N_("Say which role: {roles}"), roles=", ".join(role.value for role in Role))
    role = Role(chosen.role)
    with database.opened(chosen) as centre:
        administration.set_role(centre, chosen.name, role)
    print(_("{name} is {role} from now on.").format(name=chosen.name, role=label(role)))
