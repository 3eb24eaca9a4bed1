"""``backup``, ``inspect``, ``restore``, ``renew``: of a desk's own data, or of a hall's database."""

from __future__ import annotations

import argparse
import datetime as dt
import os
from pathlib import Path

from carecenter.core import i18n
from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.core.i18n import gettext as _
from carecenter.server import dump
from carecenter.server.commands import asking, database, desk, showing
from carecenter.server.commands.parser import Commands, add


def add_to(commands: Commands) -> None:
    """The commands and their options."""
    command = add(
        commands,
        "backup",
        _back_up,
        _("write a desk's data, or a hall's database, into one file"),
        _(
            "Writes the databases and the sealed keys of a desk into one encrypted file. The desk may be in use."
            " The secret of this computer is not in the file: to restore on another one, the recovery code is"
            " needed. With --database it is a hall's PostgreSQL database, written by pg_dump and not encrypted:"
            " keep that file as safe as the database."
        ),
        examples=(
            "backup --to /media/usb/desk.carecenter",
            "backup --to /backup/hall.dump --database postgresql+psycopg:///carecenter",
        ),
    )
    command.add_argument("--to", required=True, type=Path, metavar=_("FILE"), help=_("the file to write"))
    desk.add_identity(command)
    database.add_database(command)
    command = add(
        commands,
        "inspect",
        _inspect,
        _("say when a desk's backup was made and whether it is whole"),
        _("Compares every part of a backup with its hash and says what it holds. Needs no password."),
        examples=("inspect /media/usb/desk.carecenter",),
    )
    command.add_argument("file", type=Path, metavar=_("FILE"), help=_("the backup"))
    _add_restore(commands)


def _add_restore(commands: Commands) -> None:
    command = add(
        commands,
        "restore",
        _restore,
        _("put a backup in place of a desk's data, or into a hall's empty database"),
        _(
            "Puts a backup in place of a desk's data. What is there now is not deleted but moved to a dated"
            " folder. The desk must be closed. Everybody signs in again afterwards. With --database it fills an"
            " empty PostgreSQL database; workstations then offer again what the backup does not have."
        ),
        examples=(
            "restore --from /media/usb/desk.carecenter --recovery-code",
            "restore --from /backup/hall.dump --database postgresql+psycopg:///carecenter_new",
        ),
    )
    command.add_argument(
        "--from", dest="source", required=True, type=Path, metavar=_("FILE"), help=_("the backup to read")
    )
    desk.add_identity(command)
    database.add_database(command)
    command = add(
        commands,
        "renew",
        _renew,
        _("after PostgreSQL itself was put back to an earlier moment"),
        _(
            "Gives the centre a new generation. Do it once, before the service starts again, when the database"
            " was put back from archived WAL or a copy of its disk: workstations then offer again what was lost,"
            " no reference is issued twice, and everybody signs in again. After restore it is not needed."
        ),
        examples=("renew --database postgresql+psycopg:///carecenter",),
    )
    asking.add_yes(command)
    database.add_database(command)


def _is_hall(chosen: argparse.Namespace) -> bool:
    told = chosen.database or chosen.config
    if told and desk.is_named(chosen):
        raise UserError(N_("A desk or a hall's database: say one of the two."))
    return bool(told or os.environ.get(database.DATABASE_VARIABLE)) and not desk.is_named(chosen)


def _back_up(chosen: argparse.Namespace) -> None:
    if not _is_hall(chosen):
        desk.back_up(chosen)
        return
    with database.reached(chosen) as engine:
        size = i18n.number(round(dump.back_up(engine, chosen.to) / 1_000_000, 1))
    print(_("Written and checked: {file} ({size} MB)").format(file=chosen.to, size=size))


def _inspect(chosen: argparse.Namespace) -> None:
    desk.inspect(chosen.file)


def _restore(chosen: argparse.Namespace) -> None:
    if not _is_hall(chosen):
        desk.restore(chosen)
        return
    left = _("Interrupted. If the database is not empty any more: carecenter-server renew")
    with database.reached(chosen) as engine, showing.if_interrupted(left):
        dump.restore(engine, chosen.source, dt.datetime.now(dt.UTC))
    print(_("Restored. Everybody signs in again, and workstations offer again what is missing."))


def _renew(chosen: argparse.Namespace) -> None:
    asking.sure(chosen, _("Everybody will be signed out, and every workstation hears everything anew."))
    with database.reached(chosen) as engine, showing.if_interrupted(_(showing.GOES_ON)):
        dump.renew(engine, dt.datetime.now(dt.UTC))
    print(_("The centre has a new generation."))
