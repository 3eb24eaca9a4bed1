"""``export``, ``import``: what a hall holds, as JSON Lines."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from carecenter.core import i18n
from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.core.i18n import gettext as _
from carecenter.server import databases
from carecenter.server.commands import database
from carecenter.server.commands.parser import FOUND, Commands, add
from carecenter.server.commands.showing import GOES_ON, Progress, if_interrupted
from carecenter.server.records.checking import Problem
from carecenter.server.records.exporting import STANDARD_OUTPUT, export
from carecenter.server.records.form import What
from carecenter.server.records.importing import Imported, Importer
from carecenter.server.records.reading import Rejects, Source


def add_to(commands: Commands) -> None:
    """The commands and their options."""
    command = add(
        commands,
        "export",
        _export,
        _("write what a hall holds into a file of JSON Lines"),
        _(
            "Writes one moment of the centre, a record a line, while it is in use: for another system, or to be"
            " read by import. Passwords, PINs, keys and the audit trail are not in it; names, numbers and what"
            " callers said are, not encrypted: keep the file as safe as the database. To put a centre back, use"
            " backup and restore. The export goes on record. One that is interrupted leaves no file: begin again."
        ),
        examples=(
            "export --to hall.jsonl.gz",
            "export --to tickets.jsonl --what callers --what tickets",
            "export --to - --what tickets | wc -l",
        ),
    )
    command.add_argument(
        "--to",
        required=True,
        type=Path,
        metavar=_("FILE"),
        help=_("the file to write, packed when its name ends in .gz; - for standard output"),
    )
    command.add_argument(
        "--what",
        action="append",
        choices=list(What),
        metavar=_("WHAT"),
        help=_("one of {kinds}; may be said again (everything when not given)").format(kinds=", ".join(What)),
    )
    database.add_database(command)
    _add_import(commands)


def _add_import(commands: Commands) -> None:
    command = add(
        commands,
        "import",
        _import,
        _("read a file of JSON Lines into a hall"),
        _(
            "Reads what export wrote, or a file of the same form made from an older system"
            " (docs/operations.md shows one). Each record is written once: what is there stays as it is, so run"
            " it again after an interruption. A line that is wrong is told with its number and field and put"
            " aside; the others reach workstations at once. Imported accounts have no password until account"
            " reset. The exit code is 3 when lines were put aside."
        ),
        examples=(
            "import --from hall.jsonl.gz --check",
            "import --from hall.jsonl.gz",
            "import --from hall.jsonl.gz.rejects",
        ),
    )
    command.add_argument(
        "--from",
        dest="source",
        required=True,
        type=Path,
        metavar=_("FILE"),
        help=_("the file to read, packed or not"),
    )
    command.add_argument("--check", action="store_true", help=_("only say what is wrong; nothing is written"))
    command.add_argument(
        "--rejects",
        type=Path,
        metavar=_("FILE"),
        help=_("where lines go that are put aside, to be corrected and read again (FILE.rejects when not given)"),
    )
    database.add_database(command)


def _export(chosen: argparse.Namespace) -> None:
    piped = chosen.to == STANDARD_OUTPUT
    left = _("Interrupted. What was written is not whole.") if piped else _("Interrupted. No file was written.")
    with if_interrupted(left), database.reached(chosen) as engine:
        databases.check(engine)
        count = export(engine, chosen.to, chosen.what or list(What), Progress(_("Export"), quiet=True))
    if not piped:
        print(_("Written: {file} ({count} records)").format(file=chosen.to, count=i18n.number(count)))


def _import(chosen: argparse.Namespace) -> int | None:
    rejects = Rejects(chosen.rejects or chosen.source.with_name(f"{chosen.source.name}.rejects"))
    if rejects.path.resolve() == chosen.source.resolve():
        raise UserError(N_("--from and --rejects name the same file."))
    progress = Progress(_("Check") if chosen.check else _("Import"), quiet=True)

    def reject(number: int, raw: bytes, entity: str, problems: Sequence[Problem]) -> None:
        for problem in problems:
            progress.say(_told(number, entity, problem))
        if not chosen.check:
            rejects.put(raw)

    with database.opened(chosen) as centre:
        source = Source(chosen.source, Progress(_("Reading"), quiet=True))
        left = _("Interrupted. Nothing was changed.") if chosen.check else _(GOES_ON)
        try:
            with if_interrupted(left):
                found = Importer(centre, source, reject, dry=chosen.check).run(progress)
        finally:
            rejects.close()
    _sum_up(chosen, found, rejects)
    return FOUND if found.rejected else None


def _told(number: int, entity: str, problem: Problem) -> str:
    place = ".".join(filter(None, (entity, problem.field)))
    text = _(problem.text).format(**problem.params)
    line = _("Line {number}").format(number=number)
    return ": ".join(filter(None, (line, place, text)))


def _sum_up(chosen: argparse.Namespace, found: Imported, rejects: Rejects) -> None:
    new = ", ".join(f"{entity} {i18n.number(count)}" for entity, count in found.new.items())
    head = _("New, if this were not a check: {records}") if chosen.check else _("New: {records}")
    print(head.format(records=new or i18n.number(0)))
    print(_("There already: {count}").format(count=i18n.number(found.there)))
    print(_("Put aside: {count}").format(count=i18n.number(found.rejected)))
    if found.given_twice:
        print(
            _("Tickets under a new reference, because another one has theirs: {count}. They are in review.").format(
                count=i18n.number(found.given_twice)
            )
        )
    if rejects.count:
        print(_("Correct {file} and read it: carecenter-server import --from {file}").format(file=rejects.path))
