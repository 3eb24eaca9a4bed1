"""``queue``: lines of tickets, and who works in them."""

from __future__ import annotations

import argparse

from carecenter.core.i18n import gettext as _
from carecenter.server import administration
from carecenter.server.commands import database, showing
from carecenter.server.commands.parser import Commands, add, add_json


def add_to(commands: Commands) -> None:
    """The commands and their options."""
    examples = ("queue list", "queue members general --add sara --remove huda")
    under = add(commands, "queue", None, _("queues, and who works in them"), examples=examples).group()
    _add_new(under)
    listed = add(under, "list", _list, _("all queues in their order"), examples=("queue list --json",))
    add_json(listed)
    database.add_database(listed)
    members = add(
        under,
        "members",
        _members,
        _("who works in a queue; add and remove accounts"),
        examples=("queue members general", "queue members general --add sara --add huda --remove noura"),
    )
    members.add_argument("queue", metavar=_("QUEUE"), help=_("the id of the queue"))
    for option, words in (
        ("--add", _("an account that works there from now on; may be said again")),
        ("--remove", _("an account that does not any more; may be said again")),
    ):
        members.add_argument(option, action="append", default=[], metavar=_("NAME"), help=words)
    add_json(members)
    database.add_database(members)


def _add_new(under: Commands) -> None:
    command = add(
        under,
        "add",
        _add,
        _("a new queue"),
        examples=('queue add visas --name-ar "التأشيرات" --name-en "Visas"',),
    )
    command.add_argument("queue", metavar=_("QUEUE"), help=_("its id: Latin letters, digits and hyphens"))
    command.add_argument("--name-ar", required=True, metavar=_("NAME"), help=_("its name in Arabic"))
    command.add_argument("--name-en", required=True, metavar=_("NAME"), help=_("its name in English"))
    command.add_argument(
        "--restricted", action="store_true", help=_("only members see its tickets, not even supervisors besides")
    )
    database.add_database(command)


def _add(chosen: argparse.Namespace) -> None:
    with database.opened(chosen) as centre:
        administration.add_queue(centre, chosen.queue, chosen.name_ar, chosen.name_en, chosen.restricted)
    print(_("The queue {queue} is there. Nobody works in it yet.").format(queue=chosen.queue))


def _list(chosen: argparse.Namespace) -> None:
    with database.opened(chosen) as centre:
        found = administration.list_queues(centre)
    showing.listed(
        chosen,
        found,
        (_("Queue"), _("Restricted"), _("Members"), _("Name")),
        lambda row: (
            row.id,
            showing.yes_or_no(row.restricted),
            str(len(row.members)),
            f"{row.name_en} · {row.name_ar}",
        ),
    )


def _members(chosen: argparse.Namespace) -> None:
    with database.opened(chosen) as centre:
        administration.change_members(centre, chosen.queue, chosen.add, chosen.remove)
        found = next(line for line in administration.list_queues(centre) if line.id == chosen.queue)
    if chosen.json:
        showing.as_json(found.members)
    elif found.members:
        print("\n".join(found.members))
    else:
        showing.say(_("Nobody works in this queue."))
