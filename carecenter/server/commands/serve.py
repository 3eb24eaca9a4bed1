"""``serve``: the service of a hall."""

from __future__ import annotations

import argparse
from pathlib import Path

from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.core.i18n import gettext as _
from carecenter.server.commands import database
from carecenter.server.commands.parser import Commands, add
from carecenter.server.commands.showing import say


def add_to(commands: Commands) -> None:
    """The command and its options."""
    command = add(
        commands,
        "serve",
        _serve,
        _("answer the workstations of a hall until stopped"),
        _(
            "Answers workstations over HTTPS from one PostgreSQL database, until Ctrl+C or SIGTERM. Then what is"
            " under way is finished first. As many of these as are needed may serve one database."
        ),
        examples=(
            "serve --database postgresql+psycopg:///carecenter",
            "serve --listen 0.0.0.0:8164 --tls-cert centre.pem --tls-key centre.key --processes 4",
        ),
    )
    database.add_database(command)
    command.add_argument(
        "--listen", default="127.0.0.1:8164", metavar=_("HOST:PORT"), help=_("where to answer (%(default)s)")
    )
    command.add_argument(
        "--tls-cert",
        type=Path,
        metavar=_("FILE"),
        help=_("the certificate with its chain, PEM; without one only a proxy on this machine should ask"),
    )
    command.add_argument("--tls-key", type=Path, metavar=_("FILE"), help=_("the certificate's key, PEM"))
    command.add_argument(
        "--processes",
        type=int,
        default=1,
        metavar=_("NUMBER"),
        help=_("how many processes answer side by side; about one a core (%(default)s)"),
    )


def _serve(chosen: argparse.Namespace) -> None:
    from carecenter.server import service  # here: the other commands need no web server

    address = database.address(chosen)
    if chosen.processes < 1:
        raise UserError(N_("At least one process has to answer."))
    host, port = service.address(chosen.listen)
    wanted = service.Service(
        database=address,
        host=host,
        port=port,
        certificate=chosen.tls_cert,
        key=chosen.tls_key,
        processes=chosen.processes,
    )
    if chosen.tls_cert is None and not service.is_this_machine(host):
        say(_("Without --tls-cert, everybody on the way can read along."))
    service.serve(wanted, _say_ready)
    print(_("Stopped."))


def _say_ready(url: str) -> None:
    print(_("Ready: {url} (stop with Ctrl+C)").format(url=url), flush=True)
