"""When a ticket is due: working days by kind and priority. House rules, not law; a setting of the centre later."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Final

from carecenter.core.calendar import default_calendar
from carecenter.core.terms import Priority, TicketKind

_WORKING_DAY_MINUTES: Final = 7 * 60
_WORKING_DAYS: Final = {
    TicketKind.COMPLAINT: 5,
    TicketKind.ERROR_REPORT: 3,
    TicketKind.SUGGESTION: 15,
    TicketKind.SUPPORT_MESSAGE: 15,
    TicketKind.ENQUIRY: 2,
}
_SHARE: Final = {Priority.LOW: 1.5, Priority.NORMAL: 1.0, Priority.HIGH: 0.5, Priority.URGENT: 0.2}

SOON: Final = dt.timedelta(hours=24)
"""A ticket that is due within this time is shown as due soon."""


@lru_cache(maxsize=256)  # the tickets of a batch are opened at one moment
def due_at(kind: TicketKind, priority: Priority, opened_at: dt.datetime) -> dt.datetime:
    """The promised moment (UTC) of a ticket opened at ``opened_at``."""
    minutes = round(_WORKING_DAYS[kind] * _SHARE[priority] * _WORKING_DAY_MINUTES)
    return default_calendar().add_working(opened_at, minutes).astimezone(dt.UTC)
