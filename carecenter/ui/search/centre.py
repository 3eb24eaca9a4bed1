"""The centre's part of a search in a hall: when it is asked, what it found, and what is said of it. No widgets.

Each question is on record at the centre and an account has thirty a minute, so what is still being typed is never
sent: a finished number is asked for by itself, words when somebody says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from carecenter.core import i18n
from carecenter.core.errors import UserError
from carecenter.core.i18n import gettext as _
from carecenter.core.reading import Meaning
from carecenter.core.terms import label
from carecenter.queries.search import SearchResults
from carecenter.ui.messages import sentence
from carecenter.ui.search.model import Found, Group, Hint, Hit
from carecenter.ui.views import words
from carecenter.wire import CallerFound, LookupAnswer, TicketFound

ASK: Final = "ask"
"""The key of the row that asks the centre."""


class Step(StrEnum):
    """How far the question to the centre is."""

    OFFERED = "offered"
    ASKING = "asking"
    ANSWERED = "answered"
    FAILED = "failed"
    BRINGING = "bringing"


@dataclass(frozen=True)
class AtCentre:
    """The centre's part for one line; `error` is why there is no answer, or why nothing came."""

    step: Step
    answer: LookupAnswer = field(default_factory=LookupAnswer)
    error: UserError | None = None

    def found(self, hit: Hit) -> CallerFound | TicketFound | None:
        """What stands behind a row."""
        everything: tuple[CallerFound | TicketFound, ...] = (*self.answer.callers, *self.answer.tickets)
        return next((one for one in everything if one.id == hit.key), None)


def asks_by_itself(results: SearchResults) -> bool:
    """Whether the line is a finished number. A ticket found here by its reference is not asked for again."""
    finished = {reading.meaning for reading in results.readings if reading.valid} - {Meaning.WORDS}
    return bool(finished - {Meaning.REFERENCE}) or (Meaning.REFERENCE in finished and not results.tickets)


def join(found: Found, results: SearchResults, part: AtCentre) -> Found:
    """What was found here, and under it what the centre has beyond that: no row above moves."""
    here = {row.id for row in results.tickets} | {row.id for row in results.callers}
    hits = (
        *(_caller(one) for one in part.answer.callers if one.id not in here),
        *(_ticket(one) for one in part.answer.tickets if one.id not in here),
    )
    if part.step is Step.OFFERED:
        hits = (Hit(Group.CENTRE, ASK, _("Search at the centre too"), "", _("Ctrl+Enter")),)
    return replace(found, hits=(*found.hits, *hits), remark=_remark(part, bool(hits)))


def _remark(part: AtCentre, anything: bool) -> Hint | None:
    if part.error is not None:
        return Hint(sentence(part.error), "muted")
    match part.step:
        case Step.ASKING:
            return Hint(_("The centre is being asked…"), "muted")
        case Step.BRINGING:
            return Hint(_("The centre is sending it…"), "muted")
        case Step.ANSWERED if not anything:
            return Hint(_("The centre knows nothing beyond this."), "muted")
    return None


def _caller(one: CallerFound) -> Hit:
    other = words.other_name(one.name_ar, one.name_en)
    masked = (words.civil_id(number) for number in (*one.phones_masked, one.civil_id_masked) if number)
    parts = (i18n.isolate(other) if other else "", *masked)
    return Hit(
        Group.CENTRE_CALLERS, one.id, words.caller(one.name_ar, one.name_en), " · ".join(filter(None, parts))
    )


def _ticket(one: TicketFound) -> Hit:
    about = f"{label(one.kind)} · {i18n.date(one.opened_at.date())}"
    return Hit(Group.CENTRE_TICKETS, one.id, words.reference(one.reference), about, label(one.status))
