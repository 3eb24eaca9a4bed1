"""What the owner of a machine does with a desk's own data: a backup, a look at it, and its way back."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from carecenter.core import i18n
from carecenter.core.config import Paths
from carecenter.core.errors import StoreInUse, UserError
from carecenter.core.i18n import N_
from carecenter.core.i18n import gettext as _
from carecenter.core.keyslots import Keys, KeySlots
from carecenter.core.secrets import SecretKeeper, usable_keyring
from carecenter.server import backup
from carecenter.server.commands.asking import secret
from carecenter.server.commands.parser import Parser
from carecenter.server.commands.showing import Progress, say


def add_identity(command: Parser) -> None:
    """The options that say which desk, and who opens it."""
    command.add_argument(
        "--home", type=Path, metavar=_("FOLDER"), help=_("the desk's folder; the usual one when not given")
    )
    who = command.add_mutually_exclusive_group()
    who.add_argument("--name", metavar=_("NAME"), help=_("who signs in; asked for when not given"))
    who.add_argument(
        "--recovery-code",
        action="store_true",
        help=_("use the recovery code instead of a name and password; it is asked for"),
    )
    command.add_argument(
        "--password-stdin",
        action="store_true",
        help=_("read the password or recovery code as one line from standard input, for scripts"),
    )


def is_named(chosen: argparse.Namespace) -> bool:
    """Whether the command is about a desk, whatever the environment says of a hall's database."""
    return bool(chosen.home or chosen.name or chosen.recovery_code or chosen.password_stdin)


def back_up(chosen: argparse.Namespace) -> None:
    """The databases and sealed keys of a desk into one file."""
    paths = _paths(chosen)
    if not paths.keyslots.exists():
        raise UserError(N_("There is no desk in {folder}."), folder=str(paths.data))
    keys = _keys(paths.keyslots, paths, chosen)
    databases = {
        path.name: (path, key)
        for path, key in ((paths.store, keys.store), (paths.centre, keys.centre))
        if path.exists()
    }
    others = {paths.keyslots.name: paths.keyslots.read_bytes()}
    backup.back_up(databases, others, chosen.to, Progress(_("Backup")))
    size = i18n.number(round(chosen.to.stat().st_size / 1024 / 1024, 1))
    print(_("Written and checked: {file} ({size} MB)").format(file=chosen.to, size=size))


def inspect(file: Path) -> None:
    """What a backup holds."""
    info = backup.inspect_backup(file)
    made = i18n.date_time(info.made_at)
    print(_("Whole. Made on {made} by CareCenter {version}.").format(made=made, version=info.program))
    for part in (*info.databases, *info.others):
        print(f"  {part.name}  {i18n.number(part.size)}")


def restore(chosen: argparse.Namespace) -> None:
    """A backup in place of a desk's data."""
    paths = _paths(chosen)
    backup.inspect_backup(chosen.source)
    with _alone(paths):
        slots = paths.data / ".restore-keyslots.json"
        slots.unlink(missing_ok=True)
        try:
            backup.extract(chosen.source, paths.keyslots.name, slots)
            keys = _keys(slots, paths, chosen)
        finally:
            slots.unlink(missing_ok=True)
        aside = backup.restore(chosen.source, paths.data, keys)
    print(_("Restored into {folder}.").format(folder=paths.data))
    if aside is not None:
        print(_("What was there before is kept in {folder}.").format(folder=aside))
    if chosen.recovery_code:
        print(_("Open the desk and choose the recovery code there to set a new password."))


def _paths(chosen: argparse.Namespace) -> Paths:
    return Paths.standard() if chosen.home is None else Paths(chosen.home.expanduser().absolute())


@contextmanager
def _alone(paths: Paths) -> Iterator[None]:
    """No desk uses the folder meanwhile; the same lock as the desktop's."""
    paths.prepare()
    lock = FileLock(paths.data / "carecenter.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise StoreInUse(N_("The desk in {folder} is open. Close it first."), folder=str(paths.data)) from error
    try:
        yield
    finally:
        lock.release()


def _keys(file: Path, paths: Paths, chosen: argparse.Namespace) -> Keys:
    """The keys of a slots file, by name and password or by the recovery code."""
    if chosen.recovery_code:
        slots = KeySlots.load(file, SecretKeeper(paths.secret, None).read)
        return slots.open_with_recovery(secret(chosen, _("Recovery code: ")))
    slots = KeySlots.load(file, SecretKeeper(paths.secret, usable_keyring()).read)
    name = chosen.name or _asked(chosen, slots.names())
    return slots.open(name, secret(chosen, _("Password of {name}: ").format(name=name)))


def _asked(chosen: argparse.Namespace, names: tuple[str, ...]) -> str:
    if len(names) == 1:
        return names[0]
    if chosen.password_stdin:
        raise UserError(N_("With --password-stdin, say who signs in: --name."))
    say(_("Who can sign in here: {names}").format(names=", ".join(names)))
    return input(_("Name: "))
