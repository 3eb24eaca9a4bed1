"""What a line of a ticket's timeline says, in the language of the moment; its text is shown beside it as typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.core.terms import EntryKind, Outcome, TicketKind, TicketStatus, label
from carecenter.queries.accounts import AccountRow, QueueRow
from carecenter.queries.tickets import EntryRow
from carecenter.ui.views import words


@dataclass(frozen=True)
class Names:
    """Whom and what the ids in a timeline stand for."""

    accounts: Mapping[str, AccountRow] = field(default_factory=dict)
    queues: Mapping[str, QueueRow] = field(default_factory=dict)

    def account(self, account_id: object) -> str:
        """An account's name, safe inside a sentence."""
        row = self.accounts.get(str(account_id))
        return i18n.isolate(words.name(row.display_name_ar, row.display_name_en)) if row else _("a former account")

    def queue(self, queue_id: object) -> str:
        """A queue's name, safe inside a sentence."""
        row = self.queues.get(str(queue_id))
        return i18n.isolate(words.name(row.name_ar, row.name_en)) if row else _("another queue")


ICONS: Final = {
    EntryKind.OPENED: "ticket",
    EntryKind.NOTE: "pencil",
    EntryKind.STATUS: "list-checks",
    EntryKind.ASSIGNED: "user-check",
    EntryKind.QUEUE: "inbox",
    EntryKind.ESCALATED: "circle-arrow-up",
    EntryKind.CALLBACK: "phone-outgoing",
    EntryKind.CLOSED: "circle-check",
    EntryKind.REOPENED: "rotate-ccw",
    EntryKind.OUTDATED: "history",
}


def author(entry: EntryRow) -> str:
    """Who did it."""
    return words.name(entry.author_name_ar, entry.author_name_en) or _("The centre")


def what(entry: EntryRow, names: Names) -> str:
    """What was done, with the facts before and after."""
    if entry.kind is EntryKind.OUTDATED:
        return _outdated(entry, names)
    say = _SAYINGS.get(entry.kind)
    return say(entry, names) if say is not None else label(entry.kind)


def _opened(entry: EntryRow, _names: Names) -> str:
    return _("Ticket opened: {kind}").format(kind=_term(TicketKind, entry.now))


def _status(entry: EntryRow, _names: Names) -> str:
    return _("Status: {was} → {now}").format(was=_term(TicketStatus, entry.was), now=_term(TicketStatus, entry.now))


def _assigned(entry: EntryRow, names: Names) -> str:
    if entry.now is None:
        return (
            _("No longer assigned to {was}").format(was=names.account(entry.was)) if entry.was else _("Unassigned")
        )
    if entry.was is None or entry.was == entry.now:
        return _("Assigned to {now}").format(now=names.account(entry.now))
    return _("Assigned: {was} → {now}").format(was=names.account(entry.was), now=names.account(entry.now))


def _queue(entry: EntryRow, names: Names) -> str:
    return _("Queue: {was} → {now}").format(was=names.queue(entry.was), now=names.queue(entry.now))


def _escalated(entry: EntryRow, _names: Names) -> str:
    return _("Escalated to level {level}").format(level=i18n.number(int(entry.now or 0)))


def _closed(entry: EntryRow, _names: Names) -> str:
    return _("Ticket closed: {outcome}").format(outcome=_term(Outcome, entry.now))


def _outdated(entry: EntryRow, names: Names) -> str:
    """A change that came too late is told with what it would have been; only the facts say which it was."""
    meant = _meant(entry, names)
    if not meant:
        return _("Came too late and changed nothing; kept for the record.")
    return _("Came too late and changed nothing; kept for the record. {change}").format(change=i18n.isolate(meant))


def _meant(entry: EntryRow, names: Names) -> str:
    if isinstance(entry.now, int):
        return _escalated(entry, names)
    statuses, outcomes = set(TicketStatus), set(Outcome)
    if entry.was in statuses:
        return _status(entry, names) if entry.now in statuses else _closed(entry, names)
    if entry.now in outcomes:
        return _closed(entry, names)
    if entry.was in names.queues or entry.now in names.queues:
        return _queue(entry, names)
    return _assigned(entry, names) if entry.was or entry.now else ""


def _term(kind: type[TicketKind] | type[TicketStatus] | type[Outcome], value: Any) -> str:
    """The word of a stored value; the value itself where a newer version wrote one that this one lacks."""
    try:
        return i18n.isolate(label(kind(value)))
    except ValueError:
        return str(value)


_SAYINGS: Final[dict[EntryKind, Callable[[EntryRow, Names], str]]] = {
    EntryKind.OPENED: _opened,
    EntryKind.STATUS: _status,
    EntryKind.ASSIGNED: _assigned,
    EntryKind.QUEUE: _queue,
    EntryKind.ESCALATED: _escalated,
    EntryKind.CLOSED: _closed,
}
