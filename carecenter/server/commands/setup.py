"""``init``, ``migrate``, ``age``: a database becomes a centre, follows the program, and lets go of what is old."""

from __future__ import annotations

import argparse

from sqlalchemy import Engine

from carecenter import migrations
from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.core.terms import Role
from carecenter.migrations import bring_up_to_date
from carecenter.models.base import Side
from carecenter.server import accounts, administration, ageing, databases, namesakes
from carecenter.server.centre import Centre
from carecenter.server.commands import asking, database, showing
from carecenter.server.commands.parser import Commands, add, add_json
from carecenter.wire import NewAccount


def add_to(commands: Commands) -> None:
    """The commands and their options."""
    command = add(
        commands,
        "init",
        _init,
        _("make an empty database the centre of a hall, with its first administrator"),
        _(
            "Creates the tables, the queues and the starter knowledge base in an empty PostgreSQL database, and"
            " the first administrator. What was interrupted goes on where it was; a centre that has accounts is"
            " left alone."
        ),
        examples=(
            "init --database postgresql+psycopg:///carecenter --name admin",
            "init --name admin --password-stdin < /run/secrets/first-password",
        ),
    )
    database.add_database(command)
    command.add_argument(
        "--name", default="admin", metavar=_("NAME"), help=_("the first administrator (%(default)s)")
    )
    asking.add_password(command)
    database.add_database(
        add(
            commands,
            "migrate",
            _migrate,
            _("bring a database to the schema of this program"),
            _(
                "Brings the tables to what this version of the program needs, in one transaction. A database of a"
                " newer version is left alone. Make a backup first."
            ),
            examples=("migrate --database postgresql+psycopg:///carecenter",),
        )
    )
    command = add(
        commands,
        "age",
        _age,
        _("take from workstations what they no longer need"),
        _(
            "Takes from workstations what was closed long ago and what was looked up for a day; the centre keeps"
            " it. The service does so every hour by itself."
        ),
        examples=("age", "age --json"),
    )
    add_json(command)
    database.add_database(command)


def _init(chosen: argparse.Namespace) -> None:
    with database.reached(chosen) as engine:
        # Asked before anything is made, and not for a centre that needs nobody.
        if _has_accounts(engine):
            print(_("There is a centre in this database already. Nothing was changed."))
            return
        name = chosen.name.strip()
        password = asking.new_password(chosen, name)
        accounts.check_new(name, password)
        new = NewAccount(name=name, password=password, role=Role.ADMINISTRATOR)
        with showing.if_interrupted(_(showing.GOES_ON)):
            administration.install(engine)
            _raise_wall(engine)
            # Last: a centre that has accounts is left alone when the command is run again.
            administration.add_account(Centre(engine), new)
        print(_("The centre stands. {name} can sign in.").format(name=name))
        print(_("Next: carecenter-server serve"))


def _has_accounts(engine: Engine) -> bool:
    """Raises ``UserError`` for a centre of another version."""
    if databases.schema_of(engine) is None:
        return False
    databases.check(engine)
    return Centre(engine).has_accounts()


def _raise_wall(engine: Engine) -> None:
    if not administration.raise_wall(engine):
        showing.say(_("The PostgreSQL roles of deploy/postgresql/roles.sql are not used here."))


def _age(chosen: argparse.Namespace) -> None:
    with database.opened(chosen) as centre, showing.if_interrupted(_(showing.GOES_ON)):
        aged = ageing.run(centre)
    if chosen.json:
        showing.as_json(aged)
        return
    for name, count in (
        (_("Sessions ended"), aged.tokens),
        (_("Looks of the day ended"), aged.grants),
        (_("Tickets"), aged.tickets),
        (_("Calls"), aged.calls),
        (_("Callbacks"), aged.callbacks),
    ):
        print(f"{name}: {i18n.number(count)}")


def _migrate(chosen: argparse.Namespace) -> None:
    with database.reached(chosen) as engine:
        found = databases.schema_of(engine)
        if found is None:
            databases.check(engine)
        with showing.if_interrupted(_(showing.GOES_ON)):
            bring_up_to_date(engine, Side.CENTRE)
            _raise_wall(engine)
            sum(namesakes.catch_up(Centre(engine)))
    if found == migrations.HEAD:
        print(_("The schema is {revision}, as it should be.").format(revision=found))
    else:
        print(_("The schema went from {old} to {new}.").format(old=found, new=migrations.HEAD))
