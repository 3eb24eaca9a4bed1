"""``device``: the workstations that the centre knows."""

from __future__ import annotations

import argparse

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.server import administration
from carecenter.server.commands import database, showing
from carecenter.server.commands.parser import Commands, add, add_json


def add_to(commands: Commands) -> None:
    """The commands and their options."""
    examples = ("device list", "device revoke 0193a5b2")
    under = add(
        commands, "device", None, _("workstations: which there are, and shutting one out"), examples=examples
    )
    group = under.group()
    listed = add(
        group, "list", _list, _("all workstations, the one seen last first"), examples=("device list --json",)
    )
    add_json(listed)
    database.add_database(listed)
    for name, run, brief, more in (
        (
            "revoke",
            _revoke,
            _("shut a workstation out at once"),
            _(
                "Shuts a workstation out: whoever is signed in there is out within a minute, and nobody signs in"
                " there again. What waits there unsent is kept there."
            ),
        ),
        ("allow", _allow, _("let a revoked workstation in again"), ""),
        (
            "new-key",
            _new_key,
            _("let a workstation show a new key"),
            _(
                "For a workstation whose keyring was lost: the centre forgets the key that it knows it by, and"
                " believes the next one that comes with the name and password of somebody who has signed in there"
                " before. Be sure that it is that computer, and not a copy of its disk."
            ),
        ),
    ):
        command = add(group, name, run, brief, more, examples=(f"device {name} 0193a5b2",))
        command.add_argument("device", metavar=_("ID"), help=_("the id of the workstation, or how it begins"))
        database.add_database(command)


def _list(chosen: argparse.Namespace) -> None:
    with database.opened(chosen) as centre:
        found = administration.list_devices(centre)
    showing.listed(
        chosen,
        found,
        (_("Workstation"), _("Name"), _("Last seen"), _("Revoked"), _("Key"), _("Signed in")),
        lambda row: (
            row.id,
            row.name,
            i18n.date_time(row.last_seen or row.first_seen),
            showing.yes_or_no(row.revoked),
            showing.yes_or_no(row.has_key),
            ", ".join(row.accounts),
        ),
    )


def _revoke(chosen: argparse.Namespace) -> None:
    with database.opened(chosen) as centre:
        device_id = administration.set_revoked(centre, chosen.device, True)
    print(_("The workstation {device} is shut out.").format(device=device_id))


def _new_key(chosen: argparse.Namespace) -> None:
    with database.opened(chosen) as centre:
        device_id = administration.forget_key(centre, chosen.device)
    print(_("The next key that the workstation {device} shows is believed.").format(device=device_id))


def _allow(chosen: argparse.Namespace) -> None:
    with database.opened(chosen) as centre:
        device_id = administration.set_revoked(centre, chosen.device, False)
    print(_("Accounts can sign in at the workstation {device} again.").format(device=device_id))
