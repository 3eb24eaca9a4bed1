"""How the state of a ticket is marked wherever a ticket is shown: a word, an icon and a tone, never colour alone.

Lists and the opened ticket draw the same marks; the words of the terms are `core.terms.label`'s.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.core.promises import SOON
from carecenter.core.terms import Priority, TicketKind, TicketStatus, label
from carecenter.queries.tickets import TicketRow
from carecenter.ui.theme import set_icon
from carecenter.ui.views import words
from carecenter.ui.widgets.status_pill import StatusPill, Tone


@dataclass(frozen=True)
class Mark:
    """A word with the name of its icon and its tone, which is also the role of its colour."""

    word: str
    icon: str = ""
    tone: Tone = "neutral"


_STATUS: Final[dict[TicketStatus, tuple[str, Tone]]] = {
    TicketStatus.RECEIVED: ("inbox", "info"),
    TicketStatus.ACKNOWLEDGED: ("mail", "info"),
    TicketStatus.ASSESSED: ("list-checks", "info"),
    TicketStatus.IN_WORK: ("circle-dot", "info"),
    TicketStatus.REFERRED: ("building-2", "info"),
    TicketStatus.WAITING_FOR_CALLER: ("hourglass", "warning"),
    TicketStatus.ANSWERED: ("message-square", "success"),
    TicketStatus.DECISION_TOLD: ("phone-outgoing", "success"),
    TicketStatus.CLOSED: ("circle-check", "neutral"),
}
_PRIORITY: Final[dict[Priority, tuple[str, Tone]]] = {
    Priority.LOW: ("chevron-down", "neutral"),
    Priority.NORMAL: ("minus", "neutral"),
    Priority.HIGH: ("chevron-up", "warning"),
    Priority.URGENT: ("circle-arrow-up", "danger"),
}
_KIND: Final = {
    TicketKind.COMPLAINT: "flag",
    TicketKind.ERROR_REPORT: "circle-x",
    TicketKind.SUGGESTION: "pencil",
    TicketKind.SUPPORT_MESSAGE: "star",
    TicketKind.ENQUIRY: "info",
}


def status(term: TicketStatus) -> Mark:
    """The step a ticket has reached."""
    icon, tone = _STATUS[term]
    return Mark(label(term), icon, tone)


def priority(term: Priority) -> Mark:
    """How soon it must be worked on."""
    icon, tone = _PRIORITY[term]
    return Mark(label(term), icon, tone)


def kind(term: TicketKind) -> Mark:
    """What it is about."""
    return Mark(label(term), _KIND[term])


def due(row: TicketRow, now: dt.datetime) -> Mark:
    """Its promised date at `now` (UTC); a closed ticket says when it was closed instead."""
    if row.status is TicketStatus.CLOSED:
        return Mark(_("Closed {moment}").format(moment=words.moment(row.closed_at or row.due_at, now)), "check")
    moment = _near(row.due_at, now)
    if row.due_at < now:
        return Mark(_("Overdue since {moment}").format(moment=moment), "triangle-alert", "danger")
    if row.due_at < now + SOON:
        return Mark(_("Due soon: {moment}").format(moment=moment), "clock", "warning")
    return Mark(_("Due {moment}").format(moment=moment), "calendar")


def escalation(level: int) -> Mark:
    """How far up it was escalated; only for a level above 0."""
    return Mark(_("Escalated, level {level}").format(level=i18n.number(level)), "circle-arrow-up", "warning")


def show(pill: StatusPill, mark: Mark) -> None:
    """Draws a mark as a pill whose icon follows the theme."""
    pill.set_status(mark.word, mark.tone)
    set_icon(pill.picture, mark.icon, mark.tone)


def _near(when: dt.datetime, now: dt.datetime) -> str:
    """The clock today, the day otherwise; tomorrow and yesterday both, for a date alone would not say when."""
    moment = words.moment(when, now)
    if moment == i18n.time(when) or abs(when - now) >= SOON:
        return moment
    return _("{weekday}, {time}").format(weekday=i18n.weekday(when), time=i18n.time(when))
