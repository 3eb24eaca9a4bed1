"""``status``: how the centre is."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.server.commands import database, showing
from carecenter.server.commands.parser import Commands, add, add_json
from carecenter.server.condition import Condition, condition


def add_to(commands: Commands) -> None:
    """The command and its options."""
    command = add(
        commands,
        "status",
        _status,
        _("say how the centre is"),
        _(
            "Says how the centre is: who is there, what arrives, what waits for somebody to look at it, and whether"
            " PostgreSQL archives. At the end it names what is wrong and what to do about it; all is well where"
            " nothing follows the table. It reads the database, so it answers while the service is down."
        ),
        examples=("status", "status --json"),
    )
    add_json(command)
    database.add_database(command)


def _status(chosen: argparse.Namespace) -> None:
    with database.opened(chosen) as centre, centre.transaction() as unit:
        found = condition(unit.session, centre.clock())
    if chosen.json:
        showing.as_json(found)
        return
    lines = list(_lines(found))
    width = max(len(name) for name, _value in lines)
    for name, value in lines:
        print(f"{name.ljust(width)}  {value}")
    print()
    heads = (_("Queue"), _("Open tickets"), _("Overdue"))
    showing.table(heads, [(one.id, i18n.number(one.open), i18n.number(one.overdue)) for one in found.queues])
    wrong = list(_wrong(found))
    if wrong:
        print()
    for line in wrong:
        print(f"! {line}")


def _wrong(found: Condition) -> Iterator[str]:
    """What an administrator should do something about, the most urgent first."""
    if found.archive is not None and found.archive.failing:
        yield _(
            "WAL cannot be archived and fills the disk. Look at the log of PostgreSQL, and at the room and rights"
            " where archive-wal writes."
        )
    if found.devices > found.devices_revoked and not found.devices_seen:
        yield _(
            "No workstation was heard of for ten minutes. At work hours, look at the service and at nginx:"
            " systemctl status nginx 'carecenter@*'"
        )
    if found.quarantined:
        yield _(
            "Operations wait in quarantine: malformed, or forged. Their workstation shows them to their author; who"
            " it was says: carecenter-server audit show --last 200"
        )
    if found.in_review:
        yield _("Work of agents waits in review. Supervisors should look at it.")
    if found.database_bytes is not None and found.archive is None:
        yield _("PostgreSQL archives nothing: after a broken disk only what the last dump holds is left.")


def _lines(found: Condition) -> Iterator[tuple[str, str]]:
    yield _("Program"), found.program
    yield _("Schema"), found.schema
    yield _("Generation"), found.generation
    accounts = _("{count}, active: {active}")
    yield (
        _("Accounts"),
        accounts.format(count=i18n.number(found.accounts), active=i18n.number(found.accounts_active)),
    )
    devices = _("{count}, seen in the last ten minutes: {seen}, revoked: {revoked}")
    yield (
        _("Workstations"),
        devices.format(
            count=i18n.number(found.devices),
            seen=i18n.number(found.devices_seen),
            revoked=i18n.number(found.devices_revoked),
        ),
    )
    yield _("Last work"), _moment(found.last_operation)
    yield _("In review"), _waiting(found.in_review, found.oldest_in_review)
    yield _("In quarantine"), _waiting(found.quarantined, found.oldest_quarantined)
    yield _("Audit trail"), _("{count} lines").format(count=i18n.number(found.audit_lines))
    feed = _("{count} places in {scopes} scopes")
    yield _("Feed"), feed.format(count=i18n.number(found.feed_rows), scopes=i18n.number(found.feed_scopes))
    if found.database_bytes is not None:
        yield _("Database"), _("{size} MB").format(size=i18n.number(round(found.database_bytes / 1_000_000, 1)))
    if found.archive is not None:
        yield _("Last archived"), _moment(found.archive.last)


def _moment(at: dt.datetime | None) -> str:
    return _("never") if at is None else i18n.date_time(at)


def _waiting(count: int, oldest: dt.datetime | None) -> str:
    if oldest is None:
        return i18n.number(count)
    since = i18n.date_time(oldest)
    return _("{count}, the oldest since {since}").format(count=i18n.number(count), since=since)
