"""``carecenter-server``: what the owner of a machine does with a desk's data from a terminal.

Passwords and recovery codes are asked for on the terminal or read from standard input; they are never arguments,
which every user of the machine could read.
"""

from __future__ import annotations

import argparse
import getpass
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NoReturn

from filelock import FileLock, Timeout

import carecenter
from carecenter.core import i18n
from carecenter.core.config import Paths
from carecenter.core.errors import StoreInUse, UserError
from carecenter.core.i18n import N_
from carecenter.core.i18n import gettext as _
from carecenter.core.keyslots import Keys, KeySlots
from carecenter.core.secrets import SecretKeeper, usable_keyring
from carecenter.server import backup

DONE: Final = 0
FAILED: Final = 1
MISUSED: Final = 2
INTERRUPTED: Final = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code is 0 when it was done, 1 when it failed, 2 for wrong arguments."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    i18n.set_language("ar" if os.environ.get("LANGUAGE", os.environ.get("LANG", "")).startswith("ar") else "en")
    chosen = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], None] = chosen.command
    try:
        command(chosen)
    except UserError as error:
        print(_(error.message).format(**error.params) if error.params else _(error.message), file=sys.stderr)
        return FAILED
    except EOFError:
        print(_("There is no terminal to ask on. Use --name and --password-stdin."), file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print(_("Interrupted. Nothing was changed."), file=sys.stderr)
        return INTERRUPTED
    return DONE


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line and how to get help in the next. Options are written out in full:
    ``--password secret`` must not pass for ``--password-stdin``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        hint = _("Try {command} --help.").format(command=self.prog)
        self.exit(MISUSED, f"{self.prog}: {message}\n{hint}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="carecenter-server",
        description=_("Looks after the data of a CareCenter desk."),
        epilog=_("Each command explains itself: carecenter-server backup --help"),
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {carecenter.__version__}")
    commands = parser.add_subparsers(title=_("commands"), metavar=_("COMMAND"), required=True)
    _add_backup(commands)
    _add_inspect(commands)
    _add_restore(commands)
    return parser


def _add_backup(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser(
        "backup",
        help=_("write a desk's databases and sealed keys into one file"),
        description=_(
            "Writes the databases and the sealed keys of a desk into one encrypted file. The desk may be in use."
            " The secret of this computer is not in the file: to restore on another one, the recovery code is"
            " needed."
        ),
        epilog=_("Example: carecenter-server backup --to /media/usb/desk.carecenter"),
    )
    command.add_argument("--to", required=True, type=Path, metavar=_("FILE"), help=_("the file to write"))
    _add_identity(command)
    command.set_defaults(command=_back_up)


def _add_inspect(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser(
        "inspect",
        help=_("say when a backup was made and whether it is whole"),
        description=_("Compares every part of a backup with its hash and says what it holds. Needs no password."),
    )
    command.add_argument("file", type=Path, metavar=_("FILE"), help=_("the backup"))
    command.set_defaults(command=_inspect)


def _add_restore(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser(
        "restore",
        help=_("put a backup in place of a desk's data"),
        description=_(
            "Puts a backup in place of a desk's data. What is there now is not deleted but moved to a dated"
            " folder. The desk must be closed. Everybody signs in again afterwards."
        ),
        epilog=_("Example: carecenter-server restore --from /media/usb/desk.carecenter --recovery-code"),
    )
    command.add_argument(
        "--from", dest="source", required=True, type=Path, metavar=_("FILE"), help=_("the backup to read")
    )
    _add_identity(command)
    command.set_defaults(command=_restore)


def _add_identity(command: argparse.ArgumentParser) -> None:
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


def _back_up(chosen: argparse.Namespace) -> None:
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
    backup.back_up(databases, others, chosen.to, _progress)
    size = i18n.number(round(chosen.to.stat().st_size / 1024 / 1024, 1))
    print(_("Written and checked: {file} ({size} MB)").format(file=chosen.to, size=size))


def _inspect(chosen: argparse.Namespace) -> None:
    info = backup.inspect_backup(chosen.file)
    made = i18n.date_time(info.made_at)
    print(_("Whole. Made on {made} by CareCenter {version}.").format(made=made, version=info.program))
    for part in (*info.databases, *info.others):
        print(f"  {part.name}  {i18n.number(part.size)}")


def _restore(chosen: argparse.Namespace) -> None:
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
        return slots.open_with_recovery(_secret(chosen, _("Recovery code: ")))
    slots = KeySlots.load(file, SecretKeeper(paths.secret, usable_keyring()).read)
    name = chosen.name or _asked(chosen, slots.names())
    return slots.open(name, _secret(chosen, _("Password of {name}: ").format(name=name)))


def _asked(chosen: argparse.Namespace, names: tuple[str, ...]) -> str:
    if len(names) == 1:
        return names[0]
    if chosen.password_stdin:
        raise UserError(N_("With --password-stdin, say who signs in: --name."))
    print(_("Who can sign in here: {names}").format(names=", ".join(names)), file=sys.stderr)
    return input(_("Name: "))


def _secret(chosen: argparse.Namespace, question: str) -> str:
    if chosen.password_stdin:
        line = sys.stdin.readline().rstrip("\r\n")
        if not line:
            raise UserError(N_("Nothing came on standard input."))
        return line
    return getpass.getpass(question)


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        with suppress(OSError):
            print(f"\r{done}/{total}", end="\n" if done == total else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
